/// The TCP half: a server's side of RFC 9293 §3.10.7, and the places where weak stacks fail.
extension EmulatedDevice {
  /// How long unanswered segments wait for their first repetition (RFC 6298 §2), and how often they are repeated.
  private static let firstResend = Nanoseconds.seconds(1)
  private static let mostResends = 3

  mutating func receive(_ segment: TCPSegment, from peer: UInt32, at station: [UInt8], _ now: Nanoseconds) {
    let key = TCPTable.Key(peer: peer, peerPort: segment.sourcePort, port: segment.destinationPort)
    if segment.flags.intersection([.syn, .acknowledgement, .reset]) == .syn {
      receiveSYN(segment, key, at: station, now)
    } else if let connection = connections[key] {
      advance(connection, key, by: segment, now)
    } else {
      receiveStray(segment, key, at: station, now)
    }
    noteOccupancy(at: now)
  }

  // MARK: Opening

  private func service(at port: UInt16) -> Service? {
    services.first { $0.transport == .tcp && $0.port == port }
  }

  private mutating func receiveSYN(
    _ segment: TCPSegment, _ key: TCPTable.Key, at station: [UInt8], _ now: Nanoseconds
  ) {
    state.syns += 1
    let inLastSecond = synCounter.record(at: now)
    state.synPeakPerSecond = synCounter.peak
    if let limit = victim.synDeath?.perSecond, inLastSecond >= limit {
      return die("\(inLastSecond) SYNs within a second", at: now)
    }
    guard victim.answersEveryPort || service(at: key.port) != nil else {
      return reset(answering: segment, key, at: station, now)
    }
    switch connections[key]?.phase {
    case nil: break
    case .synReceived: return repeatOpening(segment, key, now)
    case .held: connections[key] = nil
    case .established, .closing:
      // RFC 5961 §4: whoever sent it has to say that it means it.
      return connections[key].map { acknowledge($0, key, now) } ?? ()
    }
    guard hasRoom(at: key.port, now) else { return }
    open(segment, key, at: station, now)
  }

  /// A SYN that was sent again, or a new one from the same port before the first was answered for.
  private mutating func repeatOpening(_ segment: TCPSegment, _ key: TCPTable.Key, _ now: Nanoseconds) {
    guard var connection = connections[key] else { return }
    connection.receiveNext = segment.sequence &+ 1
    connection.peerTimestamp = segment.timestamp?.value
    connections[key] = connection
    transmit(connection, key, [.syn, .acknowledgement], now)
  }

  private mutating func hasRoom(at port: UInt16, _ now: Nanoseconds) -> Bool {
    if let pool = victim.pool, connections.count >= pool.size {
      state.synsDropped += 1
      if pool.whenExhausted == .restarts { restart("more than \(pool.size) connections", at: now) }
      return false
    }
    guard let backlog = victim.backlog else { return true }
    if connections.halfOpen(at: port) >= backlog, !state.serviceLost {
      loseService("more than \(backlog) half-open connections", at: now)
    }
    if state.serviceLost { state.synsDropped += 1 }
    return !state.serviceLost
  }

  private mutating func open(_ segment: TCPSegment, _ key: TCPTable.Key, at station: [UInt8], _ now: Nanoseconds) {
    let initial = UInt32(truncatingIfNeeded: random.next())
    var connection = TCPConnection(
      peerMAC: station, sendUnacknowledged: initial, sendNext: initial &+ 1, receiveNext: segment.sequence &+ 1)
    connection.peerTimestamp = segment.timestamp?.value
    connection.resendAt = now + Self.firstResend
    connection.expiresAt = now + victim.halfOpenLifetime
    // Whoever answers on every port keeps nothing in mind for it.
    if !victim.answersEveryPort { connections[key] = connection }
    noteOccupancy(at: now)
    if let limit = victim.synDeath?.halfOpen, connections.halfOpen >= limit {
      return die("\(limit) half-open connections", at: now)
    }
    transmit(connection, key, [.syn, .acknowledgement], now)
  }

  // MARK: A connection's life

