internal import Authority
public import Documents
public import Profiles
internal import Records

extension CredentialProfiles {
  private static let folder = "credentials/"

  /// Reads every file of the rule set's folder `credentials`.
  /// - Throws: ``DocumentError`` with file, line and remedy for the first fault found.
  public init(_ store: ProfileStore) throws(DocumentError) {
    var profiles: [CredentialProfile] = []
    for file in store.files where file.path.hasPrefix(Self.folder) {
      let document = try YAMLValue(parsing: file.bytes, file: "\(store.directory)/\(file.path)")
      let name = String(file.path.dropFirst(Self.folder.count).dropLast(".yaml".count))
      let profile = try CredentialProfile(document, named: name)
      try profile.checkFamilies(store, document)
      profiles.append(profile)
    }
    for transport in LoginTransport.allCases
    where profiles.count(where: { $0.isGeneric && $0.transports.contains(transport) }) > 1 {
      throw DocumentError(
        .reference, file: "\(store.directory)/\(Self.folder)generic",
        problem: "there is more than one generic profile for \(transport.rawValue)",
        remedy: "keep one for each transport")
    }
    self.init(all: profiles.sorted { $0.id < $1.id })
  }
}

extension CredentialProfile {
  /// Reads `credentials/<maker>/<family>.yaml`.
  init(_ document: YAMLValue, named name: String) throws(DocumentError) {
    try document.allowOnly([
      "id", "family", "identify", "transports", "telnet", "http", "snmp", "pairs", "lockout", "proof", "confidence",
      "sources",
    ])
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's place \(name)")
    }
    family = try document.required("family").localized()
    let transports = try document.required("transports")
    self.transports = try transports.each { value throws(DocumentError) in try value.choice(LoginTransport.self) }
    guard !self.transports.isEmpty, Set(self.transports).count == self.transports.count else {
      throw transports.error("it names no service, or one twice", remedy: "name each kind of service once")
    }
    rules = try document.optional("identify")?.each(Rule.init) ?? []
    telnet = try document.optional("telnet").map(TelnetRecipe.init) ?? TelnetRecipe()
    http = try document.optional("http").map(HTTPRecipe.init) ?? HTTPRecipe()
    snmp = try document.optional("snmp").map(SNMPRecipe.init) ?? .version2c
    proof = try document.required("proof").choice(Proof.self)
    pairs = try document.required("pairs").each(CredentialPair.init)
    threshold = try LoginThreshold(try document.required("lockout"))
    confidence = try document.required("confidence").choice(Claim.Confidence.self)
    sources = try document.required("sources").each(Source.init)
    try checkTogether(document)
  }

  private func checkTogether(_ document: YAMLValue) throws(DocumentError) {
    let list = try document.required("pairs")
    let most = isGeneric ? Self.mostGenericPairs : Self.mostPairs
    guard (1...most).contains(pairs.count) else {
      throw list.error(
        "it has \(pairs.count) pairs", remedy: "keep the 1 to \(most) likeliest, which is what a device can bear")
    }
    guard Set(pairs).count == pairs.count else { throw list.error("a pair is given twice") }
    guard !sources.isEmpty else { throw try document.required("sources").error("a published default has a source") }
    if isGeneric {
      guard !pairs.contains(where: { $0.formula != nil }) else {
        throw list.error(
          "no rule is known of devices that nobody knows", remedy: "write a password, or identify a family")
      }
      guard rules.isEmpty else {
        throw document.error("a generic profile identifies nothing", remedy: "take identify out")
      }
      guard threshold == .unknown else {
        throw document.error("nothing is known of devices that nobody knows", remedy: "write lockout: unknown")
      }
    } else {
      let (strong, weak) = (rules.count { $0.strength == .strong }, rules.count { $0.strength == .weak })
      guard strong >= 1 || weak >= 2 else {
        throw document.error(
          "no device could be known by it", remedy: "give one strong sign or two weak ones under identify")
      }
    }
    guard proof == .answer || !(telnet.success + http.success).isEmpty else {
      throw document.error(
        "its proof is a text, and neither telnet.success nor http.success names one",
        remedy: "name the text, or prove by answer")
    }
    if transports.contains(.snmp), !pairs.allSatisfy(snmp.fits) {
      throw list.error(
        "by SNMP a pair with a name is a user of version 3, one without is a community",
        remedy: "write snmp: {version: 3, auth: sha} for users, who have passwords, or leave the names out")
    }
    for (key, transport) in [("telnet", LoginTransport.telnet), ("http", .http), ("snmp", .snmp)]
    where !transports.contains(transport) {
      if let recipe = try document.optional(key) {
        throw recipe.error("\(key) is not among its transports", remedy: "name it there, or take the recipe out")
      }
    }
  }

  /// Families are those of Profiles/devices.
  fileprivate func checkFamilies(_ store: ProfileStore, _ document: YAMLValue) throws(DocumentError) {
    for rule in rules {
      guard case .family(let id) = rule.sign, !store.deviceProfiles.all.contains(where: { $0.id == id }) else {
        continue
      }
      throw try document.required("identify").error(
        "there is no family \(id)", remedy: "name a file of Profiles/devices, or identify otherwise")
    }
  }
}

