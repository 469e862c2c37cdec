import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

struct DNSSDProbeTests {
  private static func probe(_ types: [String], at address: String = "192.0.2.1") throws -> DNSSDProbe? {
    DNSSDProbe(address: try #require(IPAddress(address)), port: 5353, announced: types, seed: 0x1234)
  }

  private static func begun(
    _ types: [String] = ["_ipp._tcp"], at address: String = "192.0.2.1"
  ) throws -> ProbeBench<DNSSDProbe> {
    var bench = ProbeBench(try #require(try probe(types, at: address)))
    bench.begin()
    return bench
  }

  /// A response (RFC 1035 §4.1) with the TXT record of one instance, written by hand.
  private static func answer(_ type: String, _ strings: [String], number: [UInt8] = [0x12, 0x34]) -> [UInt8] {
    let labels = ["Lab"] + type.split(separator: ".").map(String.init) + ["local"]
    let text = texts(strings)
    var octets: [UInt8] = number + [0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    octets += texts(labels)
    octets += [0, 0, 16, 0x80, 1, 0, 0, 0, 120]
    octets += [UInt8(text.count >> 8), UInt8(text.count & 0xff)]
    return octets + text
  }

  private static func texts(_ strings: [String]) -> [UInt8] {
    var octets: [UInt8] = []
    for text in strings {
      octets.append(UInt8(text.utf8.count))
      octets += Array(text.utf8)
    }
    return octets
  }

  private static func told(_ type: String, _ strings: [String]) throws -> [Claim] {
    var bench = try begun([type])
    bench.tell(.received(0, answer(type, strings)))
    bench.wait()
    #expect(bench.staysWithinSheet())
    return try #require(bench.probe.report).claims
  }

  private static func values(_ claims: [Claim]) -> [String] { claims.map { "\($0.kind.rawValue)=\($0.value)" } }

  /// avahi-daemon 0.8, captured; the host has 192.0.2.1.
  private static let avahi = octets(
    hex: """
      123484000002000500000000045f697070045f746370056c6f63616c00000c80010c5f6465766963652d696e666fc011000c8001
      c00c000c00010000000a000e0b4c6162207072696e746572c00c
      c040001000010000000a005409747874766572733d311774793d4550534f4e2057462d37383430205365726965730d7573625f4d
      46473d4550534f4e167573625f4d444c3d57462d37383430205365726965730c72703d6970702f7072696e74
      c040002100010000000a00140000000002770b6c61622d7072696e746572c016
      c0c0001c00010000000a0010fe80000000000000c4d54bfffec53fffc0c0000100010000000a0004c0000201
      """)

  /// Whoever answers for a sleeping device is another one.
  @Test func `a service that is served elsewhere is not the device's`() throws {
    var bench = try Self.begun(at: "192.0.2.9")
    bench.tell(.received(0, Self.avahi))
    bench.wait()
    #expect(bench.probe.report?.claims.isEmpty == true)
  }

  @Test func `a queue of a print server is no printer`() throws {
    #expect(try Self.told("_ipp._tcp", ["ty=EPSON", "rp=printers/Label"]).isEmpty)
    #expect(Self.values(try Self.told("_ipp._tcp", ["ty=EPSON", "rp=ipp/print"])) == ["model=EPSON", "role=printer"])
  }

  @Test func `a printer that avahi announces says what it is`() throws {
    var bench = try Self.begun()
    bench.tell(.received(0, Self.avahi))
    // More datagrams may follow.
    #expect(bench.probe.report == nil)
    bench.wait()
    let report = try #require(bench.probe.report)
    #expect(
      Self.values(report.claims) == [
        "model=EPSON WF-7840 Series", "vendor=EPSON", "role=printer", "host=lab-printer.local",
      ])
    #expect(report.claims[0].source == "udp/5353 mdns _ipp._tcp ty" && report.claims[0].confidence == .high)
    #expect(report.claims[2].confidence == .medium && report.verdicts.isEmpty)
    #expect(bench.sent.count == 1 && bench.staysWithinSheet())
  }

  @Test(
    arguments: [
      ("_googlecast._tcp", ["md=Chromecast", "fn=Hall"], ["model=Chromecast", "name=Hall", "role=media-player"]),
      ("_hap._tcp", ["md=DoorCam 2", "ci=17"], ["model=DoorCam 2", "role=camera"]),
      ("_hap._tcp", ["md=Plug", "ci=7"], ["model=Plug"]),
      ("_axis-video._tcp", ["macaddress=ACCC8E012345"], ["mac=ac:cc:8e:01:23:45", "vendor=Axis", "role=camera"]),
      ("_hue._tcp", ["modelid=BSB002"], ["model=BSB002", "vendor=Signify", "role=gateway"]),
      ("_shelly._tcp", ["app=Plus1", "ver=1.0.3", "gen=2"], ["model=Plus1", "firmware=1.0.3", "vendor=Shelly"]),
      ("_device-info._tcp", ["model=RackMac"], ["model=RackMac"]),
      ("_axis-video._tcp", ["macaddress=none"], ["vendor=Axis", "role=camera"]),
    ] as [(String, [String], [String])])
  func `each type of service is read by its own document`(type: String, strings: [String], expected: [String]) throws {
    #expect(Self.values(try Self.told(type, strings)) == expected)
  }

  /// Netatalk and Samba pose as a product of Apple's.
  @Test func `what others put on for its icon is hardly believed`() throws {
    #expect(try Self.told("_device-info._tcp", ["model=RackMac"]).map(\.confidence) == [.low])
  }

  @Test func `where nothing telling is announced, nobody is asked`() throws {
    for types in [[], ["_http._tcp"], ["_ssh._tcp", "_smb._tcp"]] {
      #expect(try Self.probe(types) == nil)
    }
  }

  /// An echo, another query's answer, services nobody asked for, no name system at all.
  @Test func `what is no answer is waited past, and the question is asked twice`() throws {
    for octets in [
      try Self.begun().sent[0], Self.answer("_ipp._tcp", ["ty=X"], number: [9, 9]), Self.answer("_hue._tcp", []),
      Array("HTTP/1.1 200 OK\r\n\r\n".utf8), [],
    ] {
      var bench = try Self.begun()
      bench.tell(.received(0, octets))
      bench.wait()
      #expect(bench.sent.count == 2 && bench.sent[0] == bench.sent[1])
      bench.wait()
      #expect(bench.probe.report?.claims.isEmpty == true && bench.staysWithinSheet() && bench.probe.wakeAt == nil)
    }
  }

  @Test func `a full response counts too, and hostile text stays text`() throws {
    var bench = try Self.begun()
    bench.tell(.received(0, Self.answer("_ipp._tcp", ["ty=\u{1b}[31m\u{202e}x", "usb_mfg=  "], number: [0, 0])))
    bench.wait()
    let claims = try #require(bench.probe.report?.claims)
    // Outputs make it inert; a field of blanks says nothing.
    #expect(Self.values(claims) == ["model=\u{1b}[31m\u{202e}x", "role=printer"])
  }

  @Test func `a device that never ends is heard eight times`() throws {
    var bench = try Self.begun()
    for number in 0..<20 { bench.tell(.received(0, Self.answer("_ipp._tcp", ["ty=X\(number)"]))) }
    #expect(bench.probe.report?.claims.count { $0.kind == .model } == 8)
  }

  @Test func `a failure decides nothing`() throws {
    var bench = try Self.begun()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.probe.report?.claims.isEmpty == true)
  }

  @Test func `every prefix and changed octets leave it whole`() throws {
    let answer = Self.answer("_ipp._tcp", ["ty=X"])
    #expect(try Self.begun().firstHarmful(answer, seed: 63, most: 2) == nil)
    for count in answer.indices {
      var bench = try Self.begun()
      bench.tell(.received(0, Array(answer.prefix(count))))
      #expect(bench.probe.report == nil)
    }
  }
}
