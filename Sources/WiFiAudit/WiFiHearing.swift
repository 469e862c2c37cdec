public import WiFi
public import Wire

/// What was heard of networks, from whatever source, and how far the hearing went: all that judgement, JSON and the table are made of.
///
/// A source is a file, a monitor interface or the kernel's scan. Each says what it is (``begin(_:)``) and hands over what it hears.
public struct WiFiHearing: Sendable {
  public private(set) var survey = WiFiSurvey()
  public private(set) var coverage = WiFiCoverage()
  public private(set) var sources: [WiFiSource] = []
  /// Proof of what networks said.
  public private(set) var kept = WiFiFrames()

  public init() {}

  /// The frames that follow come from this source.
  public mutating func begin(_ source: WiFiSource) {
    sources.append(source)
    coverage.pause()
  }

  /// Takes a captured frame.
  /// - Parameters:
  ///   - octets: with the capture's header in front.
  ///   - nanoseconds: since 1970; nil where the source does not say.
  public mutating func take(_ octets: Span<UInt8>, _ type: RadioHeader.LinkType, at nanoseconds: Int64?) {
    survey.take(octets, type)
    if let network = survey.newlyDescribed { kept.keep(octets, type, of: network, at: nanoseconds) }
    if !sources.isEmpty { sources[sources.count - 1].count(type) }
    guard let radio = try? RadioHeader(parsing: octets, type), radio.checkSequence != .wrong else { return }
    // An interface knows for how long it was on a channel; of a file only its frames tell.
    let isFile = sources.last?.kind == .file
    coverage.heard(on: radio.frequency, at: nanoseconds, showsTime: isFile)
  }

  /// Changes the survey, for a source that hears no frames (the kernel's scan).
  public mutating func withSurvey(_ change: (inout WiFiSurvey) -> Void) { change(&survey) }

  /// Changes the coverage, for a source that knows itself where it listened and for how long.
  public mutating func withCoverage(_ change: (inout WiFiCoverage) -> Void) { change(&coverage) }

  /// A frame of a link type that is not 802.11's: told, and not guessed at.
  public mutating func passOver(_ type: UInt16) {
    if !sources.isEmpty { sources[sources.count - 1].otherFrames[type, default: 0] += 1 }
  }

  /// The source that was begun last heard frames for which the kernel had no room.
  public mutating func note(dropped frames: Int) {
    if !sources.isEmpty { sources[sources.count - 1].dropped += frames }
  }

  /// The source that was begun last ended before its end.
  public mutating func breakOff(_ reason: WiFiSource.End) {
    if !sources.isEmpty { sources[sources.count - 1].end = reason }
  }
}

/// Where frames came from.
public struct WiFiSource: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, Codable {
    /// A capture file, by its path.
    case file
    /// An interface in monitor mode.
    case monitor
    /// The kernel's scan on an interface.
    case scan
  }

  /// How it ended.
  public enum End: Hashable, Sendable {
    case whole
    /// The file ends within a record that begins at this octet.
    case truncated(at: Int)
    /// What stands at this octet of the file is no record.
    case malformed(at: Int)
    /// It was stopped before its time.
    case interrupted
  }

  public let kind: Kind
  /// The path, or the interface.
  public let name: String
  /// By link type.
  public var frames: [RadioHeader.LinkType: Int] {
    var frames = settled
    if let type { frames[type, default: 0] += run }
    return frames
  }
  /// A table is changed when the type does: a file has one, as a rule, and millions of frames.
  private var settled: [RadioHeader.LinkType: Int] = [:]
  private var type: RadioHeader.LinkType?
  private var run = 0
  /// Frames of other link types, by number.
  public internal(set) var otherFrames: [UInt16: Int] = [:]
  /// Frames that a radio heard and the kernel had no room for.
  public internal(set) var dropped = 0
  public internal(set) var end = End.whole

  public init(_ kind: Kind, name: String) { (self.kind, self.name) = (kind, name) }

  mutating func count(_ type: RadioHeader.LinkType) {
    if type != self.type {
      settled = frames
      (self.type, run) = (type, 0)
    }
    run += 1
  }
}

/// Which channels were listened to, and for how long.
public struct WiFiCoverage: Hashable, Sendable {
  /// On one frequency.
  public struct Listening: Hashable, Sendable {
    public internal(set) var frames = 0
    /// Of sources that know: the time that the receiver was there. Of captures: the time between frames that came within a second of each
    /// other on the same frequency, which is the least that it can have been.
    public internal(set) var nanoseconds: Int64 = 0

    mutating func add(_ other: Listening) {
      frames += other.frames
      nanoseconds += other.nanoseconds
    }
  }

  /// By frequency in MHz.
  public var channels: [UInt16: Listening] {
    var channels = settled
    if let frequency { channels[frequency, default: Listening()].add(current) }
    return channels
  }
  /// A table is changed when the receiver hops, not with each frame.
  private var settled: [UInt16: Listening] = [:]
  private var frequency: UInt16?
  private var current = Listening()
  /// Sound frames whose frequency the source did not say.
  public private(set) var framesWithoutChannel = 0
  /// Of all frames that had a time, in nanoseconds since 1970.
  public private(set) var firstTime: Int64?
  public private(set) var lastTime: Int64?
  /// When the last frame came, on the same frequency.
  private var previous: Int64?

  /// A longer gap between two frames does not show that somebody listened meanwhile.
  private static let longestGap: Int64 = 1_000_000_000

  public init() {}

  /// Counts a sound frame of a capture.
  /// - Parameter showsTime: the time since the frame before it was spent listening; a source that knows says so by
  ///   ``listened(on:for:frames:)`` instead.
  public mutating func heard(on frequency: UInt16?, at nanoseconds: Int64?, showsTime: Bool = true) {
    if let nanoseconds {
      firstTime = min(firstTime ?? nanoseconds, nanoseconds)
      lastTime = max(lastTime ?? nanoseconds, nanoseconds)
    }
    guard let frequency, frequency != 0 else {
      framesWithoutChannel += 1
      previous = nil
      return
    }
    if frequency != self.frequency {
      settled = channels
      (self.frequency, current, previous) = (frequency, Listening(), nil)
    }
    current.frames += 1
    guard showsTime, let nanoseconds else { return }
    if let previous {
      let (gap, overflow) = nanoseconds.subtractingReportingOverflow(previous)
      if !overflow, (0...Self.longestGap).contains(gap) { current.nanoseconds += gap }
    }
    previous = nanoseconds
  }

  /// Counts time for which a receiver was on a frequency, whether it heard anything or not.
  public mutating func listened(on frequency: UInt16, for nanoseconds: Int64, frames: Int = 0) {
    settled[frequency, default: Listening()].nanoseconds += nanoseconds
    settled[frequency, default: Listening()].frames += frames
  }

  /// Counts the time from the beginning to the end of a source that tells no time of its frames.
  public mutating func lasted(from: Int64, until: Int64) {
    firstTime = min(firstTime ?? from, from)
    lastTime = max(lastTime ?? until, until)
  }

  /// What comes next has nothing to do with what came last.
  mutating func pause() { previous = nil }
}
