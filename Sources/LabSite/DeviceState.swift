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
  /// When its link went down, in nanoseconds of the Unix epoch.
  public var downAt: Int64?
  /// Frames the counter itself lost; anything but 0 makes the other figures lower bounds.
  public var missed = 0
  /// What a printer would have printed.
  public var payloadOctets: Int?
  public var connections: Int?
  /// What a simulated login counted.
  public var logins: LoginState?
  /// What an emulated device says about itself; its death shows in `alive` too.
  public var emulator: EmulatorState?

  public init() {}

  /// What the sink of a printer adds to the counter's figures.
  struct Sink: Codable {
    var payloadOctets = 0
    var connections = 0
  }

  /// Every device's figures below `directory`, a lab's state directory.
  public static func collect(from directory: String, for site: Site) -> [String: DeviceState] {
    func read<Value: Decodable>(_ name: String) -> Value? {
      guard let data = FileManager.default.contents(atPath: "\(directory)/\(name).json") else { return nil }
      return try? JSONDecoder().decode(Value.self, from: data)
    }
    var states: [String: DeviceState] = [:]
    for name in names(for: site) {
      guard var state: DeviceState = read(name) else { continue }
      if let sink: Sink = read("\(name).sink") {
        state.payloadOctets = sink.payloadOctets
        state.connections = sink.connections
      }
      state.logins = read("\(name).logins")
      if let emulator: EmulatorState = read("\(name).emulator") { state.take(emulator) }
      states[name] = state
    }
    return states
  }

  private mutating func take(_ emulator: EmulatorState) {
    self.emulator = emulator
    alive = alive && emulator.alive
    connections = emulator.connections
    guard !emulator.printedOctets.isEmpty else { return }
    payloadOctets = emulator.printedOctets.values.reduce(0, +)
  }

  private static func names(for site: Site) -> [String] {
    site.devices.map(\.name) + (site.arpLimit == nil ? [] : [Site.switchName])
  }

  /// The files that are there once everybody who counts has begun.
  static func files(for site: Site) -> [String] {
    names(for: site).map { "\($0).json" } + site.emulated.map { "\($0.name).emulator.json" }
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
