public import Records

/// The SYN scan of one device: which port next, which try, what is settled. No clock, no I/O.
///
/// Every port of a section is tried once; after a time-out the ones without an answer are tried
/// again, up to `tries` times in all; what is still unknown then is silent. It ends as soon as
/// nothing is unknown.
public struct PortScan: Sendable {
  /// A SYN to send.
  public struct Probe: Hashable, Sendable {
    public let port: UInt16
    public let `try`: Int
  }

  public private(set) var table = PortStateTable()
  public private(set) var roundTrip = RoundTripTime()
  /// SYN frames sent.
  public private(set) var sent = 0
  /// Probes sent since the device last answered one.
  public private(set) var sentSinceAnswer = 0
  public private(set) var answers = 0

  private let order: ProbeOrder
  private let tries: Int
  private var section = 0
  private var pass = 0
  private var position: Int
  private var passEnds: MonotonicInstant?
  private var recent: [SentProbe] = []
  private var recentNext = 0
  /// Cells of the current section that are still unknown.
  private var unknownInSection: Int

  private struct SentProbe: Sendable {
    var port: UInt16
    var `try`: Int
    var at: MonotonicInstant
  }

  /// Round-trip times are measured on the last so many probes; older answers only settle cells.
  private static let remembered = 256

  public init(order: ProbeOrder, tries: Int = 3) {
    self.order = order
    self.tries = min(max(1, tries), ProbeCookie.maximumTries)
    position = order.sections.first?.lowerBound ?? 0
    unknownInSection = order.sections.first?.count ?? 0
  }

  public var requested: Int { order.count }

  public var isFinished: Bool { section >= order.sections.count }

  /// Cells of the requested ports that are not settled yet.
  public var unresolved: Int { order.count - settled }

  private var settled: Int { table.count(of: .open) + table.count(of: .closed) + table.count(of: .silent) }

  /// How many probes are left if the ports to come answer as the section's ports did so far.
  public var probesLeft: Int {
    guard !isFinished else { return 0 }
    let bounds = order.sections[section]
    let ahead = pass == 0 ? bounds.upperBound - position : 0
    let passed = max(1, bounds.count - ahead)
    let unanswered = max(0, unknownInSection - ahead)
    let retries = Double(tries - 1 - pass) * Double(unanswered) / Double(passed)
    let later = order.sections.dropFirst(section + 1).reduce(0) { $0 + $1.count }
    return Int(Double(ahead) * (1 + retries) + Double(unanswered * (tries - 1 - pass)) + Double(later) * (1 + retries))
  }

  /// How many probes on their way may still be answered by a SYN-ACK, each of which costs the device
  /// a reset from this host's kernel: those younger than the time-out, in the proportion of open
  /// ports so far.
  func resetsToExpect(rate: Int) -> Int {
    guard answers > 0 else { return 0 }
    let young = Int((roundTrip.timeout(try: 0).seconds * Double(rate)).rounded(.up))
    return min(max(0, sent - answers), young) * table.count(of: .open) / answers
  }

  /// What is to be sent now.
  /// - Returns: nil when nothing is due; ``waitingUntil`` then says when to ask again.
  public mutating func next(now: MonotonicInstant) -> Probe? {
    while !isFinished {
      let bounds = order.sections[section]
      while position < bounds.upperBound {
        let port = order[position]
        if table[port] == .unknown { return Probe(port: port, try: pass) }
        position += 1
      }
      guard endPass(bounds, now: now) else { return nil }
    }
    return nil
  }

  /// Counts the probe that ``next(now:)`` gave as sent.
  public mutating func commit(_ probe: Probe, at now: MonotonicInstant) {
    sent += 1
    sentSinceAnswer += 1
    position += 1
    passEnds = now + roundTrip.timeout(try: pass)
    let entry = SentProbe(port: probe.port, try: probe.try, at: now)
    if recent.count < Self.remembered {
      recent.append(entry)
    } else {
      recent[recentNext] = entry
      recentNext = (recentNext + 1) % Self.remembered
    }
  }

  /// When the current pass's last answers are due.
  public var waitingUntil: MonotonicInstant? { passEnds }

  /// Takes an answer whose cookie was valid.
  /// - Returns: whether it settled the cell. Repeated answers, and answers to ports that were not
  ///   asked for, do not.
  public mutating func resolve(_ port: UInt16, as cell: PortStateTable.Cell, try number: Int, at now: MonotonicInstant)
    -> Bool
  {
    answers += 1
    sentSinceAnswer = 0
    if let probe = recent.last(where: { $0.port == port && $0.try == number }) {
      roundTrip.measured(now - probe.at)
    }
    // An answer that comes after the last try still counts; a filter's second "no" does not.
    guard table[port] == .unknown || (table[port] == .silent && cell != .silent) else { return false }
    // Only ports of the current section are unknown and were asked: earlier sections are settled.
    if table[port] == .unknown { unknownInSection -= 1 }
    table[port] = cell
    return true
  }

  /// At the end of a pass: waits for its answers, then goes on with the next pass or section.
  /// - Returns: false while there is something to wait for.
  private mutating func endPass(_ bounds: Range<Int>, now: MonotonicInstant) -> Bool {
    if unknownInSection == 0 {
      enterSection(section + 1)
      return true
    }
    if let ends = passEnds, now < ends { return false }
    passEnds = nil
    if pass + 1 < tries {
      pass += 1
      position = bounds.lowerBound
    } else {
      for index in bounds where table[order[index]] == .unknown { table[order[index]] = .silent }
      enterSection(section + 1)
    }
    return true
  }

  private mutating func enterSection(_ number: Int) {
    section = number
    pass = 0
    passEnds = nil
    guard number < order.sections.count else { return }
    position = order.sections[number].lowerBound
    unknownInSection = order.sections[number].count
  }

  /// Stops here: what is unknown stays unknown, never silent.
  public mutating func abandon() { section = order.sections.count }
}
