internal import Addressing
public import Profiles
public import Records

/// What packs hold of the facts that go with a question to a person (checklist.md §2.5). They are never an answer to it.
public struct ObservedFacts: Sendable {
  private let devices: [Device]
  private let findings: [Finding]

  public init(devices: [Device], findings: [Finding]) {
    self.devices = devices
    self.findings = findings
  }

  /// Findings that show a kind of fact, by the ids of their checks.
  private static let checks: [Catalogue.Fact: [String]] = [
    .configurationInterfaces: [
      "http.no-auth-admin", "http.plaintext-login", "telnet.enabled", "snmp.default-community", "upnp.igd",
      "sadp.unactivated",
    ],
    .maintenancePorts: ["adb.open", "telnet.enabled", "tr069.open", "dvrip.open", "ubnt.discovery"],
    .reflectors: [
      "dns.open-resolver", "ntp.mode6", "upnp.enabled", "snmp.default-community", "snmp.v1v2c", "coap.open",
    ],
    .legacyStacks: ["smb.v1", "ssh.v1", "tls.sslv2", "tls.sslv3", "tls.1.0", "snmp.v1v2c"],
    .openStores: ["ftp.anonymous", "tftp.enabled", "redis.no-auth", "mqtt.anonymous"],
  ]

  /// Ids of checks that are looked at; each has to be one of the rule set.
  static var usedChecks: Set<String> { Set(checks.values.joined()) }

  /// What was seen of it, in a line; nil where these packs cannot show it. That nothing was seen is said as such.
  public func text(_ fact: Catalogue.Fact) -> LocalizedText? {
    guard !devices.isEmpty else { return nil }
    switch fact {
    case .inventory: return inventory
    case .services: return services
    case .model: return models
    case .configurationInterfaces, .maintenancePorts, .reflectors, .legacyStacks, .openStores:
      return found(Self.checks[fact] ?? [])
    // Captures, earlier runs, advisories and other places show these; the rows that rest on them tell it.
    case .outboundScans, .destinations, .dataFlows, .updateHosts, .updateChannel, .segments, .matches, .changes,
      .missingDevices, .peerDeviations, .formerIdentifiers, .outages:
      return nil
    }
  }

  private var inventory: LocalizedText {
    let roles = Dictionary(
      devices.compactMap { device in device.claims.first { $0.kind == .role }.map { ($0.value, 1) } },
      uniquingKeysWith: +)
    let told = listed(roles.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" })
    let open = devices.count - roles.values.reduce(0, +)
    return LocalizedText(
      ja: "機器\(devices.count)台。用途の申告・推定があるもの: \(told.isEmpty ? "なし" : told)。用途が分からないもの: \(open)台",
      en: "\(devices.count) devices; purpose known of: \(told.isEmpty ? "none" : told); not known of \(open)")
  }

  private var services: LocalizedText {
    let open = devices.flatMap(\.services).filter { $0.state == .open }
    let names = Dictionary(open.map { ($0.protocolName?.rawValue ?? "?", 1) }, uniquingKeysWith: +)
    let told = listed(names.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" })
    return LocalizedText(
      ja: "開いているサービス\(open.count)件(\(told.isEmpty ? "なし" : told))。?は特定できないもの",
      en: "\(open.count) open services (\(told.isEmpty ? "none" : told)); ? is not identified")
  }

  private var models: LocalizedText {
    let known = devices.compactMap { device in
      device.model.map { model in
        [device.vendor?.name, model.name, device.firmware?.name].compactMap(\.self).joined(separator: " ")
      }
    }
    let counts = Dictionary(known.map { ($0, 1) }, uniquingKeysWith: +)
    let told = listed(counts.sorted { $0.key < $1.key }.map { $0.value > 1 ? "\($0.key) ×\($0.value)" : $0.key })
    let open = devices.count - known.count
    return LocalizedText(
      ja: "\(told.isEmpty ? "型番の申告なし" : told)。型番が分からない機器: \(open)台",
      en: "\(told.isEmpty ? "no model reported" : told); model not known of \(open)")
  }

  private func found(_ checks: [String]) -> LocalizedText {
    let shown = findings.filter { checks.contains($0.check) }
    guard !shown.isEmpty else {
      return LocalizedText(ja: "調べた範囲では検出なし", en: "none found within what was looked at")
    }
    let places = Dictionary(grouping: shown, by: \.check).sorted { $0.key < $1.key }.map { check, findings in
      let names = Set(findings.map { $0.device.addresses.first?.description ?? $0.device.id.rawValue }).sorted()
      return "\(check) (\(listed(names)))"
    }
    let text = places.joined(separator: ", ")
    return LocalizedText(ja: text, en: text)
  }

  /// Up to six, and how many more.
  private func listed(_ names: [String]) -> String {
    names.prefix(6).joined(separator: ", ") + (names.count > 6 ? ", … (\(names.count))" : "")
  }
}
