public import Declarations
public import Records

/// Everything that rules may look at for a site: what was seen, what the owner declares, and what was not looked at. What nobody
/// looked at is nil or empty, which no rule takes for an answer.
public struct SiteFacts: Sendable {
  /// The moment that verdicts are about.
  public var at: Timestamp
  public var devices: [DeviceFacts]
  /// Parts of the scope that were not looked at.
  public var omitted: [Coverage.Omission]
  /// The owner's word; nil when none was given.
  public var declarations: Declarations?
  /// The ledger held against the devices.
  public var ledger: LedgerFacts?
  /// What was heard of Wi-Fi, judged network by network.
  public var radio: RadioFacts?
  /// What a capture showed of the devices' own traffic.
  public var traffic: TrafficFacts?
  /// What other places of the network could reach.
  public var reach: [ReachFact]
  /// Against an earlier run.
  public var changes: ChangeFacts?
  /// Why no earlier run was looked at, where one might be there.
  public var unreadPast: LocalizedText?
  /// How devices were when they were brought into service.
  public var commissioning: CommissioningFacts?
  /// Products looked up in a collection of advisories.
  public var lookups: LookupFacts?
  /// Products looked up in a table of support periods.
  public var support: SupportFacts?
  /// Whether the auditor's host had identified itself to the network, or was registered there; nil where nobody says.
  public var hostIsAdmitted: Bool?

  public init(at: Timestamp, devices: [DeviceFacts], omitted: [Coverage.Omission] = []) {
    self.at = at
    self.devices = devices
    self.omitted = omitted
    reach = []
  }

  /// Each device once: one of several addresses has the figures of the first.
  var eachDevice: [DeviceFacts] {
    var seen: Set<DeviceID> = []
    return devices.filter { seen.insert($0.device.id).inserted }
  }

  /// What the owner said of the device (or of the whole site), of that kind, in the file's order.
  func statements(_ kind: Declarations.Statement.Kind, of device: Device) -> [Declarations.Statement] {
    declarations?.statements.filter { $0.kind == kind && $0.concerns(device) } ?? []
  }

  /// What the owner said of the site as a whole.
  func statements(_ kind: Declarations.Statement.Kind) -> [Declarations.Statement] {
    declarations?.statements.filter { $0.kind == kind && $0.targets.isEmpty } ?? []
  }
}

/// The ledger's lines against the devices that were seen.
public struct LedgerFacts: Hashable, Sendable {
  public enum Match: Hashable, Sendable {
    /// By MAC address, serial number or host name.
    case sure
    /// By address alone.
    case addressOnly
    /// The line contradicts what the device says: the fields, in words.
    case contradiction(LocalizedText, quantity: Bool)
  }

  public struct Line: Hashable, Sendable {
    /// In the file, from 1.
    public let line: Int
    public let label: String
    /// The line says that the device is out of use.
    public let isRetired: Bool
    /// Place and use are filled in.
    public let isComplete: Bool
    public let devices: [DeviceID]
    public let match: Match?
    /// Columns in which the line and what the device says of itself differ: `model`, `firmware` …
    public var contradicted: Set<String> = []
    /// Columns in which they are equal, the device's word being one of a field that means just this.
    public var agreeing: Set<String> = []
    /// Columns that are filled in and that the device's own words could be held against.
    public var comparable: Set<String> = []
    /// The addresses of the line are among those that were looked at, or it names none.
    public var wasLookedFor = true

    public init(
      line: Int, label: String, isRetired: Bool = false, isComplete: Bool = true, devices: [DeviceID] = [],
      match: Match? = nil
    ) {
      self.line = line
      self.label = label
      self.isRetired = isRetired
      self.isComplete = isComplete
      self.devices = devices
      self.match = match
    }
  }

  public var file: String
  public var lines: [Line]
  /// Devices with an address of their own that nobody can tell (relays) or that hide it (random MAC addresses).
  public var unclear: Set<DeviceID>
  /// Where a pack keeps the comparison; empty where none was written.
  public var evidence: [String] = []

  public init(file: String, lines: [Line], unclear: Set<DeviceID> = []) {
    self.file = file
    self.lines = lines
    self.unclear = unclear
  }

  func line(of device: DeviceID) -> Line? { lines.first { $0.devices.contains(device) } }
}

/// What was heard of Wi-Fi.
public struct RadioFacts: Sendable {
  /// Proposals for JSSEC-14.2.a and JSSEC-14.2.b of each network and client, made where frames were read.
  public var verdicts: [Verdict]
  /// Bands that were listened to, in words, such as `2.4 GHz, 5 GHz`.
  public var bands: String
  /// Devices that were heard as clients of a network.
  public var wireless: Set<DeviceID>
  /// Devices that a wired port was seen to lead to.
  public var wired: Set<DeviceID>
  /// Networks of the scope that were heard.
  public var networksInScope: Int

  public init(
    verdicts: [Verdict], bands: String, wireless: Set<DeviceID> = [], wired: Set<DeviceID> = [],
    networksInScope: Int = 0
  ) {
    self.verdicts = verdicts
    self.bands = bands
    self.wireless = wireless
    self.wired = wired
    self.networksInScope = networksInScope
  }
}
