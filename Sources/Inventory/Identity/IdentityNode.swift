internal import Addressing
internal import Records

/// The sightings that are one record before anything is concluded: those of one MAC address, or of one address
/// without.
struct IdentityNode {
  let mac: MACAddress?
  let addresses: [IPAddress]
  let sightings: [IdentityResolver.Sighting]
  let keys: IdentityKeys
  let notes: Set<InventoryRow.Note>
  let isRelay: Bool

  private init(_ sightings: [IdentityResolver.Sighting]) {
    self.sightings = sightings
    mac = sightings.first?.device.mac
    addresses = Set(sightings.flatMap(\.device.addresses)).sorted()
    var keys = IdentityKeys(sightings.flatMap(\.device.statements), runs: Set(sightings.map(\.run)))
    if let mac { keys.add(own: mac) }
    self.keys = keys
    let most = sightings.map { $0.device.addresses.count(where: \.isIPv4) }.max() ?? 0
    let isShared = mac.map { MACKind($0) == .virtualRouter } ?? false
    isRelay = mac != nil && (most > IdentityResolver.mostAddresses || isShared)
    var notes: Set<InventoryRow.Note> = isRelay ? [.relay(addresses: most)] : []
    if mac == nil, Set(sightings.map(\.run)).count > 1 { notes.insert(.sameAddressOnly) }
    self.notes = notes
  }

  /// Every sighting is in exactly one node; the nodes' order depends on their content only.
  static func nodes(_ sightings: [IdentityResolver.Sighting]) -> [IdentityNode] {
    let byID = Dictionary(grouping: Set(sightings), by: \.device.id)
    return byID.sorted { $0.key < $1.key }.flatMap { _, group -> [IdentityNode] in
      let group = group.sorted { ($0.run, "\($0.device)") < ($1.run, "\($1.device)") }
      guard group.first?.device.mac == nil else { return [IdentityNode(group)] }
      // An address passes from device to device: sightings that contradict each other are kept apart by run.
      let keys = group.map { IdentityKeys($0.device.statements, runs: [$0.run]) }
      let differ = keys.indices.contains { first in
        keys[first...].dropFirst().contains { keys[first].contradicts($0) }
      }
      guard differ else { return [IdentityNode(group)] }
      return Dictionary(grouping: group, by: \.run).sorted { $0.key < $1.key }.map { IdentityNode($0.value) }
    }
  }
}

/// Which of a number of things hang together (union by the smaller index, paths halved).
struct Components {
  private var parent: [Int]

  init(count: Int) { parent = Array(0..<count) }

  mutating func join(_ left: Int, _ right: Int) {
    let (left, right) = (root(left), root(right))
    parent[max(left, right)] = min(left, right)
  }

  private mutating func root(_ index: Int) -> Int {
    var index = index
    while parent[index] != index {
      parent[index] = parent[parent[index]]
      index = parent[index]
    }
    return index
  }

  /// In order of their least members.
  var groups: [[Int]] {
    var copy = self
    var result: [Int: [Int]] = [:]
    for index in parent.indices { result[copy.root(index), default: []].append(index) }
    return result.sorted { $0.key < $1.key }.map(\.value)
  }
}
