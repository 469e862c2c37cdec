internal import Glibc

/// What an interface is, as far as this host can tell. What lies behind it stays unknown: a switch that
/// counts ARP questions looks like any other, and Wi-Fi behind a cable like the cable.
public enum LinkKind: Hashable, Sendable {
  case wired, wifi

  /// Reads the kernel's description of the interface: cfg80211 puts a link `phy80211` to the radio there,
  /// the older wireless extensions a folder `wireless` (Documentation/ABI/testing/sysfs-class-net).
  /// - Parameter root: where the interfaces are described; the folder shows those of the network namespace
  ///   in which sysfs was mounted. An interface that is not there counts as wired.
  public static func detected(of interface: String, in root: String = "/sys/class/net") -> LinkKind {
    let signs = ["phy80211", "wireless"].map { "\(root)/\(interface)/\($0)" }
    return signs.contains { unsafe access($0, F_OK) == 0 } ? .wifi : .wired
  }
}
