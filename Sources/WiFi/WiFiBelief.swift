/// On what a statement of a network rests, weakest first.
public enum WiFiStanding: Int, Hashable, Sendable, Comparable, CaseIterable {
  /// One frame said it, and nothing shows that it came as it was sent.
  case once
  /// One frame said it, whose check sequence is right, or which the receiver that checks it did not find wrong.
  case sound
  /// One frame said it, and frames of another kind agree: what clients chose of it, what the access point repeats in a handshake, how data are
  /// protected.
  case supported
  /// Two frames said the same.
  case repeated

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A value of which several versions may be heard: which one stands, and on what.
///
/// Whatever stands on more than one unchecked frame is only replaced by what came twice.
struct WiFiBelief<Value: Hashable & Sendable>: Hashable, Sendable {
  private(set) var value: Value?
  /// nil while nothing stands: nothing was heard, or single frames contradict each other.
  private(set) var standing: WiFiStanding?
  /// Heard once each, the newer one last.
  private var candidates: [Value] = []
  private static var most: Int { 2 }

  /// - Parameter isSound: the frame is known to be what was sent.
  /// - Returns: what had been repeated before and is replaced.
  mutating func hear(_ heard: Value, isSound: Bool) -> Value? {
    if heard == value {
      standing = .repeated
      return nil
    }
    if let place = candidates.firstIndex(of: heard) {
      candidates.remove(at: place)
      let old = standing == .repeated ? value : nil
      (value, standing) = (heard, .repeated)
      return old
    }
    switch standing {
    case nil where candidates.isEmpty: (value, standing) = (heard, isSound ? .sound : .once)
    case nil where isSound: (value, standing) = (heard, .sound)
    case .once:
      // One of the two is broken.
      if let value { remember(value) }
      if !isSound { remember(heard) }
      (value, standing) = isSound ? (heard, .sound) : (nil, nil)
    case nil, .sound, .supported, .repeated: remember(heard)
    }
    return nil
  }

  /// Something else was heard that agrees with one version.
  mutating func support(where agrees: (Value) -> Bool) {
    if let standing, standing > .once { return }
    if let value, agrees(value) {
      standing = .supported
    } else if let place = candidates.firstIndex(where: agrees) {
      (value, standing) = (candidates.remove(at: place), .supported)
    }
  }

  private mutating func remember(_ heard: Value) {
    if candidates.count == Self.most { candidates.removeFirst() }
    candidates.append(heard)
  }
}
