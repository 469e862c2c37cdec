internal import Cryptography
public import Probes
internal import Wire

/// What is entered for a message. The only place where a secret becomes octets to send.
public struct LoginOctets: Sendable {
  public let octets: [UInt8]

  public init(_ message: LoginMessage, of pair: CredentialPair) { octets = Self.octets(message, pair) }

  private static func octets(_ message: LoginMessage, _ pair: CredentialPair) -> [UInt8] {
    switch message {
    case .octets(let octets): octets
    case .account: Array(pair.account.utf8)
    case .password: pair.secret.octets
    case .joined(let parts): parts.flatMap { octets($0, pair) }
    case .base64(let inner): base64(octets(inner, pair))
    case .hexadecimal(let inner): octets(inner, pair).flatMap { [digit($0 >> 4), digit($0 & 15)] }
    case .hash(let hash, let inner): hash.algorithm.digest(of: octets(inner, pair))
    case .sized(let length, let inner): sized(octets(inner, pair), length)
    case .percentEncoded(let inner): octets(inner, pair).flatMap(percentEncoded)
    case .xmlEscaped(let inner): octets(inner, pair).flatMap(xmlEscaped)
    case .vncResponse(let challenge): DES.encrypt(blocks: challenge, key: vncKey(pair.secret.octets)) ?? []
    case .snmpKey(let hash, let engine): snmpKey(pair.secret.octets, hash.algorithm, engine)
    case .hmac(let hash, let key, let inner, let count):
      Array(hash.algorithm.authenticator(of: octets(inner, pair), key: octets(key, pair)).prefix(count))
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  private static let base64Characters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func base64(_ octets: [UInt8]) -> [UInt8] {
    stride(from: 0, to: octets.count, by: 3).flatMap { start -> [UInt8] in
      let part = octets[start..<min(start + 3, octets.count)]
      let value = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      let characters = (0..<4).map { base64Characters[value >> (18 - 6 * $0) & 63] }
      return Array(characters.prefix(part.count + 1)) + [UInt8](repeating: 0x3d, count: 3 - part.count)
    }
  }

  private static func sized(_ octets: [UInt8], _ length: LoginMessage.Length) -> [UInt8] {
    let count = octets.count
    switch length {
    case .twoOctets: return [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)] + octets
    case .variable:
      var (rest, sizes) = (count, [UInt8]())
      repeat {
        sizes.append(UInt8(rest & 127) | (rest > 127 ? 128 : 0))
        rest >>= 7
      } while rest > 0
      return sizes + octets
    case .ber(let tag):
      if count < 128 { return [tag, UInt8(count)] + octets }
      let size = [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
      return [tag, 0x82] + size + octets
    case .bulkString: return Array("$\(count)\r\n".utf8) + octets + [0x0d, 0x0a]
    }
  }

  private static func percentEncoded(_ octet: UInt8) -> [UInt8] {
    let isUnreserved =
      (0x30...0x39).contains(octet) || (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
      || [0x2d, 0x2e, 0x5f, 0x7e].contains(octet)
    if isUnreserved { return [octet] }
    return [0x25] + [octet >> 4, octet & 15].map { $0 < 10 ? 0x30 + $0 : 0x37 + $0 }
  }

  private static func xmlEscaped(_ octet: UInt8) -> [UInt8] {
    switch octet {
    case 0x26: Array("&amp;".utf8)
    case 0x3c: Array("&lt;".utf8)
    case 0x3e: Array("&gt;".utf8)
    case 0x22: Array("&quot;".utf8)
    case 0x27: Array("&apos;".utf8)
    default: [octet]
    }
  }

  /// The first 8 octets of the password, filled with zeros, each with its bits in reverse (RFC 6143 §7.2.2, erratum 4951).
  private static func vncKey(_ secret: [UInt8]) -> [UInt8] {
    let key = secret.prefix(DES.blockOctets) + [UInt8](repeating: 0, count: max(0, DES.blockOctets - secret.count))
    return key.map { octet in (0..<8).reduce(0) { $0 << 1 | (octet >> $1 & 1) } }
  }

  private static let snmpKeyOctets = 1 << 20

  /// The digest of 2^20 octets of the repeated password, and its digest around the engine's identifier (RFC 3414 A.2). There is
  /// none of an empty password.
  private static func snmpKey(_ secret: [UInt8], _ algorithm: DigestAlgorithm, _ engine: [UInt8]) -> [UInt8] {
    guard !secret.isEmpty else { return [] }
    var repeated = secret
    while repeated.count < snmpKeyOctets { repeated += repeated }
    let key = algorithm.digest(of: Array(repeated.prefix(snmpKeyOctets)))
    return algorithm.digest(of: key + engine + key)
  }
}

extension LoginRequest {
  /// The request with what is entered in its place.
  public func filled(with pair: CredentialPair) -> HTTPRequest {
    var headers = request.headers
    if let authorization {
      let value = String(decoding: LoginOctets(authorization, of: pair).octets, as: UTF8.self)
      headers.append(HeaderField("Authorization", value))
    }
    var method = request.method
    if let body {
      method = .post(contentType: body.contentType, body: LoginOctets(body.message, of: pair).octets)
    }
    return HTTPRequest(
      method, port: request.port, path: request.path, secure: request.secure, headers: headers,
      bodyLimit: request.bodyLimit, timeout: request.timeout)
  }
}

extension LoginMessage.Hash {
  fileprivate var algorithm: DigestAlgorithm {
    switch self {
    case .md5: .md5
    case .sha1: .sha1
    case .sha256: .sha256
    }
  }
}
