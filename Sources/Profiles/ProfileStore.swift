public import Documents
internal import Foundation
public import Records

/// The rule set of a run: everything in Profiles/, loaded and checked as a whole.
///
/// Reads files only; nothing is written and nothing is fetched.
public struct ProfileStore: Hashable, Sendable {
  /// A file of the rule set.
  public struct RuleFile: Hashable, Sendable {
    /// Relative to the folder, with `/` between parts.
    public let path: String
    public let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }
  }

  /// The folder that was read.
  public let directory: String
  /// Every data file (`.yaml`, `.json`, and `.xml` of further fingerprints), sorted by path octet by octet, so that a hash over it
  /// names the rule set.
  public let files: [RuleFile]
  /// In order of their ids.
  public let portLists: [PortList]
  public let checks: [Check]
  public let catalogues: [Catalogue]
  public let wording: Wording
  /// In the order in which reports print them.
  public let limitations: [Limitation]
  public let telnetPrompts: [TelnetPrompt]
  /// Connected to at most, and never written to.
  public let neverWritePorts: Set<UInt16>
  /// An open but unidentified service here makes the Telnet row `needs-review`.
  public let telnetLikelyPorts: Set<UInt16>
  /// Left out of every selection unless the scope names the technique `ot-identify`.
  public let otPorts: Set<UInt16>
  /// In order of their ids.
  public let scanProfiles: [ScanProfile]
  /// How much a device is trusted to bear.
  public let deviceClassRules: DeviceClassRules
  /// In order of their ids.
  public let udpProbes: [UDPProbe]
  /// What devices are for, in file order.
  public let roles: [DeviceRole]
  /// What is publicly known of families of devices.
  public let deviceProfiles: DeviceProfiles

  /// Loads and checks a folder.
  /// - Parameters:
  ///   - readingCases: false leaves out the cases of checks, which only tests look at; they count as files all the same.
  ///   - readingCatalogues: false leaves out the checklists, for who proposes nothing for one and has to start quickly.
  /// - Throws: ``DocumentError`` with file, line and remedy for the first fault found.
  public init(directory: String, readingCases: Bool = true, readingCatalogues: Bool = true) throws(DocumentError) {
    let files = try ProfileStore.read(directory)
    let reader = RuleReader(directory: directory, files: files)
    let roles = try DeviceRole.list(try reader.document("vocabularies/roles.yaml"))
    // They take as long to read as everything else.
    let deviceProfiles = Ahead { [ids = Set(roles.map(\.id))] in
      Result { () throws(DocumentError) in try reader.deviceProfiles(roles: ids) }
    }
    let portLists = try reader.portLists()
    self.directory = directory
    self.files = files
    self.portLists = portLists
    checks = try reader.checks(withCases: readingCases)
    catalogues = readingCatalogues ? try reader.catalogues() : []
    wording = try Wording(try reader.document("wording/reasons.yaml"))
    limitations = try Limitation.list(try reader.document("wording/limitations.yaml"))
    telnetPrompts = try TelnetPrompt.list(try reader.document("fingerprints/telnet.yaml"))
    neverWritePorts = Set(try ProfileStore.list("never-write", of: portLists, in: directory).ports)
    telnetLikelyPorts = Set(try ProfileStore.list("telnet-likely", of: portLists, in: directory).ports)
    otPorts = Set(try ProfileStore.list("ot", of: portLists, in: directory).ports)
    _ = try ProfileStore.list(PortSelection.leadingList, of: portLists, in: directory)
    scanProfiles = try reader.scanProfiles()
    deviceClassRules = try DeviceClassRules(try reader.document("devices/classes.yaml"))
    udpProbes = try reader.udpProbes()
    self.roles = roles
    self.deviceProfiles = DeviceProfiles(all: try deviceProfiles.value.get())
    try checkReferences(readingCatalogues)
  }

  /// The list `ports/<name>.yaml`.
  public func portList(named name: String) throws(DocumentError) -> PortList {
    try ProfileStore.list(name, of: portLists, in: directory)
  }

  /// The profile `scans/<id>.yaml`.
  /// - Throws: ``DocumentError`` that lists the known ones.
  public func scanProfile(_ id: String) throws(DocumentError) -> ScanProfile {
    if let profile = scanProfiles.first(where: { $0.id == id }) { return profile }
    throw DocumentError(
      .missing, file: "\(directory)/scans/\(id).yaml", problem: "there is no scan profile named \(id)",
      remedy: "use one of \(scanProfiles.map(\.id).joined(separator: ", "))")
  }

  /// The check of this id, or nil.
  public func check(_ id: String) -> Check? { checks.first { $0.id == id } }

  /// The catalogue row of a fully qualified id such as `jssec-iot-v1/JSSEC-14.2.c`, or nil.
  public func catalogueItem(_ qualifiedID: String) -> Catalogue.Item? {
    for catalogue in catalogues {
      if let item = catalogue.items.first(where: { catalogue.qualifiedID(of: $0) == qualifiedID }) { return item }
    }
    return nil
  }

  /// What a verdict on each row never says, by fully qualified id.
  public var cannotConclude: [String: LocalizedText] {
    var texts: [String: LocalizedText] = [:]
    for catalogue in catalogues {
      for item in catalogue.items { texts[catalogue.qualifiedID(of: item)] = item.cannotConclude }
      for rule in catalogue.rules { texts["\(catalogue.id)/\(rule.id)"] = rule.cannotConclude }
    }
    return texts
  }

  /// Stems of every prompt, in file order; see ``TelnetPrompt`` for how they are matched.
  public var telnetPromptStems: [String] { telnetPrompts.flatMap(\.stems) }

  private static func list(
    _ name: String, of lists: [PortList], in directory: String
  ) throws(DocumentError) -> PortList {
    if let list = lists.first(where: { $0.id == name }) { return list }
    let known = lists.map(\.id).joined(separator: ", ")
    throw DocumentError(
      .missing, file: "\(directory)/ports/\(name).yaml", problem: "there is no port list named \(name)",
      remedy: "use one of \(known), or restore the file from the package")
  }

  /// Every feed must name a row that exists, where catalogues were read.
  private func checkReferences(_ feeds: Bool) throws(DocumentError) {
    let rows = Set(catalogues.flatMap { catalogue in catalogue.items.map(catalogue.qualifiedID) })
    for check in feeds ? checks : [] {
      for feed in check.feeds where !rows.contains(feed.item) {
        throw DocumentError(
          .reference, file: "\(directory)/checks/\(check.id)/check.yaml",
          problem: "it feeds \(feed.item), which is in no catalogue",
          remedy: "correct the item's id or add it to catalogs/")
      }
    }
    for probe in udpProbes { try checkPorts(of: probe) }
    for profile in deviceProfiles.all { try checkOrganisations(of: profile) }
  }

  /// A maker's address alone names a family only where no other family has it.
  private func checkOrganisations(of profile: DeviceProfile) throws(DocumentError) {
    guard profile.clauses.contains(where: { Set($0.patterns.keys) == [.organisation] }) else { return }
    let names = Set(profile.maker.organisations)
    for other in deviceProfiles.all where other.id != profile.id && !names.isDisjoint(with: other.maker.organisations) {
      throw DocumentError(
        .reference, file: "\(directory)/devices/\(profile.id).yaml",
        problem: "it is known by the maker's address alone, which \(other.id) has as well",
        remedy: "add a sign that tells the two apart")
    }
  }

  /// No probe may reach a printer's data port, nor a controller without the technique for it.
  private func checkPorts(of probe: UDPProbe) throws(DocumentError) {
    let file = "\(directory)/udp/\(probe.id).yaml"
    if let port = probe.ports.first(where: neverWritePorts.contains) {
      throw DocumentError(
        .reference, file: file, problem: "port \(port) never receives a payload (ports/never-write.yaml)",
        remedy: "take the port out")
    }
    if probe.technique != .otIdentify, let port = probe.ports.first(where: otPorts.contains) {
      throw DocumentError(
        .reference, file: file, problem: "port \(port) is a controller's (ports/ot.yaml)",
        remedy: "use the technique ot-identify, or take the port out")
    }
  }

  /// Reads the data files of the folder and of the folders in it.
  private static func read(_ directory: String) throws(DocumentError) -> [RuleFile] {
    // An installed folder may be a link, which the enumerator would not follow.
    let folder = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
    guard let paths = FileManager.default.enumerator(atPath: folder) else {
      throw DocumentError(
        .missing, file: directory, problem: "the folder cannot be read",
        remedy: "name the Profiles folder with --profiles or TENKEN_PROFILES")
    }
    var files: [RuleFile] = []
    for case let path as String in paths where [".yaml", ".json", ".xml"].contains(where: path.hasSuffix) {
      let place = directory + "/" + path
      guard let data = FileManager.default.contents(atPath: place) else {
        throw DocumentError(
          .missing, file: place, problem: "the file cannot be read", remedy: "check its owner and permissions")
      }
      files.append(RuleFile(path: path, bytes: Array(data)))
    }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Reads one file by itself, as its folder says what it is. What it says of other files is not followed.
  package static func readAlone(_ file: RuleFile, roles: Set<String>) throws(DocumentError) {
    let document = try YAMLValue(parsing: file.bytes, file: file.path)
    let name = file.path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? ""
    switch file.path.prefix(while: { $0 != "/" }) {
    case "ports": _ = try PortList(document, named: name)
    case "scans": _ = try ScanProfile(document, named: name)
    case "udp": _ = try UDPProbe(document, named: name)
    case "devices" where name == "classes": _ = try DeviceClassRules(document)
    case "devices":
      _ = try DeviceProfile(document, named: String(file.path.dropFirst(8).prefix { $0 != "." }), roles: roles)
    case "catalogs": _ = try Catalogue(document, named: name)
    case "checks": _ = try Check(document, named: String(file.path.dropFirst(7).prefix { $0 != "/" }), cases: [])
    case "wording" where name == "reasons": _ = try Wording(document)
    case "wording": _ = try Limitation.list(document)
    case "vocabularies": _ = try DeviceRole.list(document)
    case "tls": _ = try TLSGuideline(document, named: name)
    case "wifi" where file.path.hasPrefix("wifi/baselines/"): _ = try WiFiBaseline(document, named: name)
    case "wifi": _ = try WiFiRules(document)
    case "ssh": try SSHRules.readAlone(document, file.path, named: name)
    default: _ = try TelnetPrompt.list(document)
    }
  }
}

