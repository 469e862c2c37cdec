internal import Addressing
public import Documents
internal import Records

extension Declarations {
  private static let keys: Set = [
    "version", "closedNetwork", "classes", "devices", "fragile", "zones", "reach", "logCollectors", "roles",
    "policies", "statements",
  ]

  /// Reads a declarations file (Profiles/schema/declarations.schema.json).
  ///
  /// Everything that is not understood is an error: a misspelt line must not become a permission.
  /// - Throws: ``DocumentError`` with file, line, what is wrong and what to write.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly(Self.keys)
    let version = try root.required("version")
    guard try version.integer() == 1 else {
      throw version.error("this program reads version 1 of the declarations", remedy: "write version: 1")
    }
    let classes = try Self.classes(try root.optional("classes"))
    let zones = try root.list("zones") { value throws(DocumentError) in try Zone(value) }
    if let twice = Self.repeated(zones.map(\.id)) {
      throw try root.required("zones").error("the zone \(twice) is given twice", remedy: "give each zone one entry")
    }
    self.file = file
    isClosedNetwork = try root.optional("closedNetwork")?.boolean()
    self.classes = classes
    devices = try root.list("devices") { value throws(DocumentError) in
      try DeviceRule(value, classes: classes.map(\.name))
    }
    fragile = try root.list("fragile") { value throws(DocumentError) in try Fragile(value) }
    self.zones = zones
    reach = try Self.reach(root, zones.map(\.id))
    logCollectors = try root.list("logCollectors") { value throws(DocumentError) in try value.range() }
    roles = try root.list("roles") { value throws(DocumentError) in
      try value.allowOnly(["role", "who"])
      return Role(role: try value.required("role").string(), who: try value.required("who").string())
    }
    policies = try Policies(try root.optional("policies"))
    statements = try root.list("statements") { value throws(DocumentError) in try Statement(value) }
  }

  private static func classes(_ value: YAMLValue?) throws(DocumentError) -> [DeviceClassRule] {
    guard let value else { return [] }
    var result: [DeviceClassRule] = []
    for (name, content) in try value.pairs() {
      try content.allowOnly(["allow", "mud"])
      let mud = try content.optional("mud")?.string()
      let allow = try content.optional("allow")
      guard mud != nil || allow != nil else {
        throw content.error(
          "the class \(name) allows nothing and names no MUD file", remedy: "give it allow: [] or mud")
      }
      result.append(
        DeviceClassRule(
          name: name,
          allow: try content.list("allow") { value throws(DocumentError) in try AllowedService(value) }, mud: mud))
    }
    return result
  }

  private static func reach(_ root: YAMLValue, _ zones: [String]) throws(DocumentError) -> [Reach] {
    var seen: Set<[String]> = []
    return try root.list("reach") { value throws(DocumentError) in
      try value.allowOnly(["from", "to", "allow"])
      func zone(_ key: String) throws(DocumentError) -> String {
        let name = try value.required(key)
        guard zones.contains(try name.string()) else {
          throw name.error("\(try name.string()) is no zone", remedy: "list it under zones")
        }
        return try name.string()
      }
      let (from, to) = (try zone("from"), try zone("to"))
      guard seen.insert([from, to]).inserted else {
        throw value.error("\(from) to \(to) is given twice", remedy: "say once what \(from) may reach in \(to)")
      }
      let allow = try value.required("allow")
      switch try? allow.string() {
      case "everything": return Reach(from: from, to: to, rule: .everything)
      case "nothing": return Reach(from: from, to: to, rule: .nothing)
      case .some(let word):
        throw allow.error("\(word) is not understood", remedy: "write everything, nothing, or a list of services")
      case nil:
        let services = try value.list("allow") { value throws(DocumentError) in try AllowedService(value) }
        return Reach(from: from, to: to, rule: services.isEmpty ? .nothing : .only(services))
      }
    }
  }

  private static func repeated(_ names: [String]) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted }
  }
}

extension Declarations.AllowedService {
  /// `tcp/443`, `udp/5000-5010`, or the same with what speaks there and why.
  init(_ value: YAMLValue) throws(DocumentError) {
    let source = "\(value.file):\(value.line ?? 0)"
    guard value.isMapping else {
      let (transport, ports) = try Self.place(value)
      self.init(transport: transport, ports: ports, source: source)
      return
    }
    try value.allowOnly(["service", "protocol", "why"])
    let (transport, ports) = try Self.place(try value.required("service"))
    self.init(
      transport: transport, ports: ports,
      protocolName: try value.optional("protocol").map { value throws(DocumentError) in
        ProtocolName(rawValue: try value.string().lowercased())
      }, why: try value.optional("why")?.string(), source: source)
  }

