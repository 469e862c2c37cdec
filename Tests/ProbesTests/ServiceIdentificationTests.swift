import LabSupport
import Records
import Testing

@testable import Probes

/// A service as a client meets it: what it says first, and what it says to octets.
struct FakeService: Sendable, CustomTestStringConvertible {
  let name: String
  let port: UInt16
  var greeting: [UInt8]?
  /// From the first octets of a question to an answer; nil for silence.
  var answers: @Sendable ([UInt8]) -> [UInt8]? = { _ in nil }
  var closesAfterAnswer = true

  var testDescription: String { name }

  static let html = Array("HTTP/1.0 200 OK\r\nServer: x\r\n\r\n<html>".utf8)
  /// A ServerHello of 74 octets in a record of 78 (RFC 5246 §7.4.1.3).
  static let hello: [UInt8] = [22, 3, 3, 0, 78, 2, 0, 0, 74, 3, 3] + [UInt8](repeating: 9, count: 72)
  static let telnet: [UInt8] = [0xff, 0xfd, 0x01, 0xff, 0xfb, 0x03] + Array("login: ".utf8)
}

extension FakeService {
  static func web(_ port: UInt16) -> FakeService {
    FakeService(name: "HTTP on \(port)", port: port) { $0.starts(with: Array("GET /".utf8)) ? html : nil }
  }

  static func tls(_ port: UInt16) -> FakeService {
    FakeService(name: "TLS on \(port)", port: port) { $0.first == 22 ? hello : nil }
  }
}

struct ServiceIdentificationTests {
  private struct Outcome {
    let identification: ProbeReport.Identification?
    let sent: [[UInt8]]
    let connections: Int
    let elapsed: Duration

    var name: ProtocolName? { if case .identified(let name, _, _) = identification { name } else { nil } }
  }

  private func run(_ service: FakeService, wait: Duration = .seconds(3), mayAsk: Bool = true) throws -> Outcome {
    let probe = ServiceIdentification(
      port: service.port, manner: .init(wait: wait, mayAsk: mayAsk), recogniser: try Fixtures.recogniser(), seed: 7)
    var bench = ProbeBench(probe)
    let start = bench.now
    bench.begin()
    var done = 0
    for _ in 0..<200 where bench.probe.report == nil {
      guard done < bench.actions.count else {
        bench.wait()
        continue
      }
      let action = bench.actions[done]
      done += 1
      switch action {
      case .connect(let channel, _):
        bench.tell(.opened(channel))
        if let greeting = service.greeting { bench.tell(.received(channel, greeting)) }
      case .send(let channel, let octets):
        guard let answer = service.answers(octets) else { continue }
        bench.tell(.received(channel, answer))
        if service.closesAfterAnswer { bench.tell(.ended(channel, .closed)) }
      case .close, .withhold, .datagram, .fetch, .enter, .enterDatagram, .enterFetch, .enterShell: continue
      }
    }
    #expect(bench.staysWithinSheet())
    return Outcome(
      identification: bench.probe.report?.identification, sent: bench.sent, connections: bench.connections.count,
      elapsed: bench.now - start)
  }

