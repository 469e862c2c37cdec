import Foundation
import Probes
import Profiles
import Testing

/// Every frame of whole audits, and every probe in them, as Wireshark's dissectors read what tcpdump recorded.
@Suite(.needsLab, .serialized) struct TransmittedFrameTests {
  /// An audit of the lab with what was recorded of it.
  private struct Recorded {
    let name: String
    let pack: String
    let frames: [WireRecord.Frame]
  }

  private static let recorded: Result<[Recorded], any Error> = Result {
    let (site, plant) = (try SiteAudit.shared.get(), try PlantAudit.shared.get())
    return [
      Recorded(
        name: "site", pack: site.pack, frames: try WireRecord(site.folder, LabTruth.read()).frames(["http.request.uri"])
      ),
      Recorded(name: "plant", pack: plant.pack, frames: try WireRecord(plant.folder, plant.truth).frames()),
    ]
  }

  private let audits: [Recorded]

  init() throws { audits = try Self.recorded.get() }

  // MARK: Dissection

  /// Protocols without a dissector in Wireshark 4.0: ECHONET Lite, Dahua's DHIP and DVRIP (checked field by field in
  /// WireTests), SADP and WS-Discovery (XML that is not looked for in datagrams; read as XML below).
  private static let undissected: Set = ["udp 3610", "udp 37810", "tcp 34567", "udp 34569", "udp 37020", "udp 3702"]

  /// A remark of tshark's above a note, and why it is none about what was sent.
  private static func isExplained(_ text: String, _ frame: WireRecord.Frame) -> Bool {
    switch frame.protocols.last {
    // Segments without payload: the reset that ends each half-open connection of the scan, and the kernel's words about
    // segments that the device sent twice.
    case "tcp": text.hasPrefix("Connection reset (RST)") || text == "D-SACK Sequence"
    // A question that stayed without an answer is asked again, word for word.
    case "dns", "mdns": text.hasPrefix("DNS query retransmission.")
    default: false
    }
  }

  @Test func `tshark reads every frame that was sent, without complaint`() {
    for audit in audits {
      #expect(audit.frames.count > 300)
      for frame in audit.frames {
        #expect(!frame.isMalformed, "\(audit.name) \(frame.shown)")
        // 0x400000 is a note; above it are warnings and errors, checksums among them.
        for remark in frame.remarks where remark.severity > 0x40_0000 {
          #expect(Self.isExplained(remark.text, frame), "\(audit.name) \(frame.shown): \(remark.text)")
        }
        let isRead = frame.payload.isEmpty || !["tcp", "udp", "data"].contains(frame.protocols.last)
        let isKnown = Self.undissected.contains("\(frame.transport) \(frame.port ?? 0)")
        #expect(isRead || isKnown, "\(audit.name) \(frame.shown): \(frame.payload)")
      }
    }
  }

  @Test func `XML in datagrams is well-formed`() throws {
    let scratch = try Scratch()
    for (port, root) in [3702: "{http://www.w3.org/2003/05/soap-envelope}Envelope", 37020: "Probe"] as [UInt16: String]
    {
      let texts = Set(audits.flatMap(\.frames).filter { $0.transport == "udp" && $0.port == port }.map(\.payload))
      #expect(texts.count > 10)
      for (number, text) in texts.enumerated() {
        try Data(text).write(to: URL(fileURLWithPath: "\(scratch.path)/\(port)-\(number).xml"))
      }
      let script = """
        import glob, sys, xml.etree.ElementTree as tree
        print({tree.parse(name).getroot().tag for name in glob.glob(sys.argv[1])})
        """
      let outcome = try Program.run("python3", ["-c", script, "\(scratch.path)/\(port)-*.xml"])
      #expect(outcome.output == "{'\(root)'}\n", "\(outcome.errors)")
    }
  }

  // MARK: Probes

  /// Where the pack has what a probe sent over one channel, and to whom.
  private struct Question {
    let probe: String
    let address: String
    let transport: String
    let port: UInt16
    let octets: [UInt8]
  }

