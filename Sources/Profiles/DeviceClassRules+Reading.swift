internal import Documents
internal import Records

extension DeviceClassRules {
  /// Reads `devices/classes.yaml`.
  init(_ document: YAMLValue) throws(DocumentError) {
    try document.allowOnly(["rules", "otherwise"])
    var rules: [Rule] = []
    for value in try document.required("rules").elements() {
      let rule = try Rule(value)
      guard !rules.contains(where: { $0.id == rule.id }) else { throw value.error("the id \(rule.id) is given twice") }
      rules.append(rule)
    }
    self.rules = rules
    let otherwise = try document.required("otherwise")
    try otherwise.allowOnly(["class", "why"])
    self.otherwise = try otherwise.required("class").choice(DeviceClass.self)
    otherwiseWhy = try otherwise.required("why").localized()
  }
}

extension DeviceClassRules.Rule {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["id", "class", "ot", "why", "source", "match", "examples", "counterexamples"])
    id = try value.required("id").string()
    deviceClass = try value.required("class").choice(DeviceClass.self)
    isOT = try value.optional("ot")?.boolean() ?? false
    guard !isOT || deviceClass == .fragile else { throw value.error("a controller of a plant is fragile") }
    why = try value.required("why").localized()
    source = try value.required("source").string()
    match = try DeviceClassRules.Match(try value.required("match"))
    examples = try DeviceClassRules.Signs.list(try value.required("examples"))
    counterexamples = try DeviceClassRules.Signs.list(try value.required("counterexamples"))
  }
}

extension DeviceClassRules.Match {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    let pairs = try value.pairs()
    guard let (kind, content) = pairs.first, pairs.count == 1 else {
      throw value.error("a rule matches by exactly one of vendor, name and stack")
    }
    switch kind {
    case "vendor": self = .vendor(try content.strings())
    case "name": self = .name(try content.strings())
    case "stack":
      try content.allowOnly(["timesToLive", "windows"])
      var timesToLive: [UInt8] = []
      for element in try content.optional("timesToLive")?.elements() ?? [] {
        timesToLive.append(try element.fixedWidth(UInt8.self))
      }
      var windows: [UInt16] = []
      for element in try content.required("windows").elements() {
        windows.append(try element.fixedWidth(UInt16.self))
      }
      self = .stack(timesToLive: timesToLive, windows: windows)
    default: throw value.error("\(kind) is not one of vendor, name, stack")
    }
  }
}

extension DeviceClassRules.Signs {
  fileprivate static func list(_ value: YAMLValue) throws(DocumentError) -> [Self] {
    var result: [Self] = []
    for element in try value.elements() {
      try element.allowOnly(["vendor", "name", "timeToLive", "window"])
      result.append(
        Self(
          vendor: try element.optional("vendor")?.string(), name: try element.optional("name")?.string(),
          timeToLive: try element.optional("timeToLive")?.fixedWidth(UInt8.self),
          window: try element.optional("window")?.fixedWidth(UInt16.self)))
    }
    guard !result.isEmpty else { throw value.error("at least one is needed") }
    return result
  }
}

extension YAMLValue {
  /// A whole number that fits the type.
  func fixedWidth<Number: FixedWidthInteger>(_ type: Number.Type) throws(DocumentError) -> Number {
    guard let number = Number(exactly: try integer()) else {
      throw error("expected a whole number from \(Number.min) to \(Number.max)")
    }
    return number
  }
}
