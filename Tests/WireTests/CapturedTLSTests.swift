import Foundation
import LabSupport
import Testing
import Wire

/// Handshakes that other people captured, read by tshark and by us. The files stay where they are and are no part of the package.
struct CapturedTLSTests {
  private static let folder = CapturedTelnetTests.file.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("tls")

  /// What tshark prints of the fields, a line for each frame.
  static func fields(_ file: URL, _ filter: String, _ names: [String]) throws -> [[String]] {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["tshark", "-r", file.path, "-Y", filter, "-T", "fields"] + names.flatMap { ["-e", $0] }
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  static func octets(_ digits: String) -> [UInt8] {
    stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
      let start = digits.index(digits.startIndex, offsetBy: place)
      return UInt8(digits[start...digits.index(after: start)], radix: 16)
    }
  }

  @Test(arguments: ["dhe", "ssl.v3", "tls-expired-cert", "tls1.2"])
  func `versions, suites and certificates are those that tshark reads`(name: String) throws {
    let file = Self.folder.appendingPathComponent("\(name).pcap")
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("skipped: \(file.path) is not there; it comes with the project's shared data")
      return
    }
    let hellos = try Self.fields(
      file, "tls.handshake.type == 2",
      ["tcp.stream", "tcp.srcport", "tls.handshake.version", "tls.handshake.ciphersuite"])
    guard !hellos.isEmpty else {
      print("skipped: tshark is not there, or shows no handshake in \(name).pcap")
      return
    }
    var read = 0
    for hello in hellos {
      let (stream, port) = (hello[0], hello[1])
      let sent = try Self.fields(
        file, "tcp.stream == \(stream) and tcp.srcport == \(port) and tcp.len > 0 and not tcp.analysis.retransmission",
        ["tcp.payload"])
      var flight = TLSServerFlight()
      for part in sent where flight.state == .open { flight.take(Self.octets(part[0])) }
      let ours = try #require(flight.hello, "stream \(stream)")
      #expect(ours.version.rawValue == UInt16(hello[2].dropFirst(2), radix: 16), "stream \(stream)")
      #expect(ours.suite.rawValue == UInt32(hello[3].dropFirst(2), radix: 16), "stream \(stream)")
      let shown = try Self.fields(
        file, "tcp.stream == \(stream) and tcp.srcport == \(port) and tls.handshake.certificate",
        ["tls.handshake.certificate"])
      let certificates = shown.flatMap { $0[0].split(separator: ",") }.map { Self.octets(String($0)) }
      #expect(flight.certificates == certificates, "stream \(stream)")
      read += 1
    }
    #expect(read == hellos.count)
  }

  /// The group that dhe.pcap's server sends, as tshark reads it.
  @Test func `the parameters of a finite-field exchange are those that tshark reads`() throws {
    let file = Self.folder.appendingPathComponent("dhe.pcap")
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("skipped: \(file.path) is not there; it comes with the project's shared data")
      return
    }
    let shown = try Self.fields(
      file, "tls.handshake.type == 12", ["tcp.stream", "tcp.srcport", "tls.handshake.p", "tls.handshake.ys"])
    guard let first = shown.first else {
      print("skipped: tshark is not there, or shows no exchange in dhe.pcap")
      return
    }
    let sent = try Self.fields(
      file,
      "tcp.stream == \(first[0]) and tcp.srcport == \(first[1]) and tcp.len > 0 and not tcp.analysis.retransmission",
      ["tcp.payload"])
    var flight = TLSServerFlight()
    for part in sent where flight.state == .open { flight.take(Self.octets(part[0])) }
    let suite = try #require(flight.hello?.suite)
    guard
      case .finiteField(let prime, _, let value) = try TLSKeyExchange(
        parsing: #require(flight.keyExchange), suite: suite)
    else {
      Issue.record("no finite field")
      return
    }
    #expect(prime == Array(Self.octets(first[2]).drop { $0 == 0 }))
    #expect(value == Array(Self.octets(first[3]).drop { $0 == 0 }))
  }
}
