public import Addressing
public import Engine
public import Records

/// An Ethernet segment in memory with its devices and the auditor's own kernel.
///
/// Frames are read and built here octet by octet, without the code under test. It keeps its own
/// account of who got what and when, so that it can contradict the program.
public final class VirtualSegment: FrameDevice {
  public struct Broken: Error, Hashable {
    public init() {}
  }

  public let mac = MACAddress(rawValue: 0x02_00_00_00_00_01)
  public let source = IPv4Address(rawValue: 0x0a00_0002)
  /// fe80::ff:fe00:1, as stateless configuration makes it.
  public let linkLocal = IPv6Address(linkLocalOf: MACAddress(rawValue: 0x02_00_00_00_00_01))
  public let sourcePort: UInt16 = 40_000
  public let datagramPort: UInt16 = 40_001
  public let clock: ManualClock
  public let devices: [VirtualDevice]

  /// Every n-th frame finds the queue full once.
  public var fullEvery: Int?
  /// The queue takes nothing in this time.
  public var fullDuring: Range<MonotonicInstant>?
  /// The interface goes down at this moment.
  public var breaksAt: MonotonicInstant?
  /// In this time every n-th frame that arrives is not captured, and counted.
  public var drops: (during: Range<MonotonicInstant>, every: Int)?

  /// Broadcast ARP questions: when, and for whom.
  public private(set) var broadcasts: [MonotonicInstant] = []
  public private(set) var questions: [IPv4Address] = []
  /// Frames that the program sent.
  public private(set) var accepted = 0
  /// When each of them left; kept when asked for.
  public private(set) var departures: [MonotonicInstant] = []
  public var keepsDepartures = false
  /// Every address that got a SYN, whether a device has it or not.
  public private(set) var probedAddresses: Set<IPAddress> = []
  /// Frames to a MAC and IP address that belong to no device.
  public private(set) var strays = 0

  struct Arrival {
    let at: MonotonicInstant
    let number: Int
    let frame: [UInt8]
    let outbound: Bool
    /// The device whose answer to a probe it is.
    let answerOf: VirtualDevice?
  }

  private var hearsOutgoing = true
  private var arrivals = ArrivalHeap()
  private var numbered = 0
  private var offered = 0
  private var arrived = 0
  private var dropped = 0
  private var random: SeededRandom
  private var byAddress: [IPAddress: [Int]] = [:]
  private var byMAC: [MACAddress: [Int]] = [:]

  /// - Parameter seed: of loss and jitter.
  public init(clock: ManualClock, devices: [VirtualDevice], seed: UInt64 = 7) {
    self.clock = clock
    self.devices = devices
    random = SeededRandom(seed: seed)
    for (index, device) in devices.enumerated() {
      for address in device.addresses { byAddress[address, default: []].append(index) }
      byMAC[device.mac, default: []].append(index)
      if device.announcesReturn, let back = device.sleeps?.upperBound { announce(device, at: back) }
    }
  }

  private func announce(_ device: VirtualDevice, at moment: MonotonicInstant) {
    for address in device.addresses {
      if let v4 = address.v4 {
        inject(VirtualFrames.arp(operation: 1, from: device.mac, v4, to: .broadcast, v4), at: moment)
      } else if let v6 = address.v6 {
        let everybody = IPAddress(IPv6Address.allNodes)
        let ends = VirtualFrames.Ends(
          from: device.mac, IPAddress(v6), to: IPv6Address.allNodes.multicastMAC, everybody)
        inject(VirtualFrames.advertisement(ends, of: address, solicited: false), at: moment)
      }
    }
  }

  // MARK: FrameDevice

  public var nextArrival: MonotonicInstant? { arrivals.first?.at }

  public func ignoreOutgoing() { hearsOutgoing = false }

  public func receiveDrops() -> Int { dropped }

  public func checkLink() throws(Broken) {}

