public import Addressing
public import Records
public import RunComparison

/// Runs of a small site, made by hand.
public struct SampleRun {
  public var number: Int
  public var devices: [RunRecord.DeviceState] = []
  public var looks: [RunRecord.Look] = []
  public var services: [RunRecord.OpenService] = []
  public var weaknesses: [RunRecord.Weakness] = []
  public var answers: [RunRecord.Answer] = []
  public var marks: [RunRecord.Mark] = []
  public var unanswered = ""
  public var isPartial = false

  /// A Monday in Japan, 2026-11-23 11:02:11.
  public static let start = Timestamp(nanoseconds: 1_795_399_331_042_000_000)
  public static let telnet = ServiceEndpoint(transport: .tcp, port: 23)
  public static let web = ServiceEndpoint(transport: .tcp, port: 443)

  public static func address(_ last: Int) -> IPAddress { IPAddress(IPv4Address(rawValue: 0x0a00_0000 + UInt32(last))) }

  public static func id(_ device: Int) -> DeviceID {
    DeviceID(mac: MACAddress(rawValue: 0x0011_2200_0000 + UInt64(device)))
  }

  public init(_ number: Int) { self.number = number }

  /// A device that was looked at to the end; every port but the open ones said that nobody listens.
  public mutating func add(
    _ device: Int, at last: Int, open: [ServiceEndpoint] = [], firmware: String? = "1.0", isFinished: Bool = true,
    closed: String? = nil
  ) {
    let id = Self.id(device)
    devices.append(
      .init(
        id: id, mac: MACAddress(rawValue: 0x0011_2200_0000 + UInt64(device)), addresses: [Self.address(last)],
        vendor: "Example", model: "CAM-1", firmware: firmware))
    let ports = (1...65_535).filter { port in !open.contains { $0.transport == .tcp && $0.port == port } }
    looks.append(
      .init(
        device: id, address: Self.address(last), from: Self.start, to: Self.start + .seconds(60), tcp: "1-65535",
        udp: nil, isFinished: isFinished, closed: closed ?? PortRecord.expression(ports.map { UInt16($0) }), silent: "",
        closedUDP: "", aliveAfter: true))
    services += open.map {
      .init(device: id, endpoint: $0, protocolName: $0 == Self.telnet ? "telnet" : nil, tls: false)
    }
  }

  public mutating func find(
    _ check: String, on device: Int, at service: ServiceEndpoint?, _ severity: Severity = .high
  ) {
    weaknesses.append(
      .init(
        device: Self.id(device), service: service, check: check, severity: severity,
        finding: numbered("F-", weaknesses.count + 1, digits: 4), items: ["jssec-iot-v1/JSSEC-14.2.c"]))
  }

  public var record: RunRecord {
    let started = Self.start + .seconds(Int64(number) * 7 * 86_400)
    return RunRecord(
      run: RunSummary(
        runID: "run-\(number)", toolVersion: "0.4.0", rulesDigest: String(repeating: "a", count: 64),
        engagement: Engagement(id: "E-1", customer: "Example", site: "Plant", operator: "K"),
        scopeDigest: String(repeating: "b", count: 64), targets: ["10.0.0.0/24"], ports: "1-65535", host: "auditor",
        started: started, ended: started + .seconds(600), offsetMinutes: Timestamp.jst, seed: "1", partial: isPartial,
        framesSent: 1000), pack: "/packs/run-\(number)",
      packDigest: String(repeating: "0", count: 60) + numbered("", number, digits: 4), unanswered: unanswered,
      omitted: [], devices: devices, looks: looks, services: services, weaknesses: weaknesses, answers: answers,
      marks: marks,
      proposals: [
        .init(
          item: "jssec-iot-v1/JSSEC-14.2.c", device: devices.first?.id, service: nil, status: .notTested,
          reason: .incomplete),
        .init(item: "jssec-iot-v1/JSSEC-14.2.c", device: nil, service: Self.telnet, status: .fail, reason: nil),
      ])
  }
}
