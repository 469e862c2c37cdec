public import Records

/// A question to a UDP service: its protocol's own, with a payload, because silence to an empty
/// datagram says nothing (engine.md §6.12).
public struct DatagramProbe: Sendable {
  /// The name of the rule it comes from.
  public let id: String
  public let port: UInt16
  /// The port to send from, reserved on this host, where the protocol sends answers to a port of its own
  /// (ECHONET Lite 1.13, part 2 §1.2: 3610); nil = the scan's port for datagrams.
  public let sourcePort: UInt16?
  /// Answers may come from a port other than the one that was asked (TFTP: RFC 1350 §4).
  public let answersFromAnyPort: Bool
  /// The payload for a transaction number.
  public let payload: @Sendable (UInt32) -> [UInt8]
  /// Whether octets are an answer to the question with that transaction number.
  public let isAnswer: @Sendable ([UInt8], UInt32) -> Bool

  public init(
    id: String, port: UInt16, sourcePort: UInt16? = nil, answersFromAnyPort: Bool = false,
    payload: @escaping @Sendable (UInt32) -> [UInt8],
    isAnswer: @escaping @Sendable ([UInt8], UInt32) -> Bool
  ) {
    self.id = id
    self.port = port
    self.sourcePort = sourcePort
    self.answersFromAnyPort = answersFromAnyPort
    self.payload = payload
    self.isAnswer = isAnswer
  }
}

/// The UDP questions to one address: paced to the rate at which the device says "closed".
///
/// Open is what answers, closed is what ICMP says is unreachable, and silence stays
/// open-or-filtered: most stacks limit how often they say "unreachable" (RFC 1812 §4.3.2.8).
public struct DatagramScan: Sendable {
  public private(set) var cells: CellTable
  public private(set) var sent = 0
  /// "Unreachable" messages a second that the device does not exceed; nil while none was found.
  public private(set) var icmpLimit: Int?

  private let rate: Int
  private let tries: Int
  private var pass = 0
  private var position = 0
  /// All questions of the pass are asked; its answers are awaited.
  private var isAwaiting = false
  private var nextAt = MonotonicInstant(nanoseconds: .min)
  private var isAbandoned = false
  /// When the "unreachable" messages of this pass came.
  private var unreachableAt: [MonotonicInstant] = []
  private var askedAt = MonotonicInstant(nanoseconds: .min)

  /// What is waited for after the last question of a pass, in nanoseconds: some services look things up first.
  private static let patience: Int64 = 1_000_000_000
  /// Answers that Linux gives at once before its limit of one a second holds (net.ipv4.icmp_ratelimit).
  private static let burst = 6

  /// - Parameters:
  ///   - count: questions.
  ///   - rate: questions a second until the device's limit is known, at least 1.
  public init(count: Int, rate: Int, tries: Int = 3) {
    cells = CellTable(count: count)
    self.rate = max(1, rate)
    self.tries = tries
  }

  public var isFinished: Bool { isAbandoned || cells.count(of: .unknown) == 0 }

  /// When the next question is due; nil when none is left.
  public var waitingUntil: MonotonicInstant? { isFinished ? nil : nextAt }

  /// The place of the question to ask now, with the try.
  public mutating func next(now: MonotonicInstant) -> (place: Int, try: Int)? {
    while !isFinished, now >= nextAt {
      if isAwaiting {
        endPass()
      } else if let place = cells.firstUnknown(in: min(position, cells.count)..<cells.count) {
        position = place
        return (place, pass)
      } else {
        isAwaiting = true
        nextAt = MonotonicInstant(nanoseconds: now.nanoseconds + Self.patience)
      }
    }
    return nil
  }

  private mutating func endPass() {
    pass += 1
    position = 0
    isAwaiting = false
    measureLimit()
    guard pass >= tries else { return }
    for place in 0..<cells.count where cells[place] == .unknown { cells[place] = .silent }
  }

  /// Unanswered questions beside answered ones: the pace of the answers is the device's limit.
  private mutating func measureLimit() {
    defer { unreachableAt.removeAll() }
    guard unreachableAt.count >= 2, cells.count(of: .unknown) > 0 else { return }
    let steady = unreachableAt.dropFirst(min(Self.burst, unreachableAt.count - 2))
    // Up to the last question: where the last answer came is chance.
    guard let first = steady.first, askedAt > first else { return }
    let seconds = Double(askedAt.nanoseconds - first.nanoseconds) / 1e9
    let measured = Double(steady.count - 1) / seconds
    if measured < 0.75 * Double(icmpLimit ?? rate) { icmpLimit = max(1, Int(measured + 0.5)) }
  }

  public mutating func commit(_ place: Int, at now: MonotonicInstant) {
    sent += 1
    position = place + 1
    askedAt = now
    // A little below the limit, so that the answer to each question finds its token.
    let distance = icmpLimit.map { 1_100_000_000 / Int64($0) } ?? 1_000_000_000 / Int64(rate)
    nextAt = MonotonicInstant(nanoseconds: now.nanoseconds + distance)
  }

  /// Takes an answer.
  /// - Returns: whether the cell had none before.
  public mutating func resolve(_ place: Int, as cell: CellTable.Cell, at now: MonotonicInstant) -> Bool {
    if cell == .closed { unreachableAt.append(now) }
    guard cells[place] == .unknown || (cells[place] == .silent && cell != .silent) else { return false }
    cells[place] = cell
    return true
  }

  /// Takes over what an earlier run found out; only what is left is asked.
  mutating func restore(_ places: [Int], as cell: CellTable.Cell) {
    for place in places where place < cells.count && cells[place] == .unknown { cells[place] = cell }
  }

  /// The count goes on where an earlier run's ended.
  mutating func restore(sent: Int) { self.sent += sent }

  /// Stops here: what is unknown stays unknown.
  public mutating func abandon() { isAbandoned = true }
}
