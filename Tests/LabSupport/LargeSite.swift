import Addressing
public import Records

/// A made-up audit as large as a report has to bear: 254 devices, 2,000 findings, seven times the rows of the lab's 36 devices.
/// Equal seeds make equal sites.
public struct LargeSite {
  public static let devices = 254
  public static let findings = 2000
  public static let verdicts = 540 * 7

  /// Rows about devices; the others are about the site.
  private static let itemsOfDevices = [
    "JSSEC-13.3.b", "JSSEC-14.2.a", "JSSEC-14.2.b", "JSSEC-14.2.c", "JSSEC-14.3.a", "JSSEC-15.1", "JSSEC-15.1.c",
    "JSSEC-15.2.a", "JSSEC-15.2.b", "JSSEC-15.3.a", "JSSEC-15.5.a", "JSSEC-16.1.a", "JSSEC-16.1.b", "JSSEC-R2",
  ]
  private static let itemsOfSite = [
    "JSSEC-7.1.a", "JSSEC-13.1.a", "JSSEC-13.1.b", "JSSEC-13.1.c", "JSSEC-13.2.a", "JSSEC-14.1.a", "JSSEC-17.2.c",
    "JSSEC-18.1.a", "JSSEC-18.6.b", "JSSEC-18.6.c", "JSSEC-21.1.b", "JSSEC-21.1.c", "JSSEC-21.2.a", "JSSEC-R1",
  ]
  /// Check, severity, port, what it is.
  private static let kinds: [(String, Severity, UInt16, String, String)] = [
    ("telnet.enabled", .high, 23, "Telnetが接続を受け付けている", "Telnet takes connections"),
    ("telnet.no-auth", .critical, 23, "ログインなしでコンソールが操作できる", "A console without a login"),
    ("http.plaintext-login", .medium, 80, "ログイン画面が暗号化されていない", "A login page without TLS"),
    ("snmp.default-community", .medium, 161, "SNMPの初期コミュニティ名が使える", "SNMP takes a default community"),
    ("upnp.enabled", .low, 1900, "UPnPが応答する", "UPnP answers"),
    ("tls.cert-self-signed", .low, 443, "証明書が自己署名である", "The certificate is signed by itself"),
    ("mqtt.plaintext", .medium, 1883, "MQTTが暗号化されていない", "MQTT without TLS"),
    ("ssh.weak-kex", .medium, 22, "SSHが弱い鍵交換方式を提供している", "SSH offers weak key exchange"),
    ("rtsp.no-auth", .high, 554, "映像配信が認証なしで応答する", "A video stream without a login"),
    ("adb.open", .critical, 5555, "ADBが鍵の確認なしに接続を受け付ける", "ADB takes connections without a key"),
    ("printer.raw-open", .low, 9100, "印刷ポートが誰にでも応答する", "The raw print port answers anybody"),
    ("ntp.mode6", .info, 123, "NTPの制御要求に応答する", "NTP answers control requests"),
  ]
  private static let roles = ["camera", "router", "printer", "nas", "sensor", "plc"]

  private var state: UInt64

  /// - Parameter seed: which of the sites.
  public static func result(seed: UInt64) -> AuditResult {
    var site = LargeSite(state: seed)
    return site.make()
  }

  private mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  private mutating func make() -> AuditResult {
    let devices = (1...Self.devices).map { device($0) }
    let coverages = devices.enumerated().map { coverage($1, $0) }
    let findings = (1...Self.findings).map { finding($0, devices[below(devices.count)]) }
    var verdicts: [Verdict] = []
    for (device, coverage) in zip(devices, coverages) {
      for item in Self.itemsOfDevices { verdicts.append(verdict(item, device, coverage)) }
    }
    while verdicts.count < Self.verdicts {
      let item = Self.itemsOfSite[verdicts.count % Self.itemsOfSite.count]
      verdicts.append(siteVerdict(item, verdicts.count))
    }
    var result = SampleAudit.result
    result.run.ended = result.run.started + .seconds(4 * 3600)
    result.run.partial = false
    result.inventory.devices = devices
    result.findings = findings
    result.verdicts = verdicts
    result.coverage = Coverage(
      devices: coverages, addressesAsked: 254, addressesAnswered: 254, omitted: result.coverage.omitted,
      receiveDrops: 0, partial: false)
    return result
  }

  private mutating func device(_ number: Int) -> Device {
    let services = Self.kinds.indices.filter { _ in below(3) == 0 }.map { kind in
      Service(
        endpoint: SampleAudit.port(Self.kinds[kind].2), state: .open,
        protocolName: ProtocolName(rawValue: String(Self.kinds[kind].0.prefix { $0 != "." })))
    }
    var device = Device(
      mac: MACAddress(rawValue: 0x0011_2200_0000 + UInt64(number)),
      addresses: [IPAddress(IPv4Address(rawValue: 0xc0a8_0a00 + UInt32(number)))],
      vendor: Attribution(name: "Example Works \(below(12))", source: "IEEE MA-L (ieee-data 20220827)"),
      services: services)
    device.model = Attribution(name: "EW-\(1000 + below(40))", source: "tcp/80 http title")
    device.firmware = Attribution(name: "V\(below(4)).\(below(10)).\(below(30))", source: "udp/161 snmp sysDescr")
    device.claims = [
      Claim(.role, Self.roles[below(Self.roles.count)], source: "tcp/80 http.title", confidence: .medium)
    ]
    return device
  }

