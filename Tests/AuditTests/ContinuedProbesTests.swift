import Addressing
import Audit
import Foundation
import LabSupport
import Probes
import Records
import Testing

/// A continuation asks each service what the uninterrupted run would have asked it, wherever the run was cut.
struct ContinuedProbesTests {
  private static let techniques: Set<Technique> = [.arpDiscovery, .tcpSYN, .udpProbe, .serviceQuestions, .otIdentify]
  private static let ports = "80,502,4001,8080,100-130"

  /// Two web servers, one of which asks for a login at once; a console without a login that nothing identifies; a port of
  /// controllers that opens for the scan and to no connection; a computer that is found like a camera.
  private static func site() -> [VirtualDevice] {
    let server = VirtualDevice(mac: "00:11:22:00:00:0c", address: "10.0.0.12", open: [80, 8080])
    server.replies[80] = { _ in Array("HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest\r\n\r\n".utf8) }
    server.replies[8080] = { _ in Array("HTTP/1.0 200 OK\r\n\r\n<p>hello</p>".utf8) }
    let console = VirtualDevice(mac: "00:11:22:00:00:0d", address: "10.0.0.13", open: [4001])
    console.greetings[4001] = Array("BusyBox v1.36\r\n/ # ".utf8)
    let controller = VirtualDevice(mac: "00:11:22:00:00:0e", address: "10.0.0.14")
    controller.ports = { [unowned controller] port in port == 502 && controller.connections.isEmpty ? .open : .closed }
    let computer = VirtualDevice(mac: "00:11:22:00:00:0f", address: "10.0.0.15")
    computer.datagrams = { port, octets in
      guard port == 3702, let question = octets.firstRange(of: Array("urn:uuid:".utf8)) else { return .closed }
      let identifier = octets[question.upperBound...].prefix(36)
      return .octets(
        Array("<s:Envelope><s:Header><wsa:RelatesTo>urn:uuid:".utf8) + identifier
          + Array(
            "</wsa:RelatesTo></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch/></d:ProbeMatches></s:Body></s:Envelope>"
              .utf8))
    }
    return [server, console, controller, computer]
  }

  private static func audit(
    _ devices: [VirtualDevice], restored: RestoredRun? = nil, earlier: [String: [UInt8]] = [:]
  ) throws -> VirtualAudit {
    var plan = try VirtualAudit.plan(ports: ports, scope: VirtualAudit.scope(techniques: techniques))
    plan.deviceRate = 0
    let web = VirtualWeb { _ in HTTPExchange(status: 404) }
    return try VirtualAudit(devices, plan, web: web, restored: restored, earlier: earlier)
  }

  private static func restored(_ journal: some Sequence<Data>, ports: Int) throws -> RestoredRun {
    var restored = RestoredRun(portCount: ports)
    for line in journal { restored.take(try JSONDecoder().decode(JournalLine.self, from: line)) }
    return restored
  }

  private static let ends: Set = ["session.closed", "session.failed", "probe.done", "probe.given-up"]

