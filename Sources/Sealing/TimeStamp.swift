internal import CSeal

/// Time stamps by an authority that nobody here controls (RFC 3161): that octets existed at a moment.
public enum TimeStamp {
  /// What a response says.
  public enum Outcome: Hashable, Sendable {
    /// The octets existed at that moment (seconds since 1970); the authority is one of those given.
    case stamped(seconds: Int64, authority: String)
    /// The response says so; no authorities were given, so who signed it was not checked.
    case unchecked(seconds: Int64, authority: String)
    case rejected(Rejection)
  }

  public enum Rejection: Hashable, Sendable {
    case noResponse, refused, otherImprint, otherRequest, noAuthorities
    case badSignature(String)
  }

  /// A query (`.tsq`) for the octets with that SHA-256 digest.
  /// - Parameter nonce: 8 octets that nobody can foresee.
  public static func request(digest: [UInt8], nonce: [UInt8]) -> [UInt8]? {
    guard digest.count == Int(CSEAL_DIGEST), nonce.count == Int(CSEAL_NONCE) else { return nil }
    var der = [UInt8](repeating: 0, count: 512)
    let length = unsafe CSeal_request(digest, nonce, &der, der.count)
    return length > 0 ? Array(der.prefix(Int(length))) : nil
  }

  /// Checks a response (`.tsr`).
  /// - Parameters:
  ///   - digest: SHA-256 of the octets that it should be for.
  ///   - request: the query it should answer; nil when that is not at hand.
  ///   - authorities: certificates in PEM that are believed; nil to leave that open.
  public static func check(
    _ response: [UInt8], digest: [UInt8], request: [UInt8]?, authorities: [UInt8]?
  ) -> Outcome {
    guard digest.count == Int(CSEAL_DIGEST) else { return .rejected(.otherImprint) }
    var seconds: Int64 = 0
    var name = [CChar](repeating: 0, count: 512)
    let result = unsafe CSeal_check(
      response, response.count, digest, request, request?.count ?? 0, authorities, authorities?.count ?? 0, &seconds,
      &name, name.count)
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    switch result {
    case CInt(CSEAL_STAMPED): return .stamped(seconds: seconds, authority: text)
    case CInt(CSEAL_UNCHECKED): return .unchecked(seconds: seconds, authority: text)
    case CInt(CSEAL_REFUSED): return .rejected(.refused)
    case CInt(CSEAL_OTHER_IMPRINT): return .rejected(.otherImprint)
    case CInt(CSEAL_OTHER_REQUEST): return .rejected(.otherRequest)
    case CInt(CSEAL_BAD_SIGNATURE): return .rejected(.badSignature(text))
    case CInt(CSEAL_NO_AUTHORITIES): return .rejected(.noAuthorities)
    default: return .rejected(.noResponse)
    }
  }
}
