import Addressing
import Records

/// A small audit, the same at every call.
enum SampleResult {
  static let start = Timestamp(nanoseconds: 1_795_399_331_042_000_000)
  static let telnet = ServiceEndpoint(transport: .tcp, port: 23)

  static func text(_ english: String) -> LocalizedText { LocalizedText(ja: "点検 \(english)", en: english) }

  static var device: Device {
    Device(
      mac: MACAddress(rawValue: 0x0011_22aa_bbcc), addresses: [IPAddress(IPv4Address(rawValue: 0x0a00_0007))],
      services: [Service(endpoint: telnet, state: .open)])
  }

  static var finding: Finding {
    Finding(
      id: "F-0001", check: "telnet.enabled", severity: .high, device: Finding.DeviceReference(device),
      service: telnet, title: text("Telnet is enabled"), remediation: text("Turn it off."),
      detail: text("The service said login:"), observations: ["EV-000001"],
      items: ["jssec-iot-v1/JSSEC-14.2.c"], at: start, evidence: ["data/findings/F-0001/response.bin"])
  }

  static var coverage: DeviceCoverage {
    var coverage = DeviceCoverage(
      device: device.id, address: device.addresses[0],
      tcp: DeviceCoverage.TCP(requested: "1-65535", requestedCount: 65_535), aliveBefore: true, from: start,
      vantage: Vantage(interface: "eth0", address: IPAddress(IPv4Address(rawValue: 0x0a00_0002))))
    coverage.tcp.open = 1
    return coverage
  }

  /// A device of which no MAC address is seen, and about which everything that can be measured was.
  static var measured: DeviceCoverage {
    let address = IPAddress(IPv6Address(high: 0xfe80_0000_0000_0000, low: 7))
    var coverage = DeviceCoverage(
      device: DeviceID(address: address), address: address,
      tcp: DeviceCoverage.TCP(requested: "1-65535", requestedCount: 65_535), aliveBefore: true, from: start,
      vantage: Vantage(interface: "tun0", address: IPAddress(IPv4Address(rawValue: 0x0a00_0002))))
    coverage.tcp.filtered = 4_096
    coverage.udp = DeviceCoverage.UDP(requested: "53,161", requestedCount: 2)
    coverage.deviceClass = "fragile"
    coverage.rateCeiling = 50
    coverage.loss = DeviceCoverage.Loss(probes: 1_000, lost: 20, rateUpperBound: 0.03, missBound: 1e-5)
    coverage.rstLimit = 100
    coverage.icmpLimit = 1
    coverage.distress = [Distress(kind: .lost, lastAnswer: start, frozen: start, ended: nil, frames: 40)]
    coverage.stopped = text("stopped")
    return coverage
  }

  static var result: AuditResult {
    let engagement = Engagement(id: "ENG-1", customer: "株式会社例", site: "Plant 1\nTenken-Partial: no", operator: "K")
    let run = RunSummary(
      runID: "run-1", toolVersion: "0.1.0", rulesDigest: String(repeating: "a", count: 64),
      engagement: engagement, scopeDigest: String(repeating: "b", count: 64), targets: ["10.0.0.0/24"],
      ports: "1-65535", host: "auditor", started: start, ended: start, offsetMinutes: Timestamp.jst, seed: "1",
      partial: true, framesSent: 70_000)
    let verdict = Verdict(
      item: "jssec-iot-v1/JSSEC-14.2.c", device: device.id, service: nil, status: .fail,
      bounds: Bounds(coverage: coverage), explanation: text("Telnet answered"), evidence: [])
    return AuditResult(
      run: run, inventory: Inventory(devices: [device, Device(address: measured.address)]), findings: [finding],
      verdicts: [verdict],
      coverage: Coverage(
        devices: [coverage, measured], addressesAsked: 254, addressesAnswered: 2,
        omitted: [.init(addresses: "10.0.0.9", reason: .outOfScope, detail: text("excluded"))], receiveDrops: 0,
        partial: true, neverResolved: "10.0.0.8-10.0.0.254"))
  }
}
