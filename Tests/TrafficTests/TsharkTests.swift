import Checklist
import Foundation
import LabSupport
import Testing
import Traffic

/// tshark reads the same file, and shares no code with this program.
struct TsharkTests {
  private typealias Made = MadeTraffic

  private func fields(_ file: URL, _ filter: String, _ name: String) throws -> [String] {
    let output = try outputOf(
      "tshark", "-r", file.path, "-o", "ip.check_checksum:FALSE", "-Y", filter, "-T", "fields", "-e", name)
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init).filter { !$0.isEmpty }
  }

  @Test func `severities, names, versions and protocols are those that tshark reads`() throws {
    let der = try MadeCertificates.made.get().der("expired")
    let records = ["<34>1 2026-11-20T10:02:11Z cam a - - - x", "<165>Nov 20 10:02:11 cam y", "<7>z"].map {
      Made.datagram(Made.own, 40_000, "192.168.10.50", 514, Array($0.utf8))
    }
    let frames =
      records + Made.connection("203.0.113.5", 443, Made.tls12("cloud.example.com", [der]))
      + Made.connection(
        "203.0.113.6", 80, [(true, Array("GET /a.bin HTTP/1.1\r\nHost: files.example.com\r\n\r\n".utf8))], from: 40_009)
    let file = try Made.pcap(frames)
    defer { try? FileManager.default.removeItem(at: file) }
    let facts = try #require(Made.read(frames).facts)
    let severities = facts.logs.map { log -> String in
      if case .syslog(let severity) = log.kind { "\(severity)" } else { "" }
    }
    #expect(try fields(file, "syslog", "syslog.level") == severities && severities == ["2", "5", "7"])
    let secure = try #require(facts.flows.first { $0.port == 443 })
    #expect(try fields(file, "tls.handshake.type == 1", "tls.handshake.extensions_server_name") == [secure.name])
    #expect(try fields(file, "tls.handshake.type == 2", "tls.handshake.version") == ["0x0303"])
    #expect(try fields(file, "tls.handshake.type == 11", "x509sat.uTF8String").isEmpty == (secure.certificate == nil))
    #expect(try fields(file, "http.request", "http.host") == [facts.flows.first { $0.port == 80 }?.name])
    #expect(facts.logs.map(\.evidence) == ["1", "2", "3"].map { ["made.pcap frame \($0)"] })
    #expect(try fields(file, "syslog", "frame.number") == ["1", "2", "3"])
  }
}
