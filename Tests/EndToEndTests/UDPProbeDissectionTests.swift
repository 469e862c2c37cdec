import Foundation
import Testing

@testable import Profiles

/// What the UDP probes send, and what they take for answers, as Wireshark's dissectors read it: a
/// decoder that nobody here wrote.
@Suite(.enabled(if: isPrivileged, "needs tshark: run Scripts/test")) struct UDPProbeDissectionTests {
  /// The protocol of each probe in Wireshark's words; `xml` is read by Python instead, because a UDP
  /// port cannot be decoded as XML.
  static let dissectors = [
    "bacnet": "bacapp", "coap": "coap", "dns": "dns", "dtls": "dtls", "ethernet-ip": "enip", "ipmi": "ipmi",
    "knxnet-ip": "kip", "mdns": "mdns", "mqtt-sn": "mqttsn", "netbios": "nbns", "ntp": "ntp", "sadp": "xml",
    "sip": "sip", "snmpv3": "snmp", "ssdp": "ssdp", "tftp": "tftp", "ubiquiti": "ubdp", "ws-discovery": "xml",
  ]
  /// No decoder is known; their fields are checked one by one in ProfilesTests.
  static let undissected = ["dahua", "dvrip", "echonet-lite"]
  /// What tshark must be told: ports that it does not know, and to read the commands inside IPMI.
  static let options = [
    "-d", "udp.port==1884,mqttsn", "-d", "udp.port==10001,ubdp", "-o", "ipmi.dissect_bus_commands:TRUE",
  ]

  private struct Datagram {
    let probe: UDPProbe
    let octets: [UInt8]
    let isAnswer: Bool
  }

  private let datagrams: [Datagram]

  init() throws {
    let store = try ProfileStore(directory: Program.repository + "/Profiles")
    datagrams = store.udpProbes.flatMap { probe in
      [Datagram(probe: probe, octets: probe.payload(transaction: 0x1234_5678), isAnswer: false)]
        + probe.examples.map {
          Datagram(probe: probe, octets: UDPProbe.octets(of: $0, transaction: 0x1234_5678), isAnswer: true)
        }
    }
  }

  @Test func `every probe has a decoder, or is known to have none`() {
    let ids = Set(datagrams.map(\.probe.id))
    #expect(ids == Set(Self.dissectors.keys).union(Self.undissected))
  }

  @Test func `every datagram is read as its protocol, without complaint`() throws {
    let dissected = datagrams.filter { !["xml", nil].contains(Self.dissectors[$0.probe.id]) }
    let scratch = try Scratch()
    let capture = scratch.path + "/datagrams.pcap"
    try Data(Self.capture(of: dissected)).write(to: URL(fileURLWithPath: capture))
    let outcome = try Program.run(
      "tshark",
      ["-r", capture, "-T", "fields", "-E", "separator=|"] + Self.options
        + ["-e", "frame.protocols", "-e", "_ws.malformed", "-e", "_ws.expert.severity", "-e", "_ws.expert.message"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    try #require(lines.count == dissected.count, "\(outcome.output)")
    for (datagram, line) in zip(dissected, lines) {
      let name = "\(datagram.probe.id) \(datagram.isAnswer ? "answer" : "probe"): \(line)"
      let fields = line.split(separator: "|", omittingEmptySubsequences: false)
      let protocols = fields[0].split(separator: ":").map(String.init)
      #expect(protocols.contains(Self.dissectors[datagram.probe.id] ?? "?"), "\(name)")
      #expect(fields[1].isEmpty, "\(name)")
      // 0x200000 is a remark; a TFTP error is worth more than that to Wireshark.
      let severities = fields[2].split(separator: ",").compactMap { Int($0) }
      if datagram.probe.id != "tftp" { #expect(severities.allSatisfy { $0 <= 0x20_0000 }, "\(name)") }
    }
  }

  @Test func `XML is well-formed`() throws {
    let scratch = try Scratch()
    for datagram in datagrams where Self.dissectors[datagram.probe.id] == "xml" && !datagram.isAnswer {
      let file = scratch.path + "/" + datagram.probe.id
      try Data(datagram.octets).write(to: URL(fileURLWithPath: file))
      let script = "import sys, xml.etree.ElementTree as tree; print(tree.parse(sys.argv[1]).getroot().tag)"
      let outcome = try Program.run("python3", ["-c", script, file])
      #expect(outcome.status == 0, "\(datagram.probe.id): \(outcome.errors)")
      let root = datagram.probe.id == "sadp" ? "Probe" : "{http://www.w3.org/2003/05/soap-envelope}Envelope"
      #expect(outcome.output == root + "\n")
    }
  }

  /// A capture of raw IPv4 (link type 101) with one packet for each datagram, from 192.0.2.1 to .2 or back.
  private static func capture(of datagrams: [Datagram]) -> [UInt8] {
    var file: [UInt8] = [0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4] + big(0) + big(0) + big(65535) + big(101)
    for (index, datagram) in datagrams.enumerated() {
      let port = Int(datagram.probe.ports[0])
      // A port of its own for each datagram: tshark remembers what was said between two ports.
      let client = 40000 + index
      let (source, destination) = datagram.isAnswer ? (port, client) : (client, port)
      let length = 8 + datagram.octets.count
      // A UDP checksum of zero means none (RFC 768).
      let udp = big(source << 16 | destination) + big(length << 16)
      let addresses: [UInt8] = datagram.isAnswer ? [192, 0, 2, 2, 192, 0, 2, 1] : [192, 0, 2, 1, 192, 0, 2, 2]
      let header = big(0x4500 << 16 | (20 + length)) + big(0x4000) + big(64 << 24 | 17 << 16) + addresses
      let packet = header + udp + datagram.octets
      file += big(0) + big(0) + big(packet.count) + big(packet.count) + packet
    }
    return file
  }

  private static func big(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
