/// A name of X.501 as certificates have it (RFC 5280 §4.1.2.4).
public struct DistinguishedName: Hashable, Sendable {
  /// As one line (RFC 4514): `CN=axis-accc8e000001,O=Axis Communications AB`; empty for an empty name.
  public let line: String
  /// The last commonName, as it was written.
  public let commonName: String?

  private static let set: UInt8 = 0x31
  /// More names no certificate has; a line of them would serve nobody.
  private static let mostAttributes = 64
  private static let commonNameType: [UInt32] = [2, 5, 4, 3]

  /// - Parameter bytes: the element in DER; what follows is not looked at.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    try self.init(try reader.element(tagged: BER.sequence))
  }

  /// The last relative name first (RFC 4514 §2.1); the values of one are joined by `+`.
  init(_ content: OctetReader) throws(WireError) {
    var reader = content
    var parts: [String] = []
    var commonName: String?
    var count = 0
    while !reader.isAtEnd {
      var members = try reader.element(tagged: Self.set)
      var values: [String] = []
      while !members.isAtEnd {
        let start = members.offset
        count += 1
        guard count <= Self.mostAttributes else { throw .malformed(offset: start) }
        var pair = try members.element(tagged: BER.sequence)
        let type = try pair.element(tagged: BER.objectIdentifier).identifier()
        let (tag, value) = try pair.element()
        let text = Self.text(value, tag)
        if type.arcs == Self.commonNameType { commonName = text }
        values.append("\(Self.types[type.arcs] ?? "\(type)")=\(Self.escaped(text))")
      }
      parts.insert(values.joined(separator: "+"), at: 0)
    }
    line = parts.joined(separator: ",")
    self.commonName = commonName
  }

  /// RFC 4514 §3, and what certificates of devices have besides (RFC 4519 §2.31, PKCS #9).
  private static let types: [[UInt32]: String] = [
    [2, 5, 4, 3]: "CN", [2, 5, 4, 6]: "C", [2, 5, 4, 7]: "L", [2, 5, 4, 8]: "ST", [2, 5, 4, 9]: "STREET",
    [2, 5, 4, 10]: "O", [2, 5, 4, 11]: "OU", [0, 9, 2342, 19_200_300, 100, 1, 25]: "DC",
    [0, 9, 2342, 19_200_300, 100, 1, 1]: "UID", [2, 5, 4, 5]: "serialNumber",
    [1, 2, 840, 113_549, 1, 9, 1]: "emailAddress",
  ]

  /// Strings of one octet a character are read as UTF-8, as everybody writes them; BMPString has two and
  /// UniversalString four (X.690 §8.23).
  private static func text(_ content: OctetReader, _ tag: UInt8) -> String {
    var content = content
    let octets = content.takeRest()
    if tag == 0x1c {
      let numbers = stride(from: 0, to: octets.count - 3, by: 4).map {
        octets[$0..<$0 + 4].reduce(0) { $0 << 8 | UInt32($1) }
      }
      return String(String.UnicodeScalarView(numbers.map { Unicode.Scalar($0) ?? "\u{FFFD}" }))
    }
    guard tag == 0x1e else { return octets.text }
    let units = stride(from: 0, to: octets.count - 1, by: 2).map { UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]) }
    return String(decoding: units, as: UTF16.self)
  }

  /// RFC 4514 §2.4.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for (place, scalar) in text.unicodeScalars.enumerated() {
      let isAtEnd = place == text.unicodeScalars.count - 1
      switch scalar {
      case "\0": result += "\\00"
      case "\"", "+", ",", ";", "<", ">", "\\": result += "\\\(scalar)"
      case "#" where place == 0, " " where place == 0 || isAtEnd: result += "\\\(scalar)"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