/// Turns the files of a folder into documents.
private struct RuleReader: Sendable {
  let directory: String
  let files: [ProfileStore.RuleFile]

  func document(_ path: String) throws(DocumentError) -> YAMLValue {
    guard let file = files.first(where: { $0.path == path }) else {
      throw DocumentError(
        .missing, file: "\(directory)/\(path)", problem: "the file is missing",
        remedy: "restore it from the package, or name another folder with --profiles")
    }
    return try YAMLValue(parsing: file.bytes, file: "\(directory)/\(path)")
  }

  func portLists() throws(DocumentError) -> [PortList] {
    var result: [PortList] = []
    for name in names(in: "ports") {
      result.append(try PortList(try document("ports/\(name).yaml"), named: name))
    }
    return result
  }

  func scanProfiles() throws(DocumentError) -> [ScanProfile] {
    for name in ScanProfile.builtIn { _ = try document("scans/\(name).yaml") }
    var result: [ScanProfile] = []
    for name in names(in: "scans") { result.append(try ScanProfile(try document("scans/\(name).yaml"), named: name)) }
    return result
  }

  func udpProbes() throws(DocumentError) -> [UDPProbe] {
    var result: [UDPProbe] = []
    for name in names(in: "udp") { result.append(try UDPProbe(try document("udp/\(name).yaml"), named: name)) }
    return result
  }

