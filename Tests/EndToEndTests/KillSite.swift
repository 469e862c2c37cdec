import Foundation
import Testing

/// Three devices of 2000 ports behind a bridge, in namespaces of their own: a site that is audited in
/// two seconds, so that a run can be killed a hundred times. It lives as long as the value.
final class KillSite {
  static let targets = "10.9.0.11-10.9.0.13"
  static let audit = [
    "audit", targets, "--ports", "1-2000", "--device-rate", "2000", "--seed", "00112233445566778899aabbccddeeff",
    "--quiet",
  ]
  let folder: String
  private let keeper: Process
  private let input = Pipe()
  private let scratch: Scratch
  private let namespace: String

  init() throws {
    scratch = try Scratch()
    folder = scratch.path
    try Self.program.write(toFile: folder + "/site.py", atomically: true, encoding: .utf8)
    try Self.device.write(toFile: folder + "/device.py", atomically: true, encoding: .utf8)
    try Self.scope(until: "2036-01-01T00:00:00+09:00").write(
      toFile: folder + "/scope.yaml", atomically: true, encoding: .utf8)
    keeper = Process()
    keeper.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    keeper.arguments = ["unshare", "-n", "--kill-child", "python3", folder + "/site.py", folder]
    keeper.standardInput = input
    keeper.standardError = try scratch.writing("site.err")
    try keeper.run()
    let deadline = Date() + 20
    while scratch.text("ready").isEmpty, keeper.isRunning, Date() < deadline { usleep(20_000) }
    namespace = scratch.text("ready")
    try #require(!namespace.isEmpty, "the site was not raised: \(scratch.text("site.err"))")
  }

  deinit {
    try? input.fileHandleForWriting.close()
    keeper.waitUntilExit()
  }

  var scope: String { folder + "/scope.yaml" }

  static func scope(until end: String) -> String {
    """
    version: 1
    engagement: {id: KILL-1, customer: "test", site: "namespaces", operator: "test"}
    valid: {from: "2026-01-01T00:00:00+09:00", until: "\(end)"}
    networks: [10.9.0.0/24]
    exclude: []
    techniques: [arp-discovery, tcp-syn, service-questions]
    rates: {perDevice: 10000, total: 100000}

    """
  }

  /// Runs the product in the auditor's place to its end.
  func tenken(_ arguments: [String]) throws -> Outcome { try run([Program.tenken] + arguments) }

  func run(_ command: [String]) throws -> Outcome {
    try Program.run("nsenter", ["-t", namespace, "-n", "--"] + command)
  }

