public import Addressing
public import Engine
public import Records

/// An Ethernet segment in memory with its devices and the auditor's own kernel.
///
/// Frames are read and built here octet by octet, without the code under test.
public final class VirtualSegment: FrameDevice {
  public struct Broken: Error, Hashable {
    public init() {}
  }

  public let mac = MACAddress(rawValue: 0x02_00_00_00_00_01)
  public let source = IPv4Address(rawValue: 0x0a00_0002)
  public let sourcePort: UInt16 = 40_000
  public let clock: ManualClock
  public let devices: [VirtualDevice]
  /// Every n-th frame finds the queue full once.
  public var fullEvery: Int?
  /// The interface goes down at this moment.
  public var breaksAt: MonotonicInstant?
  public private(set) var broadcasts: [MonotonicInstant] = []
  public private(set) var questions: [IPv4Address] = []
  public private(set) var accepted = 0

  private struct Arrival {
    let at: MonotonicInstant
    let frame: [UInt8]
    let outbound: Bool
  }

  /// Latest first, so that the next one is at the end.
  private var arrivals: [Arrival] = []
  private var offered = 0
  private var random = SeededRandom(seed: 7)

  public init(clock: ManualClock, devices: [VirtualDevice]) {
    self.clock = clock
    self.devices = devices
  }

  public var nextArrival: MonotonicInstant? { arrivals.last?.at }

  public func receiveDrops() -> Int { 0 }