  /// The cases that the issue names, and each on its usual port.
  @Test(arguments: [
    (FakeService.web(80), ProtocolName.http), (.web(23), .http), (.web(443), .http), (.web(1883), .http),
    (.tls(443), .tls), (.tls(1883), .tls), (.tls(23), .tls), (.tls(8080), .tls),
    (FakeService(name: "SSH on 22222", port: 22_222, greeting: Array("SSH-2.0-dropbear\r\n".utf8)), .ssh),
    (FakeService(name: "Telnet on 443", port: 443, greeting: FakeService.telnet), .telnet),
    (FakeService(name: "Telnet on 80", port: 80, greeting: FakeService.telnet), .telnet),
    (FakeService(name: "FTP on 21", port: 21, greeting: Array("220 ready\r\n".utf8)), .ftp),
    (FakeService(name: "FTP on 2021", port: 2021, greeting: Array("220 (vsFTPd 3.0.3)\r\n".utf8)), .ftp),
    (FakeService(name: "SMTP", port: 2525, greeting: Array("220 mail.example ESMTP Postfix\r\n".utf8)), .smtp),
    (FakeService(name: "POP3", port: 110, greeting: Array("+OK ready\r\n".utf8)), .pop3),
    (FakeService(name: "IMAP", port: 143, greeting: Array("* OK [CAPABILITY IMAP4rev1] ready\r\n".utf8)), .imap),
    (FakeService(name: "RFB", port: 5900, greeting: Array("RFB 003.008\n".utf8)), .rfb),
    (
      FakeService(name: "Redis", port: 6379) {
        $0.first == 0x2a ? Array("-NOAUTH Authentication required.\r\n".utf8) : nil
      },
      .redis
    ),
    (FakeService(name: "MQTT", port: 1883) { $0.first == 0x10 ? [0x20, 2, 0, 5] : nil }, .mqtt),
    (
      FakeService(name: "RTSP", port: 554) {
        $0.starts(with: Array("OPTIONS".utf8)) ? Array("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n".utf8) : nil
      }, .rtsp
    ),
    // TLS 1.3 alone: protocol_version, fatal (RFC 8446 §6.2).
    (FakeService(name: "TLS 1.3", port: 8443) { $0.first == 22 ? [21, 3, 3, 0, 2, 2, 70] : nil }, .tls),
    (FakeService(name: "HTTP/0.9", port: 9999) { _ in Array("<html><body>x".utf8) }, .http),
  ])
  func `the protocol comes out right, whatever the port`(service: FakeService, name: ProtocolName) throws {
    let outcome = try run(service)
    #expect(outcome.name == name)
    #expect(outcome.connections <= 3)
    if service.greeting != nil { #expect(outcome.sent.isEmpty && outcome.connections == 1) }
  }

  @Test func `a usual port costs one connection`() throws {
    for service in [FakeService.web(80), .tls(443)] { #expect(try run(service).connections == 1, "\(service.name)") }
  }

  @Test(arguments: [80, 443, 1883, 6379, 4000] as [UInt16])
  func `silence is asked two or three things and stays unknown`(port: UInt16) throws {
    let outcome = try run(FakeService(name: "silent", port: port))
    #expect(outcome.identification == .unidentified(ended: "silence"))
    #expect((2...3).contains(outcome.connections))
    #expect(outcome.elapsed < ServiceIdentification.sheet.duration)
  }

  @Test(arguments: [9100, 515, 502] as [UInt16])
  func `where nothing may be sent nothing is`(port: UInt16) throws {
    let outcome = try run(.web(port), mayAsk: false)
    #expect(outcome.sent.isEmpty && outcome.connections == 1)
    #expect(outcome.identification == .unidentified(ended: "silence"))
  }

  @Test func `a service that greets in a tongue of its own is asked nothing`() throws {
    let outcome = try run(FakeService(name: "own", port: 7000, greeting: [1, 2, 3, 4]))
    #expect(outcome.identification == .unidentified(ended: "silence"))
    #expect(outcome.sent.isEmpty && outcome.connections == 1)
  }

  @Test func `an echo is no service that it echoes`() throws {
    for port in [7, 80, 443, 554, 1883, 6379] as [UInt16] {
      let outcome = try run(FakeService(name: "echo", port: port, answers: { $0 }, closesAfterAnswer: false))
      #expect(outcome.name == nil, "\(port): \(String(describing: outcome.identification))")
    }
  }

  @Test func `who cannot be reached is said to be unreachable`() throws {
    var bench = ProbeBench(
      ServiceIdentification(
        port: 1, manner: .init(wait: .seconds(3), mayAsk: true), recogniser: try Fixtures.recogniser(), seed: 1))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.probe.report?.identification == .unreachable(reason: "Connection refused"))
  }

  /// Mutations of what real services say, in random pieces.
  @Test func `hostile answers neither trap nor bind it for longer than its sheet says`() throws {
    let recogniser = try Fixtures.recogniser()
    var random = SeededRandom(seed: 13)
    let seeds = [FakeService.html, FakeService.hello, FakeService.telnet, [0x20, 2, 0, 5], Array("220 x\r\n".utf8)]
    for round in 0..<4_000 {
      var answer = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        answer[Int.random(in: 0..<answer.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let port = [23, 80, 443, 1883, 6379, 9999].randomElement(using: &random) ?? 80
      var bench = ProbeBench(
        ServiceIdentification(
          port: UInt16(port), manner: .init(wait: .seconds(3), mayAsk: true), recogniser: recogniser, seed: 1))
      let start = bench.now
      bench.begin()
      var told = 0
      for _ in 0..<60 where bench.probe.report == nil {
        if told < bench.actions.count {
          if case .connect(let channel, _) = bench.actions[told] { bench.tell(.opened(channel)) }
          told += 1
        } else if Bool.random(using: &random), let channel = bench.connections.last {
          let cut = Int.random(in: 0...answer.count, using: &random)
          bench.tell(.received(channel, Array(answer.prefix(cut))))
        } else {
          bench.wait()
        }
      }
      #expect(bench.probe.report != nil)
      #expect(bench.now - start <= ServiceIdentification.sheet.duration)
      guard bench.staysWithinSheet() else {
        Issue.record("beyond its sheet")
        return
      }
    }
  }
}
