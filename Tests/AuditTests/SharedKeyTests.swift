import Addressing
import Records
import Testing

@testable import Audit

/// TLS keys of one run held against each other, and against published ones.
struct SharedKeyTests {
  private static let port = ServiceEndpoint(transport: .tcp, port: 443)

  private static func device(_ number: Int, _ addresses: [String]? = nil) throws -> Device {
    let mac = try #require(MACAddress("00:11:22:00:00:0\(number)"))
    let addresses = try (addresses ?? ["192.0.2.\(number)"]).map { try #require(IPAddress($0)) }
    return Device(mac: mac, addresses: addresses)
  }

  private static func seen(
    _ device: Device, key: String, modulus: String? = nil, port: UInt16 = 443, chain: Bool = true
  ) -> Observation {
    var capture = TLSCapture(mode: "audit")
    if chain {
      capture.certificates = [
        CertificateFacts(
          sha256: "c", version: 3, serial: "1", subject: "CN=x", issuer: "CN=x", notBefore: nil, notAfter: nil,
          signatureAlgorithm: "sha256WithRSAEncryption",
          publicKey: .init(algorithm: "rsa", bits: 2048, exponent: "10001", modulus: modulus, sha256: key),
          isSelfSigned: true)
      ]
    }
    return Observation(
      id: "EV-\(port)-\(device.id.rawValue)", at: Timestamp(nanoseconds: 0), technique: .serviceQuestions,
      subject: .service(device.id, ServiceEndpoint(transport: .tcp, port: port)), fact: .tls(capture),
      evidence: ["data/tls-\(device.id.rawValue)"])
  }

  private func judge(_ devices: [Device], _ observations: [Observation]) -> [ReferenceVerdict] {
    SharedKeyReference().verdicts(of: devices, observations: observations)
  }

  @Test func `one key on two devices is proven on both, each naming the other`() throws {
    let devices = try [1, 2, 3].map { try Self.device($0) }
    let said = judge(
      devices,
      [Self.seen(devices[0], key: "a"), Self.seen(devices[1], key: "a"), Self.seen(devices[2], key: "b")])
    #expect(said.map(\.device) == devices.map(\.id) && said.allSatisfy { $0.service == Self.port })
    #expect(said.map(\.verdict.result) == [.proven, .proven, .refuted])
    #expect(said.allSatisfy { $0.verdict.question == "tls.shared-key" })
    #expect(said[0].verdict.basis.en.contains("192.0.2.2 tcp/443") && !said[0].verdict.basis.en.contains("192.0.2.1"))
    #expect(said[1].verdict.basis.ja.contains("192.0.2.1 tcp/443"))
    #expect(said[0].evidence == ["data/tls-\(devices[0].id.rawValue)"])
  }

  @Test func `one device with its key on two ports and addresses shares it with nobody`() throws {
    let devices = [try Self.device(1, ["192.0.2.1", "192.0.2.99"]), try Self.device(2)]
    let said = judge(
      devices,
      [Self.seen(devices[0], key: "a"), Self.seen(devices[0], key: "a", port: 8443), Self.seen(devices[1], key: "b")])
    #expect(said.map(\.verdict.result) == [.refuted, .refuted, .refuted])
  }

  /// Two records with one MAC address of their own and one UUID are one device (Inventory).
  @Test func `records that are one device are one`() throws {
    var (one, two) = (try Self.device(1), try Self.device(2))
    let uuid = "2f402f80-da50-11e1-9b23-001122334455"
    for claim in [Claim(.uuid, uuid, source: "udp/1900 ssdp USN", confidence: .high)] {
      one.claims.append(claim)
      two.claims.append(claim)
    }
    let said = judge([one, two], [Self.seen(one, key: "a"), Self.seen(two, key: "a")])
    #expect(
      said.map(\.verdict.result) == [
        .inconclusive(reason: "nothing-to-compare"), .inconclusive(reason: "nothing-to-compare"),
      ])
  }

  @Test func `a single device has nothing to compare with, and a service without a certificate says nothing`() throws {
    let devices = [try Self.device(1), try Self.device(2)]
    let said = judge(devices, [Self.seen(devices[0], key: "a"), Self.seen(devices[1], key: "a", chain: false)])
    #expect(said.map(\.verdict.result) == [.inconclusive(reason: "nothing-to-compare")])
    #expect(judge(devices, []).isEmpty)
  }

  /// 15 = 3·5, 21 = 3·7, 143 = 11·13: hexadecimal f, 15, 8f.
  @Test func `keys with a prime in common are weak, whoever has them`() throws {
    let devices = try [1, 2, 3].map { try Self.device($0) }
    let said = judge(
      devices,
      [
        Self.seen(devices[0], key: "a", modulus: "f"), Self.seen(devices[1], key: "b", modulus: "15"),
        Self.seen(devices[2], key: "c", modulus: "8f"),
      ])
    let weak = said.filter { $0.verdict.question == "tls.cert-weak-key" }
    #expect(weak.map(\.device) == [devices[0].id, devices[1].id])
    #expect(weak.allSatisfy { $0.verdict.result == .proven })
    #expect(weak[0].verdict.basis.en.contains("(192.0.2.2 tcp/443)"))
    #expect(said.count { $0.verdict.question == "tls.shared-key" && $0.verdict.result == .refuted } == 3)
  }

  private static let digest = String(repeating: "ab", count: 32)

  @Test func `a published key is proven, another refuted, and without a list nothing is decided`() throws {
    let devices = [try Self.device(1), try Self.device(2)]
    let observations = [Self.seen(devices[0], key: Self.digest), Self.seen(devices[1], key: "b")]
    let known = try KnownKeys(text: "# imported\n\n\(Self.digest.uppercased())  router-7/key.pem \r\n")
    let said = KnownKeyReference(known).verdicts(of: devices, observations: observations)
    #expect(said.map(\.verdict.result) == [.proven, .refuted])
    #expect(said[0].verdict.basis.en.contains("router-7/key.pem") && said[0].verdict.question == "tls.known-key")
    let without = KnownKeyReference(nil).verdicts(of: devices, observations: observations)
    #expect(without.map(\.verdict.result) == Array(repeating: .inconclusive(reason: "no-reference"), count: 2))
  }

  @Test func `the list reads back as it is written, and a wrong line is named`() throws {
    let known = KnownKeys([Self.digest: "a b", String(repeating: "0", count: 64): ""])
    #expect(try KnownKeys(text: known.text) == known)
    for wrong in ["x", Self.digest + "0 a", String(Self.digest.dropLast()), "g" + Self.digest.dropFirst()] {
      #expect(throws: KnownKeys.Fault.self) { try KnownKeys(text: "\(Self.digest) a\n# b\n\(wrong)\n") }
      do throws(KnownKeys.Fault) { _ = try KnownKeys(text: "\(Self.digest) a\r\n# b\r\n\(wrong)\n") } catch {
        #expect(error.line == 3)
      }
    }
  }
}
