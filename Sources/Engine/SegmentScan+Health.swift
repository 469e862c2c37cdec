public import Addressing
internal import Records

// What follows from a device's state of health.
extension SegmentScan {
  mutating func handle(_ event: HealthGuard.Event, device number: Int, now: MonotonicInstant) {
    switch event {
    case .froze(let lastAnswer):
      devices[number].frozenAt = now
      devices[number].lastAnswerBeforeFreeze = lastAnswer
      devices[number].framesBeforeFreeze = rebuilt(devices[number].recent.inOrder, device: number)
      pending.append(.froze(addresses(of: number)))
    case .ended(let outcome):
      conclude(outcome, device: number, now: now)
    case .unwatchable:
      for index in devices[number].targets { pending.append(.unwatchable(targets[index].address)) }
    }
  }

  private func addresses(of number: Int) -> [IPAddress] { devices[number].targets.map { targets[$0].address } }

  private mutating func conclude(_ outcome: HealthGuard.Outcome, device number: Int, now: MonotonicInstant) {
    let frames = devices[number].framesBeforeFreeze
    devices[number].framesBeforeFreeze = []
    let frozen = devices[number].frozenAt ?? now
    pending.append(
      .distress(
        addresses(of: number),
        Distress(
          outcome: outcome, lastAnswer: devices[number].lastAnswerBeforeFreeze ?? frozen, frozen: frozen, ended: now,
          frames: frames)))
    devices[number].frozenAt = nil
    // A second accident is one too many, whatever its kind.
    guard outcome != .lost, devices[number].health.distresses < 2 else {
      return giveUp(number, isLost: outcome == .lost)
    }
    slowDown(number)
    for index in devices[number].targets { targets[index].scan.askSilentAgain() }
  }

  private mutating func giveUp(_ number: Int, isLost: Bool) {
    for index in devices[number].targets {
      targets[index].scan.abandon()
      targets[index].datagrams.abandon()
      guard isLost else { continue }
      targets[index].check = nil
      if !targets[index].reportedFinished {
        targets[index].reportedFinished = true
        pending.append(.finished(targets[index].address))
      }
      pending.append(.alive(targets[index].address, false))
      release(index)
    }
  }

  /// Half the pace, and few probes at once, from now on.
  mutating func slowDown(_ number: Int) {
    var limits = devices[number].limits
    limits.rate = limits.rate > 0 ? max(1, limits.rate / 2) : 100
    limits.inFlight = limits.inFlight > 0 ? max(1, limits.inFlight / 2) : 8
    devices[number].limits = limits
    devices[number].budget.setLimit(limits.rate)
    noteRate(limits.rate)
  }

  /// A device asked something answered: it is there.
  mutating func heartbeatAnswered(_ index: Int, at now: MonotonicInstant) {
    let number = targets[index].device
    if devices[number].health.askedSince != nil, !devices[number].health.isFrozen {
      devices[number].loss.answered(atTry: devices[number].health.misses)
    }
    if let since = devices[number].health.waitingSince {
      measured(now.nanoseconds - since.nanoseconds, isCertain: devices[number].health.misses == 0, device: number)
    }
    if let event = devices[number].health.answered(at: now) { handle(event, device: number, now: now) }
    if targets[index].check != nil { concludeLiveness(index, alive: true) }
    queue.schedule(number, at: now, now: now)
  }

  /// A device that became slow shows it here first: probes given up before their answers came measure nothing.
  /// - Parameter isCertain: no question before the answered one was given up. If one was, the time is the longest
  ///   possible: good enough while nothing is known.
  private mutating func measured(_ sample: Int64, isCertain: Bool, device number: Int) {
    for place in devices[number].targets {
      let known = targets[place].scan.roundTrip
      guard known.smoothedNanoseconds == nil || (isCertain && sample > known.timeout(try: 0)) else { continue }
      targets[place].scan.roundTrip.measured(sample)
    }
  }

  /// Takes note that this host was kept from its work: a disk that was waited for, a busy machine. What
  /// it did not read meanwhile is no fault of the devices.
  /// - Parameter pause: until now.
  public mutating func hostPaused(for pause: Duration) {
    for number in devices.indices { devices[number].health.hostPaused(for: pause) }
  }

  /// Takes note of a sign that the device with this MAC address restarted.
  public mutating func rebootSign(of mac: MACAddress) {
    guard let number = devicesByMAC[mac] else { return }
    devices[number].health.rebootSign()
  }
}
