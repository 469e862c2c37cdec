internal import Documents

/// Turns the files of a folder into documents.
struct RuleReader: Sendable {
  let directory: String
  let files: [ProfileStore.RuleFile]

  func document(_ path: String) throws(DocumentError) -> YAMLValue {
    guard let file = files.first(where: { $0.path == path }) else {
      throw DocumentError(
        .missing, file: "\(directory)/\(path)", problem: "the file is missing",
        remedy: "restore it from the package, or name another folder with --profiles")
    }
    return try parse(file)
  }

  private func parse(_ file: ProfileStore.RuleFile) throws(DocumentError) -> YAMLValue {
    try YAMLValue(parsing: file.bytes, file: "\(directory)/\(file.path)")
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
    for (name, file) in families {
      result.append(try DeviceProfile(try parse(file), named: name, roles: roles))
    }
    return result
  }

  /// Of each family only by what it is known and how much it bears.
  func signsOfDevices() throws(DocumentError) -> [DeviceProfile] {
    var result: [DeviceProfile] = []
    for (name, file) in families {
      let document = try YAMLValue(
        parsing: file.bytes, file: "\(directory)/\(file.path)", onlyUnder: DeviceProfile.signKeys)
      result.append(try DeviceProfile(signsOf: document, named: name))
    }
    return result
  }

  /// The files `devices/<maker>/<family>.yaml`, with their places without the ending.
  private var families: [(name: String, file: ProfileStore.RuleFile)] {
    files.filter { $0.path.hasPrefix("devices/") && $0.path.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 2 }
      .map { (String($0.path.dropFirst("devices/".count).dropLast(".yaml".count)), $0) }
  }

  func catalogues() throws(DocumentError) -> [Catalogue] {
    var result: [Catalogue] = []
    for name in names(in: "catalogs") {
      result.append(try Catalogue(try document("catalogs/\(name).yaml"), named: name))
    }
    return result
  }

  func crosswalks(_ context: Crosswalk.Context) throws(DocumentError) -> [Crosswalk] {
    var result: [Crosswalk] = []
    for name in names(in: "crosswalk") {
      result.append(try Crosswalk(try document("crosswalk/\(name).yaml"), named: name, in: context))
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
