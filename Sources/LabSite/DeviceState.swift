import Foundation

/// What a device's own side counted while the lab was up.
public struct DeviceState: Hashable, Sendable, Codable {
  /// Frames addressed to the device: to its MAC, or an ARP broadcast that asks for its address.
  public var frames = 0
  /// Broadcast and multicast frames that were not meant for this device in particular.
  public var broadcast = 0
  /// Most `frames` within any one second, by kernel receive time.
  public var peakPerSecond = 0
  public var alive = true
  /// Frames the counter itself lost; anything but 0 makes the other figures lower bounds.
  public var missed = 0
  /// What a printer would have printed.
  public var payloadOctets: Int?
  public var connections: Int?

  public init() {}

  /// What the sink of a printer adds to the counter's figures.
  struct Sink: Codable {
    var payloadOctets = 0
    var connections = 0
  }

  /// Every device's figures below `directory`, a lab's state directory.
  public static func collect(from directory: String, for site: Site) -> [String: DeviceState] {
    var states: [String: DeviceState] = [:]
    let decoder = JSONDecoder()
    for device in site.devices {
      guard let data = FileManager.default.contents(atPath: "\(directory)/\(device.name).json"),
        var state = try? decoder.decode(DeviceState.self, from: data)
      else { continue }
      if let data = FileManager.default.contents(atPath: "\(directory)/\(device.name).sink.json"),
        let sink = try? decoder.decode(Sink.self, from: data)
      {
        state.payloadOctets = sink.payloadOctets
        state.connections = sink.connections
      }
      states[device.name] = state
    }
    return states
  }

  public static func json(_ states: [String: DeviceState]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(states), as: UTF8.self)
  }
}

extension Encodable {
  /// Readers of a state file never see half of one: it is renamed into place.
  func writeState(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
