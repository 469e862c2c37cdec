internal import CLab
import Foundation
internal import Glibc

/// Counts, on the device's own side of its cable, what reaches it; and lets a fragile device die.
///
/// One process for the whole site. Its figures are independent of anything the auditor says.
public struct Watcher {
  private struct Post {
    /// What its state file is called.
    var name: String
    var address: UInt32?
    /// The end of the cable that is listened at, and taken down.
    var interface: String
    /// Only ARP is counted, whoever it is for: this is the switch's own port.
    var countsARP = false
    /// More than this within any second, and the link goes down.
    var limit: Int?
    /// Hears the frames.
    var ear: CInt
    /// Any socket of the device's namespace: the one its link is taken down through.
    var hand: CInt
    var counter = PeakCounter()
    var state = DeviceState()
    var isDirty = true
  }

  private var posts: [Post] = []
  private static let writeInterval = Duration.milliseconds(100)

  public init(site: Site) throws(LabError) {
    let own = try NetworkNamespace.current()
    for device in site.devices {
      try NetworkNamespace.named(device.name).enter()
      try watch(
        device.name, at: NetworkPlan.interface, address: device.address.map(Self.number),
        limit: device.diesAbovePacketsPerSecond)
    }
    try own.enter()
    guard let limit = site.arpLimit else { return }
    try watch(Site.switchName, at: "v-\(Site.auditorName)", countsARP: true, limit: limit)
  }

  /// Listens in the namespace the process is in.
  private mutating func watch(
    _ name: String, at interface: String, address: UInt32? = nil, countsARP: Bool = false, limit: Int?
  ) throws(LabError) {
    let ear = openEar(at: interface)
    let hand = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
    guard ear >= 0, hand >= 0 else { throw .failed("cannot watch \(name): \(lastReason())") }
    posts.append(
      Post(
        name: name, address: address, interface: interface, countsARP: countsARP, limit: limit, ear: ear, hand: hand))
  }

  /// Runs until SIGTERM, then takes in what is still queued and writes the final figures.
  public mutating func run() throws(LabError) {
    CLab_block_signals()
    let clock = ContinuousClock()
    var nextWrite = clock.now
    var isLast = false
    while !isLast {
      isLast = CLab_wait_signal(0).number == SIGTERM
      if !isLast { waitForFrames() }
      for index in posts.indices { take(in: index) }
      guard isLast || clock.now >= nextWrite else { continue }
      try writeStates()
      nextWrite = clock.now + Self.writeInterval
    }
  }

  private func waitForFrames() {
    // 20 ms: SIGTERM is blocked and only looked at between two waits.
    _ = waitForInput(on: posts.map(\.ear), milliseconds: 20)
  }

  private mutating func take(in index: Int) {
    var frame = CLab_frame()
    while unsafe CLab_receive(posts[index].ear, &frame) == 1 {
      posts[index].isDirty = true
      let isAddressed =
        posts[index].countsARP
        ? frame.ether_type == 0x0806
        : frame.kind == 0 || (frame.kind == 1 && frame.arp_target != 0 && frame.arp_target == posts[index].address)
      // Kind 3 is for another device: the bridge floods what it has not learnt yet.
      guard isAddressed else {
        posts[index].state.broadcast += frame.kind == 3 ? 0 : 1
        continue
      }
      let inWindow = posts[index].counter.record(at: frame.nanoseconds)
      if let limit = posts[index].limit, inWindow > limit { kill(index, at: frame.nanoseconds) }
    }
  }

  /// Stays dead: nothing in the lab brings the link up again.
  private mutating func kill(_ index: Int, at instant: Int64) {
    guard posts[index].state.alive else { return }
    _ = unsafe CLab_link_down(posts[index].hand, posts[index].interface)
    posts[index].state.alive = false
    posts[index].state.downAt = instant
  }

  private mutating func writeStates() throws(LabError) {
    for index in posts.indices {
      posts[index].state.missed += Int(CLab_missed(posts[index].ear))
      guard posts[index].isDirty else { continue }
      posts[index].state.frames = posts[index].counter.total
      posts[index].state.peakPerSecond = posts[index].counter.peak
      do {
        try posts[index].state.writeState(to: "\(Layout.state)/\(posts[index].name).json")
      } catch {
        throw .failed("cannot write a state: \(error)")
      }
      posts[index].isDirty = false
    }
  }

  private static func number(_ address: String) -> UInt32 {
    address.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) }
  }
}
