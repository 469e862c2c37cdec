public import Records
public import RunComparison

/// How devices were when they were brought into service, as far as the owner named the run of that day (checklist.md §2.4, 15.3; §5.1).
public struct CommissioningFacts: Hashable, Sendable {
  /// What the record of that day has of a device.
  public struct State: Hashable, Sendable {
    public let run: String
    public let at: Timestamp
    public let by: String?
    public let firmware: String?
    /// What the run of that day proposed for the row of the latest firmware; nil where it proposed nothing.
    public let status: VerdictStatus?
    /// Where the record is kept.
    public let evidence: [String]

    public init(
      run: String, at: Timestamp, by: String? = nil, firmware: String? = nil, status: VerdictStatus?,
      evidence: [String] = []
    ) {
      self.run = run
      self.at = at
      self.by = by
      self.firmware = firmware
      self.status = status
      self.evidence = evidence
    }
  }

  public let states: [DeviceID: State]

  public init(states: [DeviceID: State]) { self.states = states }

  /// nil where no run is named.
  /// - Parameter kept: where the record of a run is kept.
  public init?(_ past: RunPast, kept: (RunRecord) -> [String] = { _ in [] }) {
    guard !past.commissioning.isEmpty else { return nil }
    var states: [DeviceID: State] = [:]
    // Of several, the first that has the device is of the day on which it came.
    for one in past.commissioning {
      for device in one.record.devices where states[device.id] == nil {
        let proposed = one.record.proposals.filter { $0.device == device.id && $0.item == FirmwareRule().item }
        states[device.id] = State(
          run: one.record.run.runID, at: one.record.run.started,
          by: one.by.map { by in [by, one.day].compactMap(\.self).joined(separator: ", ") }, firmware: device.firmware,
          status: proposed.map(\.status).min { left, right in
            (RollUp.gravest.firstIndex(of: left) ?? 0) < (RollUp.gravest.firstIndex(of: right) ?? 0)
          }, evidence: kept(one.record))
      }
    }
    self.states = states
  }
}

extension SiteFacts {
  /// - Parameters:
  ///   - later: the record of the run itself, as a history would keep it.
  ///   - kept: where the comparison, and where a run's record is kept.
  public mutating func add(
    _ past: RunPast, later: RunRecord, kept: [String] = [], record: (RunRecord) -> [String] = { _ in [] }
  ) {
    changes = ChangeFacts(past, later: later, facts: devices, kept: kept)
    commissioning = CommissioningFacts(past, kept: record)
    unreadPast = past.unread
  }
}