  public func receive(limit: Int, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(Broken) {
    if let breaksAt, clock.now >= breaksAt { throw Broken() }
    for _ in 0..<limit {
      guard let next = arrivals.first, next.at <= clock.now else { return }
      arrivals.removeFirst()
      if let device = next.answerOf { device.pending -= 1 }
      arrived += 1
      if let drops, drops.during.contains(clock.now), arrived % drops.every == 0 {
        dropped += 1
        continue
      }
      body(
        next.frame.span,
        CapturedFrameInfo(at: clock.wall(at: next.at), outbound: next.outbound, originalLength: next.frame.count))
    }
  }

  public func transmit(_ batch: borrowing FrameBatch, from first: Int) throws(Broken) -> Int {
    if let breaksAt, clock.now >= breaksAt { throw Broken() }
    if let fullDuring, fullDuring.contains(clock.now) { return 0 }
    for index in first..<batch.count {
      offered += 1
      if let fullEvery, offered % fullEvery == 0 { return index - first }
      take(Array(batch.octets[batch.range(index)]))
    }
    return batch.count - first
  }

  private func take(_ octets: [UInt8]) {
    accepted += 1
    if keepsDepartures { departures.append(clock.now) }
    precondition(octets.count >= 42 && octets.count <= 1514, "a frame of \(octets.count) octets left")
    precondition(Array(octets[6..<12]) == mac.octets, "a frame left with a foreign source address")
    let packet = SentPacket(octets)
    switch packet.etherType {
    case 0x0806: askedByARP(packet)
    case 0x0800, 0x86dd: reached(packet)
    default: preconditionFailure("a frame of an unknown kind left")
    }
  }

  private func askedByARP(_ packet: SentPacket) {
    let target = packet.address(38)
    let isBroadcast = packet.destinationMAC == .broadcast
    // A capture shows the host its own questions.
    show(packet.octets)
    if isBroadcast, let v4 = target.v4 {
      broadcasts.append(clock.now)
      questions.append(v4)
    }
    if !isBroadcast { note(packet, target) }
    for index in byAddress[target] ?? [] {
      let device = devices[index]
      guard isBroadcast || device.mac == packet.destinationMAC else { continue }
      if !isBroadcast { device.linkPolls += 1 }
      guard !device.isOffLink, device.answersLinkQuestions, isHeard(by: device), let address = target.v4 else {
        continue
      }
      answer(device, arpReply(from: device.mac, address))
    }
  }

  /// An IP packet reaches whoever has its address behind the MAC address it was sent to.
  private func reached(_ packet: SentPacket) {
    let destination = packet.destination
    if packet.proto == 6 { probedAddresses.insert(destination) } else { show(packet.octets) }
    if destination.v6?.isMulticast == true { return reachedGroup(packet) }
    note(packet, destination)
    for index in byAddress[destination] ?? [] where devices[index].mac == packet.destinationMAC {
      switch packet.proto {
      case 6: probed(devices[index], packet)
      case 17: asked(devices[index], packet)
      default: control(devices[index], packet)
      }
    }
  }

  /// Counts a frame for the device whose MAC address it was sent to, also where the IP address is not the device's.
  private func note(_ packet: SentPacket, _ destination: IPAddress) {
    var owners = (byAddress[destination] ?? []).filter { devices[$0].mac == packet.destinationMAC }
    if owners.isEmpty {
      strays += 1
      // Behind a relay several share its MAC address: there it reaches none of them.
      owners = byMAC[packet.destinationMAC].flatMap { $0.count == 1 ? $0 : nil } ?? []
    }
    for index in owners {
      devices[index].unicast.append(clock.now)
      if devices[index].keepsFrames { devices[index].frames.append((clock.now, packet.octets)) }
    }
  }

  // MARK: What the way does

  func isHeard(by device: VirtualDevice) -> Bool { device.answers(at: clock.now) && !isLost(device) }

  func devicesOnLink() -> [VirtualDevice] { devices.filter { !$0.isOffLink } }

  private func isLost(_ device: VirtualDevice) -> Bool {
    device.lossPerMille > 0 && random.next() % 1000 < device.lossPerMille
  }

  /// Sends an answer on its way back.
  /// - Parameter toProbe: it answers a SYN, so that the probe is on its way until it arrives.
  func answer(_ device: VirtualDevice, _ frame: [UInt8], toProbe: Bool = false) {
    guard !isLost(device) else { return }
    var delay = device.roundTrip(at: clock.now)
    if device.jitter > .zero {
      delay += .nanoseconds(Int64(random.next() % UInt64(device.jitter.nanoseconds)))
    }
    if toProbe {
      device.pending += 1
      device.mostPending = max(device.mostPending, device.pending)
    }
    insert(frame, at: clock.now + delay, outbound: false, answerOf: toProbe ? device : nil)
  }

  /// Puts a frame on the wire at a moment, as another station would.
  public func inject(_ frame: [UInt8], at moment: MonotonicInstant, outbound: Bool = false) {
    insert(frame, at: moment, outbound: outbound, answerOf: nil)
  }

  /// The capture shows a frame that left.
  func show(_ frame: [UInt8]) {
    guard hearsOutgoing else { return }
    insert(frame, at: clock.now, outbound: true, answerOf: nil)
  }

  private func insert(_ frame: [UInt8], at moment: MonotonicInstant, outbound: Bool, answerOf device: VirtualDevice?) {
    numbered += 1
    arrivals.insert(Arrival(at: moment, number: numbered, frame: frame, outbound: outbound, answerOf: device))
  }

  // MARK: What the auditor's kernel does

  /// A frame of the auditor's own TCP: it leaves now and the capture shows it.
  func kernelSends(
    _ device: VirtualDevice, _ address: IPAddress, _ port: UInt16, from localPort: UInt16, flags: UInt8
  ) {
    device.unicast.append(clock.now)
    let ends = VirtualFrames.Ends(from: mac, hostAddress(for: address), to: device.mac, address)
    show(VirtualFrames.tcp(ends, ports: (localPort, port), acknowledging: 1, flags: flags, window: 64_240))
  }

  /// A frame of a device's own TCP on an ordinary connection.
  func deviceSends(
    _ device: VirtualDevice, _ address: IPAddress, _ port: UInt16, to localPort: UInt16, flags: UInt8, data: [UInt8]
  ) {
    insert(
      VirtualFrames.tcp(
        ends(from: device, address), ports: (port, localPort), acknowledging: 1, flags: flags, window: device.window,
        data: data), at: clock.now, outbound: false, answerOf: nil)
  }

  private func hostAddress(for address: IPAddress) -> IPAddress {
    address.isIPv4 ? IPAddress(source) : IPAddress(linkLocal)
  }

  func ends(from device: VirtualDevice, _ address: IPAddress) -> VirtualFrames.Ends {
    var ends = VirtualFrames.Ends(from: device.mac, address, to: mac, hostAddress(for: address))
    ends.timeToLive = device.timeToLive
    return ends
  }

  public func arpReply(from sender: MACAddress, _ address: IPv4Address) -> [UInt8] {
    VirtualFrames.arp(operation: 2, from: sender, address, to: mac, source)
  }
}

/// What is on its way, the earliest first; of equal moments what was sent first.
private struct ArrivalHeap {
  private var items: [VirtualSegment.Arrival] = []

  var first: VirtualSegment.Arrival? { items.first }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (items[left], items[right])
    return left.at == right.at ? left.number < right.number : left.at < right.at
  }

  mutating func insert(_ arrival: VirtualSegment.Arrival) {
    items.append(arrival)
    var child = items.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() {
    items.swapAt(0, items.count - 1)
    items.removeLast()
    var parent = 0
    while 2 * parent + 1 < items.count {
      var child = 2 * parent + 1
      if child + 1 < items.count, isBefore(child + 1, child) { child += 1 }
      guard isBefore(child, parent) else { return }
      items.swapAt(child, parent)
      parent = child
    }
  }
}
