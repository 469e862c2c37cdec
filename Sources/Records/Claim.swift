/// Something a device says of itself, or that is concluded from what it says. Several claims of one kind
/// may contradict each other; all of them are kept.
public struct Claim: Hashable, Sendable, Codable {
  /// What a claim is about: an open set, since data files may name new ones.
  public struct Kind: RawRepresentable, Hashable, Sendable, Codable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Who makes the device.
    public static let vendor = Kind(rawValue: "vendor")
    public static let model = Kind(rawValue: "model")
    public static let firmware = Kind(rawValue: "firmware")
    public static let serial = Kind(rawValue: "serial")
    /// What people call the device: a host name or the name its owner gave it.
    public static let name = Kind(rawValue: "name")
    /// What the device is for: `router`, `camera`, `printer` …
    public static let role = Kind(rawValue: "role")
    /// A MAC address the device names as its own.
    public static let mac = Kind(rawValue: "mac")
    /// A host name under which it announces itself on the link, such as `printer.local`.
    public static let host = Kind(rawValue: "host")
    public static let uuid = Kind(rawValue: "uuid")
    /// The SHA-256 of a certificate, as 64 hexadecimal digits.
    public static let certificate = Kind(rawValue: "certificate")
    /// The operating system.
    public static let system = Kind(rawValue: "system")
    /// The software of a service, with its version: `mosquitto 2.0.11`.
    public static let software = Kind(rawValue: "software")
    /// A type of service that it announces: `_ipp._tcp` (RFC 6763 §4.1).
    public static let mdnsService = Kind(rawValue: "mdnsService")
    /// A port that a gateway forwards from outside, and whereto: `tcp/8080 192.168.10.5:80`.
    public static let portForward = Kind(rawValue: "portForward")
    /// From its UPnP description, as device profiles and fingerprints look at them.
    public static let upnpManufacturer = Kind(rawValue: "upnpManufacturer")
    public static let upnpModel = Kind(rawValue: "upnpModel")

    public init(from decoder: any Decoder) throws {
      rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(rawValue)
    }
  }

  /// How far the value may be believed.
  public enum Confidence: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// Concluded from something that others may have too.
    case low
    /// Said in free text, or concluded from a rule.
    case medium
    /// Said by the device in a field that means just this.
    case high

    private var rank: Int {
      switch self {
      case .low: 0
      case .medium: 1
      case .high: 2
      }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  }

  public let kind: Kind
  /// As the device wrote it: whoever shows it makes it inert first.
  public let value: String
  /// Where it was said: `udp/1900 ssdp SERVER`, `tcp/80 http title`.
  public let source: String
  public let confidence: Confidence

  /// Unicode scalars kept of a value; a device may say more, and all of it is in the evidence.
  public static let valueLimit = 256

  public init(_ kind: Kind, _ value: String, source: String, confidence: Confidence) {
    self.kind = kind
    self.value = value.cut(to: Self.valueLimit)
    self.source = source
    self.confidence = confidence
  }
}

extension Claim {
  /// By kind, then the best believed first; what is left is decided by the text, so that runs in another order give
  /// the same inventory.
  public static func isListedBefore(_ left: Claim, _ right: Claim) -> Bool {
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    if left.confidence != right.confidence { return left.confidence > right.confidence }
    return (left.source, left.value) < (right.source, right.value)
  }
}
