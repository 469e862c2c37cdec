public import Records

/// An audit that runs by itself, as its file says.
public struct Schedule: Hashable, Sendable {
  /// By what this computer knows that it is where the schedule belongs. All that are given must hold.
  public struct NetworkPin: Hashable, Sendable {
    /// MAC address of the gateway.
    public var gateway: String?
    /// Name of the Wi-Fi network that the interface has joined.
    public var ssid: String?
    /// Address of the server that leased this computer its address.
    public var dhcpServer: String?

    public init(gateway: String? = nil, ssid: String? = nil, dhcpServer: String? = nil) {
      self.gateway = gateway
      self.ssid = ssid
      self.dhcpServer = dhcpServer
    }

    public var isEmpty: Bool { self == NetworkPin() }
  }

  /// Which runs stay in the history, with their packs; as `tenken history prune`.
  public struct Retention: Hashable, Sendable {
    public var days: Int?
    public var runs: Int?

    public init(days: Int? = nil, runs: Int? = nil) {
      self.days = days
      self.runs = runs
    }
  }

  /// Letters, digits, `-` and `_`: it is part of names of files and units.
  public var name: String
  public var calendar: CalendarExpression
  /// Turns before this moment are none.
  public var created: Timestamp
  /// A turn begins up to so many seconds later, each time another, so that many auditors do not begin at once.
  public var randomDelay: Int
  /// A turn that cannot begin is tried again for so many seconds.
  public var patience: Int
  /// A run that was interrupted is gone on with, instead of beginning another, while it is not older than so many seconds.
  public var continueWithin: Int
  /// Words of `tenken audit`, without --output.
  public var audit: [String]
  /// Relative paths in ``audit`` are meant from here.
  public var directory: String
  /// SHA-256 of the scope file when the schedule was made, hexadecimal.
  public var scopeDigest: String
  /// Folder in which each run makes its pack.
  public var packs: String
  public var network: NetworkPin
  public var needsMains: Bool
  public var retention: Retention?
  /// File of who is told.
  public var notices: String?
  /// File of determinations, whose exceptions may end.
  public var determinations: String?
  public var isEnabled: Bool

  public init(
    name: String, calendar: CalendarExpression, created: Timestamp, randomDelay: Int = 0, patience: Int = 0,
    continueWithin: Int = 0,
    audit: [String], directory: String, scopeDigest: String, packs: String, network: NetworkPin = NetworkPin(),
    needsMains: Bool = false, retention: Retention? = nil, notices: String? = nil, determinations: String? = nil,
    isEnabled: Bool = true
  ) {
    self.name = name
    self.calendar = calendar
    self.created = created
    self.randomDelay = randomDelay
    self.patience = patience
    self.continueWithin = continueWithin
    self.audit = audit
    self.directory = directory
    self.scopeDigest = scopeDigest
    self.packs = packs
    self.network = network
    self.needsMains = needsMains
    self.retention = retention
    self.notices = notices
    self.determinations = determinations
    self.isEnabled = isEnabled
  }

  /// At most a week: a turn that waits longer meets the next one.
  static let longestWait = 7 * 86_400

  public static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { octet in
        (0x30...0x39).contains(octet) || (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
          || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_")
      } && !text.hasPrefix("-")
  }

  /// By how much a turn is put off: the same whenever it is asked, so that a computer that is often off is not put off again
  /// and again.
  public func delay(of due: Timestamp) -> Duration {
    guard randomDelay > 0 else { return .zero }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for octet in Array("\(name) \(created.nanoseconds) \(due.nanoseconds)".utf8) {
      hash = (hash ^ UInt64(octet)) &* 0x100_0000_01b3
    }
    // The low bits of this sum depend on little; mixed, all depend on everything.
    hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
    return .seconds(Int64((hash ^ hash >> 33) % UInt64(randomDelay + 1)))
  }
}
