internal import Addressing
public import Authority
public import Documents
internal import Records

extension Scope {
  /// Reads a scope file.
  ///
  /// Everything that is not understood is an error, never ignored: a misspelt exclusion must not
  /// become a permission. A scope without networks is an error too.
  /// - Throws: ``DocumentError`` naming file, line, what is wrong and what to write.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly([
      "version", "engagement", "valid", "utcOffset", "networks", "exclude", "techniques", "consents", "rates", "wifi",
    ])
    guard try root.required("version").integer() == 1 else {
      throw try root.required("version").error(
        "this program reads version 1 of the scope format", remedy: "write version: 1")
    }
    let valid = try root.required("valid")
    try valid.allowOnly(["from", "until"])
    let from = try valid.required("from").timestamp()
    let until = try valid.required("until").timestamp()
    guard from < until else {
      throw valid.error("the validity window ends before it begins", remedy: "write until after from")
    }
    let wifi = try WiFiScope(try root.optional("wifi"))
    self.init(
      engagement: try Engagement(try root.required("engagement")), validFrom: from, validUntil: until,
      networks: try Self.networks(root, mayBeEmpty: !wifi.included.isEmpty), exclusions: try Self.exclusions(root),
      techniques: try Self.techniques(root, mayBeEmpty: !wifi.included.isEmpty), rates: try Self.rates(root),
      offsetMinutes: try Self.offset(root), consents: try Self.consents(root), wifi: wifi)
  }

  /// - Parameter mayBeEmpty: the scope is for Wi-Fi networks; still nothing may be sent to an address that it does not name.
  private static func networks(_ root: YAMLValue, mayBeEmpty: Bool) throws(DocumentError) -> [AddressRange] {
    var ranges: [AddressRange] = []
    for element in try root.required("networks").elements() { ranges.append(try element.addressRange()) }
    guard mayBeEmpty || !ranges.isEmpty else {
      throw try root.required("networks").error(
        "no network is in scope, so nothing may be sent",
        remedy: "list the networks the customer allowed, such as 192.168.10.0/24 or fe80::/10")
    }
    return ranges
  }

  private static func exclusions(_ root: YAMLValue) throws(DocumentError) -> [Exclusion] {
    guard let list = try root.optional("exclude") else { return [] }
    var result: [Exclusion] = []
    for element in try list.elements() {
      guard element.isMapping else {
        result.append(Exclusion(target: try element.exclusionTarget()))
        continue
      }
      try element.allowOnly(["target", "reason"])
      result.append(
        Exclusion(
          target: try element.required("target").exclusionTarget(), reason: try element.optional("reason")?.string()))
    }
    return result
  }

  private static func techniques(_ root: YAMLValue, mayBeEmpty: Bool) throws(DocumentError) -> Set<Technique> {
    let list = try root.required("techniques")
    var result: Set<Technique> = []
    for element in try list.elements() {
      let technique = Technique(rawValue: try element.string())
      // Whoever signed it consented to listening. What this version does instead has another name.
      if technique.rawValue == "service-identification" {
        throw element.error(
          "service-identification allowed only listening to services (tenken up to 0.2); this version asks them too",
          remedy: "have the customer agree to harmless questions, and write \(Technique.serviceQuestions.rawValue)")
      }
      guard Technique.known.contains(technique) else {
        let known = Technique.known.map(\.rawValue).joined(separator: ", ")
        throw element.error("the technique \(technique.rawValue) is unknown", remedy: "choose from \(known)")
      }
      result.insert(technique)
    }
    guard mayBeEmpty || !result.isEmpty else {
      throw list.error("no technique is allowed, so nothing may be sent", remedy: "list what the customer allowed")
    }
    return result
  }

  private static func rates(_ root: YAMLValue) throws(DocumentError) -> Rates {
    guard let value = try root.optional("rates") else { return .standard }
    try value.allowOnly(["perDevice", "total"])
    func rate(_ key: String, _ fallback: Int) throws(DocumentError) -> Int {
      guard let element = try value.optional(key) else { return fallback }
      let number = try element.integer()
      // 0 lifts the ceiling: said by the customer, never assumed.
      guard (0...1_000_000).contains(number) else {
        throw element.error(
          "a rate is 0 (no ceiling) to 1000000 frames a second", remedy: "write a number in that range")
      }
      return number
    }
    return Rates(
      perDevice: try rate("perDevice", Rates.standard.perDevice), total: try rate("total", Rates.standard.total))
  }

  private static func offset(_ root: YAMLValue) throws(DocumentError) -> Int {
    guard let value = try root.optional("utcOffset") else { return Timestamp.jst }
    let text = try value.string()
    // The same reading as in a time: "+09:00".
    guard !text.hasPrefix("."), let moment = Timestamp(rfc3339: "1970-01-02T00:00:00\(text)") else {
      throw value.error("\(text) is no UTC offset", remedy: "write it as \"+09:00\"")
    }
    return Int((86_400_000_000_000 - moment.nanoseconds) / 60_000_000_000)
  }
}

extension Scope.Rates {
  /// What holds when a scope names no ceilings: gentle to devices, far below a LAN's capacity.
  public static let standard = Scope.Rates(perDevice: 100, total: 20_000)
}

extension Engagement {
  init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["id", "customer", "site", "operator"])
    self.init(
      id: try value.required("id").string(), customer: try value.required("customer").string(),
      site: try value.required("site").string(), operator: try value.required("operator").string())
  }
}

extension YAMLValue {
  func timestamp() throws(DocumentError) -> Timestamp {
    let text = try string()
    guard let moment = Timestamp(rfc3339: text) else {
      throw error("\(text) is no time with an offset", remedy: "write it as \"2026-11-20T09:00:00+09:00\"")
    }
    return moment
  }

  func addressRange() throws(DocumentError) -> AddressRange {
    let text = try string()
    do throws(AddressRangeError) {
      return try AddressRange(parsing: text)
    } catch {
      throw self.error("\(error)", remedy: "write an address, a range a-b or a block a/n")
    }
  }

  fileprivate func exclusionTarget() throws(DocumentError) -> Scope.Exclusion.Target {
    if let mac = MACAddress(try string()) { return .device(mac) }
    return .addresses(try addressRange())
  }
}
