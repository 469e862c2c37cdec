/// Where everything stands in the picture of one band: a row for each network, a column for each channel, in pixels.
///
/// Columns of channels that nobody listened to are drawn as such: an empty place there says nothing.
struct ChannelMap: Hashable {
  struct Column: Hashable {
    let number: Int
    let x: Int
    /// nil where nobody listened.
    let milliseconds: Int?
  }

  struct Row: Hashable {
    let name: String
    let outcome: NetworkReport.Outcome
    let x: Int
    let y: Int
    let width: Int
  }

  static let rowHeight = 20
  private static let labels = 210
  private static let widest = 900
  /// Letters of a name that fit beside its row.
  private static let mostLetters = 26

  /// Pixels of a column.
  let unit: Int
  let columns: [Column]
  let rows: [Row]
  /// Where the rows begin.
  let top = 36
  var width: Int { Self.labels + columns.count * unit + 10 }

  /// nil when neither a network was heard on the band nor anybody listened to it.
  init?(_ report: NetworkReport, _ band: NetworkReport.Band) {
    let networks = report.networks.filter { $0.channel?.band == band }
    let listening = report.listening.filter { $0.channel.band == band }
    guard !networks.isEmpty || !listening.isEmpty else { return nil }
    let known = Set(networks.compactMap(\.channel?.number) + listening.map(\.channel.number))
    let numbers = known.union(Self.usual(band)).sorted()
    let unit = max(16, min(40, Self.widest / max(1, numbers.count)))
    let times = Dictionary(listening.map { ($0.channel.number, $0.milliseconds) }, uniquingKeysWith: +)
    columns = numbers.enumerated().map { place, number in
      Column(number: number, x: Self.labels + place * unit, milliseconds: times[number])
    }
    // A channel of 20 MHz covers two neighbours on either side where channels stand 5 MHz apart (IEEE 802.11-2020 §15.4.4.3).
    let reach = band == .low ? 2 : 0
    let top = top
    rows = networks.sorted { ($0.channel?.number ?? 0, $0.address) < ($1.channel?.number ?? 0, $1.address) }
      .enumerated().map { place, network in
        let middle = numbers.firstIndex(of: network.channel?.number ?? 0) ?? 0
        let (first, last) = (max(0, middle - reach), min(numbers.count - 1, middle + reach))
        return Row(
          name: Self.label(network), outcome: network.outcome, x: Self.labels + first * unit,
          y: top + place * Self.rowHeight, width: (last - first + 1) * unit)
      }
    self.unit = unit
  }

  /// The channels that are shown whether or not anything was heard there; of 6 GHz only those that matter here.
  private static func usual(_ band: NetworkReport.Band) -> [Int] {
    switch band {
    case .low: Array(1...13)
    case .middle: Array(stride(from: 36, through: 64, by: 4)) + Array(stride(from: 100, through: 144, by: 4))
    case .high: []
    }
  }

  private static func label(_ network: NetworkReport.Network) -> String {
    guard let name = network.name else { return network.address }
    let shown = inert(name)
    return shown.count > mostLetters ? shown.prefix(mostLetters - 1) + "…" : shown
  }
}
