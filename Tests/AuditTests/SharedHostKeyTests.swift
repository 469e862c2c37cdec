import Addressing
import Records
import Testing

@testable import Audit

struct SharedHostKeyTests {
  private static let ssh = ServiceEndpoint(transport: .tcp, port: 22)
  private static let second = ServiceEndpoint(transport: .tcp, port: 2222)

  private static func device(_ number: UInt8, ports: [ServiceEndpoint] = [ssh]) throws -> Device {
    let mac = try #require(MACAddress("00:11:22:00:00:0\(number)"))
    let address = try #require(IPAddress("10.0.0.\(number)"))
    return Device(
      mac: mac, addresses: [address], services: ports.map { Service(endpoint: $0, state: .open, protocolName: .ssh) })
  }

  private static func seen(_ device: Device, _ keys: [String], on endpoint: ServiceEndpoint = ssh) -> Observation {
    var capture = SSHCapture(identification: "SSH-2.0-x")
    capture.hostKeys = keys.map { .init(type: "ssh-rsa", bits: 2048, fingerprint: $0) }
    return Observation(
      id: "EV-1", at: Timestamp(nanoseconds: 0), technique: .serviceQuestions, subject: .service(device.id, endpoint),
      fact: .ssh(capture), evidence: ["\(device.id.rawValue)/\(endpoint.port)"])
  }

  private func verdicts(_ devices: [Device], _ observations: [Observation]) -> [ReferenceVerdict] {
    SharedHostKeyReference().verdicts(of: devices, observations: observations)
  }

  @Test func `the same key on two devices is proven on each, and names the other`() throws {
    let (one, two, three) = (try Self.device(1), try Self.device(2), try Self.device(3))
    let verdicts = verdicts(
      [one, two, three], [Self.seen(one, ["a", "b"]), Self.seen(two, ["c", "b"]), Self.seen(three, ["d"])])
    #expect(verdicts.map(\.verdict.result) == [.proven, .proven, .refuted])
    #expect(verdicts.map(\.device) == [one.id, two.id, three.id])
    #expect(
      verdicts[0].verdict.basis.en.contains("10.0.0.2 tcp/22") && verdicts[0].verdict.basis.ja.contains("SHA256:b"))
    #expect(!verdicts[0].verdict.basis.en.contains("10.0.0.1"))
    #expect(verdicts[1].evidence == ["\(two.id.rawValue)/22"])
  }

  @Test func `two ports or addresses of one device are none`() throws {
    var one = try Self.device(1, ports: [Self.ssh, Self.second])
    one.addresses.append(try #require(IPAddress("10.0.0.9")))
    let observations = [Self.seen(one, ["a"]), Self.seen(one, ["a"], on: Self.second)]
    #expect(verdicts([one], observations).isEmpty)
    let two = try Self.device(2)
    let all = verdicts([one, two], observations + [Self.seen(two, ["b"])])
    #expect(all.count == 3 && all.allSatisfy { $0.verdict.result == .refuted })
  }

  /// Two records that identity joins are one device: the same UUID.
  @Test func `two records of one device are none`() throws {
    var (one, two) = (try Self.device(1), try Self.device(2))
    let uuid = Claim(.uuid, "b5f4c1a0-3d0e-4b7c-9a51-6ce4da100031", source: "udp/1900 ssdp", confidence: .high)
    one.claims = [uuid]
    two.claims = [uuid]
    #expect(verdicts([one, two], [Self.seen(one, ["a"]), Self.seen(two, ["a"])]).isEmpty)
  }

  @Test func `services that showed no key are not compared`() throws {
    let (one, two) = (try Self.device(1), try Self.device(2))
    #expect(verdicts([one, two], [Self.seen(one, ["a"]), Self.seen(two, [])]).isEmpty)
    #expect(verdicts([one, two], [Self.seen(one, ["a"])]).isEmpty)
  }
}
