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