  private static func event(_ line: Data) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: line) as? [String: Any])
  }

  private static func type(_ line: Data) throws -> String { try event(line)["type"] as? String ?? "" }

  /// Every conversation and probe that a journal calls over, sorted.
  private static func over(_ journal: some Sequence<Data>) throws -> [String] {
    try journal.filter { try ends.contains(type($0)) }.map { line in
      let event = try event(line)
      return "\(event["address"] ?? "") \(event["port"] ?? "") \(event["probe"] ?? event["type"] ?? "")"
    }.sorted()
  }

  @Test func `wherever a run is cut, its continuation asks what is left and nothing else`() throws {
    let whole = try Self.audit(Self.site())
    try whole.run.run()
    let expected = try Self.over(whole.sink.journal)
    // What is to be decided by what was said, and was decided otherwise when that was not known any more.
    #expect(expected.contains("10.0.0.12 8080 http-admin") && !expected.contains("10.0.0.12 80 http-admin"))
    #expect(expected.contains("10.0.0.13 4001 telnet"))
    #expect(expected.contains("10.0.0.14 502 session.failed") && !expected.contains("10.0.0.14 502 modbus"))
    #expect(whole.sink.events["datagram.answered"]?.contains { $0.contains("\"isAnswer\":true") } == true)
    #expect(!expected.contains { $0.hasPrefix("10.0.0.15 ") && $0.hasSuffix("onvif") })
    let journal = whole.sink.journal
    // After each line by which something is known; that no other cut matters is what RestoredRunTests show.
    let cuts = try journal.indices.filter {
      try Self.ends.union(["datagram.answered"]).contains(Self.type(journal[$0]))
    }
    #expect(cuts.count > 7)
    for count in cuts.map({ $0 + 1 }) {
      let part = journal.prefix(count)
      let devices = Self.site()
      // In the part that was cut off the controller refused the connection, and it does so again.
      devices[2].ports = { port in port == 502 ? .forged : .closed }
      let rest = try Self.audit(
        devices, restored: try Self.restored(part, ports: 35), earlier: whole.sink.conversations)
      try rest.run.run()
      let unsettled = Set(["10.0.0.14 502 session.failed"])
      let asked = try Self.over(part) + Self.over(rest.sink.journal)
      #expect(
        asked.filter { !unsettled.contains($0) }.sorted() == expected.filter { !unsettled.contains($0) },
        "cut after line \(count)")
    }
  }

  @Test func `what a service said is read in the evidence, and its loss is no silence`() throws {
    let whole = try Self.audit(Self.site())
    try whole.run.run()
    let count = try #require(try whole.sink.journal.firstIndex { try Self.type($0) == "session.closed" })
    let restored = try Self.restored(whole.sink.journal.prefix(count + 1), ports: 35)
    let rest = try Self.audit(Self.site(), restored: restored)
    #expect(throws: MemorySink.Missing.self) { try rest.run.run() }
  }

  @Test func `requests of the interrupted run count for the continuation`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:0c", address: "10.0.0.12", open: [6379, 6380])
    for port in [6379, 6380] as [UInt16] { device.greetings[port] = Array("+OK ready\r\n".utf8) }
    func audit(_ restored: RestoredRun? = nil, _ earlier: [String: [UInt8]] = [:]) throws -> (VirtualAudit, VirtualWeb)
    {
      var plan = try VirtualAudit.plan(ports: "6379,6380,100-160")
      plan.registry = ProbeRegistry([.init(.tcp([.pop3])) { FetchingProbe(port: $0.endpoint.port) }])
      let web = VirtualWeb { _ in HTTPExchange(status: 404) }
      return (try VirtualAudit([device], plan, web: web, restored: restored, earlier: earlier), web)
    }
    let (whole, _) = try audit()
    try whole.run.run()
    let first = try #require(try whole.sink.journal.firstIndex { try Self.type($0) == "probe.done" })
    let restored = try Self.restored(whole.sink.journal.prefix(first + 1), ports: 63)
    let (rest, web) = try audit(restored, whole.sink.conversations)
    try rest.run.run()
    // The first of the two asked eight times; ten are what a device gets.
    #expect(web.requests.count == 2)
  }

  /// Twice is enough, whether or not the run was interrupted in between.
  @Test func `a probe in which the device fell before the interruption is not begun a third time`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:0d", address: "10.0.0.13", open: [4001])
    device.greetings[4001] = Array("BusyBox v1.36\r\n/ # ".utf8)
    func fall(_ audit: VirtualAudit) throws {
      device.replies[4001] = { [unowned clock = audit.clock] _ in
        device.sleeps = clock.now..<clock.now + .seconds(10)
        return nil
      }
      try audit.run.run()
      device.sleeps = nil
    }
    func audit(_ restored: RestoredRun? = nil, _ earlier: [String: [UInt8]] = [:]) throws -> VirtualAudit {
      let plan = try VirtualAudit.plan(ports: "4001,100-160")
      return try VirtualAudit([device], plan, restored: restored, earlier: earlier)
    }
    let first = try audit()
    try fall(first)
    let broken = try #require(try first.sink.journal.firstIndex { try Self.type($0) == "probe.broken-off" })
    let restored = try Self.restored(first.sink.journal.prefix(broken + 1), ports: 62)
    let second = try audit(restored, first.sink.conversations)
    try fall(second)
    #expect(second.sink.events["probe.given-up"]?.count == 1 && second.sink.events["probe.broken-off"] == nil)
  }
}
