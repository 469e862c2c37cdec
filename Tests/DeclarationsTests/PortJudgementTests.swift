import Addressing
import Declarations
import Inventory
import Records
import Testing

@Suite struct PortJudgementTests {
  private struct Profile: ServiceExpectations {
    let answer: PortExpectation
    func expectation(of service: Service, on device: InventoryRow) -> PortExpectation { answer }
  }

  private func row(_ services: [Service]) throws -> InventoryRow {
    let mac = try #require(MACAddress("00:11:22:33:44:55"))
    let device = Device(mac: mac, addresses: [try #require(IPAddress("192.0.2.5"))], services: services)
    return IdentityResolver.rows([.init(run: "r", device: device)])[0]
  }

  private func service(_ port: UInt16, _ name: ProtocolName? = nil, tls: Bool = false, state: PortState = .open)
    -> Service
  {
    Service(endpoint: ServiceEndpoint(transport: .tcp, port: port), state: state, protocolName: name, tls: tls)
  }

  private func declared(_ allow: String, _ device: String = "\"00:11:22:33:44:55\"") throws -> Declarations {
    try Declarations(
      parsing: Array("version: 1\ndevices:\n  - {device: \(device), allow: \(allow)}\n".utf8), file: "d.yaml")
  }

  /// One row for each way to the outcome.
  @Test func `the declaration decides, then the profile, then the owner is asked`() throws {
    let device = try row([service(80)])
    func result(_ declarations: Declarations?, _ answer: PortExpectation?) -> ProbeVerdict.Result? {
      PortJudgement.judge(device, declarations, expectations: answer.map { Profile(answer: $0) }).first?.verdict.result
    }
    let allows = try declared("[tcp/80]")
    let refuses = try declared("[tcp/443]")
    let elsewhere = try declared("[tcp/80]", "192.0.2.6")
    let undecided = ProbeVerdict.Result.inconclusive(reason: "no-declaration")
    #expect(result(allows, nil) == .refuted)
    #expect(result(allows, .excluded(source: "p")) == .refuted)
    #expect(result(refuses, nil) == .proven)
    #expect(result(refuses, .listed(source: "p")) == .proven)
    #expect(result(try declared("[]"), nil) == .proven)
    #expect(result(elsewhere, nil) == undecided)
    #expect(result(nil, .listed(source: "p")) == .refuted)
    #expect(result(nil, .excluded(source: "p")) == .proven)
    #expect(result(nil, .unlisted(source: "p")) == undecided)
    #expect(result(nil, .noList) == undecided)
    #expect(result(nil, nil) == undecided)
  }

  @Test(arguments: [
    ("https", ProtocolName.http, true, true), ("https", .http, false, false), ("http", .telnet, false, false),
    ("mqtts", .mqtt, true, true), ("mqtt", .mqtt, false, true), ("https", .tls, true, true),
  ]) func `the protocol that was declared must be the one that answers`(
    declared name: String, seen: ProtocolName, tls: Bool, allowed: Bool
  ) throws {
    let declarations = try declared("[{service: tcp/443, protocol: \(name)}]")
    let judged = PortJudgement.judge(try row([service(443, seen, tls: tls)]), declarations)
    #expect(judged[0].verdict.result == (allowed ? .refuted : .proven))
  }

  @Test func `only open ports are judged`() throws {
    let device = try row([
      service(80, state: .closed), service(81, state: .silent), service(82, state: .openOrFiltered),
    ])
    #expect(PortJudgement.judge(device, try declared("[]")).isEmpty)
  }

  @Test func `the list of a class and of its MUD file hold for its devices`() throws {
    let text = """
      version: 1
      classes: {lamp: {mud: lamp.json, allow: [tcp/22]}}
      devices: [{device: 192.0.2.0/24, class: lamp}]
      """
    let mud = try MUDFile(
      parsing: Array(
        """
        {"ietf-mud:mud": {"mud-version": 1, "mud-url": "https://example.com/l", "last-update": "2026-01-01T00:00:00Z",
          "cache-validity": 48, "is-supported": true,
          "to-device-policy": {"access-lists": {"access-list": [{"name": "to"}]}}},
         "ietf-access-control-list:acls": {"acl": [{"name": "to", "aces": {"ace": [{"name": "e",
           "matches": {"tcp": {"destination-port": {"port": 80}}}, "actions": {"forwarding": "accept"}}]}}]}}
        """.utf8), file: "lamp.json")
    let declarations = try Declarations(parsing: Array(text.utf8), file: "d.yaml")
    let device = try row([service(22), service(80), service(23)])
    let judged = PortJudgement.judge(device, declarations, mud: ["lamp.json": mud])
    #expect(judged.map(\.verdict.result) == [.refuted, .proven, .refuted])
    #expect(judged.map(\.service.endpoint.port) == [22, 23, 80])
  }

  @Test func `the questions are the ports that nobody decided on`() throws {
    let rows = [try row([service(22), service(80)])]
    #expect(OpenQuestions(rows, nil).questions.map(\.service.endpoint.port) == [22, 80])
    #expect(OpenQuestions(rows, try declared("[tcp/80]")).questions.isEmpty)
  }
}