extension CredentialProfile.Rule {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["strength", "family", "organisation", "greeting", "claim", "value", "port"])
    strength = try value.required("strength").choice(CredentialProfile.Strength.self)
    var signs: [CredentialProfile.Sign] = []
    if let text = try value.optional("family") { signs.append(.family(try text.string())) }
    if let text = try value.optional("organisation") { signs.append(.organisation(try text.string())) }
    if let text = try value.optional("greeting") { signs.append(.greeting(try text.string())) }
    if let kind = try value.optional("claim") {
      signs.append(.claim(Claim.Kind(rawValue: try kind.string()), try value.required("value").string()))
    }
    if let port = try value.optional("port") { signs.append(.port(try port.port())) }
    guard signs.count == 1, let only = signs.first else {
      throw value.error("a sign is one of family, organisation, greeting, claim with value, port")
    }
    // A maker makes more than one family, and anybody may open a port.
    if case .organisation = only, strength == .strong { throw value.error("a maker's address is a weak sign") }
    if case .port = only, strength == .strong { throw value.error("an open port is a weak sign") }
    sign = only
  }
}

extension CredentialProfile.Source {
  init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["title", "url", "retrieved"])
    title = try value.required("title").string()
    url = try value.required("url").string()
    retrieved = try value.required("retrieved").string()
    guard url.hasPrefix("https://") else {
      throw try value.required("url").error("a source's url begins with https://")
    }
    let parts = retrieved.split(separator: "-").map { Int($0) }
    guard parts.count == 3, retrieved.utf8.count == 10, !parts.contains(nil) else {
      throw try value.required("retrieved").error("a day is written as 2026-11-29")
    }
  }
}

extension CredentialPair {
  init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["account", "password", "derive"])
    let formula = try value.optional("derive").map(CredentialFormula.init)
    let password = try value.optional("password")?.string() ?? ""
    let account = try value.optional("account")?.string() ?? ""
    guard !(account + password).unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
      throw value.error("a name or a password holds a control character")
    }
    guard let formula else {
      self.init(account: account, secret: Secret(Array(password.utf8)))
      return
    }
    guard try value.optional("password") == nil else {
      throw value.error("it has a password and a rule to derive one", remedy: "keep one of password and derive")
    }
    self.init(account: account, formula: formula)
  }
}

extension CredentialFormula {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["from", "last", "case"])
    origin = try value.required("from").choice(Origin.self)
    letters = try value.optional("case")?.choice(Letters.self)
    let end = try value.optional("last")
    last = try end?.integer()
    let longest = origin == .mac ? Self.macDigits : Self.longestSerial
    if let end, let last, !(1...longest).contains(last) {
      throw end.error("the end of \(origin.rawValue) is 1 to \(longest) characters")
    }
  }
}

extension TelnetRecipe {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["logout", "success", "failure", "lockedOut"])
    self.init(
      logout: try value.optional("logout")?.string() ?? "exit", success: try value.optional("success")?.strings() ?? [],
      failure: try value.optional("failure")?.strings() ?? [],
      lockedOut: try value.optional("lockedOut")?.strings() ?? [])
  }
}

extension SNMPRecipe {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["version", "auth", "context"])
    let version = try value.required("version")
    switch try version.string() {
    case "1": self = .version1
    case "2c": self = .version2c
    case "3":
      // A digest by the wrong one is refused like a wrong password, so that none is assumed.
      self = .version3(
        try value.required("auth").choice(Authentication.self), context: try value.optional("context")?.context() ?? "")
      return
    case let other: throw version.error("\(other) is not one of 1, 2c, 3")
    }
    for key in ["auth", "context"] {
      if let other = try value.optional(key) { throw other.error("only users of version 3 have one") }
    }
  }
}

extension YAMLValue {
  /// RFC 3411 §5: at most 255 octets, of which RFC 3415 §4 wants 32.
  fileprivate func context() throws(DocumentError) -> String {
    let text = try string()
    guard text.utf8.count <= 32, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw error("a context has 1 to 32 characters and no blanks")
    }
    return text
  }
}

extension LoginThreshold {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    if value.isMapping {
      try value.allowOnly(["failures"])
      let count = try value.required("failures").integer()
      guard (1...100).contains(count) else { throw value.error("a threshold is 1 to 100 failures") }
      self = .failures(count)
      return
    }
    switch try value.string() {
    case "unknown": self = .unknown
    case "never": self = .never
    case let other: throw value.error("\(other) is not one of unknown, never, {failures: 5}")
    }
  }
}

extension YAMLValue {
  func each<Element>(
    _ read: (YAMLValue) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    var result: [Element] = []
    for element in try elements() { result.append(try read(element)) }
    return result
  }
}
