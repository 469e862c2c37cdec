internal import Addressing
public import Records

/// Decides which records of one or several runs are one device.
///
/// A pure function of the set of records: their order does not matter. When in doubt it keeps records apart and says
/// so, because a device that is listed twice is found by its owner, and two that are listed as one are not.
///
/// - The same MAC address is the same device.
/// - A UUID, or a serial number with its maker, joins anything, unless more than ``mostMACs`` universally administered
///   MAC addresses bear it (then it is a default that the maker ships) or serial numbers or models differ.
/// - A MAC address that the device calls its own, a host name on the link within a run, or two of certificate, serial
///   number and host name join records of which at most one has a universally administered MAC address. One of
///   them joins an IPv4 record with an IPv6 record when nobody else bears it.
/// - A MAC address that answers for more than ``mostAddresses`` IPv4 addresses in a run, or that routers share, is a relay
///   and is never joined with anything.
public struct IdentityResolver: Sendable {
  /// A device as a run's inventory has it.
  public struct Sighting: Hashable, Sendable {
    public let run: String
    public let device: Device

    public init(run: String, device: Device) {
      self.run = run
      self.device = device
    }
  }

  /// A device may have this many network interfaces that announce the same UUID: wired, two bands of wireless, one more.
  public static let mostMACs = 4
  /// A device may have this many IPv4 addresses on one interface before it is taken for a relay.
  public static let mostAddresses = 4
  /// More bearers than this make a value useless, and comparing them costly.
  private static let mostBearers = 16

  public static func rows(_ sightings: [Sighting]) -> [InventoryRow] {
    var resolver = IdentityResolver(nodes: IdentityNode.nodes(sightings))
    resolver.joinByStrongKeys()
    resolver.joinByWeakKeys()
    return resolver.groups.map { resolver.row($0) }.sorted { ($0.id, $0.runs.joined()) < ($1.id, $1.runs.joined()) }
  }

  private let nodes: [IdentityNode]
  /// Indices of nodes; each node is in exactly one.
  private var groups: [[Int]]
  private var notes: [Int: Set<InventoryRow.Note>] = [:]

  private init(nodes: [IdentityNode]) {
    self.nodes = nodes
    groups = nodes.indices.map { [$0] }
  }

  // MARK: Joining

  private mutating func joinByStrongKeys() {
    var components = Components(count: nodes.count)
    var used: [IdentityKey: [Int]] = [:]
    for (key, bearers) in bearers(\.strong) where bearers.count > 1 {
      guard bearers.count <= Self.mostBearers, lastingMACs(bearers) <= Self.mostMACs, agree(bearers) else {
        note(bearers, .notJoined(by: key.kind, value: key.value))
        continue
      }
      for other in bearers.dropFirst() { components.join(bearers[0], other) }
      used[key] = bearers
    }
    settle(components.groups, used)
  }

  private mutating func joinByWeakKeys() {
    let before = groups
    let keys = before.map { group in
      var keys = IdentityKeys([], runs: [])
      for node in group where !nodes[node].isRelay { keys.add(nodes[node].keys) }
      return keys
    }
    var components = Components(count: before.count)
    var used: [IdentityKey: [Int]] = [:]
    for (pair, shared) in sharedKeys(before, keys) {
      guard !(hasLasting(before[pair.0]) && hasLasting(before[pair.1])), !keys[pair.0].contradicts(keys[pair.1])
      else {
        for key in shared { note(before[pair.0] + before[pair.1], .notJoined(by: key.kind, value: key.value)) }
        continue
      }
      components.join(pair.0, pair.1)
      for key in shared { used[key, default: []] += before[pair.0] + before[pair.1] }
    }
    let joined = components.groups.map { $0.flatMap { before[$0] } }
    // A chain may tie two devices of known addresses together by way of a third: then none of its ties holds.
    let settled = zip(components.groups, joined).flatMap { parts, members -> [[Int]] in
      parts.count == 1 || parts.count(where: { hasLasting(before[$0]) }) <= 1 ? [members] : parts.map { before[$0] }
    }
    settle(settled, used, fallback: before)
  }

  /// Pairs of groups that weak keys would join, and the keys.
  private func sharedKeys(_ groups: [[Int]], _ keys: [IdentityKeys]) -> [((Int, Int), [IdentityKey])] {
    func holders(_ path: KeyPath<IdentityKeys, Set<IdentityKey>>) -> [IdentityKey: [Int]] {
      var result: [IdentityKey: [Int]] = [:]
      for (group, keys) in keys.enumerated() {
        for key in keys[keyPath: path] { result[key, default: []].append(group) }
      }
      return result.filter { (2...Self.mostBearers).contains($0.value.count) }
    }
    var sufficient: [[Int]: [IdentityKey]] = [:]
    var supporting: [[Int]: [IdentityKey]] = [:]
    func each(_ bearers: [Int], _ body: (Int, Int) -> Void) {
      for (position, first) in bearers.enumerated() { for second in bearers[(position + 1)...] { body(first, second) } }
    }
    for (key, bearers) in holders(\.sufficient) { each(bearers) { sufficient[[$0, $1], default: []].append(key) } }
    for (key, bearers) in holders(\.supporting) {
      each(bearers) { first, second in
        supporting[[first, second], default: []].append(key)
        // Nobody else bears it, and the families complement each other: the two halves of one dual-stack device.
        if bearers.count == 2, areHalves(groups[first], groups[second]) {
          sufficient[[first, second], default: []].append(key)
        }
      }
    }
    for (pair, keys) in supporting where Set(keys.map(\.kind)).count >= 2 { sufficient[pair, default: []] += keys }
    return sufficient.map { (($0[0], $0[1]), Set($1).sorted()) }.sorted { $0.0 < $1.0 }
  }