  public func receive(limit: Int, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(Broken) {
    if let breaksAt, clock.now >= breaksAt { throw Broken() }
    for _ in 0..<limit {
      guard let next = arrivals.last, next.at <= clock.now else { return }
      arrivals.removeLast()
      if !next.outbound { answerAsKernel(next) }
      body(
        next.frame.span,
        CapturedFrameInfo(at: clock.wall(at: next.at), outbound: next.outbound, originalLength: next.frame.count))
    }
  }

  public func transmit(_ frame: Span<UInt8>) throws(Broken) -> Bool {
    if let breaksAt, clock.now >= breaksAt { throw Broken() }
    offered += 1
    if let fullEvery, offered % fullEvery == 0 { return false }
    accepted += 1
    let octets = copy(frame)
    precondition(octets.bigEndian(6, octets: 6) == mac.rawValue, "a frame left with a foreign source address")
    let destination = MACAddress(rawValue: octets.bigEndian(0, octets: 6))
    if octets.bigEndian(12, octets: 2) == 0x0806 {
      askedByARP(octets, destination)
    } else {
      probed(octets, destination)
    }
    return true
  }

  // MARK: What devices do

  private func askedByARP(_ frame: [UInt8], _ destination: MACAddress) {
    let target = IPv4Address(rawValue: UInt32(frame.bigEndian(38, octets: 4)))
    // A capture shows the host its own ARP questions.
    insert(Arrival(at: clock.now, frame: frame, outbound: true))
    if destination == .broadcast {
      broadcasts.append(clock.now)
      questions.append(target)
    }
    for device in devices where destination == .broadcast || destination == device.mac {
      if destination == device.mac {
        device.unicast.append(clock.now)
        device.arpPolls += 1
      }
      guard device.owns(target), device.answers(at: clock.now), !lost(device) else { continue }
      // RFC 826: the reply turns the packet round.
      arrive(arpReply(from: device.mac, target), from: device)
    }
  }

  private func probed(_ frame: [UInt8], _ destination: MACAddress) {
    guard let device = devices.first(where: { $0.mac == destination }) else { return }
    device.unicast.append(clock.now)
    precondition(frame[47] == 0x02, "only SYN frames leave raw")
    let port = UInt16(frame.bigEndian(36, octets: 2))
    if device.probes[port] == nil { device.firstProbes.append(port) }
    device.probes[port, default: []].append(clock.now)
    guard device.answers(at: clock.now), !lost(device) else { return }
    let target = IPv4Address(rawValue: UInt32(frame.bigEndian(30, octets: 4)))
    let sequence = UInt32(frame.bigEndian(38, octets: 4))
    switch device.ports(port) {
    case .open: arrive(segment(device, target, port, flags: 0x12, acknowledging: sequence &+ 1), from: device)
    case .closed: arrive(segment(device, target, port, flags: 0x14, acknowledging: sequence &+ 1), from: device)
    case .forged: arrive(segment(device, target, port, flags: 0x12, acknowledging: sequence ^ 0x1000), from: device)
    case .prohibited: arrive(unreachable(device, target, quoting: frame), from: device)
    case .silent: break
    }
  }

  private func lost(_ device: VirtualDevice) -> Bool {
    device.lossPerMille > 0 && random.next() % 1000 < device.lossPerMille
  }

  private func arrive(_ frame: [UInt8], from device: VirtualDevice) {
    guard !lost(device) else { return }
    insert(Arrival(at: clock.now + device.roundTrip, frame: frame, outbound: false))
  }

  /// Puts a frame on the wire at a moment, as another station would.
  public func inject(_ frame: [UInt8], at moment: MonotonicInstant, outbound: Bool = false) {
    insert(Arrival(at: moment, frame: frame, outbound: outbound))
  }

  private func insert(_ arrival: Arrival) {
    var index = arrivals.count
    while index > 0, arrivals[index - 1].at <= arrival.at { index -= 1 }
    arrivals.insert(arrival, at: index)
  }

  // MARK: What the auditor's kernel does

  /// The kernel knows nothing of raw probes and resets what answers them.
  private func answerAsKernel(_ arrival: Arrival) {
    guard arrival.frame.bigEndian(12, octets: 2) == 0x0800, arrival.frame[23] == 6, arrival.frame[47] == 0x12,
      UInt16(arrival.frame.bigEndian(36, octets: 2)) == sourcePort
    else { return }
    let sender = MACAddress(rawValue: arrival.frame.bigEndian(6, octets: 6))
    guard let device = devices.first(where: { $0.mac == sender }) else { return }
    let from = IPv4Address(rawValue: UInt32(arrival.frame.bigEndian(26, octets: 4)))
    kernelSends(device, from, UInt16(arrival.frame.bigEndian(34, octets: 2)), from: sourcePort, flags: 0x04)
  }

  /// A frame of the auditor's own TCP: it leaves now and the capture shows it.
  func kernelSends(
    _ device: VirtualDevice, _ address: IPv4Address, _ port: UInt16, from localPort: UInt16, flags: UInt8
  ) {
    device.unicast.append(clock.now)
    insert(
      Arrival(
        at: clock.now,
        frame: tcp(device.mac, mac, source, address, localPort, port, acknowledging: 1, flags: flags, data: []),
        outbound: true))
  }

  /// A frame of a device's own TCP on an ordinary connection.
  func deviceSends(_ device: VirtualDevice, _ port: UInt16, to localPort: UInt16, flags: UInt8, data: [UInt8]) {
    insert(
      Arrival(
        at: clock.now,
        frame: tcp(
          mac, device.mac, device.address, source, port, localPort, acknowledging: 1, flags: flags, data: data),
        outbound: false))
  }

  // MARK: Octets

  public func arpReply(from sender: MACAddress, _ address: IPv4Address) -> [UInt8] {
    var frame: [UInt8] = []
    frame.appendBigEndian(mac.rawValue, octets: 6)
    frame.appendBigEndian(sender.rawValue, octets: 6)
    frame.appendBigEndian(0x0806_0001_0800_0604, octets: 8)
    frame.appendBigEndian(2, octets: 2)
    frame.appendBigEndian(sender.rawValue, octets: 6)
    frame.appendBigEndian(UInt64(address.rawValue), octets: 4)
    frame.appendBigEndian(mac.rawValue, octets: 6)
    frame.appendBigEndian(UInt64(source.rawValue), octets: 4)
    return frame + [UInt8](repeating: 0, count: 60 - frame.count)
  }

  private func segment(
    _ device: VirtualDevice, _ from: IPv4Address, _ port: UInt16, flags: UInt8, acknowledging number: UInt32
  ) -> [UInt8] {
    tcp(mac, device.mac, from, source, port, sourcePort, acknowledging: number, flags: flags, data: [])
  }

  private func tcp(
    _ to: MACAddress, _ from: MACAddress, _ sender: IPv4Address, _ receiver: IPv4Address, _ sourcePort: UInt16,
    _ destinationPort: UInt16, acknowledging number: UInt32, flags: UInt8, data: [UInt8]
  ) -> [UInt8] {
    var payload: [UInt8] = []
    payload.appendBigEndian(UInt64(sourcePort), octets: 2)
    payload.appendBigEndian(UInt64(destinationPort), octets: 2)
    payload.appendBigEndian(0x1122_3344, octets: 4)  // sequence number
    payload.appendBigEndian(UInt64(number), octets: 4)
    payload += [0x50, flags, 0x72, 0x10, 0, 0, 0, 0]  // 20 octets, window 29200
    return ip(to, from, sender, receiver, proto: 6, payload + data)
  }

  private func unreachable(_ device: VirtualDevice, _ from: IPv4Address, quoting frame: [UInt8]) -> [UInt8] {
    ip(mac, device.mac, from, source, proto: 1, [3, 13, 0, 0, 0, 0, 0, 0] + frame[14..<42])
  }

  private func ip(
    _ to: MACAddress, _ from: MACAddress, _ sender: IPv4Address, _ receiver: IPv4Address, proto: UInt8,
    _ payload: [UInt8]
  ) -> [UInt8] {
    var frame: [UInt8] = []
    frame.appendBigEndian(to.rawValue, octets: 6)
    frame.appendBigEndian(from.rawValue, octets: 6)
    frame += [0x08, 0x00, 0x45, 0x00]
    frame.appendBigEndian(UInt64(20 + payload.count), octets: 2)
    frame += [0, 0, 0x40, 0, 64, proto, 0, 0]
    frame.appendBigEndian(UInt64(sender.rawValue), octets: 4)
    frame.appendBigEndian(UInt64(receiver.rawValue), octets: 4)
    frame += payload
    return frame + [UInt8](repeating: 0, count: max(0, 60 - frame.count))
  }
}