  private mutating func coverage(_ device: Device, _ index: Int) -> DeviceCoverage {
    var coverage = SampleAudit.coverage(of: index % 6)
    coverage = DeviceCoverage(
      device: device.id, address: device.addresses[0], tcp: coverage.tcp, aliveBefore: true,
      from: SampleAudit.start + .seconds(index * 40), vantage: coverage.vantage)
    coverage.tcp.open = device.services.count
    coverage.tcp.silent = below(400)
    coverage.tcp.closed = coverage.tcp.requestedCount - coverage.tcp.open - coverage.tcp.silent
    coverage.tcp.unresolved = 0
    coverage.tcp.complete = true
    coverage.aliveAfter = true
    coverage.peakFramesPerSecond = 60 + below(40)
    coverage.to = coverage.from + .seconds(700 + below(300))
    coverage.loss = .init(probes: 65_535, lost: below(200), rateUpperBound: 0.01, missBound: 1e-9)
    return coverage
  }

  private mutating func finding(_ number: Int, _ device: Device) -> Finding {
    let (check, severity, port, ja, en) = Self.kinds[below(Self.kinds.count)]
    let id = "F-" + String(String(10_000 + number).dropFirst())
    let value = below(500)
    return Finding(
      id: id, check: check, severity: severity, device: Finding.DeviceReference(device),
      service: SampleAudit.port(port),
      title: SampleAudit.text(ja, en),
      remediation: SampleAudit.text(
        "使用していなければ停止してください。停止できない場合は、接続元を必要な相手だけに制限し、対応するファームウェアの有無をベンダーに確認してください。",
        "Turn it off where nothing uses it. Otherwise let only those reach it that need it, and ask the vendor for firmware that does better."
      ),
      detail: SampleAudit.text(
        "tcp/\(port): 接続して最初の応答を読み取りました。応答には機器の名称「EW-\(value)」と版数が含まれ、利用者名もパスワードも求められませんでした。設定の読み書きは試していません。",
        "tcp/\(port): a connection was made and the first answer read. It names the device (EW-\(value)) and its version; neither a user nor a password was asked for. Nothing was read or written."
      ),
      observations: ["EV-\(number)"], items: ["jssec-iot-v1/JSSEC-14.2.c"],
      at: SampleAudit.start + .seconds(below(4 * 3600)),
      evidence: PackPath.finding(id))
  }

  /// Of three rows about a device two say something of their own, as in the lab.
  private mutating func verdict(_ item: String, _ device: Device, _ coverage: DeviceCoverage) -> Verdict {
    let status = [VerdictStatus.fail, .needsReview, .needsReview, .notTested, .notTested, .notTested, .pass][below(7)]
    let own = below(3) > 0
    let ports = device.services.map(\.endpoint.description).joined(separator: ", ")
    let paths = device.services.flatMap { service -> [String] in
      let path = PackPath.conversation("\(device.id.rawValue)-tcp-\(service.endpoint.port)")
      return [path.request, path.response]
    }
    return Verdict(
      item: "jssec-iot-v1/\(item)", device: device.id, service: nil, status: status,
      reason: status == .notTested ? [.noAuthorisation, .noCapture, .checkError][below(3)] : nil,
      polarity: status == .needsReview ? .against : nil,
      bounds: Bounds(
        coverage: coverage,
        cannotConclude: SampleAudit.text(
          "時間帯や条件によって起動するサービスと、別のネットワークを通る通信は対象に含まれていません。",
          "Services that start at other times and traffic by other networks are not covered.")),
      explanation: own
        ? SampleAudit.text(
          "守りの弱いサービス(\(ports))に、この場所から直接到達できます。値\(below(1000))が返りました。ゲートウェイ経由で使うという申告もありません。",
          "Weak services (\(ports)) can be reached from here; the value \(below(1000)) came back. Nobody declared that they are used through a gateway."
        )
        : SampleAudit.text(
          "問い合わせの結果からは判断できませんでした。機器の運用者に確認してください。", "The answers do not settle it; ask whoever operates the device."),
      evidence: below(2) == 0 ? [PackPath.ports(device.id)] + paths : Array(paths.prefix(2)))
  }

  private func siteVerdict(_ item: String, _ number: Int) -> Verdict {
    var bounds = Bounds(coverage: nil)
    bounds.addresses = "192.168.10.\(number % 250)"
    return Verdict(
      item: "jssec-iot-v1/\(item)", device: nil, service: nil, status: .notTested, reason: .noCapture, bounds: bounds,
      explanation: SampleAudit.text(
        "機器自身の通信の記録がないため、判断していません。", "There is no capture of the devices' own traffic, so this was not answered."))
  }
}
