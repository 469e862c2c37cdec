import Foundation
import Testing

/// The product against equipment that is easily harmed, at its default settings: everything survives by its own
/// count, and what is reported is what the truth says. That each device can be felled is shown in ``VictimStackTests``.
@Suite(.needsLab, .serialized) struct VictimAuditTests {
  private let audit: VictimAudit
  private let pack: PackFiles
  private let site: VictimSite

  init() throws {
    audit = try VictimAudit.shared.get()
    pack = audit.pack
    site = audit.site
  }

  /// Makers of microcontrollers: at most 20 frames a second; the others at most 100 (engine.md §6.8).
  private static let fragile: Set = [
    "syn-death", "lwip-8pcb", "esp-9", "reboots", "power-save", "banner-flood", "quiet-v6",
  ]
  /// UDP services that say nothing to a question without a credential, or nothing at all: an agent of SNMP v1 and v2c,
  /// and a mere member of a group.
  private static let silent: [String: Set<UInt16>] = ["icmp-1": [161], "quiet-v6": [5353]]

  @Test func `the run ends by itself, and the pack holds`() throws {
    #expect(site.outcome.status == 1, "\(site.outcome.errors)")
    #expect(!pack.coverage.partial)
    let verified = try Program.run(Program.tenken, ["evidence", "verify", site.output])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
  }

  @Test func `every device survives by its own account`() throws {
    #expect(audit.truth.devices.count == 14)
    for device in audit.truth.devices {
      let state = try site.state(device.name)
      #expect(state.alive && state.missed == 0, "\(device.name)")
      guard let emulator = state.emulator else { continue }
      guard device.name != "reboots" else { continue }  // it restarts whatever is done to it
      #expect(emulator.isWell, "\(device.name): \(emulator.harm?.cause ?? "-")")
      #expect(emulator.synsDropped == 0, "\(device.name)")
    }
  }

  @Test func `no device gets more than its class bears, counted on its own side`() throws {
    for device in audit.truth.devices {
      let ceiling = Self.fragile.contains(device.name) ? 20 : 100
      let state = try site.state(device.name)
      let figures = try audit.figures(device.name)
      #expect(state.peakPerSecond <= ceiling, "\(device.name)")
      #expect(state.frames <= figures.framesSent + 4, "\(device.name)")
      #expect(try #require(figures.rateCeiling) <= ceiling)
    }
  }

  @Test func `stacks with room for few connections come nowhere near their limits`() throws {
    // Two probes on their way for a fragile device and eight for a normal one, and one connection.
    for name in ["syn-death", "lwip-8pcb", "esp-9", "reboots", "power-save"] {
      let emulator = try site.emulator(name)
      #expect((1...2).contains(emulator.halfOpenPeak), "\(name)")
      #expect((1...3).contains(emulator.connectionsPeak), "\(name)")
      #expect(emulator.synPeakPerSecond <= 20, "\(name)")
    }
    for name in ["backlog-200", "rst-100", "jetdirect", "arp-storm"] {
      let emulator = try site.emulator(name)
      #expect((1...8).contains(emulator.halfOpenPeak), "\(name)")
      #expect(emulator.synPeakPerSecond <= 100, "\(name)")
    }
  }

  @Test func `every device is found, and nothing else, also those without IPv4`() throws {
    #expect(Set(pack.inventory.devices.compactMap(\.mac)) == Set(audit.truth.devices.map(\.mac)))
    #expect(pack.inventory.devices.count == audit.truth.devices.count)
    for device in audit.truth.devices {
      let found = try #require(pack.inventory.devices.first { $0.mac == device.mac })
      #expect(found.addresses == [try audit.address(device.name)])
    }
  }

