internal import Addressing
public import Records
internal import Wire

extension SegmentScan {
  /// Offers what is due to `send`, at most a batch.
  /// - Parameter send: is given a batch and the number of its first frame that has not left, and
  ///   returns how many it took; fewer than there are when the link's queue is full.
  /// - Returns: when to call again.
  public mutating func transmit<Failure: Error>(
    now: MonotonicInstant, _ send: (borrowing FrameBatch, Int) throws(Failure) -> Int
  ) throws(Failure) -> MonotonicInstant {
    guard try flush(send) else { return now + .milliseconds(1) }
    let allowance = min(pacer.allowance(now: now), FrameBatch.limit)
    guard allowance > 0 else { return pacer.earliest(now: now) }
    let wake = fill(allowance, now: now)
    guard !batch.isEmpty else { return wake }
    pacer.charge(at: now, frames: batch.count)
    let wasFull = batch.count == allowance
    guard try flush(send) else { return now + .milliseconds(1) }
    return wasFull ? pacer.earliest(now: now) : wake
  }

  /// - Returns: whether the whole batch has left.
  private mutating func flush<Failure: Error>(
    _ send: (borrowing FrameBatch, Int) throws(Failure) -> Int
  ) throws(Failure) -> Bool {
    guard !batch.isEmpty else { return true }
    departed += try send(batch, departed)
    guard departed >= batch.count else { return false }
    batch.removeAll()
    departed = 0
    return true
  }

  /// Puts what is due into the batch.
  /// - Returns: when there will be more.
  private mutating func fill(_ allowance: Int, now: MonotonicInstant) -> MonotonicInstant {
    var wake = payResets(allowance, now: now)
    wake = min(wake, askForAddresses(allowance, now: now))
    while batch.count < allowance, let device = nextDevice(now: now) {
      if let next = serve(device, room: allowance - batch.count, now: now) {
        queue.schedule(device, at: next, now: now)
      }
      called = nil
    }
    if let next = queue.earliest(now: now) { wake = min(wake, next) }
    if let next = earliestCall(now: now) { wake = min(wake, next) }
    return wake
  }

  /// Those in the lines and those in the queue take turns, so that neither starves the other.
  private mutating func nextDevice(now: MonotonicInstant) -> Int? {
    lineHadTurn.toggle()
    if lineHadTurn, let device = callNext(now: now) { return device }
    return queue.next(now: now) ?? callNext(now: now)
  }

  private mutating func askForAddresses(_ allowance: Int, now: MonotonicInstant) -> MonotonicInstant {
    guard !discovery.isFinished else { return now + .milliseconds(250) }
    while batch.count < allowance {
      // Heartbeats share the pace: question and heartbeat take turns.
      let isTheirTurn = sweepHadTurn && !arpLine.isEmpty
      let arpAt = isTheirTurn ? Self.whenCalled : arpBudget.earliest(now: now)
      guard let question = discovery.next(now: now, arpAt: arpAt) else {
        if isTheirTurn { sweepHadTurn = false }
        return discovery.wakeAt(now: now, arpAt: arpBudget.earliest(now: now))
      }
      ask(question, now: now)
      if case .arp = question {
        arpBudget.charge(at: now)
        storms.noteQuestion(at: now)
        sweepHadTurn = true
      }
      discovery.commit(at: now)
    }
    return now
  }

  mutating func append(_ frame: [UInt8]) { batch.append(frame.span) }

  private enum Step {
    case sent
    case wait(MonotonicInstant)
    /// Nothing until an answer or a new task comes.
    case idle
  }

  /// Appends what a device may get now, a few frames at most.
  /// - Returns: when it wants its next turn.
  private mutating func serve(_ number: Int, room: Int, now: MonotonicInstant) -> MonotonicInstant? {
    devices[number].waitsForAnswers = false
    served += 1
    for _ in 0..<min(room, DeviceBudget.microBatch) {
      switch step(number, now: now) {
      case .sent: continue
      case .wait(let until): return until == Self.whenCalled ? nil : until
      case .idle: return nil
      }
    }
    return now
  }

  private mutating func step(_ number: Int, now: MonotonicInstant) -> Step {
    var resetAt: MonotonicInstant?
    switch payReset(number, now: now) {
    case .sent: return .sent
    case .wait(let until): resetAt = until
    case .none: break
    }
    guard devices[number].targets.contains(where: { !targets[$0].isReleased }) else {
      return resetAt.map { .wait($0) } ?? .idle
    }
    if let event = devices[number].health.check(now: now, patience: devices[number].loss.patience) {
      handle(event, device: number, now: now)
    }
    if devices[number].health.wantsHeartbeat(now: now) {
      if let earliest = askWhetherThere(number, now: now) { return .wait(earliest) }
      return .sent
    }
    let heartbeatAt = devices[number].health.wakeAt
    // What the device still holds for us goes before anything that makes it hold more.
    if let resetAt { return .wait(min(resetAt, heartbeatAt)) }
    if let step = checkLiveness(number, now: now) { return step }
    guard devices[number].health.allowsProbes else { return .wait(heartbeatAt) }
    let earliest = earliestProbe(number, now: now)
    guard earliest <= now else { return .wait(min(earliest, heartbeatAt)) }
    var wake = heartbeatAt
    for _ in devices[number].targets.indices {
      devices[number].turn = (devices[number].turn + 1) % devices[number].targets.count
      let target = devices[number].targets[devices[number].turn]
      switch probe(target, device: number, now: now) {
      case .sent: return .sent
      case .wait(let until): wake = min(wake, until)
      case .idle: continue
      }
    }
    // A probe may have asked for a heartbeat.
    wake = min(wake, devices[number].health.wakeAt)
    return .wait(max(wake, MonotonicInstant(nanoseconds: now.nanoseconds + 50_000)))
  }