  private static func place(_ value: YAMLValue) throws(DocumentError) -> (Transport, ClosedRange<UInt16>) {
    let text = try value.string()
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, let transport = Transport(rawValue: String(parts[0])) {
      let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false).map { port($0) }
      if ends.count == 1, let only = ends[0] { return (transport, only...only) }
      if ends.count == 2, let first = ends[0], let last = ends[1], first <= last { return (transport, first...last) }
    }
    throw value.error("\(text) is no service", remedy: "write it as tcp/443 or udp/5000-5010")
  }

  private static func port(_ text: Substring) -> UInt16? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else { return nil }
    return port
  }
}

extension Declarations.DeviceRule {
  fileprivate init(_ value: YAMLValue, classes: [String]) throws(DocumentError) {
    try value.allowOnly(["device", "class", "allow", "mud"])
    let device = try value.required("device")
    targets = try device.targets()
    line = value.line ?? 0
    let named = try value.optional("class")
    deviceClass = try named?.string()
    if let named, let deviceClass, !classes.contains(deviceClass) {
      throw named.error("the class \(deviceClass) is not declared", remedy: "list it under classes")
    }
    allow =
      try value.optional("allow") == nil
      ? nil : try value.list("allow") { value throws(DocumentError) in try Declarations.AllowedService(value) }
    mud = try value.optional("mud")?.string()
    guard deviceClass != nil || allow != nil || mud != nil else {
      throw value.error("nothing is declared for the device", remedy: "give it class, allow or mud")
    }
  }
}

extension Declarations.Fragile {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["device", "why", "ot"])
    let target = try value.required("device")
    guard let only = try target.targets().first, try target.targets().count == 1 else {
      throw target.error("name one device or range an entry")
    }
    self.init(
      target: only, why: try value.required("why").string(), isOT: try value.optional("ot")?.boolean() ?? false)
  }
}

extension Declarations.Policies {
  fileprivate init(_ value: YAMLValue?) throws(DocumentError) {
    self.init()
    guard let value else { return }
    try value.allowOnly([
      "encryptedLogs", "protectedUpdates", "wirelessLAN", "logsForAdministrators", "admissionControl", "makesDevices",
    ])
    encryptedLogs = try value.optional("encryptedLogs")?.boolean()
    protectedUpdates = try value.optional("protectedUpdates")?.boolean()
    wirelessLAN = try value.optional("wirelessLAN")?.boolean()
    logsForAdministrators = try value.optional("logsForAdministrators")?.boolean()
    admissionControl = try value.optional("admissionControl")?.boolean()
    makesDevices = try value.optional("makesDevices")?.boolean()
  }
}

extension Declarations.Statement {
  /// Kinds that say nothing without a value.
  private static let needValue: Set<Kind> = [
    .behindGateway, .unneeded, .needed, .notAffected, .mended, .sensitive, .acknowledged, .drill, .logRead, .logSecret,
    .knownBad,
  ]

  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["says", "device", "value", "by", "at", "why"])
    let said = try value.required("says")
    let kind = try said.choice(Kind.self)
    let what = try value.optional("value")?.string()
    guard what != nil || !Self.needValue.contains(kind) else {
      throw value.error("\(kind.rawValue) says nothing without a value", remedy: "give it value")
    }
    let day = try value.required("at")
    guard Timestamp(rfc3339: try day.string() + "T00:00:00Z") != nil else {
      throw day.error("\(try day.string()) is no day", remedy: "write it as 2026-11-30")
    }
    self.init(
      kind, of: try value.optional("device")?.targets() ?? [], value: what, by: try value.required("by").string(),
      at: try day.string(), why: try value.optional("why")?.string(), source: "\(value.file):\(value.line ?? 0)")
  }
}

extension Declarations.Zone {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["id", "networks"])
    id = try value.required("id").string()
    networks = try value.list("networks") { value throws(DocumentError) in try value.range() }
    guard !networks.isEmpty else { throw value.error("the zone \(id) has no network", remedy: "list its networks") }
  }
}

extension YAMLValue {
  /// The elements of the list at `key`; none when the key is absent.
  fileprivate func list<Value>(
    _ key: String, _ read: (YAMLValue) throws(DocumentError) -> Value
  ) throws(DocumentError) -> [Value] {
    var result: [Value] = []
    for element in try optional(key)?.elements() ?? [] { result.append(try read(element)) }
    return result
  }

  fileprivate func range() throws(DocumentError) -> AddressRange {
    let text = try string()
    do throws(AddressRangeError) {
      return try AddressRange(parsing: text)
    } catch {
      throw self.error("\(error)", remedy: "write an address, a range a-b or a block a/n")
    }
  }

  /// A MAC address, an address, range or block; or a list of them.
  fileprivate func targets() throws(DocumentError) -> [Declarations.Target] {
    guard let elements = try? elements() else { return [try target()] }
    var result: [Declarations.Target] = []
    for element in elements { result.append(try element.target()) }
    guard !result.isEmpty else { throw error("no device is named", remedy: "name a MAC address or an address") }
    return result
  }

  private func target() throws(DocumentError) -> Declarations.Target {
    if let mac = MACAddress(try string()) { return .mac(mac) }
    return .addresses(try range())
  }
}
