public import Addressing
public import Records

/// What changed from one run to another, device by device. What a run did not look at is no change: nothing is fixed or gone
/// because nobody looked (audit.md §3(e)).
public struct RunDifference: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, Codable, CaseIterable {
    /// A weakness that a run had, and that a later one looked for in vain, is there again. Without a history it is `new`.
    case regressed
    case new
    case still
    /// It was looked for again and is not there.
    case fixed
    /// The later run did not look for it, or could not tell.
    case notRetested = "not-retested"
    case deviceNew = "device-new"
    case deviceGone = "device-gone"
    /// Something else of a device: ports, addresses, firmware, certificates, host keys, software.
    case changed
  }

  /// What of a device changed.
  public enum Aspect: String, Hashable, Sendable, Codable, CaseIterable {
    case address, firmware, model, port, certificate
    case hostKey = "host-key"
    case software
    case protocolName = "protocol"
  }

  public struct Entry: Hashable, Sendable, Codable {
    public let state: State
    public let device: DeviceID
    /// Where it is now, or was.
    public let address: IPAddress?
    public let service: ServiceEndpoint?
    /// Of weaknesses.
    public let check: String?
    public let severity: Severity?
    /// Of changes.
    public let aspect: Aspect?
    public let before: String?
    public let after: String?

    init(
      _ state: State, _ device: DeviceID, address: IPAddress?, service: ServiceEndpoint? = nil, check: String? = nil,
      severity: Severity? = nil, aspect: Aspect? = nil, before: String? = nil, after: String? = nil
    ) {
      self.state = state
      self.device = device
      self.address = address
      self.service = service
      self.check = check
      self.severity = severity
      self.aspect = aspect
      self.before = before
      self.after = after
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(state, forKey: .state)
      try container.encode(device, forKey: .device)
      try container.encode(address, forKey: .address)
      try container.encode(service, forKey: .service)
      try container.encode(check, forKey: .check)
      try container.encode(severity, forKey: .severity)
      try container.encode(aspect, forKey: .aspect)
      try container.encode(before, forKey: .before)
      try container.encode(after, forKey: .after)
    }
  }

  /// A weakness wherever it stands.
  public struct Place: Hashable, Sendable {
    public let device: DeviceID
    public let service: ServiceEndpoint?
    public let check: String

    public init(device: DeviceID, service: ServiceEndpoint?, check: String) {
      self.device = device
      self.service = service
      self.check = check
    }
  }

  /// Weaknesses first, the gravest state first; then devices; then changes.
  public let entries: [Entry]
  /// Devices that both runs looked at.
  public let both: Set<DeviceID>
  public var compared: Int { both.count }
  /// Services of the earlier run whose ports said nothing to the later one, which asked them to the end: no change that is known, and
  /// nothing that could be called as before.
  public let silenced: Set<Silenced>

  public struct Silenced: Hashable, Sendable {
    public let device: DeviceID
    public let service: ServiceEndpoint

    public init(device: DeviceID, service: ServiceEndpoint) {
      self.device = device
      self.service = service
    }
  }

  /// - Parameters:
  ///   - past: weaknesses that any run before `earlier` had, at least such as ``appeared(earlier:later:)``; without a history none.
  ///   - mended: those of them that a run since then had looked for in vain.
  public init(earlier: RunRecord, later: RunRecord, past: Set<Place> = [], mended: Set<Place> = []) {
    let before = RunIndex(earlier)
    let after = RunIndex(later)
    var entries: [Entry] = []
    var both: Set<DeviceID> = []
    for id in after.devices.keys.sorted() {
      guard let now = after.devices[id] else { continue }
      if let then = before.devices[id] {
        both.insert(id)
        entries += Self.changes(then, now, before, after)
      } else if now.addresses.contains(where: before.asked) {
        entries.append(Entry(.deviceNew, id, address: now.addresses.first))
      }
    }
    for id in before.devices.keys.sorted() where after.devices[id] == nil {
      guard let then = before.devices[id], then.addresses.contains(where: after.asked) else { continue }
      entries.append(Entry(.deviceGone, id, address: then.addresses.first))
    }
    entries += Self.weaknesses(before, after, past, mended)
    self.entries = entries.sorted(by: Self.comesBefore)
    self.both = both
    silenced = Set(
      earlier.services.filter { both.contains($0.device) && after.isKnownSilent($0.endpoint, of: $0.device) }
        .map { Silenced(device: $0.device, service: $0.endpoint) })
  }

  /// Weaknesses of the later run that the earlier one did not have: of these a history has to say whether any run before had them.
  public static func appeared(earlier: RunRecord, later: RunRecord) -> Set<Place> {
    func places(_ record: RunRecord) -> Set<Place> {
      Set(record.weaknesses.map { Place(device: $0.device, service: $0.service, check: $0.check) })
    }
    return places(later).subtracting(places(earlier))
  }

  /// Of weaknesses that a site had once, those that were looked for in vain after they were last seen.
  /// - Parameters:
  ///   - next: the runs, the newest first; nil when there are no more. Asked only as often as it has to be.
  public static func mended<Failure: Error>(
    _ places: Set<Place>, _ next: () throws(Failure) -> RunRecord?
  ) throws(Failure) -> Set<Place> {
    var (open, mended): (Set<Place>, Set<Place>) = (places, [])
    while !open.isEmpty, let record = try next() {
      let index = RunIndex(record)
      for place in open {
        if index.weaknesses[place] != nil {
          open.remove(place)
        } else if index.refuted(place) {
          open.remove(place)
          mended.insert(place)
        }
      }
    }
    return mended
  }

  public func count(_ state: State) -> Int { entries.count { $0.state == state } }

  private static func comesBefore(_ left: Entry, _ right: Entry) -> Bool {
    func rank(_ entry: Entry) -> Int { State.allCases.firstIndex(of: entry.state) ?? 0 }
    if left.state != right.state { return rank(left) < rank(right) }
    if left.severity != right.severity { return (left.severity ?? .info) > (right.severity ?? .info) }
    func text(_ entry: Entry) -> String {
      [entry.service?.description, entry.check, entry.aspect?.rawValue, entry.before, entry.after]
        .map { $0 ?? "" }.joined(separator: "\u{0}")
    }
    return (left.device.rawValue, text(left)) < (right.device.rawValue, text(right))
  }

  // MARK: Weaknesses

  private static func weaknesses(
    _ before: RunIndex, _ after: RunIndex, _ past: Set<Place>, _ mended: Set<Place>
  ) -> [Entry] {
    var entries: [Entry] = []
    for (place, now) in after.weaknesses {
      let address = after.devices[place.device]?.addresses.first
      let state: State =
        if before.weaknesses[place] != nil {
          .still
        } else if past.contains(place) {
          // Where no run since then looked, nobody can say that it was gone.
          before.refuted(place) || mended.contains(place) ? .regressed : .still
        } else {
          .new
        }
      entries.append(
        Entry(
          state, place.device, address: address, service: place.service, check: place.check, severity: now.severity))
    }
    for (place, then) in before.weaknesses where after.weaknesses[place] == nil {
      let address = (after.devices[place.device] ?? before.devices[place.device])?.addresses.first
      entries.append(
        Entry(
          after.refuted(place) ? .fixed : .notRetested, place.device, address: address, service: place.service,
          check: place.check, severity: then.severity))
    }
    return entries
  }

  // MARK: Everything else

  private static func changes(
    _ then: RunRecord.DeviceState, _ now: RunRecord.DeviceState, _ before: RunIndex, _ after: RunIndex
  ) -> [Entry] {
    let address = now.addresses.first
    func changed(
      _ aspect: Aspect, _ service: ServiceEndpoint? = nil, _ before: String?, _ after: String?
    ) -> Entry {
      Entry(.changed, now.id, address: address, service: service, aspect: aspect, before: before, after: after)
    }
    var entries: [Entry] = []
    if Set(then.addresses) != Set(now.addresses) {
      func text(_ addresses: [IPAddress]) -> String { addresses.sorted().map(\.description).joined(separator: " ") }
      entries.append(changed(.address, nil, text(then.addresses), text(now.addresses)))
    }
    // What is not known now is no change.
    if let old = then.firmware, let new = now.firmware, old != new { entries.append(changed(.firmware, nil, old, new)) }
    if let old = then.model, let new = now.model, old != new { entries.append(changed(.model, nil, old, new)) }
    let (old, new) = (before.services[now.id] ?? [:], after.services[now.id] ?? [:])
    for endpoint in new.keys.sorted() {
      guard let was = old[endpoint] else {
        if before.isKnownClosed(endpoint, of: now.id) {
          entries.append(changed(.port, endpoint, nil, "open"))
        } else if before.isKnownSilent(endpoint, of: now.id) {
          // It was asked to the end and nothing came: whoever watches the site has something new to see.
          entries.append(changed(.port, endpoint, "silent", "open"))
        }
        continue
      }
      if let one = was.protocolName, let other = new[endpoint]?.protocolName, one != other {
        entries.append(changed(.protocolName, endpoint, one, other))
      }
    }
    for endpoint in old.keys.sorted() where new[endpoint] == nil && after.isKnownClosed(endpoint, of: now.id) {
      entries.append(changed(.port, endpoint, "open", "closed"))
    }
    for (key, value) in after.marks[now.id] ?? [:] {
      guard let was = before.marks[now.id]?[key], was != value else { continue }
      let prefix = key.name.isEmpty ? "" : key.name + " "
      entries.append(changed(key.aspect, key.service, prefix + was, prefix + value))
    }
    return entries
  }
}
