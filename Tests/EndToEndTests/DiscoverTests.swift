import Foundation
import Testing

/// `tenken discover`: who is there, by ARP and by IPv6.
@Suite(.needsLab, .serialized) struct DiscoverTests {
  private struct Line: Decodable {
    let type: String
    let address: String?
    let mac: String?
    let open: [Int]?
  }

  private func hosts(_ text: String) throws -> [Line] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
      .filter { $0.type == "host" }
  }

  @Test func `devices are found whether they have IPv4 or not, also those that hide from questions to all`() throws {
    let site = try VictimSite.tenken(
      ["discover", "10.0.1.0/24", "fe80::/10", "--scope", "SCOPE", "--json", "--quiet"],
      on: "syn-death", "lwip-8pcb", "answers-all", "jetdirect", "arp-storm", "v6-only", "quiet-v6")
    #expect(site.outcome.status == 0, "\(site.outcome.errors)")
    let truth = try VictimTruth.read()
    let expected = try ["syn-death", "lwip-8pcb", "answers-all", "jetdirect", "arp-storm", "v6-only", "quiet-v6"].map {
      let device = try truth.device($0)
      return "\(try #require(device.address ?? device.linkLocal)) \(device.mac)"
    }
    let found = try hosts(site.outcome.output)
    #expect(found.map { "\($0.address ?? "-") \($0.mac ?? "-")" }.sorted() == expected.sorted())
    #expect(found.allSatisfy { $0.open == nil })
    for name in site.states.keys where site.states[name]?.emulator != nil {
      let device = try site.emulator(name)
      #expect(device.isWell && device.syns == 0, "\(name)")
    }
  }

  @Test func `an IPv6 address by name is found without a question to all nodes`() throws {
    let lamp = try #require(try VictimTruth.read().device("v6-only").linkLocal)
    let scratch = try Scratch()
    try LabScope("--site", "victims").networks(lamp).write(to: scratch.path + "/scope.yaml")
    let site = try VictimSite.shell(
      """
      tcpdump -i eth0 -Q out -s 0 -U -w \(scratch.path)/out.pcap 2>\(scratch.path)/err & dump=$!
      for i in $(seq 50); do grep -q listening \(scratch.path)/err && break; sleep 0.1; done
      \(Program.tenken) scan \(lamp) --scope \(scratch.path)/scope.yaml --ports 23,80,81 --greppable --quiet
      status=$?; sleep 0.3; kill -INT $dump; wait $dump; exit $status
      """, on: "v6-only")
    #expect(site.outcome.status == 0, "\(site.outcome.errors)")
    #expect(site.outcome.output.contains("23/tcp,80/tcp"))
    let frames = try TransmissionOracle.judge(
      scratch.path + "/out.pcap",
      ["networks": [lamp], "exclude": [], "techniques": ["ipv6-discovery", "tcp-syn", "udp-probe", "icmp-echo"]],
      udp: TechniqueTests.datagramPorts())
    #expect(frames["echo-all"] == nil && frames["listener-query"] == nil)
    #expect((frames["solicitation"] ?? 0) > 0 && (frames["tcp"] ?? 0) > 0)
  }

  @Test func `a device that is excluded by its IPv6 address gets nothing`() throws {
    let truth = try VictimTruth.read()
    let excluded = try #require(try truth.device("v6-only").linkLocal)
    let other = try #require(try truth.device("quiet-v6").linkLocal)
    let scratch = try Scratch()
    let states = scratch.path + "/states.json"
    try LabScope("--site", "victims", "--exclude", excluded).write(to: scratch.path + "/scope.yaml")
    let run = "\(Program.tenken) scan --scope \(scratch.path)/scope.yaml --ports 80 --json --quiet"
    let outcome = try Program.run(
      Program.lab,
      [
        "run", "--quiet", "--site", "victims", "--only", "v6-only,quiet-v6", "--state-out", states, "--", "sh", "-c",
        "\(run) \(excluded); test $? = 3 || exit 99; \(run) fe80::/10 \(other)",
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    // Questions to everybody are out of the question; the other one is asked for by name.
    let found = try hosts(outcome.output).compactMap(\.address)
    #expect(found == [other])
    let state = try JSONDecoder().decode(
      [String: VictimSite.State].self, from: Data(contentsOf: URL(fileURLWithPath: states)))
    #expect(state["v6-only"]?.frames == 0)
    #expect((state["quiet-v6"]?.frames ?? 0) > 0)
  }

  @Test func `who only listens sends nothing, and says who was heard`() throws {
    let scratch = try Scratch()
    try LabScope("--site", "victims").write(to: scratch.path + "/scope.yaml")
    // Two of the devices say something on their own meanwhile.
    let site = try VictimSite.shell(
      """
      tcpdump -i eth0 -Q out -s 0 -U -w \(scratch.path)/out.pcap 2>\(scratch.path)/err & dump=$!
      for i in $(seq 50); do grep -q listening \(scratch.path)/err && break; sleep 0.1; done
      (sleep 2; ip netns exec banner-flood arping -q -U -c 2 -I eth0 10.0.1.22) &
      \(Program.tenken) audit 10.0.1.0/24 fe80::/10 --scope \(scratch.path)/scope.yaml --profile passive-only \\
        --listen 5 --output \(scratch.path)/pack --lang en --quiet
      status=$?; sleep 0.3; kill -INT $dump; wait $dump; exit $status
      """, on: "banner-flood")
    #expect(site.outcome.status == 0, "\(site.outcome.errors)")
    let frames = try TransmissionOracle.judge(
      scratch.path + "/out.pcap", ["networks": [], "exclude": [], "techniques": []])
    #expect(frames.filter { $0.key != "kernel" }.isEmpty, "\(frames)")
    #expect(try site.state("banner-flood").frames == 0)
    let pack = try PackFiles(scratch.path + "/pack")
    #expect(pack.device(at: "10.0.1.22")?.mac == "00:80:a3:10:01:22")
    #expect(pack.coverage.devices.allSatisfy { $0.framesSent == 0 && $0.tcp.sent == 0 })
    // Rows that ask the owner for something (zones, 15.4.a) or that one device cannot have (15.1.c) need no answer of a device.
    let others = Set(pack.verdicts.filter { $0.status != "not-tested" }.map { "\($0.status) \($0.item)" })
    #expect(
      others.isSubset(of: ["needs-review jssec-iot-v1/JSSEC-15.4.a", "not-applicable jssec-iot-v1/JSSEC-15.1.c"]),
      "\(others)")
    #expect(try Program.run(Program.tenken, ["evidence", "verify", scratch.path + "/pack"]).status == 0)
  }
}