  @Test func `the open ports are those of the truth, and every other port is settled`() throws {
    for device in audit.truth.devices where !device.expect.answersEverything {
      let services = try #require(pack.device(at: try audit.address(device.name))).services
      func open(_ transport: String) -> [UInt16] {
        services.filter { $0.transport == transport && $0.state == "open" }.map(\.port).sorted()
      }
      #expect(open("tcp") == device.tcp.map(\.port).sorted(), "\(device.name)")
      let answering = device.udp.map(\.port).filter { Self.silent[device.name]?.contains($0) != true }
      #expect(open("udp") == answering.sorted(), "\(device.name)")
      let tcp = try audit.figures(device.name).tcp
      #expect(tcp.open == device.tcp.count, "\(device.name)")
      // Nothing filters on this site, so nothing may seem to.
      #expect(tcp.silent == 0 && tcp.unresolved == 0, "\(device.name)")
      #expect(tcp.open + tcp.closed + tcp.notPermitted == 1000, "\(device.name)")
    }
  }

  @Test func `exactly the Telnet services are findings, and every device is there afterwards`() throws {
    let expected = try audit.truth.devices.flatMap { device in
      try device.tcp.filter { $0.protocol == "telnet" }.map { "\(try audit.address(device.name)) \($0.port)" }
    }
    let found = try pack.findings.filter { $0.check == "telnet.enabled" }.map {
      "\($0.device.addresses[0]) \(try #require($0.service).port)"
    }
    #expect(found.sorted() == expected.sorted())
    #expect(found.contains { $0.hasPrefix("fe80:") }, "one of them over a link-local address")
    for device in audit.truth.devices {
      #expect(try audit.figures(device.name).aliveAfter == true, "\(device.name)")
    }
  }

  @Test func `who answers on every port is recognised after a few SYNs, and nobody connects`() throws {
    let figures = try audit.figures("answers-all")
    #expect(figures.answersEverything)
    #expect(audit.pack.coverage.devices.filter(\.answersEverything).count == 1)
    let emulator = try site.emulator("answers-all")
    // Twenty open ports ask for a control, which takes three; eight more may be on their way.
    #expect((23...31).contains(emulator.syns))
    let address = try audit.address("answers-all")
    #expect(!audit.events.contains { $0.type.hasPrefix("session.") && $0.address == address })
    #expect(pack.device(at: address)?.services.filter { $0.transport == "tcp" }.isEmpty == true)
    let verdicts = try audit.verdicts("JSSEC-14.2.c", "answers-all")
    #expect(verdicts.map(\.status) == ["not-tested"])
    #expect(verdicts.map(\.reason) == ["NT-OPAQUE"])
  }