  private mutating func advance(
    _ before: TCPConnection, _ key: TCPTable.Key, by segment: TCPSegment, _ now: Nanoseconds
  ) {
    var connection = before
    let isInWindow = segment.sequence &- connection.receiveNext < UInt32(victim.window)
    if segment.flags.contains(.reset) {
      if isInWindow { connections[key] = nil }
      return
    }
    guard segment.flags.contains(.acknowledgement), !segment.flags.contains(.syn) else {
      return acknowledge(connection, key, now)
    }
    let outstanding = connection.sendNext &- connection.sendUnacknowledged
    let acknowledged = segment.acknowledgement &- connection.sendUnacknowledged
    if connection.phase == .synReceived {
      guard acknowledged == outstanding else { return reset(answering: segment, key, at: connection.peerMAC, now) }
      connection.phase = .established
      connection.expiresAt = nil
      state.connections += 1
      connection.flight = Array(greeting(at: key.port))
      connection.sendUnacknowledged = segment.acknowledgement
      if !connection.flight.isEmpty { push(&connection, key, now) }
    } else if acknowledged <= outstanding, acknowledged > 0 {
      connection.flight.removeFirst(min(connection.flight.count, Int(acknowledged)))
      connection.sendUnacknowledged = segment.acknowledgement
    }
    if connection.isAcknowledged { connection.resendAt = nil }
    take(segment, &connection, key, now)
    settle(&connection, now)
    connections[key] = connection.phase == .held && connection.expiresAt == nil ? nil : connection
  }

  /// Data and FIN. What is not the next octet is acknowledged again and thrown away (RFC 9293 §3.10.7.4).
  private mutating func take(
    _ segment: TCPSegment, _ connection: inout TCPConnection, _ key: TCPTable.Key, _ now: Nanoseconds
  ) {
    guard segment.sequenceLength > 0 else { return }
    guard segment.sequence == connection.receiveNext, !connection.isPeerClosed else {
      return acknowledge(connection, key, now)
    }
    connection.receiveNext &+= segment.sequenceLength
    connection.isPeerClosed = segment.flags.contains(.fin)
    var answer: [UInt8] = []
    var isLast = connection.isPeerClosed
    if !segment.payload.isEmpty {
      (answer, isLast) = use(segment.payload, &connection, at: key.port)
      isLast = isLast || connection.isPeerClosed
    }
    guard connection.phase == .established, connection.flight.isEmpty, !answer.isEmpty || isLast else {
      return acknowledge(connection, key, now)
    }
    connection.flight = answer
    if isLast { connection.phase = .closing }
    push(&connection, key, now)
  }

  /// Sends what is in flight, with our FIN when the connection is closing, and remembers to repeat it.
  private mutating func push(_ connection: inout TCPConnection, _ key: TCPTable.Key, _ now: Nanoseconds) {
    let isFinal = connection.phase == .closing
    connection.sendNext = connection.sendUnacknowledged &+ UInt32(connection.flight.count) &+ (isFinal ? 1 : 0)
    connection.resendAt = now + Self.firstResend
    connection.resends = 0
    transmit(connection, key, isFinal ? [.acknowledgement, .push, .fin] : [.acknowledgement, .push], now)
  }

  /// Whoever closed first, a stack with a hold keeps its block for that long.
  private func settle(_ connection: inout TCPConnection, _ now: Nanoseconds) {
    // A greeting that was not acknowledged when the peer closed must not keep the connection for ever.
    if connection.isPeerClosed, connection.phase == .established, connection.flight.isEmpty {
      connection.phase = .closing
      connection.sendNext &+= 1
      connection.resendAt = now
    }
    guard connection.phase == .closing, connection.isAcknowledged else { return }
    guard connection.isPeerClosed else {
      // FIN-WAIT-2: the peer has its own time to close.
      connection.expiresAt = connection.expiresAt ?? now + .seconds(20)
      return
    }
    connection.phase = .held
    let hold = victim.pool?.heldAfterClose ?? 0
    connection.expiresAt = hold > 0 ? now + hold : nil
  }

  // MARK: Services

  private func greeting(at port: UInt16) -> [UInt8] {
    // Negotiation (RFC 854, 857, 858) before the prompt, as telnetd does.
    guard service(at: port)?.daemon == .emulatedTelnet else { return [] }
    return [255, 251, 1, 255, 251, 3, 255, 253, 24] + Array("\r\n\(name) login: ".utf8)
  }

  /// What the service answers, and whether it then closes.
  private mutating func use(
    _ payload: [UInt8], _ connection: inout TCPConnection, at port: UInt16
  ) -> ([UInt8], Bool) {
    switch service(at: port)?.daemon {
    case .emulatedTelnet:
      return payload.contains(13) ? (Array("\r\nLogin incorrect\r\n\(name) login: ".utf8), false) : ([], false)
    case .emulatedWebUI:
      connection.inbox = (connection.inbox + payload).suffix(4096)
      guard connection.inbox.contains([13, 10, 13, 10]) else { return ([], false) }
      let page = DaemonPlan.page(titled: name)
      let head = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(page.utf8.count)\r\n\r\n"
      return (Array((head + page).utf8), true)
    case .emulatedPrinting:
      state.printedOctets["\(port)/tcp", default: 0] += payload.count
      return ([], false)
    default: return ([], false)
    }
  }

  // MARK: Without a connection