  private mutating func checkLiveness(_ number: Int, now: MonotonicInstant) -> Step? {
    var wake: MonotonicInstant?
    for index in devices[number].targets where targets[index].check != nil {
      switch checkLivenessStep(index, device: number, now: now) {
      case .sent: return .sent
      case .wait(let until): wake = min(wake ?? until, until)
      case .over, nil: continue
      }
    }
    // Other addresses of the device may still be under way.
    guard let wake, devices[number].targets.allSatisfy({ targets[$0].check != nil || targets[$0].isReleased })
    else { return nil }
    return .wait(wake)
  }

  private mutating func earliestProbe(_ number: Int, now: MonotonicInstant) -> MonotonicInstant {
    var earliest = devices[number].pace.earliest(now: now)
    if earliest <= now, devices[number].limits.rate > 0 {
      let limit = devices[number].limits.rate
      // A budget no larger than a connection has room for one only when everything else pauses.
      if devices[number].session == .waiting, limit <= Self.sessionReserve { return now + .milliseconds(100) }
      let reserve = devices[number].session != .none ? leftForSession(number) : reserve(number)
      earliest = devices[number].budget.earliestProbe(now: now, reserve: reserve + framesToExpect(number))
    }
    guard earliest <= now, let relay = devices[number].relay else { return earliest }
    return mayPass(.relay(relay), device: number, now: now) ? now : Self.whenCalled
  }

  /// No more resets than probes on their way can come to be owed; one more frame is for a heartbeat.
  private func reserve(_ number: Int) -> Int {
    let inFlight = devices[number].limits.inFlight
    return inFlight > 0 ? min(Self.reserve, inFlight + 1) : Self.reserve
  }

  /// Frames that this host's kernel may still send to the device: nothing of a connection can be held back once it
  /// is begun.
  private func framesToExpect(_ number: Int) -> Int {
    let each = configuration.backEnd.framesOfKernel
    guard each > 0 else { return 0 }
    return devices[number].targets.reduce(devices[number].owed) { $0 + targets[$1].scan.outstanding * each }
  }

  private mutating func probe(_ index: Int, device number: Int, now: MonotonicInstant) -> Step {
    guard !targets[index].reportedFinished else { return .idle }
    // Lost probes must not be taken for ones that are still on their way: they would hold back others, and every
    // answer would be looked for behind them.
    targets[index].scan.giveUpOverdue(now: now)
    let onTheirWay = targets[index].scan.outstanding + (targets[index].control?.outstanding(now: now) ?? 0)
    let isFull = onTheirWay >= devices[number].inFlightLimit
    if targets[index].control != nil {
      if isFull { return waitForAnswers(index, number, MonotonicInstant(nanoseconds: .max), now: now) }
      if let step = control(index, device: number, now: now) { return step }
    }
    if targets[index].isFinished { return finish(index) }
    var wake = MonotonicInstant(nanoseconds: .max)
    if let due = targets[index].datagrams.waitingUntil {
      if due <= now, let next = targets[index].datagrams.next(now: now) {
        sendDatagram(next.place, index, device: number, now: now)
        return .sent
      }
      wake = targets[index].datagrams.waitingUntil ?? wake
    }
    if isFull { return waitForAnswers(index, number, wake, now: now) }
    if targets[index].scan.answers > 0, targets[index].scan.sentSinceAnswer % Self.silenceBeforeCheck == 15 {
      devices[number].health.hurry(now: now)
    }
    let circumstances = PortScan.Circumstances(
      policy: configuration.tries, loss: devices[number].loss, receiveDrops: receiveDrops,
      heard: devices[number].health.heardSince)
    guard let next = targets[index].scan.next(in: configuration.space, circumstances, now: now) else {
      if targets[index].scan.wantsSignOfLife { devices[number].health.hurry(now: now) }
      return targets[index].isFinished ? finish(index) : waitForAnswers(index, number, wake, now: now)
    }
    sendSYN(to: configuration.space.ports[next.place], try: next.try, index, device: number, now: now)
    targets[index].scan.commit(next, at: now)
    return .sent
  }

  private mutating func waitForAnswers(
    _ index: Int, _ number: Int, _ wake: MonotonicInstant, now: MonotonicInstant
  ) -> Step {
    devices[number].waitsForAnswers = true
    let control = targets[index].control.flatMap { $0.isOver(now: now) ? nil : $0.wakeAt } ?? wake
    return .wait(min(wake, control, targets[index].scan.waitingUntil ?? wake))
  }

  private mutating func finish(_ index: Int) -> Step {
    targets[index].reportedFinished = true
    pending.append(.finished(targets[index].address))
    return .idle
  }

  /// Asks the three ports that decide whether open ports of this address mean anything.
  /// - Returns: nil when they are done with.
  private mutating func control(_ index: Int, device number: Int, now: MonotonicInstant) -> Step? {
    guard var control = targets[index].control, !control.isOver(now: now) else {
      if targets[index].control?.allOpen == true, !targets[index].answersEverything {
        targets[index].answersEverything = true
        targets[index].scan.abandon()
        pending.append(.answersEverything(targets[index].address))
      }
      if targets[index].scan.isFinished { targets[index].control = nil }
      return nil
    }
    guard let next = control.next(now: now) else { return .wait(control.wakeAt ?? now) }
    control.asked(next.port, at: now)
    targets[index].control = control
    sendSYN(to: next.port, try: next.try, index, device: number, now: now)
    return .sent
  }
}