  @Test func `below a limit of resets none is seen`() throws {
    #expect(try site.emulator("rst-100").resetsWithheld == 0)
    for device in audit.truth.devices { #expect(try audit.figures(device.name).rstLimit == nil, "\(device.name)") }
  }

  @Test func `UDP ports are told apart although one unreachable a second is sent`() throws {
    let figures = try audit.figures("icmp-1")
    let udp = try #require(figures.udp)
    #expect(figures.icmpLimit == 1)
    #expect(try site.emulator("icmp-1").unreachablesWithheld > 0, "the limit was met")
    #expect(udp.open == 4 && udp.openOrFiltered == 1 && udp.unresolved == 0)
    #expect(udp.closed == udp.requestedCount - 5)
    // Devices without the limit answer each question at once, and none is asked twice.
    for name in ["syn-death", "backlog-200", "rst-100", "jetdirect"] {
      let other = try audit.figures(name)
      #expect(other.icmpLimit == nil, "\(name)")
      #expect(other.udp?.closed == udp.requestedCount && other.udp?.sent == udp.requestedCount, "\(name)")
    }
  }

  @Test func `the printer prints nothing`() throws {
    let printer = try audit.truth.device("jetdirect")
    let printed = try site.emulator("jetdirect").printedOctets
    #expect(printed.count == printer.expect.neverWrite.count * 2)
    #expect(printed.values.allSatisfy { $0 == 0 })
    #expect(try site.state("jetdirect").payloadOctets == 0)
    #expect(try site.emulator("jetdirect").connections <= printer.tcp.count)
  }

  @Test func `a restart is noticed, reported with its frames, and the scan goes on gently to its end`() throws {
    let emulator = try site.emulator("reboots")
    #expect(emulator.alive && !emulator.serviceLost && emulator.restarts == 1 && emulator.malformed == 0)
    for device in audit.truth.devices {
      let kinds = try audit.figures(device.name).distress.map(\.kind)
      #expect(kinds == [device.expect.distress].compactMap { $0 }, "\(device.name)")
    }
    let figures = try audit.figures("reboots")
    let distress = try #require(figures.distress.first)
    let harmed = Double(try #require(emulator.harm).unixNanoseconds) / 1e9
    let (last, frozen) = try (VictimEvent.seconds(distress.lastAnswer), VictimEvent.seconds(distress.frozen))
    #expect(last <= harmed + 0.01)
    // engine.md §7 G12.
    #expect(frozen > harmed && frozen - harmed < 2, "\(frozen - harmed) s")
    let ended = try VictimEvent.seconds(#require(distress.ended))
    #expect(ended - harmed >= 4 && ended - harmed < 10, "it is silent for four seconds: \(ended - harmed)")
    // Half the pace from then on.
    #expect(figures.rateCeiling == 10)

    let finding = try #require(pack.findings.first { $0.check == "device.distress" })
    #expect(pack.findings.count { $0.check == "device.distress" } == 1)
    #expect(finding.device.addresses == ["10.0.1.20"])
    let slice = "\(site.output)/data/findings/\(finding.id)/slice.pcapng"
    let times = try Shark.fields(slice, "eth.dst == 10:d5:61:10:01:20", "frame.time_epoch").compactMap {
      Double($0[0])
    }
    #expect(times.count == 64)
    #expect(try Shark.fields(slice, "frame", "eth.dst").allSatisfy { $0 == ["10:d5:61:10:01:20"] })
    // To the microsecond, the resolution of a double of this size.
    #expect(times.count { $0 > last + 1e-3 } <= distress.frames && distress.frames <= 20 * 2)
    #expect(times.allSatisfy { $0 <= frozen + 1e-3 } && times.sorted() == times)
    let opened = try audit.events.filter { $0.type == "device.done" && $0.address == "10.0.1.20" }.map {
      try $0.seconds
    }
    #expect(try #require(opened.first) > ended + 1)
  }

  @Test func `a storm of ARP replies is named and changes nothing`() throws {
    let storms = audit.events.filter { $0.type == "arp.storm" }
    #expect(storms.map(\.mac) == ["00:22:48:10:01:21"])
    let coverage = try audit.figures("arp-storm")
    #expect(coverage.distress.isEmpty && coverage.tcp.answered == coverage.tcp.sent)
  }

  @Test func `a greeting without end is cut off, and is not taken for Telnet`() throws {
    let device = try audit.truth.device("banner-flood")
    let service = try #require(pack.device(at: try audit.address("banner-flood"))?.services.first)
    #expect(service.port == 23 && service.protocol == nil)
    // An open port 23 of which nothing is known is for a person to judge.
    #expect(try audit.verdicts("JSSEC-14.2.c", "banner-flood").map(\.status) == ["needs-review"])
    let name = "dev-" + device.mac.replacing(":", with: "") + "-tcp-23"
    let response = try Data(contentsOf: URL(fileURLWithPath: "\(site.output)/data/services/\(name)/response.bin"))
    #expect((1...96 * 1024).contains(response.count))
    let capture = site.output + "/data/capture/conversations.pcapng"
    let frames = try Shark.fields(capture, "eth.src == \(device.mac) && tcp.srcport == 23", "frame.time_epoch")
    let times = frames.compactMap { Double($0[0]) }
    // Eight seconds are waited for a first word, and four more while it talks.
    #expect(try #require(times.max()) - #require(times.min()) < 13)
  }
}
