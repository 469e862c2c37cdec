public import Records

/// Wi-Fi networks for the report: what each says of itself, how that stands to a profile, and where was listened to.
public struct NetworkReport: Hashable, Sendable {
  public enum Band: String, Hashable, Sendable, CaseIterable {
    case low = "2.4"
    case middle = "5"
    case high = "6"
  }

  public struct Channel: Hashable, Sendable {
    public let band: Band
    public let number: Int

    public init(_ band: Band, _ number: Int) { (self.band, self.number) = (band, number) }
  }

  /// How a network stands to the profile.
  public enum Outcome: String, Hashable, Sendable {
    case deviates
    case notDetermined = "not-determined"
    case meets
  }

  public struct Weakness: Hashable, Sendable {
    public let title: LocalizedText
    /// On what it rests.
    public let basis: LocalizedText
    public let severity: Severity
    /// From the profile; otherwise it is information.
    public let deviates: Bool

    public init(title: LocalizedText, basis: LocalizedText, severity: Severity, deviates: Bool) {
      self.title = title
      self.basis = basis
      self.severity = severity
      self.deviates = deviates
    }
  }

  public struct Network: Hashable, Sendable {
    public let address: String
    /// nil while it is not known.
    public let name: String?
    public var channel: Channel?
    /// In the words of the JSON output, such as `wpa2+wpa3`; `unknown` while nothing is believed.
    public var security = "unknown"
    public var pairwise: [String] = []
    public var group: String?
    public var authentication: [String] = []
    public var managementProtection: String?
    /// Wi-Fi Protected Setup, in words; nil without it.
    public var setup: LocalizedText?
    /// That describe it.
    public var frames = 0
    public var outcome = Outcome.notDetermined
    public var weaknesses: [Weakness] = []
    /// What is worth knowing beside.
    public var notes: [LocalizedText] = []

    public init(address: String, name: String?) { (self.address, self.name) = (address, name) }
  }

  /// One channel that was listened to.
  public struct Listening: Hashable, Sendable {
    public let channel: Channel
    public let milliseconds: Int
    public let frames: Int

    public init(_ channel: Channel, milliseconds: Int, frames: Int) {
      self.channel = channel
      self.milliseconds = milliseconds
      self.frames = frames
    }
  }

  public let profile: LocalizedText
  public let networks: [Network]
  public let listening: [Listening]
  /// What was heard beside, and what was not: one sentence each.
  public let remarks: [LocalizedText]

  public init(profile: LocalizedText, networks: [Network], listening: [Listening], remarks: [LocalizedText]) {
    self.profile = profile
    self.networks = networks
    self.listening = listening
    self.remarks = remarks
  }
}

extension ReportModel {
  func networkSection(_ report: NetworkReport) -> Page {
    [
      "profile": words(report.profile),
      "networks": report.networks.map(row),
      "bands": NetworkReport.Band.allCases.compactMap { band in
        ChannelMap(report, band).map { map(for: $0, band) }
      },
      "hasBands": !report.listening.isEmpty || report.networks.contains { $0.channel != nil },
      "remarks": report.remarks.map { ["text": words($0)] as Page },
    ]
  }

  private func row(_ network: NetworkReport.Network) -> Page {
    var page: Page = [
      "name": network.name ?? words[.networkNameUnknown], "address": network.address,
      "channel": network.channel.map { "\($0.number) (\($0.band.rawValue) GHz)" } ?? words[.notKnown],
      "security": network.security, "group": network.group ?? "–",
      "pairwise": network.pairwise.isEmpty ? "–" : network.pairwise.joined(separator: ", "),
      "authentication": network.authentication.isEmpty ? "–" : network.authentication.joined(separator: ", "),
      "protection": network.managementProtection ?? "–", "setup": network.setup.map { words($0) } ?? "–",
      "frames": Shown.number(network.frames), "key": network.outcome.rawValue,
      "outcome": words.outcome(network.outcome),
      "notes": network.notes.map { ["text": words($0)] as Page },
      "weaknesses": network.weaknesses.map { weakness in
        [
          "severity": words.severity(weakness.severity), "key": weakness.severity.rawValue,
          "title": words(weakness.title), "basis": words(weakness.basis), "deviates": weakness.deviates,
        ] as Page
      },
    ]
    if network.name == nil { page["unnamed"] = true }
    return page
  }

  private func map(for map: ChannelMap, _ band: NetworkReport.Band) -> Page {
    let height = map.top + map.rows.count * ChannelMap.rowHeight + 6
    return [
      "band": band.rawValue, "width": map.width, "height": height, "floor": height - 4,
      "columns": map.columns.map { column in
        var page: Page = [
          "x": column.x, "middle": column.x + map.unit / 2, "width": map.unit, "height": height - map.top,
          "number": "\(column.number)", "silent": column.milliseconds == nil,
        ]
        if let time = column.milliseconds {
          page["time"] = time >= 1000 ? "\(time / 1000).\(time % 1000 / 100)" : "0.\(time / 100)"
        }
        return page
      },
      "rows": map.rows.map { row in
        [
          "x": row.x, "y": row.y, "width": row.width, "text": row.y + 12, "name": row.name,
          "key": row.outcome.rawValue,
        ] as Page
      },
    ]
  }
}

extension Words {
  func outcome(_ outcome: NetworkReport.Outcome) -> String {
    switch outcome {
    case .deviates: self[.outcomeDeviates]
    case .notDetermined: self[.outcomeNotDetermined]
    case .meets: self[.outcomeMeets]
    }
  }
}
