internal import Addressing
public import Profiles
public import Records
public import RunComparison

/// What packs hold of the facts that go with a question to a person (checklist.md §2.5). They are never an answer to it.
public struct ObservedFacts: Sendable {
  private let devices: [Device]
  private let findings: [Finding]
  private let difference: DifferenceDocument?

  /// - Parameter difference: what changed since the run before; nil where none was compared.
  public init(devices: [Device], findings: [Finding], difference: DifferenceDocument? = nil) {
    self.devices = devices
    self.findings = findings
    self.difference = difference
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
    case .changes: return difference.map(changes)
    case .missingDevices: return difference.map(missing)
    // Captures, advisories and other places show these; the rows that rest on them tell it.
    case .outboundScans, .destinations, .dataFlows, .updateHosts, .updateChannel, .segments, .matches,
      .peerDeviations, .formerIdentifiers, .outages:
      return nil
    }
  }

  // MARK: Since the run before

  /// What a person needs who answers for an update or a measure (checklist.md §2.5: 17.3, 18.3): the version and the services before
  /// and after, what was mended or cut off, and what is still there.
  private func changes(_ difference: DifferenceDocument) -> LocalizedText {
    let entries = difference.entries
    func place(_ entry: RunDifference.Entry) -> String {
      ([entry.address?.description ?? entry.device.rawValue] + [entry.service?.description].compactMap(\.self))
        .joined(separator: " ")
    }
    func changed(_ aspects: RunDifference.Aspect...) -> String {
      listed(
        entries.filter { entry in entry.aspect.map(aspects.contains) == true }
          .map { "\(place($0)) \($0.before ?? "-") → \($0.after ?? "-")" })
    }
    func found(_ state: RunDifference.State) -> String {
      listed(entries.filter { $0.state == state }.map { "\(place($0)) \($0.check ?? "")" })
    }
    func seen(_ state: RunDifference.State) -> String { listed(entries.filter { $0.state == state }.map(place)) }
    let parts: [(LocalizedText, String)] = [
      (LocalizedText(ja: "ファームウェア", en: "firmware"), changed(.firmware)),
      (LocalizedText(ja: "ソフトウェア", en: "software"), changed(.software, .protocolName)),
      (LocalizedText(ja: "ポート", en: "ports"), changed(.port)),
      (LocalizedText(ja: "是正(再検査済み)", en: "mended (looked for again)"), found(.fixed)),
      (LocalizedText(ja: "再検査できず", en: "not looked for again"), found(.notRetested)),
      (LocalizedText(ja: "継続", en: "still there"), found(.still)),
      (LocalizedText(ja: "再発", en: "there again"), found(.regressed)),
      (LocalizedText(ja: "新しい機器", en: "new devices"), seen(.deviceNew)),
      (LocalizedText(ja: "見えなくなった機器", en: "devices no longer seen"), seen(.deviceGone)),
    ].filter { !$0.1.isEmpty }
    let head = since(difference)
    guard !parts.isEmpty else {
      return LocalizedText(
        ja: "\(head.ja): 両方で調べた範囲に変化なし", en: "\(head.en): nothing changed in what both looked at")
    }
    return LocalizedText(
      ja: head.ja + ": " + parts.map { "\($0.0.ja) \($0.1)" }.joined(separator: "、"),
      en: head.en + ": " + parts.map { "\($0.0.en) \($0.1)" }.joined(separator: "; "))
  }

  private func missing(_ difference: DifferenceDocument) -> LocalizedText {
    let gone = difference.entries.filter { $0.state == .deviceGone }.map { entry in
      "\(entry.address?.description ?? "-") \(entry.device.rawValue)"
    }
    let head = since(difference)
    return LocalizedText(
      ja: "\(head.ja): \(gone.isEmpty ? "調べた範囲ではなし" : listed(gone))",
      en: "\(head.en): \(gone.isEmpty ? "none within what was looked at" : listed(gone))")
  }

  private func since(_ difference: DifferenceDocument) -> LocalizedText {
    let run = "\(difference.earlier.run), \(difference.earlier.started.rfc3339(offsetMinutes: Timestamp.jst))"
    return LocalizedText(ja: "前回(\(run))から", en: "since \(run)")
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
