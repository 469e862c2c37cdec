public import Addressing

/// `data/ports/<device>.json`: what the probes of one device came to, port by port (EV-PORT).
public struct PortRecord: Hashable, Sendable, Codable {
  public let device: DeviceID
  public let address: IPAddress
  /// The requested ports as an expression; ports that are in none of the lists below were not settled.
  public let requested: String
  public let seed: String
  public let open: [UInt16]
  /// Runs of ports such as `1-22`.
  public let closed: [String]
  public let silent: [String]

  public init(
    device: DeviceID, address: IPAddress, requested: String, seed: String, open: [UInt16], closed: [UInt16],
    silent: [UInt16]
  ) {
    self.device = device
    self.address = address
    self.requested = requested
    self.seed = seed
    self.open = open
    self.closed = Self.runs(closed)
    self.silent = Self.runs(silent)
  }

  /// What the port came to; nil where it was not asked for, or not settled.
  public func state(of port: UInt16) -> PortState? {
    if open.contains(port) { return .open }
    if Self.contains(port, closed) { return .closed }
    return Self.contains(port, silent) ? .silent : nil
  }

  private static func contains(_ port: UInt16, _ runs: [String]) -> Bool {
    runs.contains { run in
      let bounds = run.split(separator: "-").compactMap { UInt16($0) }
      guard let low = bounds.first, let high = bounds.last else { return false }
      return low <= port && port <= high
    }
  }

  /// Ascending ports as one expression such as `53,67-69`.
  public static func expression(_ ports: [UInt16]) -> String { runs(ports).joined(separator: ",") }

  /// Ascending ports as runs.
  static func runs(_ ports: [UInt16]) -> [String] {
    var result: [String] = []
    var start = 0
    for index in ports.indices {
      let isLast = index + 1 == ports.count || ports[index + 1] != ports[index] + 1
      guard isLast else { continue }
      result.append(start == index ? "\(ports[index])" : "\(ports[start])-\(ports[index])")
      start = index + 1
    }
    return result
  }
}