  /// Runs the product and sends it a signal after a time, which begins when `file` is there, if one is named.
  /// - Returns: its exit status; 128 and the signal when that ended it.
  func tenken(
    _ arguments: [String], signal number: Int32, after seconds: Double, of file: String? = nil
  ) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["nsenter", "-t", namespace, "-n", "--", Program.tenken] + arguments
    process.environment = Program.environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    if let file {
      while process.isRunning, !FileManager.default.fileExists(atPath: file) { usleep(2000) }
    }
    let end = Date() + seconds
    while process.isRunning, Date() < end { usleep(5000) }
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  }

  /// The ports of every SYN that a device got since it is there, in order.
  func ports(askedOf device: Int) throws -> [UInt16] {
    let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/syns-\(device)")))
    return stride(from: 0, to: octets.count - 1, by: 2).map { UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]) }
  }

  /// The devices, and what listens on them: a Telnet server that waits and one that closes, SSH, FTP, one
  /// that says nothing, and ten ports whose queue is full, which Linux answers with silence.
  private static let device = #"""
    import os, socket, subprocess, sys, threading, time
    number, log = int(sys.argv[1]), sys.argv[2]
    def ip(*words): subprocess.run(["ip", *words], check=True)
    for link in ("default", "all"): open(f"/proc/sys/net/ipv6/conf/{link}/disable_ipv6", "w").write("1")
    while subprocess.run(["ip", "link", "show", "eth0"], capture_output=True).returncode: time.sleep(0.01)
    ip("link", "set", "lo", "up")
    ip("link", "set", "eth0", "address", "02:00:00:00:09:%02x" % number)
    ip("address", "add", "10.9.0.%d/24" % number, "dev", "eth0")
    ip("link", "set", "eth0", "up")
    kept = []
    def serve(port, greeting, closes):
        listener = socket.socket()
        listener.bind(("", port))
        listener.listen(64)
        def loop():
            while True:
                connection, _ = listener.accept()
                try: connection.sendall(greeting)
                except OSError: pass
                if closes: connection.close()
                else: kept.append(connection)
        threading.Thread(target=loop, daemon=True).start()
    def silent(port):
        listener = socket.socket()
        listener.bind(("", port))
        listener.listen(0)
        kept.append(listener)
        for _ in range(2):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            kept.append(client)
    telnet = bytes.fromhex("fffd01fffd1f") + b"\r\ncam login: "
    if number == 11:
        serve(23, telnet, False)
        serve(80, b"", True)
    if number == 12:
        serve(22, b"SSH-2.0-dropbear_2022.83\r\n", True)
        serve(1500, telnet, True)
    if number == 13:
        serve(21, b"220 ready\r\n", True)
        for port in range(300, 310): silent(port)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
    wire.bind(("eth0", 0))
    syns = open(log, "ab", buffering=0)
    open(log + ".ready", "w").close()
    own = bytes([2, 0, 0, 0, 9, number])
    while True:
        frame = wire.recv(2048)
        if len(frame) >= 54 and frame[:6] == own and frame[23] == 6 and frame[47] & 0x12 == 2:
            syns.write(frame[36:38])
    """#

  private static let program = #"""
    import os, subprocess, sys, time
    folder = sys.argv[1]
    def ip(*words): subprocess.run(["ip", *words], check=True)
    # Kernels that speak IPv6 are heard, or not, as chance has it.
    open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w").write("1")
    ip("link", "set", "lo", "up")
    ip("link", "add", "eth0", "type", "bridge")
    ip("link", "set", "eth0", "address", "02:00:00:00:09:02")
    ip("address", "add", "10.9.0.2/24", "dev", "eth0")
    ip("link", "set", "eth0", "up")
    here = os.readlink("/proc/self/ns/net")
    for number in (11, 12, 13):
        command = ["unshare", "-n", "--kill-child", "python3", folder + "/device.py", str(number), f"{folder}/syns-{number}"]
        parent = subprocess.Popen(command, stdin=subprocess.DEVNULL).pid
        while True:
            children = open(f"/proc/{parent}/task/{parent}/children").read().split()
            if children and os.readlink(f"/proc/{children[0]}/ns/net") != here: break
            time.sleep(0.01)
        ip("link", "add", f"d{number}", "type", "veth", "peer", "name", "eth0", "netns", children[0])
        ip("link", "set", f"d{number}", "master", "eth0")
        ip("link", "set", f"d{number}", "up")
    while not all(os.path.exists(f"{folder}/syns-{number}.ready") for number in (11, 12, 13)): time.sleep(0.02)
    with open(folder + "/pid", "w") as file: file.write(str(os.getpid()))
    os.rename(folder + "/pid", folder + "/ready")
    sys.stdin.read()
    """#
}

/// What a pack says of the site, without times and counts of frames.
struct PackContent: Equatable {
  var ports: [String: [String: [String]]] = [:]
  var services: [String] = []
  var findings: [String] = []
  var verdicts: [String] = []
  var coverage: [String] = []
  var observations: Set<String> = []
  var partial: Bool?

  init(_ pack: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: pack + "/data/ports") {
      let record = try Self.object(pack + "/data/ports/" + name)
      for state in ["open", "closed", "silent"] {
        ports[name, default: [:]][state] = (record[state] as? [Any])?.map { "\($0)" }
      }
    }
    let inventory = try Self.object(pack + "/data/inventory.json")["devices"] as? [[String: Any]] ?? []
    for device in inventory {
      for service in device["services"] as? [[String: Any]] ?? [] {
        services.append("\(device["id"] ?? "") \(Self.text(service))")
      }
    }
    services.sort()
    findings = try Self.list(pack + "/data/findings.json").map {
      Self.text($0.filter { ["check", "severity", "service", "detail"].contains($0.key) })
    }.sorted()
    verdicts = try Self.list(pack + "/data/checklist/verdicts.json").map {
      Self.text($0.filter { ["item", "device", "service", "status", "reason", "explanation"].contains($0.key) })
    }.filter(Self.isNoChance).sorted()
    try readCoverage(try Self.object(pack + "/data/coverage.json"))
    for line in try String(contentsOfFile: pack + "/data/run.jsonl", encoding: .utf8).split(separator: "\n") {
      let event = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      guard event["type"] as? String == "observation" else { continue }
      observations.insert(Self.text(event.filter { ["subject", "fact", "technique"].contains($0.key) }))
    }
  }

  /// What one of the two says and the other does not; `+` is this one.
  func differences(from other: PackContent) -> [String] {
    func texts(_ content: PackContent) -> [String] {
      let ports = content.ports.flatMap { name, states in states.map { "\(name) \($0.key) \($0.value)" } }
      let rest = content.services + content.findings + content.verdicts + content.coverage
      return ports + rest + content.observations + ["partial \(content.partial.map { "\($0)" } ?? "?")"]
    }
    return texts(self).sorted().difference(from: texts(other).sorted()).map { change in
      switch change {
      case .insert(_, let text, _): "+ \(text)"
      case .remove(_, let text, _): "- \(text)"
      }
    }
  }

  private mutating func readCoverage(_ whole: [String: Any]) throws {
    partial = whole["partial"] as? Bool
    for device in whole["devices"] as? [[String: Any]] ?? [] {
      let tcp = try #require(device["tcp"] as? [String: Any])
      let counts = ["open", "closed", "silent", "unresolved", "filtered", "requestedCount", "complete"].map {
        "\($0)=\(tcp[$0] ?? "")"
      }
      let rest = ["address", "device", "deviceClass", "aliveBefore", "aliveAfter", "stopped"].map {
        "\($0)=\(device[$0] ?? "")"
      }
      let distress = (device["distress"] as? [[String: Any]] ?? []).map { "\($0["kind"] ?? "")" }
      coverage.append((rest + counts + ["distress=\(distress)"]).joined(separator: " "))
    }
    coverage.sort()
    for name in ["addressesAsked", "addressesAnswered", "neverResolved"] {
      coverage.append("\(name)=\(whole[name] ?? "")")
    }
    coverage += (whole["omitted"] as? [[String: Any]] ?? []).map(Self.text).filter(Self.isNoChance)
  }

  /// Who says something unasked while a run goes on is chance.
  private static func isNoChance(_ row: String) -> Bool { !row.contains("Seen on the link") }

  private static func read(_ path: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static func object(_ path: String) throws -> [String: Any] { try #require(try read(path) as? [String: Any]) }

  private static func list(_ path: String) throws -> [[String: Any]] {
    try #require(try read(path) as? [[String: Any]])
  }

  private static func text(_ object: [String: Any]) -> String {
    let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    // Keys are made when the lab is raised, and others in another raising.
    return String(decoding: data ?? Data(), as: UTF8.self)
      .replacing(#/"(fingerprint|modulus)":"[^"]*"/#) { "\"\($0.1)\":\"-\"" }
      .replacing(#/SHA256:[A-Za-z0-9+\/\\]{43,}/#, with: "SHA256:-")
      .replacing(#/"(sha256|serial|value)":"[0-9a-f]{32,}"/#) { "\"\($0.1)\":\"-\"" }
      .replacing(#/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z/#, with: "-")
      .replacing(#/"serverTime":[0-9]+/#, with: "\"serverTime\":0")
  }

  /// Without what this check says: a shard compares the devices that it sees, and no others.
  func without(_ check: String) -> PackContent {
    var rest = self
    let mention = "\"\(check)\""
    rest.findings.removeAll { $0.contains(mention) }
    rest.observations = rest.observations.filter { !$0.contains(mention) }
    return rest
  }

  /// Without the rows of an item, which such a check decides with others.
  func without(item: String) -> PackContent {
    var rest = self
    rest.verdicts = rest.verdicts.filter { !$0.contains(item) }
    return rest
  }
}
