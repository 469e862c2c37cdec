import Addressing
import Checklist
import LabSupport
import Records
import Testing
import Traffic
import Wire

struct TrafficReaderTests {
  private typealias Made = MadeTraffic

  private func facts(_ frames: [[UInt8]], step: Int64 = 10) throws -> TrafficFacts {
    try #require(Made.read(frames, step: step).facts)
  }

  private func syslog(_ text: String, to collector: String = "192.168.10.50") -> [UInt8] {
    Made.datagram(Made.own, 40_000, collector, 514, Array(text.utf8))
  }

  // MARK: Links

  @Test func `a frame says the same on every link, also behind a tag of a virtual LAN`() throws {
    let ip = Made.ipv4(Made.own, "192.168.10.50", 17, Made.udp(40_000, 514, Array("<11>x".utf8)))
    let mac = Made.octets(of: Made.device)
    let frames: [(UInt16, [UInt8])] = [
      (1, Made.ethernet(Made.device, Made.other, 0x0800, ip)),
      (1, Made.ethernet(Made.device, Made.other, 0x8100, [0, 7, 0x08, 0] + ip)),
      (1, Made.ethernet(Made.device, Made.other, 0x88a8, [0, 7, 0x81, 0, 0, 8, 0x08, 0] + ip)),
      // LINUX_SLL: type, ARPHRD_ETHER, length and address, protocol.
      (113, [0, 4, 0, 1, 0, 6] + mac + [0, 0, 0x08, 0] + ip),
      // LINUX_SLL2: protocol, reserved, interface, ARPHRD_ETHER, type, length and address.
      (276, [0x08, 0, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6] + mac + [0, 0] + ip), (101, ip), (228, ip), (0, [2, 0, 0, 0] + ip),
    ]
    for (link, frame) in frames {
      let facts = try #require(Made.read([frame], link: link).facts, "link \(link)")
      #expect(facts.logs.map(\.kind) == [.syslog(severity: 3)], "link \(link)")
      #expect(facts.seen == [Made.id] && facts.flows.map(\.port) == [514])
      // Every front of it is read as far as it goes, or not at all.
      for length in 0..<frame.count { _ = Made.read([Array(frame.prefix(length))], link: link).facts }
    }
    #expect(Made.read([Array("nothing".utf8)], link: 147).count.unread == 1)
  }

  // MARK: Logs

  @Test func `records are told by severity, what they tell of logins, and the kind of a secret`() throws {
    let facts = try facts([
      syslog("<34>1 2026-11-20T10:02:11Z cam app - - - disk failure"),
      syslog("<86>Nov 20 10:02:11 cam sshd[7]: Failed password for root from 192.168.10.2 port 51234 ssh2"),
      syslog("<30>login user=admin password=hunter2"), syslog("<30>login user=admin password=********"),
      syslog("<30>mailed report to someone@example.co.jp"), syslog("<30>session opened for user root"),
      syslog("<30>Set-Cookie: sessionid=8f3e"), syslog("no priority"), syslog("<999>x"),
    ])
    #expect(facts.logs.map(\.kind) == [2, 6, 6, 6, 6, 6, 6].map { .syslog(severity: $0) })
    #expect(facts.logs.map(\.failedLogin) == [false, true, false, false, false, false, false])
    #expect(facts.logs[1].named == [IPAddress("192.168.10.2")])
    #expect(facts.logs.map(\.sensitive) == [nil, nil, "password", nil, "mail address", nil, "session"])
    #expect(facts.logs.allSatisfy { $0.isClear && $0.isDatagram && $0.collector == IPAddress("192.168.10.50") })
    #expect(facts.logs[2].evidence == ["made.pcap frame 3"])
    // Contents are kept nowhere.
    #expect(!"\(facts)".contains("hunter2") && !"\(facts)".contains("someone@"))
    #expect(facts.watching == [.init(.syslog, from: IPAddress("192.168.10.50")!)])
  }

