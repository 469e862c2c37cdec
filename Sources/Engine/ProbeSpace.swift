/// The ports that are asked on every device, and the place of each in the tables.
///
/// Sections are finished one after the other, retries included, so that what matters most is
/// settled within the first seconds even of a full range (engine.md §6.11).
public struct ProbeSpace: Sendable {
  /// The telling ports in their order, then the others ascending.
  public let ports: [UInt16]
  public let sections: [Range<Int>]
  /// Places from here on are probed in an order that differs from device to device.
  public let permutedFrom: Int
  /// The place of each port; `absent` where it was not asked for.
  private let places: [UInt16]
  private static let absent = UInt16.max

  /// - Parameters:
  ///   - priority: ports in the order in which they are to be probed.
  ///   - rest: the others; no port stands twice. Port 0 is no port (RFC 6335 §6).
  public init(priority: [UInt16], rest: [UInt16]) {
    let all = priority + rest.sorted()
    precondition(all.count <= Int(Self.absent), "there are 65,535 ports")
    var places = [UInt16](repeating: Self.absent, count: 65_536)
    for (place, port) in all.enumerated() { places[Int(port)] = UInt16(place) }
    ports = all
    self.places = places
    permutedFrom = priority.count
    sections = [0..<priority.count, priority.count..<all.count].filter { !$0.isEmpty }
  }

  public var count: Int { ports.count }

  /// The place of a port, nil when it was not asked for.
  public func place(of port: UInt16) -> Int? {
    let place = places[Int(port)]
    return place == Self.absent ? nil : Int(place)
  }

  /// The ports in a state, ascending.
  public func ports(_ cell: CellTable.Cell, in cells: CellTable) -> [UInt16] {
    cells.places(cell).map { ports[$0] }.sorted()
  }
}
