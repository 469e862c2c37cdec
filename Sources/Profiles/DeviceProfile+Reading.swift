internal import Documents
internal import Records

extension DeviceProfile {
  /// Reads `devices/<maker>/<family>.yaml`.
  /// - Parameter known: the words of `vocabularies/roles.yaml`.
  init(_ document: YAMLValue, named name: String, roles known: Set<String>) throws(DocumentError) {
    try document.allowOnly([
      "id", "maker", "family", "roles", "rolesOfModels", "class", "ot", "why", "match", "examples", "counterexamples",
      "services",
      "servicesAreComplete", "management", "unauthenticated", "endOfLife", "firmware", "lockout", "notes", "sources",
    ])
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's place \(name)")
    }
    let sources = try document.required("sources").list(Source.init)
    maker = try Maker(try document.required("maker"))
    family = try document.required("family").localized()
    roles = try document.required("roles").names(among: known, of: "vocabularies/roles.yaml")
    rolesOfModels = try document.optional("rolesOfModels")?.entries(of: sources, RoleOfModels.init)
    fragility = try Fragility(document)
    clauses = try document.required("match").list(Clause.init)
    examples = try document.required("examples").list(Signs.init)
    counterexamples = try document.required("counterexamples").list(Signs.init)
    services = try document.optional("services")?.list(of: sources, Service.init)
    servicesAreComplete = try document.optional("servicesAreComplete")?.boolean() ?? false
    management = try document.optional("management")?.list(of: sources, WebPath.init(page:_:)) ?? []
    unauthenticated = try document.optional("unauthenticated")?.list(of: sources, WebPath.init(open:_:)) ?? []
    endOfLife = try document.optional("endOfLife")?.list(of: sources, EndOfLife.init) ?? []
    firmware = try document.optional("firmware")?.list(of: sources, FirmwareReference.init) ?? []
    lockout = try document.optional("lockout")?.list(of: sources, Lockout.init) ?? []
    notes = try document.optional("notes")?.localized()
    self.sources = sources
    try checkTogether(document)
  }

  /// The topmost keys that ``init(signsOf:named:)`` reads.
  static let signKeys: Set = ["id", "maker", "family", "class", "ot", "why", "match"]

  /// Reads only by what the family is known and how much it bears: what a run has to know before it sends anything. Everything
  /// else stays empty, whatever the file says.
  /// - Parameter document: the file, or as much of it as stands under ``signKeys``.
  init(signsOf document: YAMLValue, named name: String) throws(DocumentError) {
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's place \(name)")
    }
    maker = try Maker(try document.required("maker"))
    family = try document.required("family").localized()
    fragility = try Fragility(document)
    clauses = try document.required("match").list(Clause.init)
    (roles, rolesOfModels) = ([], nil)
    (examples, counterexamples) = ([], [])
    (services, servicesAreComplete) = (nil, false)
    (management, unauthenticated) = ([], [])
    (endOfLife, firmware, lockout) = ([], [], [])
    (notes, sources) = (nil, [])
  }

  /// What no single key can show: repetitions, and numbers of another company.
  private func checkTogether(_ document: YAMLValue) throws(DocumentError) {
    guard Set(sources.map(\.id)).count == sources.count else {
      throw try document.required("sources").error("a source's id is given twice")
    }
    let endpoints = services?.map(\.endpoint) ?? []
    guard Set(endpoints).count == endpoints.count else {
      throw try document.required("services").error("a port is given twice")
    }
    guard services != nil || !servicesAreComplete else {
      throw document.error("there is no list of services that could be complete")
    }
    if let entry = rolesOfModels?.first(where: { !roles.contains($0.role) }) {
      throw try document.required("rolesOfModels").error("\(entry.role) is not among the family's roles")
    }
    for pattern in clauses.flatMap({ $0.patterns[.sysObjectID] ?? [] }) {
      guard maker.enterprises.contains(where: { (pattern + ".").hasPrefix("1.3.6.1.4.1.\($0).") }) else {
        throw try document.required("match").error("\(pattern) is not under a number of the maker's enterprises")
      }
    }
  }
}

extension DeviceProfile.Source {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["id", "title", "url", "document", "retrieved"])
    id = try value.required("id").string()
    title = try value.required("title").string()
    url = try value.optional("url")?.address()
    document = try value.optional("document")?.string()
    retrieved = try value.required("retrieved").day()
    guard url != nil || document != nil else { throw value.error("a source has a url or a document number") }
  }
}

