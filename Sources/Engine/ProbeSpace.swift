/// The ports that are asked on every device, in the order in which they are first asked.
///
/// Sections are finished one after the other, retries included, so that what matters most is
/// settled within the first seconds even of a full range (engine.md §6.11). Within the last, the seed
/// fixes the order: runs of ``runLength`` ports are shuffled. It is the same for every address. Both
/// are kind to caches: devices in turns are asked for the same ports, and TCP stacks look ports up in
/// tables where neighbours share a cache line (measured on Linux 6.18: a tenth of the lookup time
/// of a full range).
///
/// Answers come in about this order too, so what is settled is a few runs of places where it would
/// be thousands of single ports: that is what a run's checkpoints are written in.
public struct ProbeSpace: Sendable {
  /// The telling ports as they were given, then the others shuffled.
  public let ports: [UInt16]
  public let sections: [Range<Int>]
  /// The place of each port; `absent` where it was not asked for.
  private let places: [UInt16]
  private static let absent = UInt16.max
  /// Ports that stay beside each other: as many pointers as two cache lines hold.
  static let runLength = 16

  /// - Parameters:
  ///   - priority: ports in the order in which they are to be probed.
  ///   - rest: the others; no port stands twice. Port 0 is no port (RFC 6335 §6).
  ///   - seed: the same seed gives the same order again.
  public init(priority: [UInt16], rest: [UInt16], seed: ScanSeed) {
    let all = priority + Self.shuffled(rest.sorted(), seed)
    precondition(all.count <= Int(Self.absent), "there are 65,535 ports")
    var places = [UInt16](repeating: Self.absent, count: 65_536)
    for (place, port) in all.enumerated() { places[Int(port)] = UInt16(place) }
    ports = all
    self.places = places
    sections = [0..<priority.count, priority.count..<all.count].filter { !$0.isEmpty }
  }

  private static func shuffled(_ ports: [UInt16], _ seed: ScanSeed) -> [UInt16] {
    let order = Permutation(count: (ports.count + runLength - 1) / runLength, seed: seed)
    return (0..<order.count).flatMap { ports[order[$0] * runLength..<min((order[$0] + 1) * runLength, ports.count)] }
  }

  public var count: Int { ports.count }

  /// The place of a port, nil when it was not asked for.
  public func place(of port: UInt16) -> Int? {
    let place = places[Int(port)]
    return place == Self.absent ? nil : Int(place)
  }

  /// The ports in a state, ascending.
  public func ports(_ cell: CellTable.Cell, in cells: CellTable) -> [UInt16] {
    let places = cells.places(cell)
    guard places.count > 1024 else { return places.map { ports[$0] }.sorted() }
    // A pass over all ports costs less than sorting many.
    return (0...UInt16.max).filter { place(of: $0).map { cells[$0] == cell } ?? false }
  }
}
