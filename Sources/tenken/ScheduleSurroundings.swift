internal import Addressing
internal import Audit
internal import Authority
internal import Evidence
internal import Foundation
internal import LinkIO
internal import RadioIO
internal import Records
internal import Schedules
internal import ScopeFile
internal import Wire

/// What this computer shows of itself before a scheduled run.
struct ScheduleSurroundings {
  let schedule: Schedule
  let audit: AuditCommand
  let lockHolder: String?

  /// The scope file as it is now.
  private var scopeFile: (scope: Scope, digest: String)? {
    let path = audit.options.scope
    guard let octets = try? contents(of: path, what: "the scope file"),
      let scope = try? Scope(parsing: octets, file: path)
    else { return nil }
    return (scope, SHA256.hex(SHA256.digest(of: octets)))
  }

  /// Looks at what the schedule asks about. The network is looked at only while the scope allows the run: that may put a question
  /// for the gateway's MAC address on the wire.
  func look(at now: Timestamp) -> Circumstances {
    let file = scopeFile
    var found = Circumstances(
      now: now, scopeDigest: file?.digest, scopeFrom: file?.scope.validFrom, scopeUntil: file?.scope.validUntil,
      power: PowerSupply.power(of: Self.supplies()), lockHolder: lockHolder)
    guard let scope = file?.scope, file?.digest == schedule.scopeDigest else { return found }
    if let window = audit.options.window.flatMap({ TimeWindow($0) }) {
      found.windowIsOpen = window.end(at: now, offsetMinutes: scope.offsetMinutes) != nil
      found.window = "\(window)"
    }
    guard !schedule.network.isEmpty, scope.validFrom <= now, now < scope.validUntil else { return found }
    let link = NetworkMarks(targets: audit.options.targets, scope: scope)
    if schedule.network.gateway != nil { found.gateway = link.gateway() }
    if schedule.network.ssid != nil { found.ssid = link.ssid }
    if schedule.network.dhcpServer != nil { found.dhcpServer = link.dhcpServer() }
    return found
  }

  private static func supplies() -> [PowerSupply] {
    let folder = "/sys/class/power_supply"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.map { name in
      func value(_ key: String) -> String {
        FileManager.default.contents(atPath: "\(folder)/\(name)/\(key)").map {
          String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        } ?? ""
      }
      return PowerSupply(
        type: value("type"), isOnline: value("online") == "1", scope: value("scope"), status: value("status"))
    }
  }
}

/// By what a network is known from this computer: its gateway, the Wi-Fi network, who leases addresses.
struct NetworkMarks {
  private let routes: RouteTable?
  private let route: RouteMessage?
  private let name: String?
  private let index: Int32
  private let scope: Scope

  /// - Parameter targets: the interface that leads to the first of them counts.
  init(targets: [String], scope: Scope) {
    self.scope = scope
    let routes = try? RouteTable()
    self.routes = routes
    let first = targets.first.flatMap { try? AddressRange(parsing: $0) }?.first
    route = first.flatMap { try? routes?.route(to: $0) }
    index = route?.interfaceIndex ?? 0
    name = index == 0 ? nil : try? routes?.link(index).name
  }

  /// MAC address of the gateway on the way to the targets, else of the one to everywhere else.
  func gateway() -> String? {
    // TEST-NET-1 (RFC 5737): the kernel is asked for the way there, nothing goes there.
    let elsewhere = IPAddress(IPv4Address(rawValue: 0xc000_0201))
    let way = route?.gateway == nil ? try? routes?.route(to: elsewhere) : route
    guard let routes, let way, let gateway = way.gateway else { return nil }
    if let known = routes.neighbour(gateway, on: way.interfaceIndex) { return "\(known)" }
    // A gateway that the scope excludes is not asked for.
    let isExcluded = scope.exclusions.contains { exclusion in
      if case .addresses(let range) = exclusion.target { range.contains(gateway) } else { false }
    }
    return isExcluded ? nil : routes.resolve(gateway, on: way.interfaceIndex).map { "\($0)" }
  }

  var ssid: String? { name.flatMap { Radio.network(joinedBy: $0) } }

  /// What the DHCP client of this computer keeps: systemd-networkd, NetworkManager, dhclient.
  func dhcpServer() -> String? {
    guard let name else { return nil }
    let manager = Self.files("/var/lib/NetworkManager") { $0.hasPrefix("internal-") && $0.hasSuffix("-\(name).lease") }
    for path in ["/run/systemd/netif/leases/\(index)"] + manager {
      guard let octets = FileManager.default.contents(atPath: path) else { continue }
      if let server = DHCPLease.server(inKeys: Array(octets)) { return "\(server)" }
    }
    for folder in ["/var/lib/dhcp", "/var/lib/NetworkManager", "/var/lib/dhclient"] {
      for path in Self.files(folder, where: { $0.hasPrefix("dhclient") && $0.hasSuffix("s") || $0.hasSuffix(".lease") })
      {
        guard let octets = FileManager.default.contents(atPath: path) else { continue }
        if let server = DHCPLease.server(inLeases: Array(octets), of: name) { return "\(server)" }
      }
    }
    return nil
  }

  private static func files(_ folder: String, where isWanted: (String) -> Bool) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // The newest lease counts.
    return names.filter(isWanted).map { "\(folder)/\($0)" }.sorted { written($0) > written($1) }
  }

  private static func written(_ path: String) -> Date {
    (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date) ?? .distantPast
  }
}
