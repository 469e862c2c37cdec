internal import Addressing
internal import Records
internal import RunComparison

/// A made-up site that is looked at each week: now and then a device comes, goes, is renumbered, gets other firmware, a weakness comes
/// or is mended. The same at each time it is made.
struct WeeklySite {
  static let engagement = "BENCH"
  static let devices = 254
  private static let start = Timestamp(nanoseconds: 1_641_171_600_000_000_000)
  private static let checks: [(String, Severity, UInt16)] = [
    ("telnet.enabled", .high, 23), ("telnet.no-auth", .critical, 23), ("http.plaintext-login", .medium, 80),
    ("snmp.default-community", .medium, 161), ("upnp.enabled", .low, 1900), ("tls.cert-self-signed", .low, 443),
    ("mqtt.plaintext", .medium, 1883), ("ssh.weak-kex", .medium, 22), ("rtsp.no-auth", .high, 554),
    ("adb.open", .critical, 5555), ("printer.raw-open", .low, 9100), ("ntp.mode6", .info, 123),
  ]

  private struct Device {
    var number: Int
    var address: UInt32
    var firmware: Int
    var certificate: Int
    var ports: [UInt16]
    var weak: Set<Int>
    var silent: [UInt16]
  }

  private var state: UInt64 = 7
  private var week = 0
  private var site: [Device] = []
  private var made = 0

  private mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  private mutating func device(at address: UInt32) -> Device {
    made += 1
    var ports = Set(Self.checks.indices.filter { _ in below(3) > 0 }.map { Self.checks[$0].2 })
    ports.insert(UInt16(20_000 + below(40_000)))
    let weak = Set(Self.checks.indices.filter { ports.contains(Self.checks[$0].2) && below(8) > 0 })
    // One in four limits how often it says that nobody listens: many ports stay silent, one by one.
    let silent = below(4) == 0 ? Set((0..<200).map { _ in UInt16(1 + below(65_535)) }).subtracting(ports) : []
    return Device(
      number: made, address: address, firmware: below(90), certificate: made, ports: ports.sorted(), weak: weak,
      silent: silent.sorted())
  }

  mutating func next() -> RunRecord {
    if site.isEmpty { site = (1...Self.devices).map { device(at: UInt32($0)) } }
    for index in site.indices {
      switch below(400) {
      case 0: site[index] = device(at: site[index].address)
      case 1: site[index].firmware += 1
      case 2: site[index].certificate += 1000
      case 3: site[index].weak.subtract([below(Self.checks.count)])
      case 4: site[index].address = UInt32(1 + below(254))
      default: break
      }
    }
    week += 1
    // Twelve weeks of holidays and one interrupted run in twenty.
    return record(Self.start + .seconds(Int64(week + week / 22) * 7 * 86_400))
  }

  private func record(_ started: Timestamp) -> RunRecord {
    let run = RunSummary(
      runID: "run-\(week)", toolVersion: "bench", rulesDigest: String(repeating: "a", count: 64),
      engagement: Engagement(id: Self.engagement, customer: "bench", site: "254 devices", operator: "bench"),
      scopeDigest: String(repeating: "b", count: 64), targets: ["192.168.10.0/24"], ports: "1-65535", host: "bench",
      started: started, ended: started + .seconds(3600), offsetMinutes: Timestamp.jst, seed: "1",
      partial: week % 20 == 0, framesSent: 254 * 65_535)
    let seen = site.enumerated().filter { week % 20 != 0 || $0.offset % 3 != 0 }.map(\.element)
    var number = 0
    let weaknesses = seen.flatMap { device in
      device.weak.sorted().map { kind -> RunRecord.Weakness in
        number += 1
        let check = Self.checks[kind]
        return RunRecord.Weakness(
          device: id(device), service: ServiceEndpoint(transport: .tcp, port: check.2), check: check.0,
          severity: check.1, finding: numbered("F-", number, digits: 4),
          items: ["jssec-iot-v1/JSSEC-14.2.c", "jssec-iot-v1/JSSEC-15.1.c"])
      }
    }
    return RunRecord(
      run: run, pack: "/srv/packs/run-\(week)",
      packDigest: String(repeating: "0", count: 58) + numbered("", week, digits: 6),
      unanswered: "192.168.10.255", omitted: [], devices: seen.map(state), looks: seen.map { look($0, started) },
      services: seen.flatMap(services), weaknesses: weaknesses, answers: seen.flatMap(answers),
      marks: seen.flatMap(marks), proposals: seen.flatMap(proposals))
  }

