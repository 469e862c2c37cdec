public import Addressing
public import Records
internal import Wire

/// Asks a printer for its description, and reads there whom it lets in (Get-Printer-Attributes, RFC 8011 §4.2.5).
///
/// - Octets sent: one HTTP POST with the question (some 700); where nothing is found there, a second one to another
///   usual path, and a third one for the default printer of CUPS. No job is sent, so that nothing is printed.
/// - Connections opened: one for each request.
/// - State left behind: log entries.
/// - Worst known reaction: a printer wakes from its sleep.
public struct IPPProbe: Probe {
  public static let question = "ipp.no-auth"
  public static let sheet = ProbeSheet(
    id: "ipp", technique: .serviceQuestions,
    sends: LocalizedText(ja: "IPPのプリンター属性の取得要求", en: "an IPP request for the printer's attributes"),
    leavesBehind: "log entries", worstReaction: "a printer wakes from its sleep", fetches: 3, duration: .seconds(50))

  /// IPP Everywhere §4.2 (PWG 5100.14) and what older printers use; then the server itself, for its default printer.
  private static let paths = ["/ipp/print", "/ipp", "/"]
  private static let bodyLimit = 64 * 1024

  private let address: String
  private let port: UInt16
  private let secure: Bool
  private let identifier: UInt32
  private var tries = 0
  public let wakeAt: MonotonicInstant? = nil
  public private(set) var report: ProbeReport?

  /// - Parameters:
  ///   - address: what the printer is called in the request.
  ///   - seed: makes the request's number.
  public init(address: IPAddress, port: UInt16, secure: Bool, seed: UInt64) {
    self.address = address.isIPv4 ? "\(address)" : "[\(address)]"
    self.port = port
    self.secure = secure
    identifier = UInt32(truncatingIfNeeded: seed) & 0x7fff_fffe | 1
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { ask() }

  private mutating func ask() -> [ProbeAction] {
    let path = Self.paths[tries]
    tries += 1
    let printer = "\(secure ? "ipps" : "ipp")://\(address):\(port)\(path)"
    let body =
      path == "/"
      ? IPPRequest.attributesOfDefault(identifier: identifier)
      : IPPRequest.attributes(of: printer, identifier: identifier)
    return [
      .fetch(
        tries,
        HTTPRequest(
          .post(contentType: "application/ipp", body: body), port: port, path: path, secure: secure,
          bodyLimit: Self.bodyLimit))
    ]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .response(_, let exchange): return judge(exchange)
    case .failed(_, let reason): giveUp(reason)
    case .opened, .received, .ended, .timer: break
    }
    return []
  }

  private mutating func judge(_ exchange: HTTPExchange) -> [ProbeAction] {
    guard let status = exchange.status else {
      giveUp(exchange.failure ?? "no-answer")
      return []
    }
    switch status {
    case 200: return judge(exchange.body)
    case 401:
      finish(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "認証の要求(401)", en: "a demand for authentication (401)"),
          LocalizedText(ja: "属性は読み出せませんでした。", en: "No attribute was read.")))
    case 404 where tries < Self.paths.count: return ask()
    default: giveUp("status-\(status)")
    }
    return []
  }

  private mutating func judge(_ body: [UInt8]) -> [ProbeAction] {
    guard let message = try? IPPMessage(parsing: body.span), message.identifier == identifier else {
      giveUp("other-answer")
      return []
    }
    switch message.status {
    // RFC 8011 appendix B.1.4: forbidden, not authenticated, not authorized.
    case 0x0401...0x0403:
      finish(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "認証が必要との応答", en: "a demand for authentication"),
          LocalizedText(ja: "属性は読み出せませんでした。", en: "No attribute was read.")))
    // No printer of this name.
    case 0x0406 where tries < Self.paths.count: return ask()
    default:
      let ways = message.attribute("uri-authentication-supported")?.texts ?? []
      if message.isSuccess, !ways.isEmpty { judge(ways, message) } else { giveUp("no-attribute") }
    }
    return []
  }

  /// `none`: every visitor is "anonymous"; `requesting-user-name`: whatever name the visitor gives is believed
  /// (RFC 8011 §5.4.2). One entry for each URI of the printer.
  private mutating func judge(_ ways: [String], _ message: IPPMessage) {
    let claims = claims(message)
    let shown = ways.prefix(8).map { $0.cut(to: 40) }.joined(separator: ", ")
    let attribute = LocalizedText(
      ja: "「uri-authentication-supported: \(shown)」を含む属性",
      en: "attributes, among them \u{201c}uri-authentication-supported: \(shown)\u{201d}")
    guard ways.contains(where: { $0 == "none" || $0 == "requesting-user-name" }) else {
      return finish(
        .refuted,
        Self.sheet.answered(
          with: attribute,
          LocalizedText(ja: "どの接続先でも認証が必要です。", en: "Every one of its addresses asks for authentication.")),
        claims: claims)
    }
    finish(
      .proven,
      Self.sheet.answered(
        with: attribute,
        LocalizedText(
          ja: "プリンター自身が、認証なしで利用できると示しています。印刷は試していません。",
          en: "The printer itself says that it can be used without authentication. Nothing was printed.")),
      claims: claims)
  }

  /// What a printer says of itself; a queue of CUPS is another device, or none.
  private func claims(_ message: IPPMessage) -> [Claim] {
    guard tries < Self.paths.count else { return [] }
    let kinds: [(String, Claim.Kind)] = [
      ("printer-make-and-model", .model), ("printer-info", .name), ("printer-uuid", .uuid),
      ("printer-firmware-string-version", .firmware),
    ]
    var claims = kinds.compactMap { name, kind -> Claim? in
      guard let text = message.attribute(name)?.texts.first, !text.isEmpty else { return nil }
      let value = kind == .uuid && text.hasPrefix("urn:uuid:") ? String(text.dropFirst(9)) : text
      return Claim(kind, value, source: "tcp/\(port) ipp \(name)", confidence: .high)
    }
    let source = "tcp/\(port) ipp printer-device-id"
    let identity = Self.fields(ofDeviceID: message.attribute("printer-device-id")?.texts.first ?? "")
    claims.add(.vendor, identity["MFG"] ?? identity["MANUFACTURER"], source: source)
    claims.add(.serial, identity["SN"] ?? identity["SERN"] ?? identity["SERIALNUMBER"], source: source)
    claims.append(Claim(.role, "printer", source: "tcp/\(port) ipp", confidence: .medium))
    return claims
  }

  /// `MFG:EPSON;MDL:…;`: keys and values of IEEE 1284-2000 §7.6, as PWG 5107.2 takes them over. The first of a key counts.
  static func fields(ofDeviceID text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for part in text.split(separator: ";") {
      let pair = part.split(separator: ":", maxSplits: 1)
      guard pair.count == 2 else { continue }
      let key = pair[0].filter { !$0.isWhitespace }.uppercased()
      if fields[key] == nil { fields[key] = String(pair[1]) }
    }
    return fields
  }

  private mutating func giveUp(_ reason: String) { finish(.inconclusive(reason: reason), Self.sheet.undecided(reason)) }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText, claims: [Claim] = []) {
    report = ProbeReport(Self.question, result, basis, claims: claims)
  }
}