  private mutating func receiveStray(
    _ segment: TCPSegment, _ key: TCPTable.Key, at station: [UInt8], _ now: Nanoseconds
  ) {
    guard !segment.flags.contains(.reset) else { return }
    if victim.answersEveryPort, segment.flags.contains(.acknowledgement), segment.payload.isEmpty {
      guard segment.flags.contains(.fin) else { return }
      var answer = TCPSegment(
        from: key.port, to: key.peerPort, sequence: segment.acknowledgement, flags: [.fin, .acknowledgement])
      answer.acknowledgement = segment.sequence &+ segment.sequenceLength
      return send(writer.tcp(answer, to: key.peer, at: station), at: now)
    }
    // RFC 9293 §3.10.7.2: in LISTEN, what has neither ACK nor SYN is dropped.
    guard segment.flags.contains(.acknowledgement) || service(at: key.port) == nil else { return }
    reset(answering: segment, key, at: station, now)
  }

  /// RFC 9293 §3.5.2: the reset takes its number from the segment's acknowledgement, or acknowledges the segment.
  private mutating func reset(
    answering segment: TCPSegment, _ key: TCPTable.Key, at station: [UInt8], _ now: Nanoseconds
  ) {
    guard resets?.take(at: now) ?? true else {
      state.resetsWithheld += 1
      return
    }
    state.resetsSent += 1
    let isAcknowledging = segment.flags.contains(.acknowledgement)
    var answer = TCPSegment(
      from: key.port, to: key.peerPort, sequence: isAcknowledging ? segment.acknowledgement : 0,
      flags: isAcknowledging ? .reset : [.reset, .acknowledgement])
    if !isAcknowledging { answer.acknowledgement = segment.sequence &+ segment.sequenceLength }
    send(writer.tcp(answer, to: key.peer, at: station), at: now)
  }

  private mutating func acknowledge(_ connection: TCPConnection, _ key: TCPTable.Key, _ now: Nanoseconds) {
    transmit(connection, key, .acknowledgement, now)
  }

  /// A SYN, a FIN or data starts at the first octet not acknowledged; a mere acknowledgement at the next one.
  private mutating func transmit(
    _ connection: TCPConnection, _ key: TCPTable.Key, _ flags: TCPSegment.Flags, _ now: Nanoseconds
  ) {
    let isMere = flags == .acknowledgement
    var segment = TCPSegment(
      from: key.port, to: key.peerPort, sequence: isMere ? connection.sendNext : connection.sendUnacknowledged,
      flags: flags)
    segment.acknowledgement = connection.receiveNext
    segment.window = victim.window
    if flags.contains(.syn) { segment.maximumSegmentSize = 1460 }
    if !isMere { segment.payload = connection.flight }
    if let echo = connection.peerTimestamp, let value = timestamp(at: now) { segment.timestamp = (value, echo) }
    send(writer.tcp(segment, to: key.peer, at: connection.peerMAC), at: now)
  }

  // MARK: Time

  mutating func passTCP(to now: Nanoseconds) {
    for (key, connection) in connections.connections {
      if let expiresAt = connection.expiresAt, expiresAt <= now {
        connections[key] = nil
      } else if let resendAt = connection.resendAt, resendAt <= now {
        resend(connection, key, now)
      }
    }
    noteOccupancy(at: now)
    guard case .dropsSYNs(let limit)? = victim.pool?.whenExhausted, let fullSince, now - fullSince > limit,
      !state.serviceLost
    else { return }
    loseService("no room for a connection for more than \(limit / .milliseconds(1)) ms", at: now)
  }

  private mutating func resend(_ before: TCPConnection, _ key: TCPTable.Key, _ now: Nanoseconds) {
    var connection = before
    connection.resends += 1
    guard connection.resends <= Self.mostResends else {
      connection.resendAt = nil
      // A half-open connection keeps its place until its lifetime is over; any other is given up.
      connections[key] = connection.phase == .synReceived ? connection : nil
      return
    }
    connection.resendAt = now + Self.firstResend << connection.resends
    connections[key] = connection
    switch connection.phase {
    case .synReceived: transmit(connection, key, [.syn, .acknowledgement], now)
    case .established: transmit(connection, key, [.acknowledgement, .push], now)
    case .closing: transmit(connection, key, [.acknowledgement, .push, .fin], now)
    case .held: break
    }
  }

  private mutating func noteOccupancy(at now: Nanoseconds) {
    state.halfOpen = connections.halfOpen
    state.halfOpenPeak = max(state.halfOpenPeak, connections.halfOpen)
    state.connectionsPeak = max(state.connectionsPeak, connections.count)
    guard let pool = victim.pool else { return }
    fullSince = connections.count < pool.size ? nil : fullSince ?? now
  }
}
