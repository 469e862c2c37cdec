import Foundation
import Testing

/// Every frame of whole runs, captured where it leaves and judged by an oracle that shares no code with the product.
@Suite(.needsLab, .serialized) struct TechniqueTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Ports of the questions that need no consent to industrial protocols, read from the data as text.
  static func datagramPorts() throws -> [Int] {
    let folder = Program.repository + "/Profiles/udp"
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.flatMap {
      name in
      let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      guard text.contains("\ntechnique: udp-probe\n"), let list = text.firstMatch(of: /\nports: \[([0-9, ]+)\]/) else {
        return [Int]()
      }
      return list.1.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    }
  }

  private func audit(_ targets: String, scope: LabScope, on names: String, ports: String) throws -> Outcome {
    try scope.write(to: scratch.path + "/scope.yaml")
    return try Program.inLab(
      """
      tcpdump -i eth0 -Q out -s 0 -U -w \(scratch.path)/out.pcap 2>\(scratch.path)/err & dump=$!
      for i in $(seq 50); do grep -q listening \(scratch.path)/err && break; sleep 0.1; done
      \(Program.tenken) audit \(targets) --scope \(scratch.path)/scope.yaml --output \(scratch.path)/pack \\
        --ports \(ports) --quiet --lang en
      status=$?; sleep 0.3; kill -INT $dump; wait $dump; exit $status
      """, lab: ["--site", "victims", "--only", names])
  }

  private static let names = "lwip-8pcb,answers-all,icmp-1,jetdirect,v6-only,quiet-v6"

  @Test func `with every technique allowed, nothing outside the scope leaves`() throws {
    let outcome = try audit(
      "10.0.1.0/24 fe80::/10", scope: LabScope("--site", "victims", "--exclude", "10.0.1.18"), on: Self.names,
      ports: "22,23,80,502,8080,9100")
    #expect(outcome.status == 1, "\(outcome.errors)")
    let frames = try TransmissionOracle.judge(
      scratch.path + "/out.pcap",
      [
        "networks": ["10.0.1.0/24", "fe80::/10"], "exclude": ["10.0.1.18/32"],
        "techniques": [
          "arp-discovery", "ipv6-discovery", "icmp-echo", "tcp-syn", "udp-probe", "service-questions",
        ],
      ], udp: Self.datagramPorts())
    for kind in ["arp", "tcp", "udp", "echo-all", "listener-query", "solicitation"] {
      #expect((frames[kind] ?? 0) > 0, "the capture shows no \(kind): \(frames)")
    }
    // What the pack says was sent is what the capture saw: all but the connections' frames are the program's.
    let pack = try PackFiles(scratch.path + "/pack")
    #expect(pack.device(at: "10.0.1.18") == nil)
    let lamp = try #require(try VictimTruth.read().device("v6-only").linkLocal)
    #expect(pack.device(at: lamp)?.services.filter { $0.transport == "tcp" }.map(\.port) == [23, 80])
    #expect(pack.findings.contains { $0.device.addresses.contains(lamp) && $0.check == "telnet.enabled" })
    // Industrial ports need their own consent.
    let read = try Program.run(
      "tcpdump", ["-nn", "-r", scratch.path + "/out.pcap", "tcp dst port 502 or udp dst port 47808"])
    #expect(read.status == 0 && read.output.isEmpty)
  }

  @Test func `techniques that the scope does not name send nothing`() throws {
    let outcome = try audit(
      "10.0.1.0/24",
      scope: LabScope("--site", "victims").only("arp-discovery, tcp-syn, service-questions"), on: Self.names,
      ports: "22,23,80")
    #expect(outcome.status == 1 || outcome.status == 0, "\(outcome.errors)")
    let capture = scratch.path + "/out.pcap"
    let frames = try TransmissionOracle.judge(
      capture,
      [
        "networks": ["10.0.1.0/24"], "exclude": [],
        "techniques": ["arp-discovery", "tcp-syn", "service-questions"],
      ])
    #expect(Set(frames.keys).isSubset(of: ["arp", "tcp", "kernel"]), "\(frames)")
    // The same said by tcpdump: no echo, no datagram, no neighbour discovery but for the kernel's own address.
    for filter in ["icmp", "udp", "icmp6 and ip6[40] = 128", "icmp6 and ip6[40] = 135"] {
      let read = try Program.run("tcpdump", ["-nn", "-r", capture, filter])
      #expect(read.status == 0 && read.output.isEmpty, "\(filter): \(read.output)")
    }
    #expect((frames["arp"] ?? 0) > 250)
  }

  @Test func `outside its window nothing starts`() throws {
    // Two hours from now on the scope's clock (+09:00), for an hour.
    let hour = (Int(Date().timeIntervalSince1970) / 3600 + 9 + 2) % 24
    let window = String(format: "%02d:00-%02d:00", hour, (hour + 1) % 24)
    let states = scratch.path + "/states.json"
    try LabScope().write(to: scratch.path + "/scope.yaml")
    let outcome = try Program.inLab(
      "\(Program.tenken) audit 10.0.0.11 --scope \(scratch.path)/scope.yaml --output \(scratch.path)/pack "
        + "--window \(window)", lab: ["--only", "camera", "--state-out", states])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains(window) && outcome.errors.contains("Nothing was sent"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/pack"))
    let camera = try #require(try LabState(file: states).devices["camera"])
    #expect(camera.frames == 0 && camera.broadcast == 0)
  }

  @Test(arguments: [
    ["--max-rate", "100001"], ["--max-rate", "0"], ["--device-rate", "10001"], ["--device-rate", "0"],
  ])
  func `no more is asked for than the scope allows`(_ options: [String]) throws {
    try LabScope().write(to: scratch.path + "/scope.yaml")
    let outcome = try Program.run(
      Program.tenken, ["scan", "10.0.0.11", "--scope", scratch.path + "/scope.yaml"] + options)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains(options[0]))
    #expect(outcome.output.isEmpty)
  }
}
