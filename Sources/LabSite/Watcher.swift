internal import CLab
import Foundation
internal import Glibc

/// Counts, on the device's own side of its cable, what reaches it; and lets a fragile device die.
///
/// One process for the whole site. Its figures are independent of anything the auditor says.
public struct Watcher {
  private struct Post {
    var device: Device
    var address: UInt32
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
      let ear = unsafe CLab_open_watch(NetworkPlan.interface)
      let hand = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
      guard ear >= 0, hand >= 0 else {
        throw .failed("cannot watch \(device.name): \(lastReason())")
      }
      posts.append(Post(device: device, address: Self.number(device.address), ear: ear, hand: hand))
    }
    try own.enter()
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
    var waits = posts.map { pollfd(fd: $0.ear, events: Int16(POLLIN), revents: 0) }
    // 20 ms: SIGTERM is blocked and only looked at between two waits.
    _ = unsafe poll(&waits, nfds_t(waits.count), 20)
  }

  private mutating func take(in index: Int) {
    var frame = CLab_frame()
    while unsafe CLab_receive(posts[index].ear, &frame) == 1 {
      posts[index].isDirty = true
      let isAddressed =
        frame.kind == 0 || (frame.kind == 1 && frame.arp_target == posts[index].address)
      // Kind 3 is for another device: the bridge floods what it has not learnt yet.
      guard isAddressed else {
        posts[index].state.broadcast += frame.kind == 3 ? 0 : 1
        continue
      }
      let inWindow = posts[index].counter.record(at: frame.nanoseconds)
      if let limit = posts[index].device.diesAbovePacketsPerSecond, inWindow > limit { kill(index) }
    }
  }

  /// Stays dead: nothing in the lab brings the link up again.
  private mutating func kill(_ index: Int) {
    guard posts[index].state.alive else { return }
    _ = unsafe CLab_link_down(posts[index].hand, NetworkPlan.interface)
    posts[index].state.alive = false
  }

  private mutating func writeStates() throws(LabError) {
    for index in posts.indices {
      posts[index].state.missed += Int(CLab_missed(posts[index].ear))
      guard posts[index].isDirty else { continue }
      posts[index].state.frames = posts[index].counter.total
      posts[index].state.peakPerSecond = posts[index].counter.peak
      do {
        try posts[index].state.writeState(to: "\(Layout.state)/\(posts[index].device.name).json")
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
