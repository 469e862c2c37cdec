import Foundation
import Testing

/// Ordinary connections instead of frames: as an ordinary user, and where there is no Ethernet.
@Suite(.needsLab, .serialized) struct UnprivilegedTests {
  private let scratch: Scratch
  private let scope: String
  /// Without UDP, echo and IPv6, so that both back-ends ask the same.
  private static let techniques = "arp-discovery, tcp-syn, service-questions"

  init() throws {
    scratch = try Scratch()
    scope = scratch.path + "/scope.yaml"
    try write(try Self.scope("10.0.0.0/24", Self.techniques), to: "scope.yaml")
    // The ordinary user reads the scope and writes the pack.
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: scratch.path)
  }

  /// The lab's scope for another network and other techniques.
  static func scope(_ network: String, _ techniques: String) throws -> String {
    try Program.run(Program.lab, ["scope"]).output.replacing("10.0.0.0/24", with: network)
      .replacing(/techniques: \[.*\]/, with: "techniques: [\(techniques)]")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: scratch.path + "/" + name))
  }

  /// Nobody, with no capability and no way to get one.
  private static let asNobody =
    "setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "

  private struct Host: Decodable {
    struct Coverage: Decodable {
      struct TCP: Decodable {
        let open: Int
        let closed: Int
        let silent: Int
        let unresolved: Int
      }
      struct UDP: Decodable {}

      let tcp: TCP
      let udp: UDP?
      let aliveAfter: Bool?
      let peakFramesPerSecond: Int
      let framesSent: Int
    }

    let address: String
    let open: [UInt16]?
    let mac: String?
    let coverage: Coverage
  }

  private struct Text: Decodable {
    let ja: String
    let en: String
  }

  private struct Run: Decodable { let limitations: [Text] }

  private func hosts(_ output: String) throws -> [String: Host] {
    let lines = output.split(separator: "\n").filter { $0.contains("\"type\":\"host\"") }
    let hosts = try lines.map { try JSONDecoder().decode(Host.self, from: Data($0.utf8)) }
    return Dictionary(hosts.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func limitations(_ output: String) throws -> [Text] {
    let line = try #require(output.split(separator: "\n").last { $0.contains("\"type\":\"run\"") })
    return try JSONDecoder().decode(Run.self, from: Data(line.utf8)).limitations
  }

  @Test func `both back-ends say the same about every port of the lab`() throws {
    let states = scratch.path + "/states.json"
    let arguments = "--scope \(scope) --ports 1-130,161-190,443,554,1883,2323,8080 --json --quiet"
    func scan(_ prefix: String, _ option: String) throws -> Outcome {
      try Program.inLab(
        "\(prefix)\(Program.tenken) scan 10.0.0.0/24 \(arguments) \(option)", lab: ["--state-out", states])
    }
    let raw = try scan("", "")
    let ordinary = try scan(Self.asNobody, "--unprivileged")
    #expect(raw.status == 0 && ordinary.status == 0, "\(raw.errors) \(ordinary.errors)")
    let (byFrames, byConnections) = (try hosts(raw.output), try hosts(ordinary.output))
    // Found by connections is who answers on one of three ports, be it by a reset; here it is everybody.
    #expect(Set(byFrames.keys) == Set(byConnections.keys) && byFrames.count >= 8)
    for (address, frames) in byFrames {
      let connections = try #require(byConnections[address])
      #expect(connections.open == frames.open, "\(address)")
      #expect(connections.coverage.tcp.closed == frames.coverage.tcp.closed, "\(address)")
      #expect(connections.coverage.tcp.silent == frames.coverage.tcp.silent, "\(address)")
      #expect(connections.coverage.tcp.unresolved == 0)
      #expect(connections.mac == frames.mac, "from the kernel's neighbours: \(address)")
      #expect(connections.coverage.udp == nil)
      #expect(connections.coverage.aliveAfter == true)
    }
    #expect(byFrames.values.contains { $0.coverage.tcp.silent > 0 }, "the lab has a filtering device")
    // What each device's side counted.
    for (name, state) in try LabState(file: states).devices where state.frames > 0 {
      #expect(state.peakPerSecond <= 100, "\(name)")
      #expect(state.alive && state.missed == 0, "\(name)")
    }
    #expect(try limitations(raw.output).isEmpty)
    let said = try #require(try limitations(ordinary.output).first)
    #expect(said.en.contains("ARP") && said.en.contains("UDP") && said.ja.contains("UDP"))
  }

  @Test func `the ceiling of a device holds on its cable`() throws {
    let states = scratch.path + "/states.json"
    // Thirty services that never close their side: each costs four frames, the last half a second late.
    try write(
      """
      import socket, select
      listeners = []
      for port in range(3000, 3060, 2):
          s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
          s.bind(('10.0.0.18', port)); s.listen(8); listeners.append(s)
      print('up', flush=True)
      kept = []
      while True:
          for s in select.select(listeners, [], [])[0]: kept.append(s.accept()[0])
      """, to: "many.py")
    let outcome = try Program.inLab(
      """
      ip netns exec gateway python3 \(scratch.path)/many.py >\(scratch.path)/up & server=$!
      for i in $(seq 50); do grep -q up \(scratch.path)/up && break; sleep 0.1; done
      \(Self.asNobody)\(Program.tenken) scan 10.0.0.18 --scope \(scope) --ports 3000-3400 --unprivileged --json --quiet \
      --device-rate 40
      status=$?; kill -9 $server; exit $status
      """, lab: ["--only", "gateway", "--state-out", states])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let host = try #require(try hosts(outcome.output)["10.0.0.18"])
    // Twenty open ports make it ask three ports that hardly anything uses; those are closed here.
    #expect(host.open == (0..<30).map { UInt16(3000 + 2 * $0) })
    let state = try #require(try LabState(file: states).devices["gateway"])
    #expect(state.peakPerSecond <= 40)
    #expect(host.coverage.peakFramesPerSecond <= 40)
    // The device counts ARP too, which no connection shows.
    #expect(abs(state.frames - host.coverage.framesSent) <= 12, "\(state.frames) \(host.coverage.framesSent)")
  }

  @Test func `an ordinary user's audit listens to services and makes a pack`() throws {
    let states = scratch.path + "/states.json"
    let pack = scratch.path + "/pack"
    let outcome = try Program.inLab(
      "\(Self.asNobody)\(Program.tenken) audit 10.0.0.11 --scope \(scope) --ports 1-100 --output \(pack) --unprivileged "
        + "--lang ja", lab: ["--only", "camera", "--state-out", states])
    #expect(outcome.status == 1, "Telnet is a finding: \(outcome.errors)")
    #expect(outcome.errors.contains("--unprivileged"), "the note")
    let files = try PackFiles(pack)
    #expect(files.findings.map { $0.service?.port } == [23])
    #expect(files.coverage.devices.map(\.aliveAfter) == [true])
    let verified = try Program.run(Program.tenken, ["evidence", "verify", pack])
    #expect(verified.status == 0, "\(verified.output)")
    let report = try String(contentsOfFile: pack + "/data/report/report.html", encoding: .utf8)
    #expect(report.contains("通常のTCP接続で調べました"))
    let state = try #require(try LabState(file: states).devices["camera"])
    #expect(state.peakPerSecond <= 100 && state.alive)
  }

  @Test(arguments: ["service-questions", "tcp-syn"])
  func `both techniques are needed, and nothing is sent without`(missing: String) throws {
    try write(try Self.scope("10.0.0.0/24", Self.techniques.replacing(", \(missing)", with: "")), to: "scope.yaml")
    let states = scratch.path + "/states.json"
    for command in ["scan", "discover"] {
      let outcome = try Program.inLab(
        "\(Self.asNobody)\(Program.tenken) \(command) 10.0.0.11 --scope \(scope) --unprivileged",
        lab: ["--only", "camera", "--state-out", states])
      #expect(outcome.status == 3, "\(outcome.errors)")
      #expect(outcome.errors.contains(missing) && outcome.errors.contains("Nothing was sent"), "\(outcome.errors)")
      let state = try #require(try LabState(file: states).devices["camera"])
      #expect(state.frames == 0 && state.broadcast == 0)
    }
  }

  @Test func `without the right and without the option the message names both ways`() throws {
    let outcome = try Program.inLab(
      "\(Self.asNobody)\(Program.tenken) scan 10.0.0.11 --scope \(scope)", lab: ["--only", "camera"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("CAP_NET_RAW") && outcome.errors.contains("--unprivileged"), "\(outcome.errors)")
  }

  @Test func `devices are found by three ports, and who is not there is not claimed`() throws {
    let outcome = try Program.inLab(
      "\(Self.asNobody)\(Program.tenken) discover 10.0.0.10-10.0.0.14 --scope \(scope) --unprivileged --json --quiet",
      lab: ["--only", "camera,router"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(Set(try hosts(outcome.output).keys) == ["10.0.0.11", "10.0.0.12"])
    #expect(outcome.output.contains("\"neverResolved\":\"10.0.0.10, 10.0.0.13-10.0.0.14\""))
  }
}

/// Interfaces and ways of another kind, each in namespaces of its own.
@Suite(.needsLab, .serialized) struct OtherWaysTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func scope(_ network: String, _ techniques: String) throws -> String {
    let path = scratch.path + "/scope.yaml"
    try Data(try UnprivilegedTests.scope(network, techniques).utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// A point-to-point interface without Ethernet, behind which a program of a few lines is the device:
  /// port 80 is open, 81 closed, everything else silent. It counts what it gets.
  private static let device = """
    import fcntl, os, struct, sys, time
    tun = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(tun, 0x400454ca, struct.pack('16sH', b'tun9', 0x1001))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
    os.system('ip address add 10.9.0.1/24 dev tun9; ip link set tun9 up')
    print('up', flush=True)

    def checksum(octets):
        octets += bytes(len(octets) % 2)
        total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
        while total >> 16: total = (total & 0xffff) + (total >> 16)
        return ~total & 0xffff

    def segment(source, destination, ports, sequence, acknowledgement, flags):
        tcp = struct.pack('!HHIIBBHHH', ports[0], ports[1], sequence, acknowledgement, 0x50, flags, 1024, 0, 0)
        tcp = tcp[:16] + struct.pack('!H', checksum(source + destination + struct.pack('!BBH', 0, 6, 20) + tcp)) + tcp[18:]
        ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40, 0, 0x4000, 64, 6, 0, source, destination)
        return ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:] + tcp

    log = open(sys.argv[1], 'w')
    while True:
        packet = os.read(tun, 2048)
        if packet[0] >> 4 != 4: continue
        source, destination = packet[12:16], packet[16:20]
        if packet[9] != 6:
            log.write('other %d\\n' % packet[9]); log.flush()
            continue
        start = (packet[0] & 15) * 4
        theirs, ours, sequence, acknowledgement = struct.unpack('!HHII', packet[start:start + 12])
        flags = packet[start + 13]
        log.write('%s %d %02x\\n' % ('.'.join(map(str, destination)), ours, flags)); log.flush()
        if destination != bytes([10, 9, 0, 5]): continue
        if flags == 2 and ours in (23, 81):
            os.write(tun, segment(destination, source, (ours, theirs), 0, sequence + 1, 0x14))
        elif flags == 2 and ours == 80:
            os.write(tun, segment(destination, source, (ours, theirs), 7, sequence + 1, 0x12))
        elif flags & 1 and ours == 80:
            os.write(tun, segment(destination, source, (ours, theirs), 8, sequence + 1, 0x11))
    """

  @Test(arguments: ["", "--unprivileged"])
  func `an interface without Ethernet is looked at by connections, chosen by itself`(option: String) throws {
    let scope = try scope("10.9.0.0/24", "arp-discovery, tcp-syn, service-questions, udp-probe, icmp-echo")
    try Data(Self.device.utf8).write(to: URL(fileURLWithPath: scratch.path + "/device.py"))
    let (log, up) = (scratch.path + "/log", scratch.path + "/up")
    let outcome = try Program.run(
      "unshare",
      [
        "--net", "sh", "-c",
        """
        ip link set lo up
        python3 \(scratch.path)/device.py \(log) >\(up) & device=$!
        for i in $(seq 50); do grep -q up \(up) && break; sleep 0.1; done
        \(Program.tenken) scan 10.9.0.5 10.9.0.6 --scope \(scope) --ports 78-83 --json --lang en \(option)
        status=$?; kill -9 $device; exit $status
        """,
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let host = try #require(outcome.output.split(separator: "\n").first { $0.contains("\"type\":\"host\"") })
    #expect(host.contains("\"address\":\"10.9.0.5\"") && host.contains("\"open\":[80]"), "\(host)")
    #expect(host.contains("\"closed\":1") && host.contains("\"silent\":4") && host.contains("\"mac\":null"), "\(host)")
    #expect(host.contains("\"aliveAfter\":true") && host.contains("\"udp\":null"), "\(host)")
    #expect(outcome.output.contains("\"neverResolved\":\"10.9.0.6\""))
    #expect(
      outcome.errors.contains(option.isEmpty ? "tun9 carries no Ethernet" : "--unprivileged"), "\(outcome.errors)")
    let lines = scratch.text("log").split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("10.9.0.5 80 ") } && !lines.contains { $0.hasPrefix("other") })
    #expect(!lines.contains { $0.hasSuffix(" 04") }, "the connection to the open port ends with FIN")
  }

  /// Runs the product beside a router that nobody has spoken to, with the device 10.8.2.5 behind it. What
  /// reaches the two is captured on their own sides.
  private func behindRouter(_ arguments: String) throws -> (Outcome, router: String, target: String) {
    let (router, target) = ("tenken-r-\(getpid())", "tenken-t-\(getpid())")
    let captures = (scratch.path + "/router.pcap", scratch.path + "/target.pcap")
    let outcome = try Program.run(
      "unshare",
      [
        "--net", "sh", "-c",
        """
        trap 'ip netns delete \(router); ip netns delete \(target)' EXIT
        ip netns add \(router); ip netns add \(target); ip link set lo up
        ip link add up0 type veth peer name eth0 netns \(router)
        ip -n \(router) link add eth1 type veth peer name eth0 netns \(target)
        sysctl -qw net.ipv6.conf.up0.disable_ipv6=1
        ip address add 10.8.1.2/24 dev up0; ip link set up0 up
        ip -n \(router) address add 10.8.1.1/24 dev eth0; ip -n \(router) link set eth0 up
        ip -n \(router) address add 10.8.2.1/24 dev eth1; ip -n \(router) link set eth1 up
        ip netns exec \(router) sysctl -qw net.ipv4.ip_forward=1
        ip -n \(target) address add 10.8.2.5/24 dev eth0; ip -n \(target) link set eth0 up; ip -n \(target) link set lo up
        ip -n \(target) route add default via 10.8.2.1
        ip route add 10.8.2.0/24 via 10.8.1.1
        ip netns exec \(router) tcpdump --immediate-mode -i eth0 -Q in -U -w \(captures.0) 2>\(scratch.path)/dump0 & dump0=$!
        ip netns exec \(target) tcpdump --immediate-mode -i eth0 -Q in -U -w \(captures.1) 2>\(scratch.path)/dump1 & dump1=$!
        for i in $(seq 50); do
          grep -q listening \(scratch.path)/dump0 && grep -q listening \(scratch.path)/dump1 && break; sleep 0.1
        done
        \(Program.tenken) scan 10.8.2.5 \(arguments)
        status=$?; sleep 0.3; kill -9 $dump0 $dump1; wait 2>/dev/null; exit $status
        """,
      ])
    return (outcome, captures.0, captures.1)
  }

  private func seen(_ capture: String, _ filter: String) throws -> [Substring] {
    let read = try Program.run("tcpdump", ["-nn", "-r", capture, filter])
    try #require(read.status == 0, "\(read.errors)")
    return read.output.split(separator: "\n")
  }

  @Test func `a device behind a router is found although nobody has spoken to the router`() throws {
    // No consent to echo requests: it is looked for by single SYNs, and not watched by echo.
    let scope = try scope("10.8.2.0/24", "arp-discovery, tcp-syn")
    let (outcome, router, target) = try behindRouter("--scope \(scope) --ports 70-90 --json --quiet")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let host = try #require(outcome.output.split(separator: "\n").first { $0.contains("\"type\":\"host\"") })
    #expect(host.contains("\"address\":\"10.8.2.5\"") && host.contains("\"closed\":21"), "\(host)")
    #expect(host.contains("\"aliveAfter\":true"), "\(host)")
    #expect(try seen(target, "icmp").isEmpty)
    #expect(try !seen(target, "tcp").isEmpty)
    let questions = try seen(router, "arp and arp[6:2] = 1")
    #expect(!questions.isEmpty && questions.allSatisfy { $0.contains("who-has 10.8.1.1") }, "\(questions)")
  }

  @Test func `a run that only listens makes the kernel ask nobody for the router`() throws {
    let scope = try scope("10.8.2.0/24", "passive")
    let (outcome, router, target) = try behindRouter("--scope \(scope) --profile passive-only --listen 1 --quiet")
    #expect(outcome.errors.contains("10.8.1.1") || outcome.output.contains("10.8.1.1"), "\(outcome)")
    #expect(try seen(router, "").isEmpty)
    #expect(try seen(target, "ip").isEmpty)
  }
}