  @Test func `records over a connection come out whole in whatever pieces they come`() throws {
    // RFC 6587 §3.4.1 and §3.4.2.
    for stream in ["11 <11>counted9 <14>and.\n", "<11>line one\n<14>two\n"] {
      for cut in 1..<stream.utf8.count {
        let octets = Array(stream.utf8)
        let said = [(true, Array(octets[..<cut])), (true, Array(octets[cut...]))]
        let facts = try facts(Made.connection("192.168.10.50", 601, said))
        #expect(facts.logs.map(\.kind) == [.syslog(severity: 3), .syslog(severity: 6)], "\(stream) \(cut)")
        #expect(facts.logs.allSatisfy { $0.isClear && !$0.isDatagram })
      }
    }
  }

  @Test func `records inside TLS are there and say nothing`() throws {
    let certificates = try MadeCertificates.made.get()
    let said = Made.tls12("logs.local", [try certificates.der("sound")])
    let facts = try facts(Made.connection("192.168.10.50", 6514, said))
    #expect(facts.logs.map(\.kind) == [.encrypted] && facts.logs.allSatisfy { !$0.isClear })
    let elsewhere = try self.facts(Made.connection("192.168.10.50", 8443, said))
    #expect(elsewhere.logs.isEmpty)
  }

  /// RFC 1157 §4.1.6 (tag a4), RFC 3416 (a7 and a6), RFC 3412 with and without encryption; built by hand.
  @Test func `traps of every version are told apart from other messages`() throws {
    let community: [UInt8] = [4, 6] + Array("public".utf8)
    let unit: [UInt8] = [2, 1, 1, 2, 1, 0, 2, 1, 0, 0x30, 0]
    func v2(_ tag: UInt8) -> [UInt8] {
      let body: [UInt8] = [2, 1, 1] + community + [tag, UInt8(unit.count)] + unit
      return [0x30, UInt8(body.count)] + body
    }
    let first: [UInt8] = [2, 1, 0] + community + [0xa4, 2, 5, 0]
    func v3(_ flags: UInt8) -> [UInt8] {
      let header: [UInt8] = [0x30, 13, 2, 1, 7, 2, 3, 0, 0xff, 0xff, 4, 1, flags, 2, 1, 3]
      let security: [UInt8] = [0x30, 16, 4, 0, 2, 1, 0, 2, 1, 0, 4, 2, 0x75, 0x73, 4, 0, 4, 0]
      let body =
        [2, 1, 3] + [0x30, UInt8(header.count - 2)] + header.dropFirst(2) + [4, UInt8(security.count)] + security + [
          4, 2, 1, 1,
        ]
      return [0x30, UInt8(body.count)] + body
    }
    let facts = try facts(
      ([[0x30, UInt8(first.count)] + first, v2(0xa7), v2(0xa6), v3(0x03), v2(0xa0)] as [[UInt8]]).map {
        Made.datagram(Made.own, 40_000, "192.168.10.50", 162, $0)
      })
    #expect(facts.logs.map(\.kind) == [.trap, .trap, .trap, .encrypted])
    #expect(facts.logs.map(\.isClear) == [true, true, true, false])
  }

  // MARK: TLS

  @Test(arguments: [
    ("expired", "camera.local", TrafficFacts.PeerCertificate.expired), ("self-signed", "camera.local", .selfSigned),
    ("sound", "elsewhere.example", .wrongName), ("sound-wildcard", "a.b.local", .wrongName),
    ("not-yet", "camera.local", .expired),
  ])
  func `a certificate that a client should refuse, and data all the same`(
    name: String, asked: String, state: TrafficFacts.PeerCertificate
  ) throws {
    let der = try MadeCertificates.made.get().der(name)
    let now = try MadeCertificates.made.get().now
    func read(_ said: [(isDevice: Bool, octets: [UInt8])]) throws -> TrafficFacts.Flow {
      var reader = Made.reader()
      reader.begin("made.pcap")
      for frame in Made.connection("203.0.113.5", 443, said) {
        reader.take(frame.span, linkType: 1, length: frame.count, at: now * 1_000_000_000)
      }
      return try #require(reader.facts?.flows.first)
    }
    let flow = try read(Made.tls12(asked, [der]))
    #expect(flow.protection == .tls(version: 0x0303) && flow.name == asked)
    #expect(flow.certificate == state && flow.carriedData && !flow.clientCertificate && !flow.isIncoming)
    let refused = try read(Made.tls12(asked, [der], goesOn: false))
    #expect(refused.certificate == state && !refused.carriedData)
  }

