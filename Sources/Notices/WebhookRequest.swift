internal import Cryptography
public import Records

/// One POST request of a notice.
public struct WebhookRequest: Hashable, Sendable {
  public let url: String
  /// Lines such as `Content-Type: application/json`.
  public let fields: [String]
  public let body: [UInt8]
  public let authorityFile: String?
  public let proxy: String?

  /// - Parameters:
  ///   - text: the notice for people, for receivers that take text.
  ///   - secret: the key of the signature; nil for none.
  ///   - token: the whole value of the token's header; nil for none.
  ///   - now: when it is signed, so that a receiver can refuse what was recorded and sent again.
  public init(
    _ notice: Notice, _ hook: NoticeSettings.Webhook, url: String, text: String, secret: [UInt8]?, token: String?,
    now: Timestamp
  ) {
    self.url = url
    authorityFile = hook.authorityFile
    proxy = hook.proxy
    switch hook.body {
    case .notice: body = notice.json
    case .text: body = JSONText.object([("text", .text(text))]).octets
    }
    var fields = [
      "Content-Type: application/json; charset=utf-8", "Idempotency-Key: \(notice.id)", "Tenken-Notice: \(notice.id)",
      // libcurl would ask whether it may send, and wait.
      "Expect:",
    ]
    if let secret { fields.append("Tenken-Signature: \(Self.signature(of: body, secret: secret, now: now))") }
    if let token { fields.append("\(hook.tokenHeader): \(token)") }
    self.fields = fields
  }

  /// `t=` seconds since 1970, `v1=` HMAC-SHA256 over those digits, a point and the body, in hexadecimal.
  static func signature(of body: [UInt8], secret: [UInt8], now: Timestamp) -> String {
    let seconds = "\(now.nanoseconds / 1_000_000_000)"
    let code = DigestAlgorithm.sha256.authenticator(of: Array("\(seconds).".utf8) + body, key: secret)
    let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "t=\(seconds),v1=\(digits)"
  }
}
