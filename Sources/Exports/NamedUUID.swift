internal import Cryptography

/// UUIDs made from names (RFC 9562 §5.5, version 5): the same run has the same ones every time.
enum NamedUUID {
  /// Of everything here; itself the version 5 UUID of `tenken` in the namespace for DNS (RFC 9562 §6.6).
  private static let namespace = octets(
    of: "tenken",
    in: [
      0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
    ])

  static func make(_ parts: String...) -> String { text(octets(of: parts.joined(separator: "\u{1f}"), in: namespace)) }

  /// In a namespace of one's own; for tests against the RFC's example.
  static func make(_ name: String, in namespace: [UInt8]) -> String { text(octets(of: name, in: namespace)) }

  private static func octets(of name: String, in namespace: [UInt8]) -> [UInt8] {
    var octets = Array(DigestAlgorithm.sha1.digest(of: namespace + Array(name.utf8)).prefix(16))
    octets[6] = octets[6] & 0x0f | 0x50
    octets[8] = octets[8] & 0x3f | 0x80
    return octets
  }

  private static func text(_ octets: [UInt8]) -> String {
    let digits = octets.map { octet in (octet < 16 ? "0" : "") + String(octet, radix: 16) }
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
  }
}
