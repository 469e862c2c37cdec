/// What is known of each place of a list of ports: two bits a place, exact.
///
/// 65,535 places take 16 KiB, one takes 8 octets: 32,768 devices with one port each fit as well as
/// a /24 with all ports (4.2 MB; engine.md §0).
public struct CellTable: Sendable {
  public enum Cell: UInt64, Hashable, Sendable {
    case unknown = 0
    case open = 1
    case closed = 2
    case silent = 3
  }

  public let count: Int
  private var words: [UInt64]
  private var counts: InlineArray<4, UInt32>

  /// - Parameter count: places, 0 … 65,536, all of them unknown.
  public init(count: Int) {
    self.count = count
    words = [UInt64](repeating: 0, count: (count + 31) / 32)
    counts = InlineArray(repeating: 0)
    counts[Int(Cell.unknown.rawValue)] = UInt32(count)
  }

  public subscript(place: Int) -> Cell {
    get {
      // Two bits have exactly the four cases.
      Cell(rawValue: words[place >> 5] >> (UInt64(place & 31) &* 2) & 3) ?? .unknown
    }
    set {
      let shift = UInt64(place & 31) &* 2
      let word = words[place >> 5]
      counts[Int(word >> shift & 3)] -= 1
      counts[Int(newValue.rawValue)] += 1
      words[place >> 5] = word & ~(3 << shift) | newValue.rawValue << shift
    }
  }

  /// How many places are in a state.
  public func count(of cell: Cell) -> Int { Int(counts[Int(cell.rawValue)]) }

  /// The places in a state, ascending.
  public func places(_ cell: Cell) -> [Int] { (0..<count).filter { self[$0] == cell } }

  /// The first place in a state; nil when there is none.
  func firstPlace(_ cell: Cell) -> Int? { count(of: cell) == 0 ? nil : (0..<count).first { self[$0] == cell } }

  /// The first unknown place of a range; settled ones are passed 32 at a time.
  public func firstUnknown(in range: Range<Int>) -> Int? {
    var place = range.lowerBound
    while place < range.upperBound {
      // A bit for each place that is settled: either of its two bits is set.
      let word = words[place >> 5]
      let settled = (word | word >> 1) & 0x5555_5555_5555_5555
      let open = ~settled & 0x5555_5555_5555_5555 & (~0 << (UInt64(place & 31) &* 2))
      if open != 0 {
        let found = place & ~31 + open.trailingZeroBitCount / 2
        return found < range.upperBound ? found : nil
      }
      place = place & ~31 + 32
    }
    return nil
  }
}
