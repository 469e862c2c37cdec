/// A name as makers write it: letters as they are, `#` for a digit, `?` for a hexadecimal digit, `@` for a letter or digit, and at its end `*` for one
/// or more octets of whatever kind. It is for the whole name.
public struct WiFiNamePattern: Hashable, Sendable {
  public let text: String
  private let octets: [UInt8]
  private let isOpenEnded: Bool

  /// - Returns: nil for what is empty or too long for a name, has other characters than printable ASCII, a `*` before its end, or fewer than three
  ///   characters of its own, which would match too much.
  public init?(_ text: String) {
    var octets = Array(text.utf8)
    let isOpenEnded = octets.last == UInt8(ascii: "*")
    if isOpenEnded { octets.removeLast() }
    let own = octets.count { !Self.placeholders.contains($0) }
    guard own >= 3, octets.count <= 32, octets.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "*") })
    else { return nil }
    (self.text, self.octets, self.isOpenEnded) = (text, octets, isOpenEnded)
  }

  private static let placeholders = Array("#?@".utf8)

  public func matches(_ name: [UInt8]) -> Bool {
    guard isOpenEnded ? name.count > octets.count : name.count == octets.count else { return false }
    return zip(octets, name).allSatisfy { expected, octet in
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
      let lower = octet | 0x20
      let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
      switch expected {
      case UInt8(ascii: "#"): return isDigit
      case UInt8(ascii: "?"): return isDigit || isLetter && lower <= UInt8(ascii: "f")
      case UInt8(ascii: "@"): return isDigit || isLetter
      default: return octet == expected
      }
    }
  }
}

/// A name that a maker gives.
public struct WiFiDefaultName: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An access point as it leaves the factory.
    case factory = "default"
    /// A device that waits to be set up, whose network ought to go when that is done.
    case setup
  }

  public let pattern: WiFiNamePattern
  public let kind: Kind
  public let maker: String

  public init(_ pattern: WiFiNamePattern, _ kind: Kind, maker: String) {
    (self.pattern, self.kind, self.maker) = (pattern, kind, maker)
  }
}

/// All of them that are known.
public struct WiFiDefaultNames: Hashable, Sendable {
  public let all: [WiFiDefaultName]

  public init(_ all: [WiFiDefaultName]) { self.all = all }

  /// The first one that a name matches.
  public func match(_ name: [UInt8]) -> WiFiDefaultName? { all.first { $0.pattern.matches(name) } }
}
