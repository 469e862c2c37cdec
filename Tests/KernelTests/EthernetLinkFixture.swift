import Addressing
import Authority
import Engine
import Foundation
import LinkIO
import Records
import Testing
import Wire

/// Lets everything in `ranges` pass, but payload to `neverWrite` and anything beyond `until`.
func gate(
  _ ranges: String..., techniques: Set<Technique> = Set(Technique.known), ot: Set<UInt16> = [],
  neverWrite: Set<UInt16> = [], until: Timestamp = Timestamp(nanoseconds: .max)
) throws -> TransmissionGate {
  TransmissionGate(
    scope: Scope(
      engagement: Engagement(id: "T", customer: "T", site: "T", operator: "T"),
      validFrom: Timestamp(nanoseconds: 0), validUntil: until,
      networks: try ranges.map { try AddressRange(parsing: $0) },
      exclusions: [], techniques: techniques, rates: Scope.Rates(perDevice: 100, total: 1000)),
    otPorts: ot, neverWritePorts: neverWrite)
}

/// The link of the interface that leads to `text`.
func link(
  _ cable: borrowing Cable, reaching text: String, linkLocal: String? = nil, fixedPorts: Set<UInt16> = [],
  sharesSending: Bool = false, isBrief: Bool = false, _ gate: TransmissionGate
) throws -> EthernetLink {
  let routes = try RouteTable()
  let route = try routes.route(to: #require(IPAddress(text)))
  let interface = try routes.link(route.interfaceIndex)
  return try EthernetLink(
    index: route.interfaceIndex, interface: interface.name, mac: #require(interface.mac),
    source: #require(route.source?.v4), linkLocal: linkLocal.flatMap { IPv6Address($0) },
    fixedPorts: fixedPorts, sharesSending: sharesSending, isBrief: isBrief, gate: gate)
}

/// Frames that leave together.
func batch(_ frames: [[UInt8]]) -> FrameBatch {
  var batch = FrameBatch()
  for frame in frames { batch.append(frame.span) }
  return batch
}

/// Frames that the other end of the cable received, each as hexadecimal text, in order. tcpdump is
/// the witness: nothing of ours is on that side.
func witnessed(on interface: String, while action: () throws -> Void) throws -> [String] {
  let file = NSTemporaryDirectory() + "tenken-kernel-\(UUID().uuidString).pcap"
  defer { try? FileManager.default.removeItem(atPath: file) }
  let dump = Process()
  dump.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  // Without a snap length its ring has room for 32 frames only.
  dump.arguments = [
    "tcpdump", "-i", interface, "-s", "2048", "--immediate-mode", "-U", "-Q", "in", "-w", file,
  ]
  let notes = Pipe()
  dump.standardError = notes
  try dump.run()
  _ = notes.fileHandleForReading.availableData  // "listening on …"
  Thread.sleep(forTimeInterval: 0.2)
  try action()
  Thread.sleep(forTimeInterval: 0.3)
  // Children of Foundation's Process inherit a mask that blocks every signal that can be blocked.
  kill(dump.processIdentifier, SIGKILL)
  dump.waitUntilExit()
  // Frames begin with a line of their own; the octets follow on lines with an offset.
  var frames: [String] = []
  for line in try run("tcpdump", "-nn", "-xx", "-r", file).split(separator: "\n") {
    if !line.contains("0x") {
      frames.append("")
    } else if !frames.isEmpty {
      frames[frames.count - 1] += line.split(separator: ":", maxSplits: 1)[1].filter(\.isHexDigit)
    }
  }
  return frames
}

/// Sends a frame from an interface, as a device at that end would.
func inject(_ frames: [[UInt8]], into interface: String) throws {
  let list = frames.map { "'" + hex($0) + "'" }.joined(separator: ",")
  try run(
    "python3", "-c",
    """
    import socket
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind(('\(interface)', 0))
    for f in [\(list)]: s.send(bytes.fromhex(f))
    """)
}

func hex(_ octets: [UInt8]) -> String { octets.map { String(format: "%02x", $0) }.joined() }

/// Reads until `enough` frames have come in, at most two seconds.
func received(by link: EthernetLink, enough: Int) throws -> (inbound: [[UInt8]], outbound: [[UInt8]]) {
  var inbound: [[UInt8]] = []
  var outbound: [[UInt8]] = []
  let deadline = SystemClock.monotonic + .seconds(2)
  while inbound.count < enough, SystemClock.monotonic < deadline {
    SystemClock.wait(for: [link.descriptor], until: SystemClock.monotonic + .milliseconds(50))
    try link.receive(limit: 64) { frame, info in
      let octets = frame.indices.map { frame[$0] }
      if info.outbound { outbound.append(octets) } else { inbound.append(octets) }
      #expect(abs((info.at - SystemClock.wall).seconds) < 5)
      #expect(info.originalLength == frame.count)
    }
  }
  return (inbound, outbound)
}