  @Test func `TLS 1.3 hides the certificate, and a client's own shows before it`() throws {
    let der = try MadeCertificates.made.get().der("sound")
    let hidden: [(Bool, [UInt8])] = [
      (true, Made.clientHello(.tls13, "cloud.example.com")), (false, Made.record(22, Made.serverHello(is13: true))),
      (false, Made.record(20, [1]) + Made.record(23, [UInt8](repeating: 1, count: 900))),
      (true, Made.record(20, [1]) + Made.record(23, [UInt8](repeating: 2, count: 53))),
    ]
    let silent = try facts(Made.connection("203.0.113.5", 443, hidden)).flows[0]
    #expect(silent.protection == .tls(version: 0x0304) && silent.certificate == .hidden && !silent.carriedData)
    let spoken = try facts(Made.connection("203.0.113.5", 443, hidden + [(true, Made.record(23, [1, 2, 3]))])).flows[0]
    #expect(spoken.carriedData && spoken.name == "cloud.example.com")
    let mutual = try facts(Made.connection("203.0.113.5", 443, Made.tls12("camera.local", [der], client: [der]))).flows[
      0]
    #expect(mutual.clientCertificate)
    let none = try facts(Made.connection("203.0.113.5", 443, Made.tls12("camera.local", [der], client: []))).flows[0]
    #expect(!none.clientCertificate)
  }

  @Test func `a lost segment ends the reading of a connection, not the counting`() throws {
    let der = try MadeCertificates.made.get().der("expired")
    var frames = Made.connection("203.0.113.5", 443, Made.tls12("camera.local", [der]))
    frames.remove(at: 2)
    let flow = try #require(try facts(frames).flows.first)
    #expect(flow.name == nil && flow.octetsOut > 0 && flow.octetsIn > 0)
  }

  // MARK: Clear text

  private func get(_ path: String, status: String = "200") -> [(isDevice: Bool, octets: [UInt8])] {
    [
      (true, Array("GET \(path) HTTP/1.1\r\nHost: update.example.com\r\nUser-Agent: x\r\n\r\n".utf8)),
      (false, Array("HTTP/1.1 \(status) OK\r\nContent-Length: 4\r\n\r\nabcd".utf8)),
    ]
  }

  @Test func `an update in clear text shows by its place, of which nothing is kept`() throws {
    for (path, status, isUpdate) in [
      ("/fw/cam-1.2.BIN?token=abc", "200", true), ("/firmware/check", "206", true), ("/index.html", "200", false),
      ("/cam.bin", "404", false), ("/bin", "200", false),
    ] {
      let facts = try facts(Made.connection("203.0.113.5", 80, get(path, status: status)))
      let flow = try #require(facts.flows.first)
      #expect(flow.isUpdate == isUpdate, "\(path) \(status)")
      #expect(flow.protection == .none && flow.protocolName == .http && flow.name == "update.example.com")
      #expect(!"\(facts)".contains(path))
    }
    let named = try facts(Made.connection("203.0.113.5", 443, Made.tls12("fw-update.example.com", []))).flows[0]
    #expect(named.isUpdate && named.protection == .tls(version: 0x0303))
  }

