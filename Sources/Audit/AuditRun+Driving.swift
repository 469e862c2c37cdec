internal import Addressing
internal import Credentials
internal import Engine
internal import Probes
internal import Records

// What a probe wants done, done: nothing beyond its sheet, nothing that the scope does not name, nothing that the
// device's budget has no room for. The edges ask the gate once more.
extension AuditRun {
  /// - Returns: when to look again.
  func drive(_ visit: Visit, _ index: Int, now: MonotonicInstant) throws -> MonotonicInstant {
    guard let begun = visit.begun else {
      guard fits(index, now: now) else { return now + .milliseconds(10) }
      guard try mayBegin(visit, index, now: now) else { return now + .milliseconds(250) }
      visit.begun = now
      visit.startedAt = environment.wall()
      visit.pending = visit.probe.begin(at: now)
      return try drive(visit, index, now: now)
    }
    let end = begun + visit.task.sheet.duration
    if now >= end { expire(visit, now: now) }
    if !visit.isOver, let due = visit.probe.wakeAt, due <= now { visit.tell(.timer, at: now) }
    while !visit.isOver, let action = visit.pending.first, perform(action, visit, index, now: now) {
      visit.pending.removeFirst()
    }
    guard visit.isOver else {
      let wake = min(end, visit.probe.wakeAt ?? end)
      return visit.pending.isEmpty ? max(wake, now) : now + .milliseconds(10)
    }
    closeChannels(of: visit)
    guard !visit.holdsChannels else { return now + .milliseconds(250) }
    // A socket has its octets before the capture hands over the frame that brought them; a service that hangs up with
    // its answer leaves no goodbye to wait for.
    let ended = visit.ended ?? now
    visit.ended = ended
    guard visit.isCaptured(at: now, since: ended) else {
      return max(ended + Visit.captureDelay, now + .milliseconds(10))
    }
    try finish(visit, index, now: now)
    return now
  }

  /// Whether a connection fits now; if not, the scan of the device leaves room for it.
  private func fits(_ index: Int, now: MonotonicInstant) -> Bool {
    let (segment, address) = (segments[records[index].segment], records[index].address)
    if segment.scan.sessionFits(address, now: now) { return true }
    segment.scan.reserveSession(address)
    return false
  }

  /// Between connections to a device the user's gap passes, and more where its stack is small.
  func mayConnect(_ index: Int, now: MonotonicInstant) -> Bool {
    guard now >= connectionsDue[records[index].device] ?? now, fits(index, now: now) else { return false }
    // Until it is known how it ends.
    keepDistance(index, isReleased: false, now: now)
    return true
  }

  /// Small stacks keep the block of a connection that they ended first for seconds (lwIP has 5 to 32 in all), and probes
  /// follow one another at once: then some time has to pass. Where we ended first the waiting is ours (RFC 9293 §3.6).
  private func keepDistance(_ index: Int, isReleased: Bool, now: MonotonicInstant) {
    let record = records[index]
    let rate = segments[record.segment].scan.figures(of: record.address)?.limits.rate ?? 0
    let isHeld = !isReleased && (1...Self.smallRate).contains(rate)
    let distance = max(plan.connectionGap, isHeld ? Self.holdingTime : .zero)
    connectionsDue[record.device] = distance == .zero ? nil : now + distance
  }

  /// A connection is over of which nobody knows who ended it first.
  func keepGap(_ index: Int, now: MonotonicInstant) {
    guard plan.connectionGap > .zero else { return }
    let device = records[index].device
    connectionsDue[device] = max(connectionsDue[device] ?? now, now + plan.connectionGap)
  }

  /// Frames a second up to which a device counts as small: what fragile ones get.
  private static var smallRate: Int { 20 }
  private static var holdingTime: Duration { .milliseconds(2500) }

  func hasRoom(_ frames: Int, _ index: Int, now: MonotonicInstant) -> Bool {
    segments[records[index].segment].scan.framesFit(frames, records[index].address, now: now)
  }

  /// Its time is up: the probe may say what it makes of that.
  private func expire(_ visit: Visit, now: MonotonicInstant) {
    for channel in visit.channels where channel.phase != .over && !visit.isOver {
      visit.tell(.failed(channel.number, reason: "time"), at: now)
    }
    if !visit.isOver { visit.tell(.timer, at: now) }
    visit.isExpired = true
  }

  /// - Returns: false while it has to wait.
  private func perform(_ action: ProbeAction, _ visit: Visit, _ index: Int, now: MonotonicInstant) -> Bool {
    switch action {
    case .connect(let number, let port): connect(number, port, visit, index, now: now)
    case .withhold(let number): withhold(number, visit)
    case .send(let number, let octets): send(number, octets, visit, index, now: now)
    case .close(let number):
      close(number, visit)
    case .datagram(let number, let request): datagram(number, request, visit, index, now: now)
    case .fetch(let number, let request): fetch(number, request, visit, index, now: now)
    case .enter(let number, let message): enter(number, message, visit, index, now: now)
    case .enterDatagram(let number, let request, let message):
      enter(number, request, message, visit, index, now: now)
    case .enterFetch(let number, let login): enter(number, login, visit, index, now: now)
    case .enterShell(let number, let port): enter(number, port: port, visit, index, now: now)
    }
  }

