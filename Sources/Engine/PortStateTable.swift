/// Two bits for each of the 65,536 ports of one device: 16 KiB, exact.
public struct PortStateTable: Sendable {
  /// What is known of a port.
  public enum Cell: UInt64, Hashable, Sendable {
    case unknown = 0
    case open = 1
    case closed = 2
    case silent = 3
  }

  private var words = [UInt64](repeating: 0, count: 65_536 / 32)
  private var counts: InlineArray<4, Int>

  public init() {
    counts = InlineArray(repeating: 0)
    counts[Int(Cell.unknown.rawValue)] = 65_536
  }

  public subscript(port: UInt16) -> Cell {
    get {
      let shift = UInt64(port % 32) * 2
      // Two bits have exactly the four cases.
      return Cell(rawValue: words[Int(port / 32)] >> shift & 3) ?? .unknown
    }
    set {
      let shift = UInt64(port % 32) * 2
      counts[Int(self[port].rawValue)] -= 1
      counts[Int(newValue.rawValue)] += 1
      words[Int(port / 32)] = words[Int(port / 32)] & ~(3 << shift) | newValue.rawValue << shift
    }
  }

  /// How many of the 65,536 cells are in a state.
  public func count(of cell: Cell) -> Int { counts[Int(cell.rawValue)] }

  /// The ports in a state, ascending.
  public func ports(_ cell: Cell) -> [UInt16] { (0...UInt16.max).filter { self[$0] == cell } }
}
