/// A public host key as the server shows it (RFC 4253 §6.6).
public struct SSHHostKey: Hashable, Sendable {
  /// The blob's own type: `ssh-rsa`, `ecdsa-sha2-nistp256`.
  public let type: String
  /// Of the modulus, the prime or the curve; nil for a type that this version does not know.
  public let bits: Int?
  /// The modulus of an RSA key, without leading zeros.
  public let modulus: [UInt8]?
  /// All octets, of which fingerprints are made.
  public let blob: [UInt8]

  /// Reads a blob: RSA and DSA (RFC 4253 §6.6), ECDSA (RFC 5656 §3.1), Ed25519 and Ed448 (RFC 8709 §4), and OpenSSH's certificates of
  /// these, in which a nonce comes before the key. Of other types only the name is read.
  /// - Throws: `truncated` or `malformed` when a key of a known type is none.
  public init(parsing blob: Span<UInt8>) throws(WireError) {
    self.blob = Wire.octets(blob)
    var reader = OctetReader(self.blob)
    let name = try reader.sshString()
    guard (1...64).contains(name.count), name.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw .malformed(offset: 4)
    }
    type = name.text
    let ending = "-cert-v01@openssh.com"
    let isCertificate = type.hasSuffix(ending)
    if isCertificate { _ = try reader.sshString() }
    var modulus: [UInt8]?
    switch isCertificate ? String(type.dropLast(ending.count)) : type {
    case "ssh-rsa":
      _ = try reader.sshInteger()
      let number = try reader.sshInteger()
      modulus = number
      bits = number.significantBits
    case "ssh-dss": bits = try reader.sshInteger().significantBits
    case "ecdsa-sha2-nistp256": bits = try reader.ellipticKey(octets: 32, bits: 256)
    case "ecdsa-sha2-nistp384": bits = try reader.ellipticKey(octets: 48, bits: 384)
    case "ecdsa-sha2-nistp521": bits = try reader.ellipticKey(octets: 66, bits: 521)
    case "ssh-ed25519": bits = try reader.edwardsKey(octets: 32, bits: 256)
    case "ssh-ed448": bits = try reader.edwardsKey(octets: 57, bits: 448)
    default: bits = nil
    }
    self.modulus = modulus
  }

  /// The type of key that an algorithm's name asks for: RSA keys sign in three ways (RFC 8332 §3).
  public static func type(of algorithm: String) -> String {
    switch algorithm {
    case "rsa-sha2-256", "rsa-sha2-512": "ssh-rsa"
    case "rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com": "ssh-rsa-cert-v01@openssh.com"
    default: algorithm
    }
  }
}

extension OctetReader {
  /// The curve's name again, and an uncompressed point (RFC 5656 §3.1).
  fileprivate mutating func ellipticKey(octets: Int, bits: Int) throws(WireError) -> Int {
    _ = try sshString()
    let place = offset
    let point = try sshString()
    guard point.count == 2 * octets + 1, point[0] == 4 else { throw .malformed(offset: place) }
    return bits
  }

  fileprivate mutating func edwardsKey(octets: Int, bits: Int) throws(WireError) -> Int {
    let place = offset
    guard try sshString().count == octets else { throw .malformed(offset: place) }
    return bits
  }
}

/// SSH_SMSG_PUBLIC_KEY: what a server of the old version says first (draft-ylonen-ssh-protocol-00, "SSH_SMSG_PUBLIC_KEY").
public struct SSH1PublicKey: Hashable, Sendable {
  /// Of the host key's modulus.
  public let bits: Int
  /// Modulus and exponent, of which OpenSSH made the fingerprint.
  public let octets: [UInt8]

  /// Reads a packet of version 1 from the front of a stream: its length without padding, padding up to a multiple of eight, the
  /// message 2, a cookie, the server's key and the host's.
  /// - Throws: `truncated` while octets are missing, `malformed` for what is no such packet.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    let count = Int(try reader.bigEndian32())
    guard (30...SSHPacket.octetLimit).contains(count) else { throw .malformed(offset: 0) }
    var packet = try reader.part(8 - count % 8 + count)
    try packet.skip(8 - count % 8)
    guard try packet.octet() == 2 else { throw .malformed(offset: 4) }
    try packet.skip(8)
    try packet.skip(4)
    _ = try packet.integerOfVersion1()
    _ = try packet.integerOfVersion1()
    bits = Int(try packet.bigEndian32() & 0xffff)
    let exponent = try packet.integerOfVersion1()
    octets = try packet.integerOfVersion1() + exponent
  }
}

extension OctetReader {
  /// A count of bits in two octets, then the number.
  fileprivate mutating func integerOfVersion1() throws(WireError) -> [UInt8] {
    try take((Int(try bigEndian16()) + 7) / 8)
  }
}