  @Test func `STARTTLS is no clear text, SSH is opaque, and binary of an unknown port too`() throws {
    let der = try MadeCertificates.made.get().der("sound")
    let start: [(Bool, [UInt8])] = [
      (false, Array("220 mail ESMTP\r\n".utf8)), (true, Array("STARTTLS\r\n".utf8)), (false, Array("220 go\r\n".utf8)),
    ]
    let mail = try facts(Made.connection("203.0.113.5", 587, start + Made.tls12("camera.local", [der]))).flows[0]
    #expect(mail.protection == .tls(version: 0x0303))
    let clear = try facts(
      Made.connection("203.0.113.5", 587, [start[0], (true, Array("MAIL FROM:<a@b.example>\r\n".utf8))])
    ).flows[0]
    #expect(clear.protection == .none && clear.protocolName == .smtp)
    let shell = try facts(Made.connection("203.0.113.5", 22, [(true, Array("SSH-2.0-x\r\n".utf8))])).flows[0]
    #expect(shell.protection == .opaque && shell.protocolName == .ssh)
    let binary = try facts(Made.connection("203.0.113.5", 9009, [(true, [0, 1, 2, 3, 0xff, 0xfe, 4, 5])])).flows[0]
    #expect(binary.protection == .opaque)
    let modbus = try facts(Made.connection("203.0.113.5", 502, [(true, [0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1])])).flows[0]
    #expect(modbus.protection == .none && modbus.protocolName == ProtocolName(rawValue: "modbus"))
  }

  @Test func `names of DNS answers go to the flows they led to`() throws {
    // RFC 1035 §4.1: one question, one answer with a pointer to its name.
    let answer = octets(
      hex: """
        0007 8180 0001 0001 0000 0000
        05 636c6f7564 07 6578616d706c65 00 0001 0001  // cloud.example A IN
        c00c 0001 0001 0000003c 0004 cb007105         // 203.0.113.5
        """)
    let facts = try facts(
      [Made.datagram("192.168.10.1", 53, Made.own, 40_002, answer)]
        + Made.connection("203.0.113.5", 8883, [(true, [0x10, 2, 0xff, 0xff, 1, 2, 3, 4])]))
    let flow = try #require(facts.flows.first { $0.port == 8883 })
    #expect(flow.name == "cloud.example")
    #expect(facts.flows.contains { $0.port == 53 && !$0.isIncoming && $0.protection == .none })
  }

  // MARK: Who and when

  @Test func `what comes after a pause is another burst`() throws {
    let frame = Made.datagram(Made.own, 40_000, "203.0.113.9", 5683, [0x40, 1, 0, 1])
    var reader = Made.reader()
    reader.begin("made.pcap")
    for second in [0, 1, 60, 61, 120] as [Int64] {
      reader.take(frame.span, linkType: 1, length: frame.count, at: Made.start + second * 1_000_000_000)
    }
    let flow = try #require(reader.facts?.flows.first)
    #expect(flow.bursts.map { ($0.nanoseconds - Made.start) / 1_000_000_000 } == [0, 60, 120])
    #expect(flow.burstOctets == [2, 2, 1].map { $0 * frame.count } && flow.octetsOut == 5 * frame.count)
  }

  @Test func `frames of the audit itself are left out`() throws {
    let auditor = try #require(IPAddress("192.168.10.2"))
    let reader = Made.read([
      Made.datagram("192.168.10.2", 40_000, Made.own, 161, [0x30, 0]),
      Made.datagram(Made.own, 161, "192.168.10.2", 40_000, [0x30, 0]),
    ]) { Made.reader(auditors: [auditor]) }
    let facts = try #require(reader.facts)
    #expect(facts.flows.isEmpty && facts.seen.isEmpty && facts.watching.isEmpty && reader.count.own == 2)
    let others = try self.facts([
      Made.datagram("192.168.10.2", 40_000, Made.own, 161, [0x30, 0]),
      Made.datagram("192.168.10.2", 40_000, Made.own, 161, [0x30, 0]),
    ])
    #expect(others.watching == [.init(.snmpPolling, from: auditor)])
    #expect(others.seen.isEmpty, "what is sent to a device is not what it sends")
  }

  @Test func `broadcasts alone do not make a device seen`() throws {
    let all = MACAddress(rawValue: 0xffff_ffff_ffff)
    let frame = Made.ethernet(
      Made.device, all, 0x0800, Made.ipv4(Made.own, "255.255.255.255", 17, Made.udp(68, 67, [1, 1, 6, 0])))
    let facts = try facts([frame])
    #expect(facts.seen.isEmpty && facts.flows.isEmpty)
  }

