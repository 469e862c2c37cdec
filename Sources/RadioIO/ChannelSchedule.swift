public import Wire

/// On which channel a radio listens next, and what came of it so far.
///
/// First each channel once, by frequency. From then on every other turn belongs to a channel on which something was heard: handshakes and data come
/// there, and a network that begins to send is still found by the turns between.
public struct ChannelSchedule: Sendable {
  public struct Coverage: Hashable, Sendable {
    /// MHz.
    public let frequency: UInt32
    public internal(set) var milliseconds: Int64 = 0
    /// Of this channel, by what the radio says of each.
    public internal(set) var frames = 0
    /// The radio would not listen there.
    public internal(set) var isRefused = false
  }

  public private(set) var coverage: [Coverage]
  private var turn = 0
  private var (next, nextBusy) = (0, 0)

  public init(_ channels: [NL80211Channel]) {
    coverage = Set(channels.filter { !$0.isDisabled }.map(\.frequency)).sorted().map { Coverage(frequency: $0) }
  }

  /// The place of the next channel in ``coverage``; nil when none is left.
  public mutating func advance() -> Int? {
    let usable = coverage.indices.filter { !coverage[$0].isRefused }
    guard !usable.isEmpty else { return nil }
    defer { turn += 1 }
    let busy = usable.filter { coverage[$0].frames > 0 }
    if turn >= coverage.count, turn.isMultiple(of: 2), !busy.isEmpty {
      nextBusy += 1
      return busy[(nextBusy - 1) % busy.count]
    }
    // The next one in a ring of all, so that a refused one shifts nothing.
    let place = usable.first { $0 >= next % coverage.count } ?? usable[0]
    next = place + 1
    return place
  }

  public mutating func note(_ place: Int, milliseconds: Int64, frames: Int) {
    coverage[place].milliseconds += milliseconds
    coverage[place].frames += frames
  }

  public mutating func refuse(_ place: Int) { coverage[place].isRefused = true }
}