extension DeviceProfile.Maker {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["name", "organisations", "enterprises"])
    name = try value.required("name").localized()
    organisations = try value.optional("organisations")?.strings() ?? []
    var enterprises: [UInt32] = []
    for element in try value.optional("enterprises")?.elements() ?? [] {
      enterprises.append(try element.fixedWidth(UInt32.self))
    }
    self.enterprises = enterprises
  }
}

extension DeviceProfile.Fragility {
  fileprivate init(_ document: YAMLValue) throws(DocumentError) {
    deviceClass = try document.required("class").choice(DeviceClass.self)
    isOT = try document.optional("ot")?.boolean() ?? false
    guard !isOT || deviceClass == .fragile else { throw document.error("a controller of a plant is fragile") }
    why = try document.required("why").localized()
  }
}

extension DeviceProfile.Clause {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    var patterns: [DeviceProfile.Sign: [String]] = [:]
    for (sign, content) in try value.signs() {
      let texts = try content.strings()
      guard !texts.isEmpty, texts.allSatisfy({ $0.contains { $0 != "*" } }) else {
        throw content.error("a pattern of nothing but stars would fit every device")
      }
      patterns[sign] = texts
    }
    guard !patterns.isEmpty else { throw value.error("a clause has at least one sign") }
    self.init(patterns: patterns)
  }
}

extension DeviceProfile.Signs {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    self.init()
    for (sign, content) in try value.signs() { add(try content.string(), as: sign) }
  }
}

extension DeviceProfile.Service {
  fileprivate init(_ value: YAMLValue, _ sources: [DeviceProfile.Source]) throws(DocumentError) {
    try value.allowOnly(["transport", "port", "protocol", "default", "why", "source"])
    let transport = try value.required("transport")
    guard let kind = Transport(rawValue: try transport.string()) else { throw transport.error("expected tcp or udp") }
    endpoint = ServiceEndpoint(transport: kind, port: try value.required("port").port())
    protocolName = ProtocolName(rawValue: try value.required("protocol").string())
    // YAML 1.1 reads a plain on or off as a truth value, and so does this.
    isOnByDefault = try value.optional("default")?.boolean()
    why = try value.required("why").localized()
    source = try value.required("source").source(of: sources)
  }
}

extension DeviceProfile.WebPath {
  /// Words whose presence in a path hints that asking changes something.
  private static let harmful: Set<Substring> = [
    "set", "reboot", "reset", "restart", "delete", "remove", "write", "update", "upgrade", "format", "save", "apply",
    "shutdown", "factory", "exec",
  ]

  fileprivate init(page value: YAMLValue, _ sources: [DeviceProfile.Source]) throws(DocumentError) {
    try self.init(value, sources, purpose: .management)
  }

  fileprivate init(open value: YAMLValue, _ sources: [DeviceProfile.Source]) throws(DocumentError) {
    let purpose = try value.required("purpose").choice(Purpose.self)
    guard purpose != .management else { throw value.error("pages to log in belong to management") }
    try self.init(value, sources, purpose: purpose)
  }

  private init(
    _ value: YAMLValue, _ sources: [DeviceProfile.Source], purpose: Purpose
  ) throws(DocumentError) {
    try value.allowOnly(["purpose", "secure", "port", "path", "source"])
    self.purpose = purpose
    isSecure = try value.optional("secure")?.boolean() ?? false
    port = try value.optional("port")?.port() ?? (isSecure ? 443 : 80)
    path = try value.required("path").string()
    guard path.first == "/", path.utf8.count <= 256, path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
      !path.contains("#"), !path.contains("..")
    else { throw value.error("a path is in origin form: /, then ASCII without spaces, # and ..") }
    let words = path.lowercased().split { !$0.isLetter }
    if let word = words.first(where: DeviceProfile.WebPath.harmful.contains) {
      throw value.error("a path with the word \(word) may change something and is never asked for")
    }
    source = try value.required("source").source(of: sources)
  }
}

extension DeviceProfile.EndOfLife {
  fileprivate init(_ value: YAMLValue, _ sources: [DeviceProfile.Source]) throws(DocumentError) {
    try value.allowOnly(["models", "branch", "date", "statement", "source"])
    models = try value.optional("models")?.strings() ?? []
    branch = try value.optional("branch")?.version()
    date = try value.optional("date")?.day()
    statement = try value.required("statement").localized()
    source = try value.required("source").source(of: sources)
  }
}