  func refuse(_ number: ProbeChannel, _ reason: String, _ visit: Visit, now: MonotonicInstant) -> Bool {
    visit.tell(.failed(number, reason: reason), at: now)
    return true
  }

  private func connect(
    _ number: ProbeChannel, _ port: UInt16, _ visit: Visit, _ index: Int, now: MonotonicInstant
  ) -> Bool {
    guard !visit.holdsStream else { return false }
    guard visit.used.connections < visit.task.sheet.connections, visit.place(number) == nil else {
      return refuse(number, Self.beyondSheet, visit, now: now)
    }
    guard plan.mayConnect(to: port) else { return refuse(number, Self.notPermitted, visit, now: now) }
    guard mayConnect(index, now: now) else { return false }
    visit.used.connections += 1
    let (zone, source) = vantage(index)
    switch dialer.open(records[index].address, zone: zone, mac: records[index].mac, port: port, from: source) {
    case .started(let session):
      visit.channels.append(Visit.Channel(number: number, carrier: .stream, port: port, session: session))
      share(of: index).map { dialer.pace(session, perSecond: $0) }
      return true
    case .refused(let reason), .localFailure(let reason): return refuse(number, reason, visit, now: now)
    }
  }

  private func send(
    _ number: ProbeChannel, _ octets: [UInt8], _ visit: Visit, _ index: Int, now: MonotonicInstant
  ) -> Bool {
    // The device may have closed meanwhile, which the probe knows or is about to be told.
    guard let place = visit.place(number), visit.channels[place].carrier == .stream,
      visit.channels[place].phase == .open
    else { return true }
    guard plan.mayAsk(visit.channels[place].port) || visit.task.sheet.technique == .otIdentify else {
      return refuse(number, Self.notPermitted, visit, now: now)
    }
    guard hasRoom(3, index, now: now) else { return false }
    switch dialer.send(visit.channels[place].session, octets) {
    case .taken:
      visit.note(sent: octets, place)
      return true
    case .refused(let reason):
      close(at: place, visit)
      return refuse(number, reason, visit, now: now)
    }
  }

  /// - Parameter send: how it leaves, when it is not an ordinary question.
  func datagram(
    _ number: ProbeChannel, _ request: DatagramRequest, _ visit: Visit, _ index: Int, now: MonotonicInstant,
    by send: ((Int) -> SendOutcome)? = nil
  ) -> Bool {
    guard visit.used.datagrams < visit.task.sheet.datagrams, (1...1472).contains(request.payload.count) else {
      return refuse(number, Self.beyondSheet, visit, now: now)
    }
    guard let exchanger, plan.permits(visit.task.sheet, at: ServiceEndpoint(transport: .udp, port: request.port))
    else { return refuse(number, Self.notPermitted, visit, now: now) }
    guard hasRoom(1, index, now: now) else { return false }
    visit.used.datagrams += 1
    let place: Int
    if let known = visit.place(number) {
      // A channel is one socket; one that has failed, or another port, needs another channel.
      guard visit.channels[known].phase == .open, visit.channels[known].port == request.port else {
        return refuse(number, Self.beyondSheet, visit, now: now)
      }
      place = known
    } else {
      let (zone, source) = vantage(index)
      let opening = exchanger.open(
        records[index].address, zone: zone, mac: records[index].mac, port: request.port, localPort: request.localPort,
        anySourcePort: request.anySourcePort, from: source)
      guard case .started(let session) = opening else { return refuse(number, opening.reason, visit, now: now) }
      var channel = Visit.Channel(number: number, carrier: .datagrams, port: request.port, session: session)
      channel.phase = .open
      channel.localPort = request.localPort
      channel.takesAnyPort = request.anySourcePort
      visit.channels.append(channel)
      place = visit.channels.count - 1
    }
    let session = visit.channels[place].session
    switch send?(session) ?? exchanger.send(session, request.payload) {
    case .taken:
      visit.note(sent: request.payload, place)
      // Where connections stand in for frames, the exchanger tells of it.
      let segment = segments[records[index].segment]
      if segment.plan.backEnd == .frames { segment.scan.noteDatagram(to: records[index].address, now: now) }
      return true
    case .refused(let reason):
      close(at: place, visit)
      return refuse(number, reason, visit, now: now)
    }
  }

