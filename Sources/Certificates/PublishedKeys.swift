internal import Records

/// The public keys in files that people collect: certificates, public and private keys, as PEM (RFC 7468) or DER.
public enum PublishedKeys {
  private static let start = Array("-----BEGIN ".utf8)
  private static let end = Array("-----".utf8)
  /// Longer files are no keys.
  private static let longest = 1 << 20

  /// SHA-256 of the SubjectPublicKeyInfo of each, 64 hexadecimal digits, in the order of the file. What cannot be read, such as a key
  /// with a pass phrase, is left out.
  public static func digests(inFile octets: [UInt8]) -> [String] {
    guard octets.count <= longest else { return [] }
    let blocks = blocks(octets)
    return (blocks.isEmpty ? [octets] : blocks).compactMap(digest)
  }

  private static func digest(_ der: [UInt8]) -> String? {
    if let facts = CertificateReader.facts(der: der) { return facts.publicKey?.sha256 }
    guard let entry = Entry(key: der) else { return nil }
    return hexadecimal(entry.keyDigest)
  }

  /// What stands between the boundaries; lines of a header (RFC 1421 §4.6) are no base64 and end a block's reading.
  private static func blocks(_ octets: [UInt8]) -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    var current: [UInt8]?
    for line in octets.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
      if line.starts(with: start) {
        current = []
      } else if line.starts(with: end) {
        if let text = current, let block = base64(text), !block.isEmpty { blocks.append(block) }
        current = nil
      } else {
        current?.append(contentsOf: line)
      }
    }
    return blocks
  }

  /// RFC 4648 §4, blanks left out.
  private static func base64(_ text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    var (bits, count): (UInt32, Int) = (0, 0)
    for octet in text where octet != 0x20 && octet != 0x09 && octet != 0x3d {
      guard let digit = digit(octet) else { return nil }
      bits = bits << 6 | UInt32(digit)
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return result
  }

  private static func digit(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 0x41...0x5a: octet - 0x41
    case 0x61...0x7a: octet - 0x61 + 26
    case 0x30...0x39: octet - 0x30 + 52
    case 0x2b: 62
    case 0x2f: 63
    default: nil
    }
  }
}