extension DeviceProfile.FirmwareReference {
  fileprivate init(_ value: YAMLValue, _ sources: [DeviceProfile.Source]) throws(DocumentError) {
    try value.allowOnly(["models", "version", "relation", "branch", "date", "source"])
    models = try value.optional("models")?.strings() ?? []
    version = try value.required("version").version()
    relation = try value.required("relation").choice(Relation.self)
    branch = try value.optional("branch")?.version()
    date = try value.optional("date")?.day()
    source = try value.required("source").source(of: sources)
    if let branch, !version.belongs(to: branch) {
      throw value.error("the version \(version.text) is not of the branch \(branch.text)")
    }
  }
}

extension DeviceProfile.RoleOfModels {
  fileprivate init(_ value: YAMLValue, _ sources: [DeviceProfile.Source]) throws(DocumentError) {
    try value.allowOnly(["models", "role", "source"])
    models = try value.required("models").strings()
    guard !models.isEmpty, models.allSatisfy({ $0.contains { $0 != "*" } }) else {
      throw value.error("a pattern of nothing but stars would fit every model")
    }
    role = try value.required("role").string()
    source = try value.required("source").source(of: sources)
  }
}

extension DeviceProfile.Lockout {
  fileprivate init(_ value: YAMLValue, _ sources: [DeviceProfile.Source]) throws(DocumentError) {
    try value.allowOnly(["attempts", "seconds", "statement", "source"])
    attempts = try value.optional("attempts").map { value throws(DocumentError) in try value.positive() }
    seconds = try value.optional("seconds").map { value throws(DocumentError) in try value.positive() }
    statement = try value.required("statement").localized()
    source = try value.required("source").source(of: sources)
  }
}

extension YAMLValue {
  fileprivate func list<Element>(
    _ read: (YAMLValue) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    var result: [Element] = []
    for element in try elements() { result.append(try read(element)) }
    guard !result.isEmpty else { throw error("at least one is needed") }
    return result
  }

  fileprivate func list<Element>(
    of sources: [DeviceProfile.Source], _ read: (YAMLValue, [DeviceProfile.Source]) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    let result = try entries(of: sources, read)
    guard !result.isEmpty else { throw error("leave the key out instead") }
    return result
  }

  /// The same where an empty list has a meaning.
  fileprivate func entries<Element>(
    of sources: [DeviceProfile.Source], _ read: (YAMLValue, [DeviceProfile.Source]) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    var result: [Element] = []
    for element in try elements() { result.append(try read(element, sources)) }
    return result
  }

  fileprivate func names(among known: Set<String>, of file: String) throws(DocumentError) -> [String] {
    let names = try strings()
    guard !names.isEmpty, Set(names).count == names.count else { throw error("expected at least one, and each once") }
    if let name = names.first(where: { !known.contains($0) }) { throw error("\(name) is not in \(file)") }
    return names
  }

  fileprivate func signs() throws(DocumentError) -> [(DeviceProfile.Sign, YAMLValue)] {
    try allowOnly(Set(DeviceProfile.Sign.allCases.map(\.rawValue)))
    var result: [(DeviceProfile.Sign, YAMLValue)] = []
    for (key, value) in try pairs() {
      if let sign = DeviceProfile.Sign(rawValue: key) { result.append((sign, value)) }
    }
    return result
  }

  fileprivate func source(of sources: [DeviceProfile.Source]) throws(DocumentError) -> DeviceProfile.Source {
    let id = try string()
    guard let source = sources.first(where: { $0.id == id }) else { throw error("there is no source \(id)") }
    return source
  }

  fileprivate func version() throws(DocumentError) -> FirmwareVersion {
    let version = FirmwareVersion(try string())
    guard !version.components.isEmpty else { throw error("\(version.text) cannot be read as a version") }
    return version
  }

  fileprivate func positive() throws(DocumentError) -> Int {
    let number = try integer()
    guard number > 0 else { throw error("expected a number above 0") }
    return number
  }

  fileprivate func address() throws(DocumentError) -> String {
    let text = try string()
    let scheme = "https://"
    guard text.hasPrefix(scheme), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
      text.dropFirst(scheme.count).prefix(while: { $0 != "/" }).contains(".")
    else { throw error("an address begins with https:// and a host") }
    return text
  }

  /// A day of the Gregorian calendar, `2026-11-25`.
  fileprivate func day() throws(DocumentError) -> String {
    let text = try string()
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), year >= 1990, (1...12).contains(month)
    else { throw error("expected a day as in 2026-11-25") }
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...days[month - 1]).contains(day) else { throw error("\(text) is no day of the calendar") }
    return text
  }
}