  func deviceProfiles(roles: Set<String>) throws(DocumentError) -> [DeviceProfile] {
    var result: [DeviceProfile] = []
    for file in files where file.path.hasPrefix("devices/") && file.path.split(separator: "/").count == 3 {
      let name = String(file.path.dropFirst("devices/".count).dropLast(".yaml".count))
      result.append(try DeviceProfile(try document(file.path), named: name, roles: roles))
    }
    return result
  }

  func catalogues() throws(DocumentError) -> [Catalogue] {
    var result: [Catalogue] = []
    for name in names(in: "catalogs") {
      result.append(try Catalogue(try document("catalogs/\(name).yaml"), named: name))
    }
    return result
  }

  func checks(withCases: Bool) throws(DocumentError) -> [Check] {
    var result: [Check] = []
    let suffix = "/check.yaml"
    for file in files where file.path.hasPrefix("checks/") && file.path.hasSuffix(suffix) {
      let folder = file.path.dropLast(suffix.count)
      var cases: [YAMLValue] = []
      for name in withCases ? names(in: folder + "/cases") : [] {
        cases.append(try document("\(folder)/cases/\(name).yaml"))
      }
      result.append(
        try Check(try document(file.path), named: String(folder.dropFirst("checks/".count)), cases: cases))
    }
    return result
  }

  /// Names, without extension, of the YAML files directly in a folder.
  private func names(in folder: some StringProtocol) -> [String] {
    files.compactMap { file in
      guard file.path.hasPrefix(folder + "/"), file.path.hasSuffix(".yaml") else { return nil }
      let name = file.path.dropFirst(folder.count + 1).dropLast(".yaml".count)
      return name.contains("/") ? nil : String(name)
    }
  }
}
