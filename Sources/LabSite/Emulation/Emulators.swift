internal import CLab
internal import Glibc

/// The process that is all emulated devices of a site: one loop over a packet socket at each device's end of its cable.
///
/// The interfaces have the devices' MACs and no address, so the kernel behind them has nothing to answer for.
public struct Emulators {
  private struct Post {
    var device: EmulatedDevice
    let link: CInt
    var written: EmulatorState?
  }

  private var posts: [Post] = []
  /// A whole frame of Ethernet without its check sequence, and room to see that it was one.
  private var buffer = [UInt8](repeating: 0, count: 2048)
  private static let writeInterval = Nanoseconds.milliseconds(100)

  /// Takes every emulated device's end of its cable; the site's namespaces are there already.
  ///
  /// - Throws: ``LabError`` naming a device whose namespace or interface cannot be used.
  public init(site: Site) throws(LabError) {
    let own = try NetworkNamespace.current()
    for device in site.emulated {
      guard let victim = device.victim, let address = device.address else { continue }
      try NetworkNamespace.named(device.name).enter()
      let link = openEar(at: NetworkPlan.interface)
      guard link >= 0 else { throw .failed("cannot emulate \(device.name): \(lastReason())") }
      posts.append(Post(device: EmulatedDevice(device, victim, address: address, at: CLab_now()), link: link))
    }
    try own.enter()
  }

  /// Runs until SIGTERM, then writes the final states.
  ///
  /// - Throws: ``LabError`` when a state file cannot be written.
  public mutating func run() throws(LabError) {
    CLab_block_signals()
    var nextWrite: Nanoseconds = 0
    var isLast = false
    while !isLast {
      isLast = CLab_wait_signal(0).number == SIGTERM
      // 5 ms: what is delayed or repeated is late by that much at most.
      if !isLast { _ = waitForInput(on: posts.map(\.link), milliseconds: 5) }
      for index in posts.indices { serve(index) }
      guard isLast || CLab_now() >= nextWrite else { continue }
      try writeStates()
      nextWrite = CLab_now() + Self.writeInterval
    }
  }

  private mutating func serve(_ index: Int) {
    var frame = CLab_frame()
    // Not more than a batch at a time: the other devices must not wait for one that is flooded.
    for _ in 0..<64 {
      guard unsafe CLab_receive_octets(posts[index].link, &frame, &buffer, buffer.count) == 1 else { break }
      posts[index].device.receive(Array(buffer.prefix(Int(frame.count))), at: frame.nanoseconds)
      transmit(index)
    }
    posts[index].device.pass(to: CLab_now())
    transmit(index)
  }

  private mutating func transmit(_ index: Int) {
    for frame in posts[index].device.takeDue(at: CLab_now()) { _ = writeOctets(frame, to: posts[index].link) }
  }

  private mutating func writeStates() throws(LabError) {
    for index in posts.indices where posts[index].written != posts[index].device.state {
      let state = posts[index].device.state
      do {
        try state.writeState(to: "\(Layout.state)/\(posts[index].device.name).emulator.json")
      } catch {
        throw .failed("cannot write a state: \(error)")
      }
      posts[index].written = state
    }
  }
}
