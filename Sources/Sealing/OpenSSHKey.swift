internal import Foundation

/// Ed25519 keys as OpenSSH keeps them (PROTOCOL.key in OpenSSH's source; RFC 8709 for the wire form).
enum OpenSSHKey {
  static let kind = "ssh-ed25519"
  private static let magic = Array("openssh-key-v1\0".utf8)

  /// RFC 8709 §4: the name and the 32 octets, each behind its length.
  static func wireForm(of key: [UInt8]) -> [UInt8] { string(Array(kind.utf8)) + string(key) }

  static func publicKey(of blob: [UInt8]) throws(KeyError) -> [UInt8] {
    var reader = Reader(blob)
    guard let name = reader.string(), name == Array(kind.utf8), let key = reader.string(),
      key.count == VerificationKey.octets, reader.isAtEnd
    else { throw KeyError(.unreadable, "the OpenSSH key is not whole", "Copy the whole line of the .pub file.") }
    return key
  }

  /// The seed in a file that begins `-----BEGIN OPENSSH PRIVATE KEY-----`.
  static func seed(ofPrivate text: String) throws(KeyError) -> [UInt8] {
    let damaged = KeyError(.unreadable, "the OpenSSH key is damaged", "Copy it again from where it was made.")
    let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
    guard let octets = Data(base64Encoded: body), octets.starts(with: magic) else { throw damaged }
    var reader = Reader(Array(octets.dropFirst(magic.count)))
    guard let cipher = reader.string(), reader.string() != nil, reader.string() != nil, reader.number() == 1,
      reader.string() != nil, let inner = reader.string()
    else { throw damaged }
    guard cipher == Array("none".utf8) else {
      throw KeyError(
        .passphrase, "this OpenSSH key has a passphrase, and its form of encryption is not read here",
        "Copy the file and take the passphrase off the copy (ssh-keygen -p -f COPY), or use tenken key generate.")
    }
    var keys = Reader(inner)
    guard let first = keys.number(), let second = keys.number(), first == second, let name = keys.string() else {
      throw damaged
    }
    guard name == Array(kind.utf8) else {
      throw KeyError(
        .otherKind, "it is a key of the kind \(String(decoding: name, as: UTF8.self))",
        "Only Ed25519 keys sign packs; make one with tenken key generate.")
    }
    guard let publicKey = keys.string(), let pair = keys.string(), pair.count == 64,
      Array(pair.suffix(32)) == publicKey
    else { throw damaged }
    return Array(pair.prefix(32))
  }

  private static func string(_ octets: [UInt8]) -> [UInt8] {
    let count = UInt32(octets.count)
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + octets
  }

  /// RFC 4251 §5.
  private struct Reader {
    private var rest: ArraySlice<UInt8>

    init(_ octets: [UInt8]) { rest = octets[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number() -> UInt32? {
      guard rest.count >= 4 else { return nil }
      let value = rest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      rest = rest.dropFirst(4)
      return value
    }

    mutating func string() -> [UInt8]? {
      guard let count = number(), rest.count >= Int(count) else { return nil }
      let octets = Array(rest.prefix(Int(count)))
      rest = rest.dropFirst(Int(count))
      return octets
    }
  }
}
