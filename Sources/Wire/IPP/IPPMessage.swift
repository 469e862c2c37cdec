/// A printer's answer (RFC 8010 §3).
public struct IPPMessage: Hashable, Sendable {
  /// RFC 8010 §3.5.1.
  public struct Group: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let operation = Group(rawValue: 1)
    public static let printer = Group(rawValue: 4)
  }

  public struct Attribute: Hashable, Sendable {
    public let group: Group
    public let name: String
    public fileprivate(set) var values: [Value]

    /// The values that are text.
    public var texts: [String] { values.compactMap(\.text) }
  }

  public struct Value: Hashable, Sendable {
    /// RFC 8010 §3.5.2.
    public let tag: UInt8
    public let octets: [UInt8]

    /// Text of the kinds text, name, keyword, URI, scheme, charset, language and media type; of text or name with a
    /// language, without that language.
    public var text: String? {
      switch tag {
      case 0x41, 0x42, 0x44...0x49: return octets.text
      case 0x35, 0x36:
        var reader = OctetReader(octets)
        guard let language = try? reader.bigEndian16(), (try? reader.skip(Int(language))) != nil,
          let size = try? reader.bigEndian16()
        else { return nil }
        return (try? reader.take(Int(size)))?.text
      default: return nil
      }
    }
  }

  /// Major in the upper octet.
  public let version: UInt16
  /// RFC 8011 appendix B: below 0x0100 is success, 0x0401 forbidden, 0x0402 not authenticated.
  public let status: UInt16
  public let identifier: UInt32
  public let attributes: [Attribute]

  public var isSuccess: Bool { status < 0x0100 }

  /// The printer's attribute with this name.
  public func attribute(_ name: String) -> Attribute? {
    attributes.first { $0.group == .printer && $0.name == name }
  }

  /// Reads the body of an answer; data behind the attributes are ignored. The members of a collection are left out.
  /// - Throws: `truncated` when the end of the attributes is missing; `malformed` where a value stands before a
  ///   group or a name.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    version = try reader.bigEndian16()
    guard (1...2).contains(version >> 8) else { throw .malformed(offset: 0) }
    status = try reader.bigEndian16()
    identifier = try reader.bigEndian32()
    var attributes: [Attribute] = []
    var group: Group?
    var depth = 0
    while true {
      let start = reader.offset
      let tag = try reader.octet()
      if tag == 0x03 { break }
      if tag < 0x10 {
        group = Group(rawValue: tag)
        depth = 0
        continue
      }
      let name = try reader.take(Int(try reader.bigEndian16())).text
      let value = Value(tag: tag, octets: try reader.take(Int(try reader.bigEndian16())))
      guard let group else { throw .malformed(offset: start) }
      if tag == 0x37 { depth = max(depth - 1, 0) }
      if depth == 0, tag != 0x37 {
        if !name.isEmpty {
          attributes.append(Attribute(group: group, name: name, values: [value]))
        } else {
          guard !attributes.isEmpty else { throw .malformed(offset: start) }
          attributes[attributes.count - 1].values.append(value)
        }
      }
      if tag == 0x34 { depth += 1 }
    }
    self.attributes = attributes
  }
}
