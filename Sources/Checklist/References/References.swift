internal import Documents
internal import Inventory
internal import Profiles
public import Records

/// Collections that a user gives beside the rule data: advisories, support periods, latest firmware. Each says where it has
/// things from; none of it comes with the program.
public struct References: Hashable, Sendable {
  /// Which versions an advisory concerns.
  public enum Versions: Hashable, Sendable {
    case all
    /// Up to the one in which it was mended, without it.
    case before(String)
    /// Up to that one, with it.
    case through(String)
    case listed([String])
  }

  public struct Advisory: Hashable, Sendable {
    public let id: String
    public let title: String
    public let severity: String?
    public let vendor: String
    public let product: String
    public let versions: Versions
  }

  public struct Support: Hashable, Sendable {
    public let vendor: String
    public let model: String
    /// A day; nil while the maker names none.
    public let ends: String?
    public let source: String
  }

  public struct Latest: Hashable, Sendable {
    public let vendor: String
    public let model: String
    public let version: String
    /// The day as of which it is the latest.
    public let date: String
    public let source: String
  }

  public let file: String
  /// What the collection of advisories is called, and the day as of which it holds; nil without one.
  public let snapshot: String?
  public let date: Timestamp?
  public let advisories: [Advisory]
  /// nil without a table; an empty one is a table all the same.
  public let support: [Support]?
  public let latest: [Latest]
}

extension References {
  /// What is known of a device well enough to look it up.
  private struct Product {
    let vendors: [Claim]
    let models: [Claim]
    let versions: [Claim]

    /// nil where the device says no model, or only what others may have too.
    init?(_ device: Device) {
      func claims(_ kind: Claim.Kind) -> [Claim] { device.claims.filter { $0.kind == kind && $0.confidence > .low } }
      models = claims(.model)
      guard !models.isEmpty else { return nil }
      vendors = claims(.vendor)
      versions = claims(.firmware)
    }

    /// How a vendor and model of a collection fit: the whole name said by the device, or only similar; nil for not at all.
    func fits(_ vendor: String, _ model: String) -> Bool? {
      if !vendors.isEmpty, vendors.allSatisfy({ Folded.compare($0.value, vendor) == .differ }) { return nil }
      if let same = models.first(where: { Folded.compare($0.value, model, whole: true) == .agree }) {
        return same.confidence == .high
      }
      return models.contains { Folded.compare($0.value, model) == .agree } ? false : nil
    }
  }

  /// Every device that says its model is looked up; the others are not among the matches.
  public func lookups(_ devices: [Device]) -> LookupFacts? {
    guard let snapshot, let date else { return nil }
    var matches: [DeviceID: [LookupFacts.Match]] = [:]
    for device in devices {
      guard let product = Product(device) else { continue }
      matches[device.id] = advisories.compactMap { advisory in
        guard let isWhole = product.fits(advisory.vendor, advisory.product) else { return nil }
        guard let isAffected = Self.affects(advisory.versions, product.versions) else { return nil }
        return LookupFacts.Match(
          advisory: advisory.id, title: advisory.title, severity: advisory.severity, isCertain: isWhole && isAffected)
      }
    }
    return LookupFacts(snapshot: snapshot, date: date, matches: matches)
  }

  /// Whether a version that the device says itself is among those of an advisory; false where that cannot be told; nil for one that is
  /// not among them.
  private static func affects(_ versions: Versions, _ said: [Claim]) -> Bool? {
    if versions == .all { return true }
    guard !said.isEmpty else { return false }
    let answers = said.map { (claim: $0, isAmong: isAmong(FirmwareVersion($0.value), versions)) }
    if let sure = answers.first(where: { $0.isAmong == true }) { return sure.claim.confidence == .high }
    return answers.contains { $0.isAmong == nil } ? false : nil
  }

  private static func isAmong(_ version: FirmwareVersion, _ versions: Versions) -> Bool? {
    func compare(_ other: String) -> FirmwareVersion.Comparison { version.compared(to: FirmwareVersion(other)) }
    switch versions {
    case .all: return true
    case .before(let fixed):
      switch compare(fixed) {
      case .older: return true
      case .same, .newer: return false
      case .incomparable: return nil
      }
    case .through(let last):
      switch compare(last) {
      case .older, .same: return true
      case .newer: return false
      case .incomparable: return nil
      }
    case .listed(let list):
      if list.contains(where: { compare($0) == .same }) { return true }
      return list.contains { if case .incomparable = compare($0) { true } else { false } } ? nil : false
    }
  }

  /// nil without a table of support periods.
  public func supports(_ devices: [Device]) -> SupportFacts? {
    guard let support else { return nil }
    var periods: [DeviceID: SupportFacts.Period] = [:]
    for device in devices {
      guard let product = Product(device),
        let entry = support.first(where: { product.fits($0.vendor, $0.model) == true })
      else { continue }
      periods[device.id] = SupportFacts.Period(ends: entry.ends, source: entry.source)
    }
    return SupportFacts(table: file, periods: periods)
  }

  /// The answer to `firmware.outdated` for a device of whose model the latest version is given; nil for others.
  public func firmware(_ device: Device) -> ProbeVerdict? {
    guard let product = Product(device), let said = product.versions.first(where: { $0.confidence == .high }),
      let entry = latest.first(where: { product.fits($0.vendor, $0.model) == true })
    else { return nil }
    let (ja, en) = (
      "機器の申告は\(said.value)(\(said.source))、\(entry.date)時点の最新版は\(entry.version)です(\(entry.source))。",
      "The device says \(said.value) (\(said.source)); the latest version as of \(entry.date) is \(entry.version) (\(entry.source))."
    )
    let result: ProbeVerdict.Result =
      switch FirmwareVersion(said.value).compared(to: FirmwareVersion(entry.version)) {
      case .older: .proven
      case .same, .newer: .refuted
      case .incomparable: .inconclusive(reason: "incomparable")
      }
    return ProbeVerdict("firmware.outdated", result, basis: LocalizedText(ja: ja, en: en))
  }
}
