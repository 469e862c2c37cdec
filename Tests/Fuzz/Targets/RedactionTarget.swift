internal import Redaction

extension FuzzTarget {
  /// What devices say, on its way into a pack; and rules that a user may have written.
  static let redaction = FuzzTarget(
    "redaction", ["RedactionRules"], longest: 4096,
    seeds: RedactionSeeds.rules.rules.flatMap(\.examples).map(\.octets)
      + ["names", "secrets"].map { Array(Repository.octets("redaction/\($0).yaml").prefix(4096)) }
  ) { octets in
    let redactor = RedactionSeeds.redactor
    if let masked = redactor.masked(octets) {
      try promise(masked.octets.count == octets.count, "the length changed")
      try promise(masked.octets != octets && !masked.redactions.isEmpty, "masked, and nothing is told of it")
      for (place, octet) in masked.octets.enumerated() where octet != octets[place] {
        try promise(octet == Redactor.mask, "an octet became something else than the mask")
      }
    }
    let text = String(decoding: octets, as: UTF8.self)
    for isName in [false, true] {
      if let masked = redactor.masked(text: text, isName: isName) {
        try promise(String(validating: masked.octets, as: UTF8.self) != nil, "a text became none")
      }
    }
    _ = redactor.masked(json: octets)
    try promise(JSONStrings.mapped(octets) { _ in nil } == octets, "JSON changed where nothing was to change")
    var mask = IdentityMask()
    mask.add(String(text.prefix(12)), as: "another")
    if let masked = mask.masked(octets) { try promise(masked.octets.count == octets.count, "the length changed") }
    _ = mask.replaced(text)
    var rules = RedactionRules()
    try? rules.read(parsing: octets, file: "rules.yaml")
  }
}

private enum RedactionSeeds {
  static let rules: RedactionRules = {
    var rules = RedactionRules()
    for name in ["names", "secrets"] {
      try? rules.read(parsing: Repository.octets("redaction/\(name).yaml"), file: name)
    }
    return rules
  }()
  static let redactor = Redactor(rules, key: [UInt8](repeating: 7, count: 32))
}
