public import Records

/// What one place of the network could reach of a device.
public struct ReachFact: Hashable, Sendable {
  public let device: DeviceID
  /// Where it was asked from: the zone declared for that place; nil when it lies in none.
  public let zone: String?
  public let vantage: Vantage
  /// The place is outside of the site's network.
  public let isOutside: Bool
  public let open: [ServiceEndpoint]
  /// Ports that were asked and did not answer as open.
  public let closedCount: Int
  /// All TCP ports were asked.
  public let isComplete: Bool
  public let evidence: [String]

  public init(
    device: DeviceID, zone: String?, vantage: Vantage, isOutside: Bool = false, open: [ServiceEndpoint],
    closedCount: Int, isComplete: Bool, evidence: [String] = []
  ) {
    self.device = device
    self.zone = zone
    self.vantage = vantage
    self.isOutside = isOutside
    self.open = open
    self.closedCount = closedCount
    self.isComplete = isComplete
    self.evidence = evidence
  }
}

/// How a run differs from earlier ones.
public struct ChangeFacts: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case deviceNew = "device-new"
    case deviceGone = "device-gone"
    case portOpened = "port-opened"
    case portClosed = "port-closed"
    /// It was open and says nothing any more: closed to this place, cut off, or not heard.
    case portSilent = "port-silent"
    case firmware
    case model
    case software
    case protocolName = "protocol"
    case hostKey = "host-key"
    case certificate
    case configuration
    case destination
    /// A finding of the earlier run that was looked for again and is not there.
    case mended
    /// A finding that is still there.
    case still
    /// A finding that was mended in between and is there again.
    case regressed
    /// A finding of the earlier run at a port that says nothing any more: mended, cut off, or merely not heard.
    case silent

    /// Somebody has to have looked at it (JSSEC-21.2.a). Findings are for the rows about themselves.
    var isToBeAcknowledged: Bool {
      switch self {
      case .mended, .still, .regressed, .silent: false
      case .deviceNew, .deviceGone, .portOpened, .portClosed, .portSilent, .firmware, .model, .software, .protocolName,
        .hostKey,
        .certificate, .configuration, .destination:
        true
      }
    }
  }

  /// The earlier run that is compared.
  public struct ComparedRun: Hashable, Sendable {
    public let id: String
    public let at: Timestamp
  }

  public struct Change: Hashable, Sendable {
    public let kind: Kind
    /// As an acknowledgement names it, such as `port-opened dev-001122000001 tcp/8080`.
    public let id: String
    public let device: DeviceID
    public let service: ServiceEndpoint?
    /// The check, for findings.
    public let check: String?
    public let before: String?
    public let after: String?
    public let evidence: [String]

    public init(
      _ kind: Kind, of device: DeviceID, service: ServiceEndpoint? = nil, check: String? = nil, before: String? = nil,
      after: String? = nil, evidence: [String] = []
    ) {
      self.kind = kind
      id = ([kind.rawValue, device.rawValue] + [service?.description, check].compactMap(\.self)).joined(separator: " ")
      self.device = device
      self.service = service
      self.check = check
      self.before = before
      self.after = after
      self.evidence = evidence
    }
  }

  /// Earlier runs, oldest first, with the moments they began.
  public var runs: [(id: String, at: Timestamp)] { zip(runIDs, runTimes).map { ($0, $1) } }
  private let runIDs: [String]
  private let runTimes: [Timestamp]
  public let changes: [Change]
  /// Devices that both runs looked at.
  public let compared: Set<DeviceID>
  /// Which of them is compared: the newest, where nothing else is said.
  public internal(set) var comparedRun: ComparedRun?
  /// Where the comparison is kept; empty where it is nowhere.
  public internal(set) var kept: [String] = []

  public init(runs: [(id: String, at: Timestamp)], changes: [Change], compared: Set<DeviceID>) {
    runIDs = runs.map(\.id)
    runTimes = runs.map(\.at)
    self.changes = changes
    self.compared = compared
    comparedRun = runs.last.map { ComparedRun(id: $0.id, at: $0.at) }
  }

  func changes(of device: DeviceID) -> [Change] { changes.filter { $0.device == device } }
}

/// Products looked up in a collection of advisories.
public struct LookupFacts: Hashable, Sendable {
  public struct Match: Hashable, Sendable {
    public let advisory: String
    public let title: String
    /// `high`, `CVSS 9.8` … as the collection says it; nil when it does not.
    public let severity: String?
    /// The version that the device says itself is among the affected ones; false where product or version is only inferred.
    public let isCertain: Bool

    public init(advisory: String, title: String, severity: String? = nil, isCertain: Bool) {
      self.advisory = advisory
      self.title = title
      self.severity = severity
      self.isCertain = isCertain
    }
  }

  /// Which collection, and as of when.
  public let snapshot: String
  public let date: Timestamp
  /// By device that could be named well enough to look it up; empty when nothing matched.
  public let matches: [DeviceID: [Match]]

  public init(snapshot: String, date: Timestamp, matches: [DeviceID: [Match]]) {
    self.snapshot = snapshot
    self.date = date
    self.matches = matches
  }
}

/// Products looked up in a table of support periods.
public struct SupportFacts: Hashable, Sendable {
  public struct Period: Hashable, Sendable {
    /// The last day, `2026-03-31`; nil while the maker names none.
    public let ends: String?
    /// Where the table has it from.
    public let source: String

    public init(ends: String?, source: String) {
      self.ends = ends
      self.source = source
    }
  }

  public let table: String
  public let periods: [DeviceID: Period]

  public init(table: String, periods: [DeviceID: Period]) {
    self.table = table
    self.periods = periods
  }
}
