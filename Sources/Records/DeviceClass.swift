/// How much a device's stack is trusted to bear (engine.md §6.8). Ordered: `fragile < normal < robust`.
public enum DeviceClass: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
  /// A microcontroller or a controller of a plant: a few buffers and connections for everybody.
  case fragile
  /// Nothing is known that speaks for or against it.
  case normal
  /// A general-purpose computer, or a storage or network appliance built on one.
  case robust

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .fragile: 0
    case .normal: 1
    case .robust: 2
    }
  }
}
