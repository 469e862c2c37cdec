internal import Redaction
internal import Wire

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
    // In two segments of a connection, and as a frame, whatever it is.
    var stream = FrameRedactor(redactor)
    let half = octets.count / 2
    for frame in [RedactionSeeds.segment(octets[..<half], 0), RedactionSeeds.segment(octets[half...], half), octets] {
      let masked = stream.masked(CapturedFrame(nanoseconds: 0, octets: frame, outbound: false))
      try promise(masked.map { $0.octets.count == frame.count } ?? true, "a frame's length changed")
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

  /// An Ethernet frame with one TCP segment (RFC 791 §3.1, RFC 9293 §3.1).
  static func segment(_ data: ArraySlice<UInt8>, _ sequence: Int) -> [UInt8] {
    let total = 40 + data.count
    return [
      2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, UInt8(total >> 8), UInt8(total & 255), 0, 0, 0x40, 0, 64, 6,
    ]
      + [
        0, 0, 192, 0, 2, 2, 192, 0, 2, 1, 0, 80, 156, 64, 0, 0, UInt8(sequence >> 8), UInt8(sequence & 255), 0, 0, 0, 7,
      ]
      + [0x50, 0x18, 1, 0, 0, 0, 0, 0] + data
  }

  static let redactor = Redactor(rules, key: [UInt8](repeating: 7, count: 32))
}
