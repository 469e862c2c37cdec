internal import Records

/// The probes of one device that are on their way: sent, neither answered nor given up.
///
/// In the order of sending, so that the oldest is at the front. Answers come nearly in order, and
/// looking for one begins at the front.
struct FlightList: Sendable {
  private struct Flight: Sendable {
    var place: UInt16
    var `try`: UInt8
    var answered: Bool
    var at: MonotonicInstant
  }

  private var flights: [Flight] = []
  private var front = 0
  /// Probes that may still be answered.
  private(set) var outstanding = 0

  /// How far an answer is looked for. Beyond, it settles its port but measures no time.
  private static let reach = 4096

  mutating func add(place: Int, try number: Int, at now: MonotonicInstant) {
    flights.append(
      Flight(place: UInt16(truncatingIfNeeded: place), try: UInt8(truncatingIfNeeded: number), answered: false, at: now)
    )
    outstanding += 1
  }

  /// A probe that was answered.
  struct Landing: Hashable, Sendable {
    let at: MonotonicInstant
    let `try`: Int
  }

  /// Takes an answer. A pass begins when those before are given up, so a port has one probe on its way.
  /// - Parameter number: the try that the answer names; nil when it names none.
  /// - Returns: nil when the probe was given up, or answered already, or was another try.
  mutating func answer(place: Int, try number: Int?) -> Landing? {
    for index in front..<min(flights.count, front + Self.reach)
    where Int(flights[index].place) == place && !flights[index].answered
      && (number ?? Int(flights[index].try)) == Int(flights[index].try)
    {
      flights[index].answered = true
      outstanding -= 1
      let landing = Landing(at: flights[index].at, try: Int(flights[index].try))
      trim()
      return landing
    }
    return nil
  }

  /// Gives up the probes that left before a moment.
  mutating func giveUp(before moment: MonotonicInstant) {
    while front < flights.count, flights[front].answered || flights[front].at < moment {
      if !flights[front].answered { outstanding -= 1 }
      front += 1
    }
    compact()
  }

  /// When the oldest probe left.
  var oldest: MonotonicInstant? { front < flights.count ? flights[front].at : nil }

  private mutating func trim() {
    while front < flights.count, flights[front].answered { front += 1 }
    compact()
  }

  private mutating func compact() {
    if front == flights.count {
      flights.removeAll(keepingCapacity: flights.capacity <= 64)
      front = 0
    } else if front >= 256, front * 2 >= flights.count {
      flights.removeFirst(front)
      front = 0
    }
  }
}
