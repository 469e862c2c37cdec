public import Profiles
public import Records

/// The check `printer.raw-open`: a raw print port that took a connection, on a device that says of itself that it prints. Raw
/// printing knows no log-in: what arrives on such a connection is the document.
///
/// Not one octet is sent to such a port, so that the port itself cannot tell what it is; other services have the same
/// numbers. Therefore the connection that listened to it counts only together with what the device says elsewhere, by SNMP, IPP or
/// the like, which is complete when everything was asked.
public struct RawPrintingReference: ReferenceCheck {
  /// The check's id, and the question of its rule.
  public static let question = "printer.raw-open"

  private let ports: Set<UInt16>

  public init(_ profiles: ProfileStore) {
    // A line printer daemon reads commands before it prints (RFC 1179).
    ports = profiles.neverWritePorts.subtracting([515])
  }

  public func verdicts(of devices: [Device]) -> [ReferenceVerdict] { [] }

  /// None for a port that no connection reached, or whose service said what it is.
  public func verdicts(of devices: [Device], observations: [Observation]) -> [ReferenceVerdict] {
    var heard: [Observation.Subject: Observation] = [:]
    for observation in observations {
      if case .serviceUnidentified = observation.fact { heard[observation.subject] = observation }
    }
    return devices.flatMap { device in
      device.services.compactMap { service -> ReferenceVerdict? in
        let endpoint = service.endpoint
        guard endpoint.transport == .tcp, ports.contains(endpoint.port), service.state == .open,
          service.protocolName == nil, let connection = heard[.service(device.id, endpoint)],
          let verdict = verdict(on: connection, of: device)
        else { return nil }
        return ReferenceVerdict(device: device.id, service: endpoint, verdict: verdict, evidence: connection.evidence)
      }
    }
  }

  private func verdict(on connection: Observation, of device: Device) -> ProbeVerdict? {
    guard case .serviceUnidentified(let octets, let ended) = connection.fact else { return nil }
    func verdict(_ result: ProbeVerdict.Result, _ meaning: LocalizedText) -> ProbeVerdict {
      ProbeVerdict(
        Self.question, result,
        basis: LocalizedText(
          ja: "接続だけを行い、データは1バイトも送信していません。\(meaning.ja)",
          en: "A connection was made, on which not one octet was sent. \(meaning.en)"))
    }
    guard octets == 0 else {
      return verdict(
        .inconclusive(reason: "other-answer"),
        LocalizedText(
          ja: "相手から\(octets)バイトが届いており、印刷用のポートの動作ではありません。",
          en: "The service sent \(octets) octets, which a raw print port does not do."))
    }
    guard let sign = device.signOfPrinter else {
      return verdict(
        .inconclusive(reason: "not-known-to-print"),
        LocalizedText(
          ja: "接続は受け付けられましたが、プリンターと分かる申告が機器から得られていません。",
          en: "It was accepted, but nothing that the device says of itself shows that it is a printer."))
    }
    let claimed = LocalizedText(
      ja: "機器は自身をプリンターと示しています(\(sign.source): \(sign.value.prefix(80)))。",
      en: "The device says of itself that it is a printer (\(sign.source): \(sign.value.prefix(80))).")
    guard ended == "silence" else {
      return verdict(
        .refuted,
        LocalizedText(
          ja: "機器の側から直ちに切断されました(\(ended))。\(claimed.ja)この場所からの印刷は受け付けない設定か、使用中とみられます。",
          en:
            "The device ended it at once (\(ended)). \(claimed.en) It does not take jobs from this vantage, or was busy."
        ))
    }
    return verdict(
      .proven,
      LocalizedText(
        ja: "接続は認証なしで受け付けられ、保たれました。\(claimed.ja)このようなポートに届いたデータは、そのまま印刷されます。",
        en:
          "It was accepted without authentication and kept open. \(claimed.en) What arrives on such a port is printed as it is."
      ))
  }
}

extension Device {
  /// What the device says that makes it a printer: IPP's attributes of a printer, or the role that a fingerprint finds in
  /// its words. What is merely concluded from its address is no statement of its own.
  fileprivate var signOfPrinter: Claim? {
    claims.first { $0.kind == .role && $0.value == "printer" && $0.confidence > .low }
      ?? claims.first { $0.kind == .model && $0.source.contains(" ipp ") }
  }
}
