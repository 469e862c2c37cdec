public import Addressing
public import Authority
public import Records

/// The addresses that a run will look at, after the scope has spoken and before any frame leaves.
public struct TargetSelection: Sendable {
  /// Ascending, without repetition.
  public let addresses: [IPAddress]
  /// Blocks of IPv6 addresses, too many to ask for one by one: whatever is found on the link and
  /// lies in one of them is a target.
  public let blocks: [AddressRange]
  /// The part of the addresses that this run looks at; nil when it is all of them.
  public let shard: Shard?
  /// Addresses of the wish that the scope excludes: they become rows of the report, not silence.
  public let omitted: [Coverage.Omission]

  /// The most addresses that one run takes: a /16, as much as an ARP table in memory is sensible for.
  public static let largest = 65_536

  /// - Parameter technique: what the scope must allow for an address to be a target at all.
  /// - Throws: ``Refusal`` when any address of `targets` lies outside the scope's networks, when a
  ///   single host is excluded, when nothing is left, or when the scope is not valid at `moment`.
  ///   Then nothing may be sent at all: somebody asked for more than was allowed.
  public init(
    targets: [AddressRange], scope: Scope, at moment: Timestamp, shard: Shard? = nil,
    technique: Technique = .arpDiscovery
  ) throws(Refusal) {
    if let refusal = scope.validityRefusal(at: moment) { throw refusal }
    var allowed: Set<IPAddress> = []
    var excluded: [String: [IPAddress]] = [:]
    var blocks: [AddressRange] = []
    var asked = 0
    for target in targets {
      if !target.first.isIPv4, target.count > Self.largest {
        guard scope.networks.contains(where: { $0.contains(target) }) else {
          throw Refusal(target: "\(target)", rule: .outsideNetworks(scope.networks))
        }
        let needed = Self.technique(technique, for: target.first)
        guard scope.techniques.contains(needed) else {
          throw Refusal(target: "\(target)", rule: .techniqueNotAllowed(needed))
        }
        blocks.append(target)
        continue
      }
      asked += target.count
      guard asked <= Self.largest else {
        throw Refusal(target: "\(target) (\(asked) addresses)", rule: .tooManyAddresses(most: Self.largest))
      }
      for address in target.hosts {
        guard let refusal = scope.refusal(of: address, for: Self.technique(technique, for: address), at: moment) else {
          allowed.insert(address)
          continue
        }
        guard case .excluded(let exclusion) = refusal.rule, target.count > 1 else { throw refusal }
        excluded["\(exclusion)", default: []].append(address)
      }
    }
    self.blocks = blocks
    if allowed.isEmpty, blocks.isEmpty, let rule = excluded.keys.sorted().first {
      throw Refusal(target: targets.map(\.description).joined(separator: ", "), rule: .everythingExcluded(by: rule))
    }
    let all = allowed.sorted()
    addresses = shard?.part(of: all) ?? all
    self.shard = shard
    omitted = excluded.sorted { $0.key < $1.key }.map { rule, addresses in
      Coverage.Omission(
        addresses: Self.list(addresses), reason: .outOfScope,
        detail: LocalizedText(
          ja: "許可範囲の除外規則「\(rule)」により、パケットを送信していません。",
          en: "Nothing was sent: the scope excludes \(rule)."))
    }
  }

  /// IPv6 knows no ARP: its addresses are asked for by neighbour discovery.
  private static func technique(_ technique: Technique, for address: IPAddress) -> Technique {
    technique == .arpDiscovery && !address.isIPv4 ? .ipv6Discovery : technique
  }

  /// An address found on the link is a target.
  public func contains(_ address: IPAddress) -> Bool {
    var low = 0
    var high = addresses.count
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] < address { low = middle + 1 } else { high = middle }
    }
    if low < addresses.count, addresses[low] == address { return true }
    return shard?.contains(address) != false && blocks.contains { $0.contains(address) }
  }

  /// `10.0.0.1, 10.0.0.5-10.0.0.9`.
  public static func list(_ addresses: [IPAddress]) -> String {
    let sorted = Array(Set(addresses)).sorted()
    var runs: [String] = []
    var start = 0
    for index in sorted.indices {
      let isLast = index + 1 == sorted.count || sorted[index].next != sorted[index + 1]
      guard isLast else { continue }
      runs.append(start == index ? "\(sorted[index])" : "\(sorted[start])-\(sorted[index])")
      start = index + 1
    }
    return runs.joined(separator: ", ")
  }
}

extension TargetSelection: CustomStringConvertible {
  /// The addresses, then the blocks, of this run's part.
  public var description: String {
    ([Self.list(addresses)].filter { !$0.isEmpty } + blocks.map(\.description)).joined(separator: ", ")
  }
}
