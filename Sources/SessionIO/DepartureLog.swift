internal import Addressing
internal import CLinux

/// Segments that connections of this run sent to devices without being probes, where no capture counts
/// them: each device's budget is to include them.
public final class DepartureLog {
  private var departures: [Departure] = []

  public init() {}

  func note(_ departure: Departure) { departures.append(departure) }

  /// Nothing waits to be charged.
  public var isEmpty: Bool { departures.isEmpty }

  /// Takes out what went to addresses of the caller's.
  func take(of isOwn: (IPAddress) -> Bool) -> [Departure] {
    guard !departures.isEmpty else { return [] }
    let own = departures.filter { isOwn($0.address) }
    departures.removeAll { isOwn($0.address) }
    return own
  }
}

/// The descriptors that connections may take at a time, of all that this process may have open.
public enum DescriptorLimit {
  /// For the pack's files, captures and the connections that listen to services.
  private static let margin = 160
  /// More would bring no speed: 1000 silent ports a second are 900 connections under way.
  private static let most = 4096

  /// Raises the process's soft limit to its hard one.
  /// - Returns: connections that may be under way at a time, 16 … 4096.
  public static func raised() -> Int { connections(of: Int(CLinux_raise_descriptor_limit())) }

  /// - Parameter descriptors: that the process may have open.
  static func connections(of descriptors: Int) -> Int { min(most, max(16, descriptors - margin)) }
}
