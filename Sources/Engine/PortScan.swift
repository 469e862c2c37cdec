public import Records

/// The SYN scan of one address: which port next, which try, what is settled. No clock, no I/O.
///
/// Every port of a section is tried once; after a time-out the ones without an answer are tried
/// again, as often as the measured loss calls for; what is still unknown then is silent. It ends as
/// soon as nothing is unknown.
public struct PortScan: Sendable {
  /// A SYN to send.
  public struct Probe: Hashable, Sendable {
    /// The port's place in the space.
    public let place: Int
    /// 0 for the first.
    public let `try`: Int
  }

  /// What an answer did.
  public struct Resolution: Sendable {
    /// The cell had no answer before.
    public let isNew: Bool
    /// Nanoseconds from question to answer, when the question was still waited for.
    public let roundTrip: Int64?
    /// Tries of the port that were lost before, as far as they can be told.
    public let lostTries: Int
  }

  public private(set) var cells: CellTable
  public internal(set) var roundTrip = RoundTripTime()
  /// SYN frames sent.
  public private(set) var sent = 0
  /// Those of them that were not first tries.
  public private(set) var retried = 0
  public private(set) var answers = 0
  /// Probes sent since the last answer.
  public private(set) var sentSinceAnswer = 0
  /// Ports for which a router or filter said no by ICMP; counted as silent.
  public private(set) var filtered = 0
  /// The fewest tries that a port got before its silence was believed; nil while none is silent.
  public private(set) var triesOfSilent: Int?

  private var flights = FlightList()
  private var section = 0
  private var bounds = 0..<0
  private var pass = 0
  private var position = 0
  /// Cells of the current section that are still unknown.
  private var unknownInSection = 0
  /// The device was away for a while: what is silent is to be asked once more.
  private var wantsExtraPass = false
  /// Passes of the section whose silence proves nothing, because the device was away or this host
  /// dropped frames. They do not count as tries.
  private var spoiltPasses = 0
  /// Resets to tries of the section before this one may have been withheld.
  private var firstCountedTry = 0
  /// nil until the pass begins.
  private var dropsAtPassStart: Int?
  private var lastSent = MonotonicInstant(nanoseconds: .min)
  /// All tries are spent, but nobody knows whether the device was still there to hear the last:
  /// silence is believed once it was heard of again.
  public private(set) var wantsSignOfLife = false
  private static let mostSpoiltPasses = 3

  public init(space: ProbeSpace) {
    cells = CellTable(count: space.count)
    enterSection(0, space)
  }

  /// A scan of nothing.
  init() {
    cells = CellTable(count: 0)
    section = .max
  }

  /// Takes over what an earlier run found out; only what is left is asked.
  mutating func restore(_ places: [Int], as cell: CellTable.Cell, _ space: ProbeSpace) {
    for place in places where cells[place] == .unknown { cells[place] = cell }
    enterSection(0, space)
  }

  /// Counts go on where an earlier run's ended.
  mutating func restore(_ figures: SettledPorts.Figures) {
    sent += figures.sent
    answers += figures.answered
    retried += figures.retried
    filtered += figures.filtered
    if figures.triesOfSilent > 0 { triesOfSilent = figures.triesOfSilent }
  }

  public var isFinished: Bool { section == .max }
  /// Cells that are not settled yet.
  public var unresolved: Int { cells.count(of: .unknown) }
  /// Probes that may still be answered.
  public var outstanding: Int { flights.outstanding }

  /// How many probes are left if the ports to come answer as those before did.
  public func probesLeft(in space: ProbeSpace, tries: Int) -> Int {
    guard !isFinished else { return 0 }
    let ahead = pass == 0 ? bounds.upperBound - position : 0
    let unanswered = max(0, unknownInSection - ahead)
    let share = Double(unanswered) / Double(max(1, bounds.count - ahead))
    let later = space.sections.dropFirst(section + 1).reduce(0) { $0 + $1.count }
    let repeats = Double(max(0, tries - 1 - pass))
    return Int(Double(ahead + later) * (1 + repeats * share) + Double(unanswered) * repeats)
  }

  /// What is known beside the scan itself when it decides whether to ask again.
  public struct Circumstances: Sendable {
    public var policy: TryPolicy
    public var loss: LossEstimate
    /// Frames that this host dropped on receipt so far. Answers may have been among them.
    public var receiveDrops: Int
    /// When anything came from the device last; nil when its health cannot be watched.
    public var heard: MonotonicInstant?

    public init(policy: TryPolicy, loss: LossEstimate, receiveDrops: Int, heard: MonotonicInstant? = nil) {
      self.policy = policy
      self.loss = loss
      self.receiveDrops = receiveDrops
      self.heard = heard
    }
  }

  /// What is to be sent now; nil when nothing is due, and ``waitingUntil`` then says when to ask again.
  public mutating func next(in space: ProbeSpace, _ circumstances: Circumstances, now: MonotonicInstant) -> Probe? {
    while !isFinished {
      if dropsAtPassStart == nil { dropsAtPassStart = circumstances.receiveDrops }
      if let place = cells.firstUnknown(in: position..<bounds.upperBound) {
        position = place
        return Probe(place: place, try: min(pass, ProbeCookie.maximumTries - 1))
      }
      position = bounds.upperBound
      guard endPass(space, circumstances, now: now) else { return nil }
    }
    return nil
  }

