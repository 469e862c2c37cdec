import Addressing
import Foundation
import Testing

@testable import Records

/// The keys are those that readers of the pack were promised; nothing here is copied from output.
struct RecordCodingTests {
  private let mac = MACAddress(rawValue: 0x0011_22aa_bbcc)
  private let address = IPAddress(IPv4Address(rawValue: 0xc0a8_0a07))
  private let moment = Timestamp(nanoseconds: 1_795_136_531_042_000_000)
  private let telnet = ServiceEndpoint(transport: .tcp, port: 23)

  private var bareDevice: Device { Device(mac: mac, addresses: [address]) }

  private var fullDevice: Device {
    var device = Device(
      mac: mac, addresses: [address, IPAddress(IPv4Address(rawValue: 0xc0a8_0a08))],
      vendor: Attribution(name: "Example", source: "IEEE MA-L"),
      services: [
        Service(endpoint: telnet, state: .open, protocolName: .telnet),
        Service(endpoint: ServiceEndpoint(transport: .tcp, port: 443), state: .open),
      ])
    device.deviceClass = Attribution(name: "camera", source: "test")
    device.model = Attribution(name: "X1", source: "test")
    device.firmware = Attribution(name: "1.0", source: "test")
    return device
  }

  private var coverage: DeviceCoverage {
    DeviceCoverage(
      device: DeviceID(mac: mac), address: address, tcp: .init(requested: "1-65535", requestedCount: 65_535),
      aliveBefore: true, from: moment,
      vantage: Vantage(interface: "eth0", address: IPAddress(IPv4Address(rawValue: 0xc0a8_0a02))))
  }

  private func finding(service: ServiceEndpoint?) -> Finding {
    Finding(
      id: "F-0001", check: "telnet.enabled", severity: .high, device: .init(fullDevice), service: service,
      title: LocalizedText(ja: "題", en: "title"), remediation: LocalizedText(ja: "対策", en: "remedy"),
      detail: LocalizedText(ja: "詳細", en: "detail"), observations: ["EV-000001"],
      items: ["jssec-iot-v1/JSSEC-14.2.c"], at: moment, evidence: ["evidence/a.json"])
  }

