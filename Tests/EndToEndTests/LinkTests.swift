import Foundation
import Testing

/// Gateways and cables: what lies behind the one, and what happens when the other is pulled.
@Suite(.needsLab, .serialized) struct LinkTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// An auditor, a router, and behind it two devices: 10.8.0.5 like any other, 10.8.0.6 deaf to echo requests.
  private static let routed = """
    ip netns add router; ip netns add far
    ip link add a0 type veth peer name r0 netns router
    ip -n router link set r0 address 02:00:00:00:07:fe
    ip -n router link add r1 type veth peer name f0 netns far
    ip addr add 10.7.0.1/24 dev a0; ip link set a0 up
    ip -n router addr add 10.7.0.254/24 dev r0; ip -n router link set r0 up
    ip -n router addr add 10.8.0.254/24 dev r1; ip -n router link set r1 up
    ip netns exec router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
    ip -n far link set lo up
    ip -n far addr add 10.8.0.5/24 dev f0; ip -n far addr add 10.8.0.6/24 dev f0; ip -n far link set f0 up
    ip -n far route add default via 10.8.0.254
    ip netns exec far nft 'add table ip deaf; add chain ip deaf in { type filter hook input priority 0; }'
    ip netns exec far nft add rule ip deaf in ip daddr 10.8.0.6 icmp type echo-request drop
    ip netns exec far python3 -m http.server 8080 --bind 0.0.0.0 >/dev/null 2>&1 &
    for i in $(seq 50); do ip netns exec far ss -ltn | grep -q :8080 && break; sleep 0.1; done
    ip route add 10.8.0.0/24 via 10.7.0.254
    """

  private static let techniques = "arp-discovery, icmp-echo, tcp-syn, service-questions"

  @Test func `devices behind a gateway are found by echo, or by a SYN, through the gateway's MAC address`() throws {
    try Data(Bench.scope("10.8.0.0/24", techniques: Self.techniques).utf8)
      .write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
    let outcome = try Bench.run(
      Self.routed,
      """
      ip neigh replace 10.7.0.254 lladdr 02:00:00:00:07:fe dev a0 nud permanent
      \(Bench.capture)
      \(Program.tenken) audit 10.8.0.4-10.8.0.6 --scope $PLACE/scope.yaml --output $PLACE/pack --ports 22,80,8080 \\
        --quiet --lang en
      status=$?; \(Bench.captureEnd); exit $status
      """, in: scratch.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let pack = try PackFiles(scratch.path + "/pack")
    #expect(Set(pack.inventory.devices.flatMap(\.addresses)) == ["10.8.0.5", "10.8.0.6"])
    for device in pack.inventory.devices {
      #expect(device.mac == nil && device.vendor == nil, "the gateway is not the device")
      #expect(device.services.map(\.port) == [8080])
    }
    #expect(pack.coverage.devices.allSatisfy { $0.tcp.closed == 2 && $0.tcp.open == 1 && $0.aliveAfter == true })

    let capture = scratch.path + "/out.pcap"
    let frames = try TransmissionOracle.judge(
      capture,
      ["networks": ["10.8.0.0/24"], "exclude": [], "techniques": Self.techniques.components(separatedBy: ", ")])
    #expect((frames["echo"] ?? 0) > 0 && (frames["tcp"] ?? 0) > 0)
    func lines(_ filter: String) throws -> Int {
      let read = try Program.run("tcpdump", ["-nn", "-r", capture, filter])
      #expect(read.status == 0, "\(read.errors)")
      return read.output.split(separator: "\n").count
    }
    #expect(try lines("ip and not ether dst 02:00:00:00:07:fe") == 0)
    #expect(try lines("arp[6:2] = 1") == 0, "nobody behind a gateway is asked by ARP")
    #expect(try lines("icmp and dst 10.8.0.6") > 0, "the deaf one was asked first")
  }

  @Test func `without consent to echo requests none leaves`() throws {
    try Data(Bench.scope("10.8.0.0/24", techniques: "arp-discovery, tcp-syn, service-questions").utf8)
      .write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
    let outcome = try Bench.run(
      Self.routed,
      """
      ip neigh replace 10.7.0.254 lladdr 02:00:00:00:07:fe dev a0 nud permanent
      \(Bench.capture)
      \(Program.tenken) scan 10.8.0.5-10.8.0.6 --scope $PLACE/scope.yaml --ports 22,8080 --greppable --quiet
      status=$?; \(Bench.captureEnd); exit $status
      """, in: scratch.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.matches(of: /8080\/tcp/).count == 2, "\(outcome.output)")
    let frames = try TransmissionOracle.judge(
      scratch.path + "/out.pcap",
      ["networks": ["10.8.0.0/24"], "exclude": [], "techniques": ["arp-discovery", "tcp-syn"]])
    #expect(Set(frames.keys).isSubset(of: ["tcp", "kernel"]), "\(frames)")
  }

  @Test func `who only listens does not even ask for the gateway`() throws {
    try Data(Bench.scope("10.8.0.0/24", techniques: "passive").utf8)
      .write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
    let outcome = try Bench.run(
      Self.routed,
      """
      \(Bench.capture)
      \(Program.tenken) discover 10.8.0.5 --scope $PLACE/scope.yaml --profile passive-only --listen 2 --quiet --lang en
      status=$?; \(Bench.captureEnd); exit $status
      """, in: scratch.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("10.8.0.5: It lies behind the gateway 10.7.0.254"), "\(outcome.output)")
    let frames = try TransmissionOracle.judge(
      scratch.path + "/out.pcap", ["networks": [], "exclude": [], "techniques": []])
    #expect(frames.isEmpty, "\(frames)")
  }

  /// Both ends of the cable: the switch disables its port, or somebody switches this interface off.
  @Test(arguments: ["ip -n far link set f0 down", "ip link set a0 down"])
  func `a link that goes down stops the run within a second, with a message and a valid pack`(_ cut: String) throws {
    try Data(Bench.scope("10.7.0.0/24", techniques: Self.techniques).utf8)
      .write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
    let outcome = try Bench.run(
      """
      ip netns add far
      ip link add a0 type veth peer name f0 netns far
      ip addr add 10.7.0.1/24 dev a0; ip link set a0 up
      ip -n far link set lo up; ip -n far addr add 10.7.0.5/24 dev f0; ip -n far link set f0 up
      """,
      """
      \(Program.tenken) audit 10.7.0.5 --scope $PLACE/scope.yaml --output $PLACE/pack --ports iot1000 --quiet --lang en &
      run=$!; sleep 3; \(cut); date +%s.%N >$PLACE/cut; wait $run; status=$?; date +%s.%N >$PLACE/end; exit $status
      """, in: scratch.path)
    #expect(outcome.status == 5, "\(outcome.errors)")
    #expect(outcome.errors.contains("went down") && outcome.errors.contains("--link managed-switch"))
    #expect(outcome.errors.contains("marked partial"))
    let pack = scratch.path + "/pack"
    let (from, to) = try (
      #require(Double(scratch.text("cut").trimmingCharacters(in: .whitespacesAndNewlines))),
      #require(Double(scratch.text("end").trimmingCharacters(in: .whitespacesAndNewlines)))
    )
    // The journal says when the run stopped; the process has then still to write its report.
    let ended = try #require(try Self.end(of: pack + "/data/run.jsonl"))
    #expect(ended - from < 1, "\(ended - from) s")
    #expect(to - from < 5)
    #expect(try Program.run(Program.tenken, ["evidence", "verify", pack]).status == 0)
    let files = try PackFiles(pack)
    #expect(files.coverage.partial)
    let coverage = try #require(files.coverage.devices.first)
    #expect(coverage.tcp.closed > 100 && coverage.tcp.unresolved > 100)
    #expect(coverage.aliveAfter == nil)
    #expect(!files.verdicts.contains { $0.status == "pass" })
  }

  private static func end(of journal: String) throws -> Double? {
    struct Event: Decodable {
      let type: String
      let at: String
    }
    let text = try String(contentsOfFile: journal, encoding: .utf8)
    let format = ISO8601DateFormatter()
    format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    return try text.split(separator: "\n")
      .map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
      .first { $0.type == "run.ended" }
      .flatMap { format.date(from: $0.at)?.timeIntervalSince1970 }
  }
}
