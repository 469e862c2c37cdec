internal import Addressing
internal import Records
internal import Wire

/// Resets that a device is owed, in the order in which they fell due.
struct ResetLine: Sendable {
  /// What ends a half-open connection.
  struct Reset: Hashable, Sendable {
    /// The device, and where frames for it go.
    let address: IPAddress
    let mac: MACAddress
    /// The device's port.
    let port: UInt16
    /// The acknowledgement number of what the device sent (RFC 9293 §3.5.2).
    let sequence: UInt32
  }

  private var line = Deque<Reset>()
  /// Answers that came again, beyond the first of each port.
  var repetitions = 0

  /// Linux repeats a SYN-ACK five times (net.ipv4.tcp_synack_retries), the BSDs three times, Windows twice. A device
  /// that goes on is not heard any more: its answers would take the whole budget, and nothing would be found out.
  static let mostRepetitions = 8

  var isEmpty: Bool { line.isEmpty }
  var first: Reset? { line.first }

  func contains(_ reset: Reset) -> Bool { line.contains(reset) }

  mutating func append(_ reset: Reset) { line.append(reset) }

  mutating func removeFirst() {
    line.popFirst()
    // Nearly every device owes one or none: room for more is not worth keeping.
    if line.isEmpty { line = Deque() }
  }
}

// This host's kernel keeps out of the handshake (LinkIO.PortReservation), so half-open connections are ended here.
//
// To the other side: one RST for each SYN-ACK, after which it keeps nothing; part of its budget like every frame, and
// before any further probe. A device in distress gets it too, because what it holds for us may be what ails it.
extension SegmentScan {
  /// An answer that comes after its address was forgotten, and what ends it.
  struct LateAnswer: Sendable {
    let reset: ResetLine.Reset
    /// Until then the forgotten budget may still hold frames.
    let due: MonotonicInstant
  }

  /// Frames a second to all forgotten addresses together, where no device bears less.
  static let lateRate = 10
  private static let mostLateAnswers = 256

  /// Takes note that a port answered, so that nothing of the handshake stays open there.
  /// - Parameter isRepeated: the port was known to be open, or is none of those that are settled.
  mutating func owe(_ header: TCPHeader, _ index: Int, isRepeated: Bool) {
    let reset = ResetLine.Reset(
      address: targets[index].address, mac: targets[index].nextHop, port: header.sourcePort,
      sequence: header.acknowledgement)
    owe(reset, device: targets[index].device, isRepeated: isRepeated)
  }

  private mutating func owe(_ reset: ResetLine.Reset, device: Int, isRepeated: Bool) {
    if isRepeated {
      let open = devices[device].targets.reduce(1) { $0 + targets[$1].scan.cells.count(of: .open) }
      guard devices[device].resets.repetitions < ResetLine.mostRepetitions * open,
        !devices[device].resets.contains(reset)
      else { return }
      devices[device].resets.repetitions += 1
    }
    if devices[device].resets.isEmpty { owing.append(device) }
    devices[device].resets.append(reset)
    resetsOwed += 1
  }

  /// A valid answer of an address that is no target: one of the search, or one that is done with.
  /// - Parameter isFirst: it answers the search, which asks an address no more after that.
  mutating func oweStranger(_ header: TCPHeader, _ address: IPAddress, isFirst: Bool, now: MonotonicInstant) {
    guard let mac = owners[address] else { return }
    let reset = ResetLine.Reset(address: address, mac: mac, port: header.sourcePort, sequence: header.acknowledgement)
    if isFirst {
      searchResets.append(reset)
      resetsOwed += 1
    } else if offLink[address] == nil, let device = devicesByMAC[mac], devices[device].relay == nil {
      owe(reset, device: device, isRepeated: true)
    } else if lateAnswers.count < Self.mostLateAnswers, !lateAnswers.contains(where: { $0.reset == reset }) {
      lateAnswers.append(LateAnswer(reset: reset, due: now + Self.coolingTime))
    }
  }

  /// Appends the resets that may leave now, before anything else.
  /// - Returns: when there will be more, as far as no device's turn says so.
  mutating func payResets(_ allowance: Int, now: MonotonicInstant) -> MonotonicInstant {
    while batch.count < allowance, let reset = searchResets.first {
      searchResets.removeFirst()
      resetsOwed -= 1
      append(frame(reset))
    }
    while batch.count < allowance, let number = owing.popFirst() {
      switch payReset(number, now: now) {
      case .sent: if !devices[number].resets.isEmpty { owing.append(number) }
      // Its turn comes when its budget has room; a shared pace calls it.
      case .wait(let until): if until != Self.whenCalled { queue.schedule(number, at: until, now: now) }
      case .none: continue
      }
    }
    return payLate(allowance, now: now)
  }

  private mutating func payLate(_ allowance: Int, now: MonotonicInstant) -> MonotonicInstant {
    while let late = lateAnswers.first {
      let earliest = max(late.due, lateBudget.earliestProbe(now: now, reserve: 0))
      guard earliest <= now, batch.count < allowance else { return earliest }
      lateAnswers.popFirst()
      lateBudget.chargeProbe(at: now)
      if let relay = relays.firstIndex(where: { $0.mac == late.reset.mac }) { relays[relay].pacer.charge(at: now) }
      append(frame(late.reset))
    }
    return Self.whenCalled
  }

  enum ResetStep {
    case none, sent
    case wait(MonotonicInstant)
  }

  /// Appends the reset that a device is owed longest, if its budget and the way to it have room.
  mutating func payReset(_ number: Int, now: MonotonicInstant) -> ResetStep {
    guard let reset = devices[number].resets.first else { return .none }
    // Frames of an open connection cannot be held back: their room is not taken, nor a heartbeat's.
    let limit = devices[number].limits.rate
    let kept = devices[number].session == .open ? min(Self.sessionFrames, max(limit - 1, 0)) : 1
    let earliest = devices[number].budget.earliestFrame(now: now, reserve: kept)
    guard earliest <= now else { return .wait(earliest) }
    if let relay = devices[number].relay {
      guard mayPass(.relay(relay), device: number, now: now) else { return .wait(Self.whenCalled) }
      relays[relay].pacer.charge(at: now)
    }
    devices[number].resets.removeFirst()
    resetsOwed -= 1
    append(frame(reset))
    if let index = positions[reset.address] {
      devices[number].recent.note(.reset(port: reset.port), target: index, at: now)
    }
    devices[number].budget.chargeProbe(at: now)
    return .sent
  }

  /// <SEQ=SEG.ACK><CTL=RST> (RFC 9293 §3.5.2), between the ends that the SYN had.
  private func frame(_ reset: ResetLine.Reset) -> [UInt8] {
    guard let source = source(for: reset.address),
      let addresses = FrameAddresses(
        sourceMAC: configuration.mac, destinationMAC: reset.mac, source: source, destination: reset.address)
    else { return [] }
    return TCPHeader.frame(
      addresses, sourcePort: configuration.sourcePort, destinationPort: reset.port, sequence: reset.sequence,
      acknowledgement: 0, flags: .rst, window: 0)
  }

  /// The same frame, built again from the cookie that the device acknowledged.
  func reset(of port: UInt16, _ index: Int) -> [UInt8] {
    let target = targets[index]
    return frame(
      ResetLine.Reset(
        address: target.address, mac: target.nextHop, port: port, sequence: target.prepared.sequence(port: port) &+ 1))
  }

  /// What the slowest device of the run bears is what a forgotten one gets.
  mutating func noteRate(_ rate: Int) {
    if rate > 0, rate < lateBudget.limit { lateBudget.setLimit(rate) }
  }
}