  @Test func `a device without knowledge says null for each thing it does not know`() throws {
    let object = try object(bareDevice)
    #expect(keys(object) == ["id", "mac", "addresses", "vendor", "class", "model", "firmware", "services", "claims"])
    for key in ["vendor", "class", "model", "firmware"] { #expect(object[key] is NSNull, "\(key)") }
    #expect(object["id"] as? String == "dev-001122aabbcc")
    #expect(object["mac"] as? String == "00:11:22:aa:bb:cc")
    #expect(object["addresses"] as? [String] == ["192.168.10.7"])
    #expect((object["services"] as? [Any])?.isEmpty == true)
  }

  /// A capture as versions wrote it that knew no DTLS.
  @Test func `a capture without a transport is one of TCP`() throws {
    let text = """
      {"mode":"audit","connections":3,"certificates":[],"curves":[],"finiteField":{"notAsked":{}},"weakCurves":{"notAsked":{}},
      "suites":[],"versions":[{"number":771,"answer":{"accepted":{}}}]}
      """
    let old = try JSONDecoder().decode(TLSCapture.self, from: Data(text.utf8))
    #expect(old.transport == nil && old.versions == [.init(number: 0x0303, answer: .accepted)])
    var new = old
    new.transport = "udp"
    #expect(try JSONDecoder().decode(TLSCapture.self, from: JSONEncoder().encode(new)) == new)
    #expect(try object(old)["transport"] == nil && object(new)["transport"] as? String == "udp")
  }

  @Test func `an inventory has the keys of its format`() throws {
    let object = try object(Inventory(devices: [fullDevice]))
    let device = try #require((object["devices"] as? [[String: Any]])?.first)
    let vendor = try #require(device["vendor"] as? [String: Any])
    #expect(vendor["name"] as? String == "Example")
    #expect(vendor["source"] as? String == "IEEE MA-L")
    let services = try #require(device["services"] as? [[String: Any]])
    #expect(services.count == 2)
    for service in services { #expect(keys(service) == ["transport", "port", "state", "protocol", "tls"]) }
    #expect(services[0]["transport"] as? String == "tcp")
    #expect(services[0]["port"] as? Int == 23)
    #expect(services[0]["state"] as? String == "open")
    #expect(services[0]["protocol"] as? String == "telnet")
    #expect(services[1]["protocol"] is NSNull)
  }

  @Test func `a finding has the keys of its format, and null where no service is meant`() throws {
    let object = try object(finding(service: telnet))
    #expect(keys(object).isSuperset(of: ["id", "check", "severity", "device", "service", "title", "evidence"]))
    let device = try #require(object["device"] as? [String: Any])
    #expect(keys(device) == ["id", "mac", "addresses"])
    let service = try #require(object["service"] as? [String: Any])
    #expect(service["transport"] as? String == "tcp")
    #expect(service["port"] as? Int == 23)
    #expect(object["severity"] as? String == "high")
    #expect(object["title"] as? [String: String] == ["ja": "題", "en": "title"])
    #expect(object["evidence"] as? [String] == ["evidence/a.json"])
    #expect(try self.object(finding(service: nil))["service"] is NSNull)
  }

  @Test func `a verdict writes what it leaves open as null`() throws {
    let verdict = Verdict(
      item: "jssec-iot-v1/JSSEC-14.2.c", device: nil, service: nil, status: .notTested, bounds: Bounds(coverage: nil),
      explanation: LocalizedText(ja: "説明", en: "why"))
    let object = try object(verdict)
    #expect(
      keys(object).isSuperset(of: ["item", "device", "service", "status", "reason", "polarity", "bounds", "evidence"]))
    for key in ["device", "service", "reason", "polarity"] { #expect(object[key] is NSNull, "\(key)") }
    #expect(object["status"] as? String == "not-tested")
  }

  @Test func `bounds write what is not known as null`() throws {
    let object = try object(Bounds(coverage: nil))
    let unknown = ["tcpPorts", "aliveAfter", "vantage", "from", "to", "addresses", "cannotConclude"]
    for key in unknown { #expect(object[key] is NSNull, "\(key)") }
    for key in ["complete", "aliveBefore"] { #expect(object[key] as? Bool == false, "\(key)") }
    for key in ["open", "closed", "silent"] { #expect(object[key] as? Int == 0, "\(key)") }
  }

  @Test func `bounds take over what the coverage knows`() throws {
    var coverage = coverage
    coverage.tcp.open = 2
    coverage.tcp.closed = 65_530
    coverage.tcp.silent = 3
    coverage.tcp.complete = true
    coverage.aliveAfter = false
    let bounds = Bounds(coverage: coverage, unidentified: [telnet])
    #expect(bounds.tcpPorts == "1-65535" && bounds.complete && bounds.aliveBefore)
    #expect(bounds.open == 2 && bounds.closed == 65_530 && bounds.silent == 3)
    #expect(bounds.aliveAfter == false)
    #expect(bounds.from == moment && bounds.vantage == coverage.vantage)
    #expect(bounds.unidentified == [telnet])
  }

  @Test func `coverage has the keys of its format, and null for what was not asked`() throws {
    let object = try object(coverage)
    #expect(keys(object).isSuperset(of: ["address", "tcp", "aliveBefore", "aliveAfter", "peakFramesPerSecond"]))
    #expect(object["aliveAfter"] is NSNull)
    #expect(object["stopped"] is NSNull)
    #expect(object["aliveBefore"] as? Bool == true)
    let tcp = try #require(object["tcp"] as? [String: Any])
    #expect(keys(tcp).isSuperset(of: ["sent", "open", "closed", "silent", "complete"]))
    #expect(tcp["complete"] as? Bool == false)
    #expect(tcp["unresolved"] as? Int == 65_535)
  }

  @Test func `coverage of this version says null for what was not measured, and zero for what was counted`() throws {
    let object = try object(coverage)
    for key in ["udp", "rateCeiling", "loss", "rstLimit", "icmpLimit"] { #expect(object[key] is NSNull, "\(key)") }
    #expect(object["deviceClass"] as? String == "normal")
    #expect(object["receiveDrops"] as? Int == 0)
    #expect(object["answersEverything"] as? Bool == false)
    #expect((object["distress"] as? [Any])?.isEmpty == true)
    let tcp = try #require(object["tcp"] as? [String: Any])
    for key in ["answered", "retried", "filtered", "notPermitted"] { #expect(tcp[key] as? Int == 0, "\(key)") }
  }

  @Test func `what was measured is written under its promised keys`() throws {
    let object = try object(measured)
    #expect(
      object["rateCeiling"] as? Int == 50 && object["rstLimit"] as? Int == 100 && object["icmpLimit"] as? Int == 1)
    let loss = try #require(object["loss"] as? [String: Any])
    #expect(keys(loss) == ["probes", "lost", "rateUpperBound", "missBound"])
    let udp = try #require(object["udp"] as? [String: Any])
    #expect(
      keys(udp) == [
        "requested", "requestedCount", "sent", "open", "closed", "openOrFiltered", "silentPorts", "unresolved",
      ])
    #expect(udp["unresolved"] as? Int == 2, "nothing is resolved before it was asked")
    let distress = try #require((object["distress"] as? [[String: Any]])?.first)
    #expect(keys(distress) == ["kind", "lastAnswer", "frozen", "ended", "frames"])
    #expect(distress["kind"] as? String == "lost")
    #expect(distress["ended"] is NSNull)
    #expect(Bounds(coverage: measured).missBound == 1e-5)
    #expect(try self.object(Bounds(coverage: coverage))["missBound"] is NSNull)
  }

  private var measured: DeviceCoverage {
    var coverage = coverage
    coverage.udp = .init(requested: "53,161", requestedCount: 2)
    coverage.deviceClass = "fragile"
    coverage.rateCeiling = 50
    coverage.loss = .init(probes: 1_000, lost: 20, rateUpperBound: 0.03, missBound: 1e-5)
    coverage.rstLimit = 100
    coverage.icmpLimit = 1
    coverage.answersEverything = true
    coverage.distress = [
      Distress(kind: .lost, lastAnswer: moment, frozen: moment + .milliseconds(250), ended: nil, frames: 40),
      Distress(
        kind: .slow, lastAnswer: moment, frozen: moment + .milliseconds(250), ended: moment + .seconds(1), frames: 4),
    ]
    return coverage
  }

  @Test func `a device without a MAC address is named by its address, and says null`() throws {
    let far = try #require(IPAddress("fe80::1:2"))
    let object = try object(Device(address: far))
    #expect(object["id"] as? String == "dev-fe80--1-2")
    #expect(object["mac"] is NSNull)
    #expect(DeviceID(address: try #require(IPAddress("10.0.0.7"))).rawValue == "dev-10.0.0.7")
    #expect(PackPath.ports(DeviceID(address: far)) == "data/ports/dev-fe80--1-2.json")
    let reference = try self.object(Finding.DeviceReference(Device(address: far)))
    #expect(reference["mac"] is NSNull && reference["id"] as? String == "dev-fe80--1-2")
    let device = Device(address: far)
    #expect(try JSONDecoder().decode(Device.self, from: JSONEncoder().encode(device)) == device)
  }

  @Test func `port states are written as promised`() {
    let states: [PortState] = [.open, .closed, .silent, .openOrFiltered]
    #expect(states.map(\.rawValue) == ["open", "closed", "silent", "open-or-filtered"])
  }

  @Test func `the codes of statuses and reasons are the written ones`() {
    #expect(
      Set(VerdictStatus.allCases.map(\.rawValue)) == ["fail", "pass", "needs-review", "not-applicable", "not-tested"])
    // checklist.md §2.2
    #expect(
      Set(NotTestedReason.allCases.map(\.rawValue)) == [
        "NT-AUTH", "NT-CRED", "NT-SCOPE", "NT-VANT", "NT-CAP", "NT-RADIO", "NT-FRAGILE", "NT-TIME", "NT-TOOL",
        "NT-OPAQUE", "NT-DATA", "NT-DOC", "NT-INT", "NT-ERR",
      ])
    #expect(Severity.allCases.sorted() == [.info, .low, .medium, .high, .critical])
  }

  @Test func `an audit's whole result survives writing and reading`() throws {
    var full = coverage
    full.aliveAfter = true
    full.stopped = LocalizedText(ja: "応答なし", en: "stopped answering")
    let verdicts = [
      Verdict(
        item: "a/b", device: DeviceID(mac: mac), service: telnet, status: .needsReview, reason: .noReferenceData,
        polarity: .against, bounds: Bounds(coverage: full, unidentified: [telnet]),
        explanation: LocalizedText(ja: "説明", en: "why"), evidence: ["x"]),
      Verdict(
        item: "a/b", device: nil, service: nil, status: .notTested, reason: .outOfScope, bounds: Bounds(coverage: nil),
        explanation: LocalizedText(ja: "", en: "")),
    ]
    let result = AuditResult(
      run: RunSummary(
        runID: "r", toolVersion: "0", rulesDigest: "d",
        engagement: Engagement(id: "1", customer: "株式会社\"例\"", site: "s", operator: "o"), scopeDigest: "e",
        targets: ["192.168.10.0/24"], ports: "all", host: "h", started: moment, ended: moment + .seconds(60),
        offsetMinutes: 540, seed: "00ff", partial: false, framesSent: 12),
      inventory: Inventory(devices: [bareDevice, fullDevice, Device(address: address)]),
      findings: [finding(service: telnet), finding(service: nil)],
      verdicts: verdicts,
      coverage: Coverage(
        devices: [coverage, full, measured], addressesAsked: 254, addressesAnswered: 2,
        omitted: [.init(addresses: "192.168.10.9", reason: .fragile, detail: LocalizedText(ja: "除外", en: "excluded"))],
        receiveDrops: 0, partial: false, neverResolved: "192.168.10.8-192.168.10.254"))
    #expect(try JSONDecoder().decode(AuditResult.self, from: JSONEncoder().encode(result)) == result)
  }

  @Test func `every kind of observation survives writing and reading`() throws {
    let device = DeviceID(mac: mac)
    let facts: [Observation.Fact] = [
      .answeredARP(address: address), .answeredNeighbourSolicitation(address: address), .answeredEcho(address: address),
      .answeredSYN(address: address),
      .sighted(address: address, by: "mdns"), .udp(.openOrFiltered, probe: "snmp"),
      .distress(Distress(kind: .rebooted, lastAnswer: moment, frozen: moment, ended: moment, frames: 1)), .port(.open),
      .port(.closed), .port(.silent),
      .serviceIdentified(.ssh, basis: LocalizedText(ja: "SSH-", en: "SSH-")),
      .serviceUnidentified(octets: 0, ended: "silence"),
      .connectionFailed(reason: "refused"),
      .serviceIdentified(.http, tls: true, basis: LocalizedText(ja: "HTTP", en: "HTTP")),
      .probed(
        ProbeVerdict("redis.no-auth", .inconclusive(reason: "no-answer"), basis: LocalizedText(ja: "a", en: "b"))),
      .probed(ProbeVerdict("redis.no-auth", .proven, basis: LocalizedText(ja: "a", en: "b"))),
      .claimed([Claim(.model, "X1", source: "udp/1900 ssdp", confidence: .high)]),
    ]
    let observations = facts.enumerated().map { index, fact in
      Observation(
        id: "EV-\(index)", at: moment, technique: Technique.known[index % 4],
        subject: index % 2 == 0 ? .device(device) : .service(device, telnet), fact: fact, evidence: ["p"])
    }
    #expect(try JSONDecoder().decode([Observation].self, from: JSONEncoder().encode(observations)) == observations)
  }

  @Test(arguments: [
    ([] as [UInt16], [] as [String]), ([80], ["80"]), ([1, 2], ["1-2"]), ([22, 23, 25], ["22-23", "25"]),
    ([1, 3, 5], ["1", "3", "5"]), ([1, 2, 3, 65_534, 65_535], ["1-3", "65534-65535"]), ([65_535], ["65535"]),
  ])
  func `ports are written as runs`(ports: [UInt16], runs: [String]) {
    #expect(PortRecord.runs(ports) == runs)
  }

  @Test func `a port record of every port names each exactly once`() throws {
    let open: [UInt16] = [23, 80]
    let silent = (1_000...1_999).map(UInt16.init)
    let closed = (1...65_535).map(UInt16.init).filter { !open.contains($0) && !(1_000...1_999).contains($0) }
    let record = PortRecord(
      device: DeviceID(mac: mac), address: address, requested: "1-65535", seed: "1", open: open, closed: closed,
      silent: silent)
    #expect(record.closed == ["1-22", "24-79", "81-999", "2000-65535"])
    #expect(record.silent == ["1000-1999"])
    #expect(PackPath.ports(record.device) == "data/ports/dev-001122aabbcc.json")
    #expect(try JSONDecoder().decode(PortRecord.self, from: JSONEncoder().encode(record)) == record)
  }

  @Test func `services order by transport, then by number`() {
    let ports = [(Transport.udp, 1), (.tcp, 443), (.tcp, 9), (.udp, 0)].map {
      ServiceEndpoint(transport: $0.0, port: $0.1)
    }
    #expect(ports.sorted().map(\.description) == ["tcp/9", "tcp/443", "udp/0", "udp/1"])
  }

  private func object(_ value: some Encodable) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
  }

  private func keys(_ object: [String: Any]) -> Set<String> { Set(object.keys) }
}