  /// The probes' conversations of a pack, by the names of their folders: `dev-0000cd100019-tcp-23-telnet`, with `-2` and so
  /// on for further channels.
  private static func questions(_ pack: String, _ probes: Set<String>) throws -> [Question] {
    let files = try PackFiles(pack)
    return try FileManager.default.contentsOfDirectory(atPath: pack + "/data/services").compactMap { name in
      guard let match = name.wholeMatch(of: /(dev-[0-9a-f]+)-(tcp|udp)-([0-9]+)-([a-z0-9-]+?)(-[0-9]+)?/),
        let device = files.inventory.devices.first(where: { $0.id == match.1 }), let port = UInt16(match.3),
        let probe = probes.contains("\(match.4)\(match.5 ?? "")") ? "\(match.4)\(match.5 ?? "")" : "\(match.4)",
        probes.contains(probe)
      else { return nil }
      let octets = try Data(contentsOf: URL(fileURLWithPath: "\(pack)/data/services/\(name)/request.bin"))
      return Question(
        probe: probe, address: device.addresses[0], transport: "\(match.2)", port: port, octets: [UInt8](octets))
    }
  }

  /// What was sent between two ports, by the device's address.
  private static func streams(_ audit: Recorded) -> [String: [[UInt8]]] {
    let talks = Dictionary(grouping: audit.frames.filter { !$0.payload.isEmpty }) {
      "\($0.destination) \($0.transport) \($0.port ?? 0) \($0.ownPort ?? 0)"
    }
    return Dictionary(grouping: talks.values) { $0[0].destination }
      .mapValues { $0.map { $0.sorted { $0.number < $1.number }.flatMap(\.payload) } }
  }

  /// Inside TLS the octets are not the cable's: tshark, given the keys, must see a request for the same page.
  private static func isDecrypted(_ question: Question, _ audit: Recorded) -> Bool {
    let line = String(decoding: question.octets.prefix { $0 != 0x0d }, as: UTF8.self)
    return audit.frames.contains { frame in
      frame.destination == question.address && frame.port == question.port && frame.protocols.contains("tls")
        && frame.fields["http.request.uri"]?.contains { line == "GET \($0) HTTP/1.1" } == true
    }
  }

  @Test func `every probe of the registry is on the cable as the pack says, and none is missing`() throws {
    let probes = Set(ProbeRegistry.standard.lines.map(\.sheet.id))
    var counts: [String: Int] = [:]
    for audit in audits {
      let streams = Self.streams(audit)
      for question in try Self.questions(audit.pack, probes) where !question.octets.isEmpty {
        // Whatever its port: a UPnP or ONVIF device says by UDP where its description can be fetched.
        let talks = streams[question.address] ?? []
        let isThere = talks.contains { $0.firstRange(of: question.octets) != nil } || Self.isDecrypted(question, audit)
        #expect(isThere, "\(question.probe) \(question.address) \(question.transport)/\(question.port)")
        counts[question.probe, default: 0] += 1
      }
    }
    print(
      "questions of each probe:",
      counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    // No scope of the lab names this one's technique: TLSVulnerabilityTests has servers of its own.
    for probe in probes.subtracting(["tls-vulnerabilities"]) {
      #expect(counts[probe, default: 0] > 0, "\(probe) asks nothing in the lab")
    }
    #expect(counts["tls-vulnerabilities"] == nil)
  }

  @Test func `every UDP question of the rule data is on the cable`() throws {
    let store = try ProfileStore(directory: Program.repository + "/Profiles", readingCases: false)
    let asked = Dictionary(grouping: audits.flatMap(\.frames).filter { $0.transport == "udp" && $0.port != nil }) {
      $0.port ?? 0
    }
    for probe in store.udpProbes {
      for port in probe.ports { #expect(asked[port]?.isEmpty == false, "\(probe.id) udp/\(port)") }
    }
    #expect(store.udpProbes.count > 15)
  }
}