  /// - Parameter begin: how it begins, when it is not an ordinary request.
  func fetch(
    _ number: ProbeChannel, _ request: HTTPRequest, _ visit: Visit, _ index: Int, now: MonotonicInstant,
    by begin: (() -> SessionOpening)? = nil
  ) -> Bool {
    guard !visit.holdsStream, !visit.channels.contains(where: { $0.carrier == .http && $0.phase != .over })
    else { return false }
    guard visit.used.fetches < visit.task.sheet.fetches, visit.place(number) == nil else {
      return refuse(number, Self.beyondSheet, visit, now: now)
    }
    guard let client, plan.mayConnect(to: request.port), plan.mayAsk(request.port) else {
      return refuse(number, Self.notPermitted, visit, now: now)
    }
    guard mayConnect(index, now: now) else { return false }
    // What is asked in a login is bounded by permits instead.
    guard visit.task.login != nil || allowances[records[index].device, default: HTTPAllowance()].take() else {
      return refuse(number, "request-limit", visit, now: now)
    }
    visit.used.fetches += 1
    let (zone, source) = vantage(index)
    let opening =
      begin?()
      ?? client.begin(request, to: records[index].address, zone: zone, mac: records[index].mac, from: source)
    guard case .started(let exchange) = opening else { return refuse(number, opening.reason, visit, now: now) }
    visit.channels.append(Visit.Channel(number: number, carrier: .http, port: request.port, session: exchange))
    share(of: index).map { client.pace(exchange, perSecond: $0) }
    return true
  }

  /// Segments a second that a connection may cost its device, 0 for no ceiling; nil for the edge's own share.
  func share(of index: Int) -> Int? {
    segments[records[index].segment].scan.sessionShare(of: records[index].address)
  }

  /// The zone and the local address to ask a record's address from.
  func vantage(_ index: Int) -> (zone: Int32?, source: IPAddress?) {
    let address = records[index].address
    let plan = segments[records[index].segment].plan
    let source = address.isIPv4 ? plan.source.map { IPAddress($0) } : plan.linkLocal.map { IPAddress($0) }
    return (address.isLinkLocal && !address.isIPv4 ? plan.index : nil, source)
  }

  /// A connection that was refused has nothing to withhold.
  private func withhold(_ number: ProbeChannel, _ visit: Visit) -> Bool {
    if let place = visit.place(number) { visit.channels[place].isWithheld = true }
    return true
  }

  private func close(_ number: ProbeChannel, _ visit: Visit) -> Bool {
    if let place = visit.place(number) { close(at: place, visit) }
    return true
  }

  private func close(at place: Int, _ visit: Visit) {
    let channel = visit.channels[place]
    guard channel.phase == .opening || channel.phase == .open else { return }
    switch channel.carrier {
    case .stream:
      dialer.close(channel.session)
      visit.channels[place].phase = .closing
    case .datagrams:
      exchanger?.close(channel.session)
      visit.channels[place].phase = .over
    case .http:
      client?.cancel(channel.session)
      visit.channels[place].phase = .over
    case .shell:
      logins?.shell?.close(channel.session)
      visit.channels[place].phase = .closing
    }
  }

  func closeChannels(of visit: Visit) {
    for place in visit.channels.indices { close(at: place, visit) }
  }

  // MARK: What came of it

  func find(_ carrier: Visit.Channel.Carrier, _ session: Int) -> (visit: Visit, place: Int, index: Int)? {
    for index in activeVisits {
      if let visit = records[index].visit, let place = visit.place(carrier, session: session) {
        return (visit, place, index)
      }
    }
    return nil
  }

  func take(_ event: SessionEvent, _ carrier: Visit.Channel.Carrier, now: MonotonicInstant) {
    guard let (visit, place, index) = find(carrier, event.session) else { return }
    let number = visit.channels[place].number
    let isListenedTo = visit.channels[place].phase != .closing
    switch event {
    case .opened(_, let localPort):
      visit.channels[place].localPort = localPort
      guard carrier == .stream, isListenedTo else { return }
      visit.channels[place].phase = .open
      noteFlow(visit.channels[place])
      visit.tell(.opened(number), at: now)
    case .received(_, let octets):
      guard isListenedTo else { return }
      visit.note(received: octets, place)
      visit.tell(.received(number, octets), at: now)
    case .ended(_, let ending):
      guard isListenedTo else { return }
      close(at: place, visit)
      visit.tell(.ended(number, ending), at: now)
    case .failed(_, let reason):
      if carrier == .datagrams { close(at: place, visit) } else { visit.channels[place].phase = .over }
      if isListenedTo { visit.tell(.failed(number, reason: reason), at: now) }
    case .finished(_, let isReleased):
      visit.channels[place].phase = .over
      keepDistance(index, isReleased: isReleased, now: now)
    }
  }

  func take(_ result: HTTPExchange, _ exchange: Int, now: MonotonicInstant) {
    guard let (visit, place, index) = find(.http, exchange) else { return }
    visit.channels[place].phase = .over
    keepGap(index, now: now)
    visit.note(sent: result.requestOctets, place)
    visit.note(received: result.responseOctets, place)
    visit.channels[place].exchange = result
    visit.tell(.response(visit.channels[place].number, result), at: now)
  }

  static var beyondSheet: String { "beyond-sheet" }
  static var notPermitted: String { "not-permitted" }
}

extension SessionOpening {
  var reason: String {
    switch self {
    case .started: ""
    case .refused(let reason), .localFailure(let reason): reason
    }
  }
}

extension SessionEvent {
  fileprivate var session: Int {
    switch self {
    case .opened(let session, _), .received(let session, _), .ended(let session, _), .failed(let session, _),
      .finished(let session, _):
      session
    }
  }
}