  private func areHalves(_ left: [Int], _ right: [Int]) -> Bool {
    func families(_ group: [Int]) -> Set<Bool> { Set(group.flatMap { nodes[$0].addresses }.map(\.isIPv4)) }
    let (left, right) = (families(left), families(right))
    return left.count == 1 && right.count == 1 && left != right
  }

  /// Takes over groups whose members do not contradict each other; the others fall apart again.
  private mutating func settle(_ joined: [[Int]], _ used: [IdentityKey: [Int]], fallback: [[Int]]? = nil) {
    var result: [[Int]] = []
    for group in joined {
      if group.count == 1 || agree(group) {
        result.append(group)
      } else {
        let members = Set(group)
        result += fallback?.filter { members.isSuperset(of: $0) } ?? group.map { [$0] }
      }
    }
    groups = result
    var place: [Int: Int] = [:]
    for (index, group) in groups.enumerated() { for node in group { place[node] = index } }
    for (key, bearers) in used {
      let places = Set(bearers.map { place[$0] })
      let value = key.value.prefix { $0 != " " }
      note(
        bearers,
        places.count == 1 && bearers.count > 1
          ? .joined(by: key.kind, value: String(value)) : .notJoined(by: key.kind, value: String(value)))
    }
  }

  private mutating func note(_ bearers: [Int], _ note: InventoryRow.Note) {
    for bearer in bearers { notes[bearer, default: []].insert(note) }
  }

  // MARK: Facts of groups

  private func bearers(_ path: KeyPath<IdentityKeys, Set<IdentityKey>>) -> [(IdentityKey, [Int])] {
    var result: [IdentityKey: [Int]] = [:]
    for (index, node) in nodes.enumerated() where !node.isRelay {
      for key in node.keys[keyPath: path] { result[key, default: []].append(index) }
    }
    return result.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func lastingMACs(_ group: [Int]) -> Int {
    Set(group.compactMap { nodes[$0].mac }.filter { MACKind($0).isLasting }).count
  }

  private func hasLasting(_ group: [Int]) -> Bool { lastingMACs(group) > 0 }

  private func agree(_ group: [Int]) -> Bool {
    !group.indices.contains { first in
      group[first...].dropFirst().contains { nodes[group[first]].keys.contradicts(nodes[$0].keys) }
    }
  }

  private func row(_ group: [Int]) -> InventoryRow {
    let sightings = group.flatMap { nodes[$0].sightings }.sorted { ($0.run, $0.device.id) < ($1.run, $1.device.id) }
    var services: [ServiceEndpoint: Service] = [:]
    for service in sightings.flatMap(\.device.services) {
      // A later run may not have identified what an earlier one did; the state is the later one's.
      var newer = service
      if newer.protocolName == nil, newer.state == .open, let older = services[service.endpoint], older.state == .open {
        newer.protocolName = older.protocolName
        newer.tls = older.tls
      }
      services[service.endpoint] = newer
    }
    let records = Set(sightings.map(\.device.id)).sorted()
    var notes = group.reduce(into: Set<InventoryRow.Note>()) { $0.formUnion(self.notes[$1] ?? []) }
    for node in group.map({ nodes[$0] }) { notes.formUnion(node.notes) }
    let lasting = records.filter { id in
      sightings.contains { $0.device.id == id && $0.device.mac.map { MACKind($0).isLasting } == true }
    }
    return InventoryRow(
      id: (lasting.first ?? records.first) ?? DeviceID(rawValue: "dev-"), records: records,
      runs: Set(sightings.map(\.run)).sorted(), macs: Set(sightings.compactMap(\.device.mac)).sorted(),
      addresses: Set(sightings.flatMap(\.device.addresses)).sorted(),
      services: services.values.sorted { $0.endpoint < $1.endpoint },
      claims: Set(sightings.flatMap(\.device.statements)).sorted(by: Claim.isListedBefore),
      deviceClass: sightings.compactMap(\.device.deviceClass).min { ($0.name, $0.source) < ($1.name, $1.source) },
      notes: notes.sorted { "\($0)" < "\($1)" })
  }
}

extension Device {
  /// Its claims, and what the run says of it as claims: the holder of the MAC address's block is only concluded.
  public var statements: [Claim] {
    var result = claims
    func add(_ kind: Claim.Kind, _ attribution: Attribution?, _ confidence: Claim.Confidence) {
      guard let attribution, !claims.contains(where: { $0.kind == kind && $0.value == attribution.name }) else {
        return
      }
      result.append(Claim(kind, attribution.name, source: attribution.source, confidence: confidence))
    }
    add(.vendor, vendor, .low)
    add(.model, model, .medium)
    add(.firmware, firmware, .medium)
    return result
  }
}
