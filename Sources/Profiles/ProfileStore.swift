public import Documents
internal import Foundation
internal import Records

/// The rule set of a run: what is in Profiles/, loaded and checked.
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

  /// How much of a rule set is read.
  public enum Reading: Hashable, Sendable {
    case everything
    /// What questions to single services need, for who has to start quickly.
    case service(Service)
  }

  /// The folder that was read.
  public let directory: String
  /// How much of it was read; see ``Service`` for what is empty then.
  public let reading: Reading
  /// Every data file (`.yaml`, `.json`, and `.xml` of further fingerprints) that was read, sorted by path octet by octet, so that a
  /// hash over it names the rule set where ``reading`` is `everything`.
  public let files: [RuleFile]
  /// In order of their ids.
  public let portLists: [PortList]
  public let checks: [Check]
  /// In order of their ids; those that ``add(_:)`` took stand behind.
  public private(set) var catalogues: [Catalogue]
  /// In order of their ids; none where catalogues were not read.
  public let crosswalks: [Crosswalk]
  /// What frameworks read differently.
  public let observations: [Crosswalk.Observation]
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
  ///   - readingCrosswalks: false leaves out links to other frameworks, which only checklists show; they count as files all the same.
  ///   - reading: how much of the folder is looked at.
  /// - Throws: ``DocumentError`` with file, line and remedy for the first fault found.
  public init(
    directory: String, readingCases: Bool = true, readingCrosswalks: Bool = true, reading: Reading = .everything
  ) throws(DocumentError) {
    let reader: RuleReader
    var service: Service?
    switch reading {
    case .everything: reader = RuleReader(directory: directory, files: try ProfileStore.read(directory))
    case .service(let kind):
      reader = RuleReader(directory: directory, files: try ProfileStore.read(directory, for: kind))
      service = kind
    }
    let isWhole = service == nil
    let roles = isWhole ? try DeviceRole.list(try reader.document("vocabularies/roles.yaml")) : []
    // They take as long to read as everything else.
    let deviceProfiles = Ahead { [ids = Set(roles.map(\.id))] in
      Result { () throws(DocumentError) in
        isWhole ? try reader.deviceProfiles(roles: ids) : try reader.signsOfDevices()
      }
    }
    let portLists = try reader.portLists()
    self.directory = directory
    self.reading = reading
    files = reader.files
    self.portLists = portLists
    checks = try reader.checks(withCases: readingCases && isWhole)
    catalogues = isWhole ? try reader.catalogues() : []
    observations =
      isWhole && readingCrosswalks
      ? try Crosswalk.Observation.list(try reader.document("vocabularies/observations.yaml")) : []
    crosswalks =
      isWhole && readingCrosswalks
      ? try reader.crosswalks(Crosswalk.Context(catalogues: catalogues, observations: observations)) : []
    wording = isWhole ? try Wording(try reader.document("wording/reasons.yaml")) : .unread
    limitations = isWhole ? try Limitation.list(try reader.document("wording/limitations.yaml")) : []
    telnetPrompts = isWhole ? try TelnetPrompt.list(try reader.document("fingerprints/telnet.yaml")) : []
    neverWritePorts = Set(try ProfileStore.list("never-write", of: portLists, in: directory).ports)
    telnetLikelyPorts = Set(try ProfileStore.list("telnet-likely", of: portLists, in: directory).ports)
    otPorts = Set(try ProfileStore.list("ot", of: portLists, in: directory).ports)
    if isWhole { _ = try ProfileStore.list(PortSelection.leadingList, of: portLists, in: directory) }
    scanProfiles = try reader.scanProfiles()
    deviceClassRules = try DeviceClassRules(try reader.document("devices/classes.yaml"))
    udpProbes = try reader.udpProbes()
    self.roles = roles
    self.deviceProfiles = DeviceProfiles(all: try deviceProfiles.value.get())
    try checkReferences()
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

  /// Takes a company's catalogue in, beside those that are shipped.
  /// - Throws: ``DocumentError`` where its id is taken, or it was begun with a catalogue that is not here.
  public mutating func add(_ catalogue: Catalogue) throws(DocumentError) {
    guard !catalogues.contains(where: { $0.id == catalogue.id }) else {
      throw DocumentError(
        .reference, file: catalogue.id, problem: "there is a catalogue \(catalogue.id) already",
        remedy: "give yours another id")
    }
    if let base = catalogue.derivedFrom, !catalogues.contains(where: { $0.id == base }) {
      throw DocumentError(
        .reference, file: catalogue.id, problem: "it was begun with \(base), which is not here",
        remedy: "correct from:, or leave it out")
    }
    catalogues.append(catalogue)
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
  private func checkReferences() throws(DocumentError) {
    let rows = Set(catalogues.flatMap { catalogue in catalogue.items.map(catalogue.qualifiedID) })
    for check in reading == .everything ? checks : [] {
      for feed in check.feeds where !rows.contains(feed.item) {
        throw DocumentError(
          .reference, file: "\(directory)/checks/\(check.id)/check.yaml",
          problem: "it feeds \(feed.item), which is in no catalogue",
          remedy: "correct the item's id or add it to catalogs/")
      }
    }
    for observation in observations {
      if let unknown = observation.checks.first(where: { check($0) == nil }) {
        throw DocumentError(
          .reference, file: "\(directory)/vocabularies/observations.yaml",
          problem: "\(observation.id) names \(unknown), which is no check", remedy: "correct the check's id")
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
    try files(of: directory, in: "") { [".yaml", ".json", ".xml"].contains(where: $0.hasSuffix) }
  }

  /// Reads the data files below `folder`, a path in `directory` that ends in `/` where it is not empty.
  static func files(
    of directory: String, in folder: String, where isWanted: (String) -> Bool
  ) throws(DocumentError) -> [RuleFile] {
    // An installed folder may be a link, which the enumerator would not follow.
    let place = URL(fileURLWithPath: directory + "/" + folder).resolvingSymlinksInPath().path
    guard let paths = FileManager.default.enumerator(atPath: place) else {
      throw DocumentError(
        .missing, file: folder.isEmpty ? directory : "\(directory)/\(folder)", problem: "the folder cannot be read",
        remedy: "name the Profiles folder with --profiles or TENKEN_PROFILES")
    }
    var files: [RuleFile] = []
    for case let path as String in paths where isWanted(path) { files.append(try file(folder + path, of: directory)) }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  static func file(_ path: String, of directory: String) throws(DocumentError) -> RuleFile {
    let place = directory + "/" + path
    guard let data = FileManager.default.contents(atPath: place) else {
      throw DocumentError(
        .missing, file: place, problem: "the file cannot be read", remedy: "check its owner and permissions")
    }
    return RuleFile(path: path, bytes: Array(data))
  }

  /// Reads one file by itself, as its folder says what it is. What it says of other files is not followed.
  package static func readAlone(_ file: RuleFile, roles: Set<String>) throws(DocumentError) {
    let document = try YAMLValue(parsing: file.bytes, file: file.path)
    let name = file.path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? ""
    let stem = file.path.split(separator: "/").last.map { String($0.dropLast(".yaml".count)) } ?? ""
    switch file.path.prefix(while: { $0 != "/" }) {
    case "ports": _ = try PortList(document, named: name)
    case "scans": _ = try ScanProfile(document, named: name)
    case "udp": _ = try UDPProbe(document, named: name)
    case "devices" where name == "classes": _ = try DeviceClassRules(document)
    case "devices":
      _ = try DeviceProfile(document, named: String(file.path.dropFirst(8).prefix { $0 != "." }), roles: roles)
    case "catalogs", "templates": _ = try Catalogue(document, named: stem)
    case "checks": _ = try Check(document, named: String(file.path.dropFirst(7).prefix { $0 != "/" }), cases: [])
    case "wording" where name == "reasons": _ = try Wording(document)
    case "wording": _ = try Limitation.list(document)
    case "crosswalk": _ = try Crosswalk(document, named: stem, in: nil)
    case "vocabularies" where name == "observations": _ = try Crosswalk.Observation.list(document)
    case "vocabularies": _ = try DeviceRole.list(document)
    case "tls": _ = try TLSGuideline(document, named: name)
    case "wifi" where file.path.hasPrefix("wifi/baselines/"): _ = try WiFiBaseline(document, named: name)
    case "wifi": _ = try WiFiRules(document)
    case "ssh": try SSHRules.readAlone(document, file.path, named: name)
    default: _ = try TelnetPrompt.list(document)
    }
  }
}