  private func id(_ device: Device) -> DeviceID {
    DeviceID(mac: MACAddress(rawValue: 0x0011_2200_0000 + UInt64(device.number)))
  }

  private func address(_ device: Device) -> IPAddress { IPAddress(IPv4Address(rawValue: 0xc0a8_0a00 + device.address)) }

  private func state(_ device: Device) -> RunRecord.DeviceState {
    RunRecord.DeviceState(
      id: id(device), mac: MACAddress(rawValue: 0x0011_2200_0000 + UInt64(device.number)), addresses: [address(device)],
      vendor: "Example Works \(device.number % 12)", deviceClass: "normal", model: "EW-\(device.number % 40)",
      firmware: "V\(device.firmware / 10).\(device.firmware % 10)")
  }

  private func look(_ device: Device, _ started: Timestamp) -> RunRecord.Look {
    let others = Set(device.ports + device.silent)
    let closed = (1...65_535).map { UInt16($0) }.filter { !others.contains($0) }
    return RunRecord.Look(
      device: id(device), address: address(device), from: started + .seconds(60), to: started + .seconds(900),
      tcp: "1-65535", udp: "53,123,161,1900,5353", isFinished: true, closed: PortRecord.expression(closed),
      silent: PortRecord.expression(device.silent), closedUDP: "53,123,161,1900,5353", aliveAfter: true)
  }

  private func services(_ device: Device) -> [RunRecord.OpenService] {
    device.ports.map { port in
      let check = Self.checks.first { $0.2 == port }?.0
      return RunRecord.OpenService(
        device: id(device), endpoint: ServiceEndpoint(transport: .tcp, port: port),
        protocolName: check.map { String($0.prefix { $0 != "." }) }, tls: port == 443)
    }
  }

  private func answers(_ device: Device) -> [RunRecord.Answer] {
    Self.checks.indices.filter { device.ports.contains(Self.checks[$0].2) }.flatMap { kind -> [RunRecord.Answer] in
      let (check, _, port) = Self.checks[kind]
      let service = ServiceEndpoint(transport: .tcp, port: port)
      return [
        .init(
          device: id(device), service: service, question: check,
          result: device.weak.contains(kind) ? "proven" : "refuted"),
        .init(device: id(device), service: service, question: "identified", result: String(check.prefix { $0 != "." })),
      ]
    }
  }

  private func marks(_ device: Device) -> [RunRecord.Mark] {
    device.ports.compactMap { port in
      let service = ServiceEndpoint(transport: .tcp, port: port)
      let value = numbered("", device.certificate, digits: 8)
      switch port {
      case 443:
        return .init(
          device: id(device), service: service, kind: .certificate, name: "",
          value: String(repeating: "c", count: 56) + value)
      case 22:
        return .init(
          device: id(device), service: service, kind: .hostKey, name: "ssh-ed25519",
          value: "SHA256:" + String(repeating: "k", count: 36) + value)
      case 80:
        return .init(
          device: id(device), service: service, kind: .software, name: "", value: "lighttpd/1.4.\(device.firmware)")
      default: return nil
      }
    }
  }

  private func proposals(_ device: Device) -> [RunRecord.Proposal] {
    (0..<15).map { row in
      RunRecord.Proposal(
        item: "jssec-iot-v1/JSSEC-\(13 + row / 5).\(1 + row % 5).a", device: id(device), service: nil,
        status: [.fail, .needsReview, .notTested][row % 3], reason: row % 3 == 2 ? .noAuthorisation : nil)
    }
  }
}
