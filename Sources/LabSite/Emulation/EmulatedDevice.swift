/// A device whose TCP/IP stack is this program, because a kernel's is too robust to be felled.
///
/// Frames and instants in, frames with the instant they are due out: no clock, no socket. What it answers: ARP, ICMP
/// echo, TCP as a server (RFC 9293 without sending windows: answers are short), UDP with ICMP port unreachable.
struct EmulatedDevice {
  let name: String
  let address: UInt32
  let victim: Victim
  let services: [Service]
  var writer: FrameWriter
  var state = EmulatorState()
  var connections = TCPTable()
  var synCounter = PeakCounter()
  var resets: TokenBucket?
  var random: SeededNumbers
  /// When the pool last became full; nil while it has room.
  var fullSince: Nanoseconds?
  private var unreachables: TokenBucket?
  private var bootedAt: Nanoseconds
  private var uptimeAtBoot: UInt32?
  private var silentUntil: Nanoseconds?
  private var storm: (next: Nanoseconds, end: Nanoseconds, station: [UInt8], target: UInt32)?
  private var hasStormed = false
  private var outbox: [(due: Nanoseconds, frame: [UInt8])] = []

  /// - Parameter now: the instant it is switched on.
  init(_ device: Device, _ victim: Victim, address: String, at now: Nanoseconds) {
    name = device.name
    self.victim = victim
    services = device.services
    self.address = octets(of: address, separator: ".", radix: 10).number32(at: 0)
    writer = FrameWriter(
      mac: octets(of: device.mac, separator: ":", radix: 16), address: self.address, timeToLive: victim.timeToLive)
    resets = victim.resetsPerSecond.map(TokenBucket.init)
    unreachables = victim.unreachablesPerSecond.map(TokenBucket.init)
    random = SeededNumbers(seed: victim.radio?.seed ?? UInt64(self.address))
    bootedAt = now
    uptimeAtBoot = victim.uptime
    for service in services where service.daemon == .emulatedPrinting {
      for transport in [Service.Transport.tcp, .udp] {
        state.printedOctets["\(service.port)/\(transport.rawValue)"] = 0
      }
    }
  }

  /// The TCP timestamp clock, in milliseconds.
  func timestamp(at now: Nanoseconds) -> UInt32? {
    uptimeAtBoot.map { $0 &+ UInt32(truncatingIfNeeded: (now - bootedAt) / .milliseconds(1)) }
  }

  // MARK: In

  mutating func receive(_ octets: [UInt8], at now: Nanoseconds) {
    pass(to: now)
    guard state.alive, silentUntil == nil, let frame = IncomingFrame(octets, for: writer.mac) else { return }
    if frame.isGroup, let radio = victim.radio, Int.random(in: 0..<100, using: &random) < radio.broadcastLossPercent {
      state.broadcastsMissed += 1
      return
    }
    switch frame.content {
    case .arp(let packet): receive(packet, at: now)
    case .icmp(let header, let message):
      guard isProbe(header, at: now) else { return }
      echo(message, to: header.source, at: frame.sourceMAC, now)
    case .tcp(let header, let segment):
      // RFC 1122 §4.2.3.10: what came to a group is no segment of any connection.
      guard isProbe(header, at: now), !frame.isGroup else { return }
      receive(segment, from: header.source, at: frame.sourceMAC, now)
    case .udp(let header, let datagram):
      guard isProbe(header, at: now) || (frame.isGroup && header.destination != address) else { return }
      receive(datagram, header, at: frame.sourceMAC, now)
    case .otherIPv4(let header): _ = isProbe(header, at: now)
    case .other: break
    case .malformed: state.malformed += 1
    }
  }

  /// Counts an IP packet to the device alone; false when it is not one, or when it was one too many.
  private mutating func isProbe(_ header: IncomingFrame.Header, at now: Nanoseconds) -> Bool {
    guard header.destination == address else { return false }
    state.probes += 1
    guard let limit = victim.restartsAfterProbes, state.restarts == 0, state.probes >= limit else { return true }
    restart("\(limit) packets", at: now)
    return false
  }

  private mutating func receive(_ packet: IncomingFrame.ARPPacket, at now: Nanoseconds) {
    guard packet.isRequest, packet.target == address else { return }
    let reply = writer.arpReply(to: packet.senderMAC, packet.sender)
    for _ in 0..<(victim.arpStorm?.replies ?? 1) { send(reply, at: now) }
    guard let plan = victim.arpStorm, !hasStormed else { return }
    hasStormed = true
    storm = (now, now + plan.lasts, packet.senderMAC, packet.sender)
  }

