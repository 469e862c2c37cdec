import Foundation
import Testing
import Wire

/// DTLS handshakes that other people captured, read by tshark and by us. The files stay where they are and are no part of the package.
struct CapturedDTLSTests {
  private static let folder = CapturedTelnetTests.file.deletingLastPathComponent().deletingLastPathComponent()

  private static let files: [URL] = {
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
    return all.compactMap { $0 as? URL }.filter {
      $0.lastPathComponent.lowercased().contains("dtls") && ["pcap", "pcapng", "cap"].contains($0.pathExtension)
    }
  }()

  @Test func `versions and suites are those that tshark reads`() throws {
    guard !Self.files.isEmpty else {
      print("skipped: no capture of DTLS is under \(Self.folder.path); one would come with the project's shared data")
      return
    }
    for file in Self.files {
      let hellos = try CapturedTLSTests.fields(
        file, "dtls.handshake.type == 2",
        ["udp.stream", "udp.srcport", "dtls.handshake.version", "dtls.handshake.ciphersuite"])
      for hello in hellos {
        let sent = try CapturedTLSTests.fields(
          file, "udp.stream == \(hello[0]) and udp.srcport == \(hello[1])", ["udp.payload"])
        var flight = DTLSServerFlight()
        for part in sent { flight.take(CapturedTLSTests.octets(part[0])) }
        let ours = try #require(flight.flight.hello, "\(file.lastPathComponent), stream \(hello[0])")
        #expect(ours.version.rawValue == UInt16(hello[2].dropFirst(2), radix: 16))
        #expect(ours.suite.rawValue == UInt32(hello[3].dropFirst(2), radix: 16))
      }
    }
  }
}