  /// Counts the probe that ``next(in:_:now:)`` gave as sent.
  public mutating func commit(_ probe: Probe, at now: MonotonicInstant) {
    sent += 1
    sentSinceAnswer += 1
    if probe.try > 0 { retried += 1 }
    position += 1
    lastSent = now
    flights.add(place: probe.place, try: probe.try, at: now)
  }

  /// When the oldest probe is given up, or a pass ends; nil when only the device's next answer counts.
  public var waitingUntil: MonotonicInstant? {
    if let oldest = flights.oldest {
      return MonotonicInstant(nanoseconds: oldest.nanoseconds + roundTrip.timeout(try: 0))
    }
    return wantsSignOfLife || isFinished ? nil : passEnds
  }

  /// Later passes wait longer for their answers, as a retransmission would (RFC 6298 §5.5).
  private var passEnds: MonotonicInstant {
    let wait = max(roundTrip.timeout(try: pass), pass > 0 ? Self.betweenRepetitions : 0)
    return MonotonicInstant(nanoseconds: lastSent.nanoseconds &+ wait)
  }

  /// Linux repeats the SYN-ACK of a half-open connection for a repeated SYN at most twice a second
  /// (net.ipv4.tcp_invalid_ratelimit): a third try sooner would be for nothing.
  private static let betweenRepetitions: Int64 = 550_000_000

  /// Gives up what is overdue, so that others may take its place on the way. An answer may still come
  /// and count: the place does not wait for it as long as the pass does.
  public mutating func giveUpOverdue(now: MonotonicInstant) {
    flights.giveUp(before: MonotonicInstant(nanoseconds: now.nanoseconds - roundTrip.timeout(try: 0) + 1))
  }

  /// Takes an answer whose cookie was valid.
  ///
  /// Repeated answers do not settle anything. An answer that comes after the last try still counts;
  /// a filter's "no" never overrides an answer.
  /// - Parameter number: the try that the answer names; nil when it names none, as resets do.
  public mutating func resolve(
    _ place: Int, as cell: CellTable.Cell, try number: Int?, loss: inout LossEstimate, at now: MonotonicInstant
  ) -> Resolution {
    answers += 1
    sentSinceAnswer = 0
    let landing = flights.answer(place: place, try: number)
    let time = landing.map { now.nanoseconds - $0.at.nanoseconds }
    if let time { roundTrip.measured(time) }
    guard cells[place] == .unknown || (cells[place] == .silent && cell != .silent) else {
      return Resolution(isNew: false, roundTrip: time, lostTries: 0)
    }
    let lost = number ?? landing?.try ?? 0
    if cell == .open {
      loss.answered(atTry: lost)
    } else if lost >= firstCountedTry {
      // ICMP errors are limited as resets are.
      loss.answered(atTry: lost - firstCountedTry, by: .reset)
    }
    if cell == .silent { filtered += 1 }
    // Only ports of the current section are unknown and were asked, except those of control probes.
    if cells[place] == .unknown, bounds.contains(place) { unknownInSection -= 1 }
    cells[place] = cell
    return Resolution(isNew: true, roundTrip: time, lostTries: lost)
  }

  /// Asks what stays silent once more than the policy says.
  public mutating func askSilentAgain() { wantsExtraPass = true }

  /// The device was found to limit its resets, and is asked slowly enough from now on: what its resets say of loss
  /// counts from the next pass on.
  mutating func resetsWereWithheld() { firstCountedTry = pass + 1 }

  /// At the end of a pass: waits for its answers, then goes on with the next pass or section.
  /// - Returns: false while there is something to wait for.
  private mutating func endPass(_ space: ProbeSpace, _ circumstances: Circumstances, now: MonotonicInstant) -> Bool {
    guard unknownInSection > 0 else {
      enterSection(section + 1, space)
      return true
    }
    giveUpOverdue(now: now)
    guard now >= passEnds else { return false }
    notePassEnd(circumstances)
    if pass + 1 < circumstances.policy.tries(for: circumstances.loss) + spoiltPasses {
      pass += 1
      position = bounds.lowerBound
      return true
    }
    wantsSignOfLife = circumstances.heard.map { $0 < lastSent } ?? false
    guard !wantsSignOfLife else { return false }
    settleSilent()
    enterSection(section + 1, space)
    return true
  }

  private mutating func notePassEnd(_ circumstances: Circumstances) {
    if wantsExtraPass || circumstances.receiveDrops != dropsAtPassStart, spoiltPasses < Self.mostSpoiltPasses {
      spoiltPasses += 1
    }
    wantsExtraPass = false
    dropsAtPassStart = circumstances.receiveDrops
  }

  private mutating func settleSilent() {
    var place = bounds.lowerBound
    while let unknown = cells.firstUnknown(in: place..<bounds.upperBound) {
      cells[unknown] = .silent
      place = unknown + 1
    }
    triesOfSilent = min(triesOfSilent ?? .max, pass + 1 - spoiltPasses)
  }

  private mutating func enterSection(_ number: Int, _ space: ProbeSpace) {
    pass = 0
    spoiltPasses = 0
    wantsExtraPass = false
    firstCountedTry = 0
    dropsAtPassStart = nil
    guard number < space.sections.count else {
      section = .max
      flights = FlightList()  // nothing waits any more; 32,768 of them are worth the memory
      return
    }
    section = number
    bounds = space.sections[number]
    position = bounds.lowerBound
    // A control probe may have settled some already.
    unknownInSection = bounds.reduce(0) { $0 + (cells[$1] == .unknown ? 1 : 0) }
  }

  /// Stops here: what is unknown stays unknown, never silent.
  public mutating func abandon() { section = .max }
}
