/// An answer to a search for UPnP devices (UPnP Device Architecture 1.1 §1.3.3): an HTTP head in a datagram.
public struct SSDPAnswer: Hashable, Sendable {
  public struct Field: Hashable, Sendable {
    /// As written; names are compared without regard to case.
    public let name: String
    public let value: String
  }

  /// In the order in which they came.
  public let fields: [Field]

  /// Fields beyond which nobody answers.
  private static let mostFields = 64

  /// Reads a datagram. Many devices leave out the empty line at the end, some the last line's end.
  /// - Throws: `malformed` when it does not begin as an answer with status 200, or has too many fields.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    let limit = bytes.count + 1
    let words = try reader.line(limit: limit).split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, words[0].starts(with: "HTTP/1.".utf8), words[0].count == 8,
      words[1].elementsEqual("200".utf8)
    else { throw .malformed(offset: 0) }
    var fields: [Field] = []
    while !reader.isAtEnd {
      let start = reader.offset
      var line: [UInt8]
      do throws(WireError) {
        line = try reader.line(limit: limit)
      } catch {
        line = reader.takeRest()
      }
      if line.isEmpty { break }
      guard let colon = line.firstIndex(of: 0x3a) else { continue }
      guard fields.count < Self.mostFields else { throw .malformed(offset: start) }
      fields.append(Field(name: Self.trimmed(line[..<colon]), value: Self.trimmed(line[(colon + 1)...])))
    }
    self.fields = fields
  }

  /// Without blanks at either end.
  private static func trimmed(_ octets: ArraySlice<UInt8>) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let front = octets.drop(while: isBlank)
    return Array(front.prefix((front.lastIndex { !isBlank($0) } ?? front.startIndex - 1) - front.startIndex + 1)).text
  }

  /// The first field with this name, in whatever case; nil when it is missing or empty.
  public func value(of name: String) -> String? {
    let name = name.lowercased()
    return fields.first { $0.name.lowercased() == name && !$0.value.isEmpty }?.value
  }
}

/// What a UPnP device is asked.
public enum SSDPRequest {
  /// The search target that every root device answers once, with one datagram.
  public static let rootDevice = "upnp:rootdevice"

  /// Asks one device for its root devices (UPnP Device Architecture 1.1 §1.3.2). `MX` is not needed by unicast, but
  /// devices of version 1.0 drop requests without it.
  ///
  /// What it does to the other side: each root device answers within a second and keeps nothing.
  public static let search = Array(
    """
    M-SEARCH * HTTP/1.1\r
    HOST: 239.255.255.250:1900\r
    MAN: "ssdp:discover"\r
    MX: 1\r
    ST: \(rootDevice)\r
    \r

    """.utf8)
}
