import Foundation
import Testing

/// A command that was run in the auditor's place of the victims' site, and what the devices say about it afterwards.
struct VictimSite: Sendable {
  let outcome: Outcome
  let states: [String: State]
  private let folder: Scratch

  /// What a device's own side counted, and what the device says of itself where it is emulated.
  struct State: Decodable {
    let alive: Bool
    let frames: Int
    let peakPerSecond: Int
    let missed: Int
    let payloadOctets: Int?
    let downAt: Int64?
    let emulator: Emulator?
  }

  struct Emulator: Decodable {
    struct Harm: Decodable {
      let cause: String
      let unixNanoseconds: Int64
    }

    let alive: Bool
    let serviceLost: Bool
    let restarts: Int
    let harm: Harm?
    let probes: Int
    let malformed: Int
    let broadcastsMissed: Int
    let syns: Int
    let synPeakPerSecond: Int
    let synsDropped: Int
    let halfOpenPeak: Int
    let connectionsPeak: Int
    let connections: Int
    let resetsSent: Int
    let resetsWithheld: Int
    let unreachablesSent: Int
    let unreachablesWithheld: Int
    let printedOctets: [String: Int]

    /// Nothing on the device broke, and every frame it got was well formed.
    var isWell: Bool { alive && !serviceLost && restarts == 0 && harm == nil && malformed == 0 }
  }

  struct Unknown: Error { let name: String }

  /// - Parameters:
  ///   - names: The devices that are raised; none means all of them.
  ///   - options: More options of `tenken-lab run`, such as `--arp-limit 15`.
  static func run(_ command: [String], on names: String..., options: [String] = []) throws -> VictimSite {
    try run(command, on: names, options: options, in: try Scratch())
  }

  private static func run(
    _ command: [String], on names: [String], options: [String], in folder: Scratch
  ) throws -> VictimSite {
    let file = folder.path + "/states.json"
    let only = names.isEmpty ? [] : ["--only", names.joined(separator: ",")]
    let outcome = try Program.run(
      Program.lab, ["run", "--quiet", "--site", "victims", "--state-out", file] + only + options + ["--"] + command)
    let data = FileManager.default.contents(atPath: file) ?? Data("{}".utf8)
    return VictimSite(
      outcome: outcome, states: try JSONDecoder().decode([String: State].self, from: data), folder: folder)
  }

  static func shell(_ text: String, on name: String, options: [String] = []) throws -> VictimSite {
    try run(["sh", "-c", text], on: name, options: options)
  }

  /// Runs a Python program with the functions of ``tools`` before it. Whatever it says is in `outcome`.
  static func python(_ text: String, on name: String) throws -> VictimSite {
    let site = try run(["timeout", "20", "python3", "-c", tools + text], on: name)
    // A program that failed half way would leave any device well.
    try #require(site.outcome.status == 0, "\(site.outcome.errors)")
    return site
  }

  /// Runs the product with a scope file of the site in place of `SCOPE`, and ``output`` in place of `OUTPUT`.
  static func tenken(_ arguments: [String], on names: String..., options: [String] = []) throws -> VictimSite {
    let folder = try Scratch()
    let scope = try Program.run(Program.lab, ["scope", "--site", "victims"]).output
    try Data(scope.utf8).write(to: URL(fileURLWithPath: folder.path + "/scope.yaml"))
    let places = ["SCOPE": folder.path + "/scope.yaml", "OUTPUT": folder.path + "/output"]
    return try run([Program.tenken] + arguments.map { places[$0] ?? $0 }, on: names, options: options, in: folder)
  }

  /// What the product was told to write to; gone when the value is.
  var output: String { folder.path + "/output" }

  func state(_ name: String) throws -> State {
    guard let state = states[name] else { throw Unknown(name: name) }
    return state
  }

  func emulator(_ name: String) throws -> Emulator {
    guard let emulator = try state(name).emulator else { throw Unknown(name: name) }
    return emulator
  }
}

/// What `tenken-lab truth --site victims` says must be found out.
struct VictimTruth: Decodable {
  struct Service: Decodable {
    let port: UInt16
    let `protocol`: String?
  }

  struct Limits: Decodable {
    let halfOpen: Int?
    let synsPerSecond: Int?
    let connections: Int?
    let resetsPerSecond: Int?
    let unreachablesPerSecond: Int?
  }

  struct Expectation: Decodable {
    let reachableBy: String
    let answersAllNodes: Bool?
    let answersEverything: Bool
    let distress: String?
    let limits: Limits
    let neverWrite: [UInt16]
  }

  struct Device: Decodable {
    let name: String
    let address: String?
    let linkLocal: String?
    let mac: String
    let tcp: [Service]
    let udp: [Service]
    let expect: Expectation
  }

  let devices: [Device]

  static func read() throws -> VictimTruth {
    let outcome = try Program.run(Program.lab, ["truth", "--site", "victims"])
    return try JSONDecoder().decode(VictimTruth.self, from: Data(outcome.output.utf8))
  }

  func device(_ name: String) throws -> Device {
    guard let device = devices.first(where: { $0.name == name }) else { throw VictimSite.Unknown(name: name) }
    return device
  }
}

extension VictimSite {
  /// Python functions for the tests: SYNs that are never followed up, and the start of a raw listener.
  static let tools = """
    import socket, struct, time, sys

    def checksum(octets):
        octets += bytes(len(octets) % 2)
        total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
        while total >> 16: total = (total & 0xffff) + (total >> 16)
        return ~total & 0xffff

    def wire():
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        raw.bind(('eth0', 0))
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        return raw

    # From an address nobody has, so that no kernel resets what is answered.
    def syns(target, mac, ports, per_second):
        source, destination, raw = socket.inet_aton('10.0.1.99'), socket.inet_aton(target), wire()
        start = time.monotonic()
        for number, port in enumerate(ports):
            time.sleep(max(0, start + number / per_second - time.monotonic()))
            tcp = struct.pack('!HHIIBBHHH', 20000 + number, port, number, 0, 0x50, 2, 1024, 0, 0)
            pseudo = source + destination + struct.pack('!BBH', 0, 6, len(tcp))
            tcp = tcp[:16] + struct.pack('!H', checksum(pseudo + tcp)) + tcp[18:]
            ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40, number, 0x4000, 64, 6, 0, source, destination)
            ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
            raw.send(bytes.fromhex(mac.replace(':', '')) + bytes.fromhex('0200000000fa0800') + ip + tcp)

    def connect(target, port, timeout=1):
        return socket.create_connection((target, port), timeout)

    def connects(target, port, timeout=1):
        try:
            connect(target, port, timeout).close()
            return True
        except OSError:
            return False

    # Closes with a reset, as somebody does who leaves nothing behind.
    def reset(connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        connection.close()


    """
}
