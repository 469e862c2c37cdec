public import Records

/// Finds out whether a service that speaks TLS speaks HTTP inside it.
///
/// - Octets sent: a TLS handshake without client certificate, and `GET /` inside it, once. Ports that IANA gave to other
///   protocols inside TLS are not asked.
/// - Connections opened: one.
/// - State left behind: a log entry.
/// - Worst known reaction: small processors take seconds for a handshake and serve nobody else meanwhile.
public struct HTTPSIdentification: Probe {
  public static let sheet = ProbeSheet(
    id: "https", technique: .serviceQuestions,
    sends: LocalizedText(ja: "TLSの中でのHTTPのGET要求", en: "an HTTP GET request inside TLS"), leavesBehind: "a log entry",
    worstReaction: "small processors are busy with the handshake for seconds", fetches: 1, duration: .seconds(20))

  /// Mail, directories, names, FTP, Telnet, SIP, AMQP, MQTT (IANA's registry of port numbers).
  private static let others: Set<UInt16> = [
    465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 3269, 5061, 5671, 6697, 8883,
  ]

  private let port: UInt16
  public let wakeAt: MonotonicInstant? = nil
  public private(set) var report: ProbeReport?

  /// - Returns: nil for a port of another protocol.
  public init?(port: UInt16) {
    guard !Self.others.contains(port) else { return nil }
    self.port = port
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    [.fetch(0, HTTPRequest(port: port, path: "/", secure: true))]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .response(_, let exchange): report = Self.report(of: exchange, port)
    // It stays what it was: a service that speaks TLS.
    case .failed: report = ProbeReport()
    case .opened, .received, .ended, .timer: break
    }
    return []
  }

  private static func report(of exchange: HTTPExchange, _ port: UInt16) -> ProbeReport {
    // A body without a head may be anything.
    guard let status = exchange.status, exchange.version.hasPrefix("1.") else { return ProbeReport() }
    let server = exchange.values(of: "Server").first ?? ""
    let claims =
      server.isEmpty ? [] : [Claim(.software, server, source: "tcp/\(port) http Server", confidence: .medium)]
    return ProbeReport(
      claims: claims, facts: WebPage(exchange, path: "/").map { [.page($0)] } ?? [],
      identification: .identified(
        .http, tls: true,
        basis: LocalizedText(
          ja: "\(sheet.sends.ja)への応答: HTTP/\(exchange.version) \(status)",
          en: "HTTP/\(exchange.version) \(status), in answer to \(sheet.sends.en)")))
  }
}
