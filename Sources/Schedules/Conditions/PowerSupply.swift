/// A power supply as /sys/class/power_supply shows it (Documentation/ABI/testing/sysfs-class-power).
public struct PowerSupply: Hashable, Sendable {
  /// `Mains`, `USB`, `Battery`, …
  public let type: String
  public let isOnline: Bool
  /// `Device` for batteries of mice and the like.
  public let scope: String
  /// `Charging`, `Discharging`, `Full`, `Not charging`, `Unknown`.
  public let status: String

  public init(type: String, isOnline: Bool, scope: String, status: String) {
    self.type = type
    self.isOnline = isOnline
    self.scope = scope
    self.status = status
  }

  /// A computer without a battery of its own has nothing but mains.
  public static func power(of supplies: [PowerSupply]) -> Circumstances.Power {
    let own = supplies.filter { $0.scope != "Device" }
    let batteries = own.filter { $0.type == "Battery" }
    guard !batteries.isEmpty else { return .mains }
    if own.contains(where: { $0.type != "Battery" && $0.isOnline }) { return .mains }
    // Some laptops show no supply but their battery.
    let hasSupply = own.contains { $0.type != "Battery" }
    return !hasSupply && batteries.allSatisfy { $0.status == "Charging" || $0.status == "Full" } ? .mains : .battery
  }
}