  private mutating func echo(_ message: [UInt8], to peer: UInt32, at station: [UInt8], _ now: Nanoseconds) {
    guard message[0] == 8, message[1] == 0 else { return }
    send(
      writer.icmp(
        type: 0, code: 0, rest: Array(message[4..<8]), Array(message[8...]), to: peer, at: station), at: now)
  }

  private mutating func receive(
    _ datagram: IncomingFrame.Datagram, _ header: IncomingFrame.Header, at station: [UInt8], _ now: Nanoseconds
  ) {
    let port = datagram.destinationPort
    if state.printedOctets["\(port)/udp"] != nil { state.printedOctets["\(port)/udp"]? += datagram.payload.count }
    guard let service = services.first(where: { $0.transport == .udp && $0.port == port }) else {
      return refuse(header, at: station, now)
    }
    guard let answer = UDPAnswer(service.daemon, to: datagram.payload, device: name) else { return }
    let isMulticast = answer.joinsGroup && datagram.sourcePort == port
    send(
      writer.udp(
        answer.octets, from: port, to: isMulticast ? 0xe000_00fb : header.source, port: datagram.sourcePort,
        at: isMulticast ? [0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb] : station), at: now)
  }

  /// Port unreachable (RFC 1122 §3.2.2.1): never in answer to a packet for more than one station.
  private mutating func refuse(_ header: IncomingFrame.Header, at station: [UInt8], _ now: Nanoseconds) {
    guard header.destination == address else { return }
    guard unreachables?.take(at: now) ?? true else {
      state.unreachablesWithheld += 1
      return
    }
    state.unreachablesSent += 1
    send(
      writer.icmp(type: 3, code: 3, rest: [0, 0, 0, 0], header.front, to: header.source, at: station), at: now)
  }

  // MARK: Time

  /// Lets everything happen that falls due until `now`.
  mutating func pass(to now: Nanoseconds) {
    guard state.alive else { return }
    if let until = silentUntil {
      guard now >= until else { return }
      start(at: until)
    }
    while let due = storm, due.next <= now {
      guard due.next < due.end, let rate = victim.arpStorm?.perSecond else {
        storm = nil
        break
      }
      send(writer.arpReply(to: due.station, due.target), at: due.next)
      storm?.next += .seconds(1) / Int64(rate)
    }
    passTCP(to: now)
  }

  private mutating func start(at now: Nanoseconds) {
    silentUntil = nil
    bootedAt = now
    uptimeAtBoot = victim.uptime == nil ? nil : 0
    send(
      writer.dhcpDiscover(transaction: UInt32(truncatingIfNeeded: random.next()), hostName: name), at: now)
    for _ in 0..<2 { send(writer.arpAnnouncement(), at: now) }
  }

  /// Silent for as long as a start takes; what was open is forgotten.
  mutating func restart(_ cause: String, at now: Nanoseconds) {
    harm(cause, at: now)
    state.restarts += 1
    silentUntil = now + victim.restartTakes
    forget()
  }

  /// The hard fault. Nothing brings the device back.
  mutating func die(_ cause: String, at now: Nanoseconds) {
    harm(cause, at: now)
    state.alive = false
    forget()
  }

  mutating func loseService(_ cause: String, at now: Nanoseconds) {
    harm(cause, at: now)
    state.serviceLost = true
  }

  private mutating func harm(_ cause: String, at now: Nanoseconds) {
    if state.harm == nil { state.harm = EmulatorState.Harm(cause: cause, unixNanoseconds: now) }
  }

  private mutating func forget() {
    connections.removeAll()
    state.halfOpen = 0
    fullSince = nil
    storm = nil
    outbox = []
  }

  // MARK: Out

  mutating func send(_ frame: [UInt8], at now: Nanoseconds) {
    var due = now
    if let radio = victim.radio {
      // A radio sends in order: a frame does not overtake the one before it.
      due = max(outbox.last?.due ?? now, now + Nanoseconds.random(in: radio.delay, using: &random))
    }
    outbox.append((due, frame))
  }

  /// Takes out what is due by `now`, in order.
  mutating func takeDue(at now: Nanoseconds) -> [[UInt8]] {
    let count = outbox.prefix { $0.due <= now }.count
    let frames = outbox.prefix(count).map(\.frame)
    outbox.removeFirst(count)
    return frames
  }
}
