import Addressing
import Engine
import LinkIO
import Records
import Testing
import Wire

/// Two threads that send one batch: every frame leaves once, whatever the queue does, and not one that the gate refused.
@Suite(.needsNamespace, .serialized) struct SharedSendingTests {
  private let target: IPv4Address
  private let device: MACAddress

  init() throws {
    target = try #require(IPv4Address("198.51.100.77"))
    device = try #require(MACAddress("02:00:00:00:00:77"))
  }

  /// As many SYN frames, each to a port of its own, which names it.
  private func frames(_ count: Int, _ link: EthernetLink, from first: Int = 1) throws -> [[UInt8]] {
    var syn = SYNFrame(mac: link.mac, source: try #require(link.source), sourcePort: link.sourcePort)
    return (first..<first + count).map { port in
      syn.aim(at: target, mac: device, port: UInt16(port), sequence: UInt32(port))
      return syn.withSpan { frame in frame.indices.map { frame[$0] } }
    }
  }

  private func sharedLink(_ cable: borrowing Cable, _ ranges: String = "198.51.100.0/24") throws -> EthernetLink {
    try link(cable, reaching: "198.51.100.77", sharesSending: true, gate(ranges))
  }

  /// Goes on with a batch until all of it has left.
  private func sendAll(_ batch: borrowing FrameBatch, _ link: EthernetLink) throws -> [Int] {
    var parts: [Int] = []
    var departed = 0
    let deadline = SystemClock.monotonic + .seconds(20)
    while departed < batch.count {
      try #require(SystemClock.monotonic < deadline, "\(departed) of \(batch.count) frames left")
      parts.append(try link.transmit(batch, from: departed))
      departed += parts[parts.count - 1]
      if departed < batch.count { SystemClock.wait(for: [], until: SystemClock.monotonic + .milliseconds(1)) }
    }
    return parts
  }

  @Test func `every frame of many batches arrives once, full batches and half ones`() throws {
    let cable = try Cable("ss", address: "198.51.100.9/24")
    let link = try sharedLink(cable)
    var sent: [String] = []
    let seen = try witnessed(on: cable.right) {
      for number in 0..<200 {
        let frames = try frames(
          number % 3 == 0 ? FrameBatch.limit / 2 + number % 32 : FrameBatch.limit, link, from: 1 + number * 64)
        #expect(try sendAll(batch(frames), link) == [frames.count])
        sent += frames.map(hex)
      }
    }
    // Nothing is promised about the order within a batch.
    #expect(seen.sorted() == sent.sorted())
  }

  @Test func `a full queue makes a batch wait, and no frame leaves twice or never`() throws {
    let cable = try Cable("sq", address: "198.51.100.9/24")
    let link = try sharedLink(cable)
    // Room for 27 frames of 74 octets, emptied at about 3,400 a second: the kernel refuses the others.
    try run("tc", "qdisc", "add", "dev", cable.left, "root", "tbf", "rate", "2mbit", "burst", "2000", "limit", "2000")
    var sent: [String] = []
    var waits = 0
    let seen = try witnessed(on: cable.right) {
      for number in 0..<20 {
        let frames = try frames(FrameBatch.limit, link, from: 1 + number * 64)
        waits += try sendAll(batch(frames), link).count - 1
        sent += frames.map(hex)
      }
    }
    #expect(seen.sorted() == sent.sorted())
    #expect(waits > 20, "the queue was full in every batch")
  }

  @Test func `one frame outside the scope keeps its whole batch from the cable`() throws {
    let cable = try Cable("so", address: "198.51.100.9/24")
    let link = try sharedLink(cable, "198.51.100.64/28")
    let outside = try #require(IPv4Address("198.51.100.80"))
    let stray = ARPPacket.request(for: outside, from: link.mac, try #require(link.source))
    let frames = try frames(FrameBatch.limit - 1, link) + [stray]
    let seen = try witnessed(on: cable.right) {
      #expect { try link.transmit(batch(frames), from: 0) } throws: { ($0 as? LinkError)?.code == .refusedByScope }
    }
    #expect(seen.isEmpty)
  }

  @Test func `an interface that is down ends the run`() throws {
    let cable = try Cable("sd", address: "198.51.100.9/24")
    let link = try sharedLink(cable)
    let batch = batch(try frames(FrameBatch.limit, link))
    try run("ip", "link", "set", cable.left, "down")
    #expect { try link.transmit(batch, from: 0) } throws: { ($0 as? LinkError)?.code == .interfaceDown }
  }
}