  @Test func `what a router hands on is not its own`() throws {
    func passed(_ number: Int) -> [UInt8] {
      Made.ethernet(
        Made.device, Made.other, 0x0800,
        Made.ipv4("198.51.100.\(number)", "192.168.10.77", 17, Made.udp(40_000, 5683, [0x40, 1, 0, 1])))
    }
    let station = try facts((1...4).map(passed))
    #expect(station.flows.count == 1 && station.seen == [Made.id], "a device with several addresses")
    let router = try facts((1...5).map(passed))
    #expect(router.flows.isEmpty && router.seen.isEmpty)
    let both = try facts((1...5).map(passed) + [syslog("<11>of its own")])
    #expect(both.flows.map(\.port) == [514] && both.seen == [Made.id])
  }

  @Test func `an 802.1X exchange that succeeded admits the station`() throws {
    func eapol(_ from: MACAddress, _ to: MACAddress, _ code: UInt8) -> [UInt8] {
      Made.ethernet(from, to, 0x888e, [2, 0, 0, 4, code, 1, 0, 4])
    }
    let group = MACAddress(rawValue: 0x0180_c200_0003)
    let ip = syslog("<14>x")
    let (answer, success) = (eapol(Made.device, group, 2), eapol(Made.other, Made.device, 3))
    #expect(try facts([answer, success, ip]).admitted == [Made.id])
    #expect(try facts([answer, eapol(Made.other, group, 3), ip]).admitted == [Made.id])
    #expect(try facts([answer, eapol(Made.other, Made.device, 4), ip]).admitted.isEmpty)
    #expect(try facts([eapol(Made.other, group, 3), ip]).admitted.isEmpty)
  }

  @Test func `flow exports are watching, other datagrams to the port are not`() throws {
    let export: [UInt8] = [0, 9] + [UInt8](repeating: 0, count: 18)
    let facts = try facts([
      Made.datagram("192.168.10.1", 40_000, "192.168.10.60", 2055, export),
      Made.datagram("192.168.10.3", 40_000, "192.168.10.60", 2055, Array("nothing of the kind".utf8)),
    ])
    #expect(facts.watching == [.init(.flowExport, from: IPAddress("192.168.10.1")!)])
  }

  // MARK: Bounds

  @Test func `what is beyond the bounds is counted`() throws {
    var reader = Made.reader()
    reader.begin("made.pcap")
    for number in 0..<20_100 {
      let frame = Made.datagram(Made.own, 40_000, "10.1.\(number / 250).\(number % 250 + 1)", 5683, [0x40, 1, 0, 1])
      reader.take(frame.span, linkType: 1, length: frame.count, at: Made.start + Int64(number))
    }
    let facts = try #require(reader.facts)
    #expect(facts.flows.count == 20_000 && facts.unfollowed == 100)
  }

  @Test func `many open connections make room for later ones`() throws {
    var reader = Made.reader()
    reader.begin("made.pcap")
    for number in 0..<3000 {
      for frame in Made.connection(
        "203.0.113.5", 443, [(true, Made.clientHello(.tls12, "n.example"))], from: 10_000 + number)
      {
        reader.take(frame.span, linkType: 1, length: frame.count, at: Made.start + Int64(number))
      }
    }
    let facts = try #require(reader.facts)
    #expect(facts.flows.count == 1 && facts.flows[0].name == "n.example")
    #expect(facts.unfollowed > 0 && facts.unfollowed <= 3000 - TrafficReader.mostConnections / 2)
  }

  @Test func `a frame without a time says nothing`() {
    var reader = Made.reader()
    reader.begin("made.pcap")
    let frame = syslog("<11>x")
    reader.take(frame.span, linkType: 1, length: frame.count, at: nil)
    #expect(reader.facts == nil && reader.count.unread == 1)
  }
}
