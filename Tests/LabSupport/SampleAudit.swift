internal import Addressing
public import Records

/// A made-up audit of twelve devices, five findings and four checklist items.
public enum SampleAudit {
  public static let start = Timestamp(nanoseconds: 1_795_399_331_042_000_000)
  public static let items = [
    "jssec-iot-v1/JSSEC-14.2.c", "jssec-iot-v1/JSSEC-14.3", "jssec-iot-v1/JSSEC-2.1.a", "jssec-iot-v1/JSSEC-16.1.b",
  ]

  public static func text(_ japanese: String, _ english: String) -> LocalizedText {
    LocalizedText(ja: japanese, en: english)
  }

  public static func port(_ number: UInt16) -> ServiceEndpoint { ServiceEndpoint(transport: .tcp, port: number) }

  /// Vendor, its source, open ports with protocol, and whether the device survived the audit.
  private static let rows: [(String?, [(UInt16, ProtocolName?)], Bool?)] = [
    ("Example Camera Works", [(23, .telnet), (80, ProtocolName(rawValue: "http")), (554, nil)], true),
    ("Example Camera Works", [(80, ProtocolName(rawValue: "http")), (554, nil)], true),
    ("株式会社サンプル計測", [(23, .telnet), (502, nil)], true),
    ("株式会社サンプル計測", [(22, .ssh)], true),
    (nil, [(2323, .telnet)], true),
    ("Sample Printers", [(80, ProtocolName(rawValue: "http")), (631, nil), (9100, nil)], true),
    (nil, [], false),
    ("Beispiel Gebäudetechnik GmbH", [(23, .telnet), (4911, nil)], true),
    ("Sample Networks", [(22, .ssh), (443, nil)], true),
    ("Sample Networks", [(443, nil)], nil),
    ("Example Sensors", [], true),
    (nil, [(8080, nil)], true),
  ]

  public static var devices: [Device] {
    rows.enumerated().map { index, row in
      let local: UInt64 = row.0 == nil ? 0x0200_0000_0000 : 0
      var device = Device(
        mac: MACAddress(rawValue: 0x0011_2200_0000 + local + UInt64(index) * 0x1_0203),
        addresses: [IPAddress(IPv4Address(rawValue: 0xc0a8_0a0a + UInt32(index * 7)))],
        vendor: row.0.map { Attribution(name: $0, source: "OUI (IEEE MA-L)") },
        services: row.1.map { Service(endpoint: port($0.0), state: .open, protocolName: $0.1) })
      if index == 0 { device.model = Attribution(name: "ECW-2100", source: "telnet banner") }
      return device
    }
  }

  public static func coverage(of index: Int) -> DeviceCoverage {
    let device = devices[index]
    var coverage = DeviceCoverage(
      device: device.id, address: device.addresses[0],
      tcp: DeviceCoverage.TCP(requested: "1-65535", requestedCount: 65_535), aliveBefore: true,
      from: start + .seconds(index * 40),
      vantage: Vantage(interface: "eth0", address: IPAddress(IPv4Address(rawValue: 0xc0a8_0a02))))
    let open = device.services.count
    coverage.tcp.open = open
    coverage.tcp.silent = index == 6 ? 12_000 : index * 11
    coverage.tcp.unresolved = index == 6 ? 30_000 : 0
    coverage.tcp.closed = 65_535 - open - coverage.tcp.silent - coverage.tcp.unresolved
    coverage.tcp.complete = index != 6
    coverage.tcp.sent = 65_535 + coverage.tcp.silent * 2
    coverage.aliveAfter = rows[index].2
    coverage.peakFramesPerSecond = 200
    coverage.framesSent = coverage.tcp.sent + 9
    coverage.to = coverage.from + .seconds(330)
    coverage.loss = .init(
      probes: 65_535, lost: index * 10, rateUpperBound: 0.01, missBound: index == 4 ? 2.34e-4 : 1e-9)
    if index == 6 {
      coverage.distress = [
        Distress(
          kind: .lost, lastAnswer: start + .seconds(300), frozen: start + .seconds(301), ended: nil, frames: 77)
      ]
      coverage.deviceClass = "fragile"
      coverage.rateCeiling = 50
    }
    if index == 2 { (coverage.tcp.notPermitted, coverage.rstLimit, coverage.icmpLimit) = (57, 100, 1) }
    if index == 8 { coverage.answersEverything = true }
    if index == 9 { coverage.udp = .init(requested: "53,161", requestedCount: 2) }
    if index == 6 { coverage.stopped = LocalizedText(ja: "ARPに5秒間応答なし", en: "no answer to ARP for 5 s") }
    return coverage
  }

  public static var findings: [Finding] {
    let severities: [Severity] = [.high, .medium, .critical, .high, .low]
    return [0, 2, 4, 7, 3].enumerated().map { order, index in
      let device = devices[index]
      let id = "F-000\(order + 1)"
      return Finding(
        id: id, check: index == 3 ? "ssh.old-banner" : "telnet.enabled", severity: severities[order],
        device: Finding.DeviceReference(device), service: device.services.first?.endpoint,
        title: text("Telnet サービスが有効です", "A Telnet service is enabled"),
        remediation: text(
          "Telnet を無効にし、管理には SSH など暗号化された手段を用いてください。無効にできない場合は、接続元を管理端末に限定してください。",
          "Turn Telnet off and administer the device over an encrypted protocol such as SSH. "
            + "Where it cannot be turned off, let only administration hosts reach it."
        ),
        detail: text(
          "接続すると、何も送らないうちに Telnet のオプション交渉(IAC DO TERMINAL-TYPE)と「login: 」を受信しました。",
          "On connection, before anything was sent, the service sent "
            + "Telnet option negotiation (IAC DO TERMINAL-TYPE) and \"login: \"."
        ),
        observations: ["EV-00000\(order + 1)"], items: ["jssec-iot-v1/JSSEC-14.2.c"], at: start + .seconds(60 * order),
        evidence: ["request.bin", "response.bin", "transcript.txt", "slice.pcapng"].map { "data/findings/\(id)/\($0)" })
    }
  }

  public static var verdicts: [Verdict] {
    let perDevice = devices.indices.map { index in telnetVerdict(index) }
    let review = devices.indices.filter { !devices[$0].services.isEmpty }.map { index in
      Verdict(
        item: items[1], device: devices[index].id, service: nil, status: .needsReview, reason: .noReferenceData,
        polarity: .neutral, bounds: Bounds(coverage: coverage(of: index)),
        explanation: text(
          "開いているサービスの一覧を得ましたが、許可リストがないため判断できません。",
          "Open services were listed; without an allow-list they cannot be judged."))
    }
    let documents = [items[2], items[3]].map { item in
      Verdict(
        item: item, device: nil, service: nil, status: .notTested, reason: .documentNeeded,
        bounds: Bounds(coverage: nil),
        explanation: text("ネットワークからは確認できません。資料の提示が必要です。", "The network does not show this; documents are needed."))
    }
    return perDevice + review + documents
  }

  private static func telnetVerdict(_ index: Int) -> Verdict {
    let device = devices[index]
    let telnet = device.services.first { $0.protocolName == .telnet }
    let unknown = device.services.filter { $0.protocolName == nil }.map(\.endpoint)
    let bounds = Bounds(
      coverage: coverage(of: index), unidentified: unknown,
      cannotConclude: telnet == nil
        ? text(
          "時間帯や条件によって起動するサービスは含まれません。", "Services that start at other times or on other conditions are not covered.")
        : nil)
    let settled = index != 6 && rows[index].2 == true
    let status: VerdictStatus = telnet != nil ? .fail : settled ? (unknown.isEmpty ? .pass : .needsReview) : .notTested
    return Verdict(
      item: items[0], device: device.id, service: telnet?.endpoint, status: status,
      reason: status == .notTested ? .incomplete : nil, polarity: status == .needsReview ? .neutral : nil,
      bounds: bounds,
      explanation: text(
        telnet == nil ? "Telnet の応答は観測されませんでした。" : "Telnet の応答を観測しました。",
        telnet == nil ? "No Telnet was observed." : "Telnet answered."),
      evidence: telnet == nil ? [] : ["data/findings/F-0001/response.bin"])
  }

  public static var result: AuditResult {
    let run = RunSummary(
      runID: "20261123-110211-3f9a", toolVersion: "0.1.0",
      rulesDigest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      engagement: Engagement(id: "ENG-2026-031", customer: "株式会社サンプル製作所", site: "第二工場 組立棟 1F", operator: "点検 花子"),
      scopeDigest: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
      targets: ["192.168.10.0/24"], ports: "1-65535", host: "audit-note-3", started: start,
      ended: start + .seconds(1460),
      offsetMinutes: Timestamp.jst, seed: "5eed00000001", partial: true, framesSent: 812_345)
    let omitted = Coverage.Omission(
      addresses: "192.168.10.200-192.168.10.209", reason: .fragile,
      detail: text("制御盤の PLC。停止時間帯に個別に実施する。", "PLCs of the control cabinet; to be done in the maintenance window."))
    return AuditResult(
      run: run, inventory: Inventory(devices: devices), findings: findings, verdicts: verdicts,
      coverage: Coverage(
        devices: devices.indices.map(coverage(of:)), addressesAsked: 244, addressesAnswered: 12, omitted: [omitted],
        receiveDrops: 0, partial: true))
  }
}
