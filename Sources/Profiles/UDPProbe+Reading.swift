internal import Documents
internal import Records

extension UDPProbe {
  /// Reads `udp/<id>.yaml`.
  init(_ document: YAMLValue, named name: String) throws(DocumentError) {
    try document.allowOnly([
      "id", "title", "protocol", "ports", "technique", "safe", "sourcePort", "answersFromAnyPort", "payload",
      "answers", "effect", "amplification", "source", "examples", "counterexamples",
    ])
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's name \(name)")
    }
    title = try document.required("title").localized()
    protocolName = ProtocolName(rawValue: try document.required("protocol").string())
    var ports: [UInt16] = []
    for element in try document.required("ports").elements() { ports.append(try element.port()) }
    guard !ports.isEmpty, Set(ports).count == ports.count else {
      throw try document.required("ports").error("expected at least one port, and each once")
    }
    self.ports = ports
    technique = Technique(rawValue: try document.required("technique").string())
    guard [Technique.udpProbe, .otIdentify].contains(technique) else {
      throw try document.required("technique").error("\(technique.rawValue) is not one of udp-probe, ot-identify")
    }
    // Said by whoever adds a probe, after having written down its effect.
    guard try document.required("safe").boolean() else {
      throw try document.required("safe").error("only probes that change nothing belong here")
    }
    sourcePort = try document.optional("sourcePort")?.port()
    answersFromAnyPort = try document.optional("answersFromAnyPort")?.boolean() ?? false
    parts = try Part.list(try document.required("payload"))
    let length = UDPProbe.octets(of: parts, transaction: 0).count
    // What fits the smallest link of RFC 8200 §5 (1280 octets) with both headers: never a fragment.
    guard (1...1232).contains(length) else {
      throw try document.required("payload").error("a payload has 1 to 1232 octets, this one \(length)")
    }
    var answers: [Answer] = []
    for element in try document.required("answers").elements() { answers.append(try Answer(element)) }
    guard !answers.isEmpty else { throw try document.required("answers").error("at least one is needed") }
    self.answers = answers
    effect = try document.required("effect").localized()
    amplification = try document.optional("amplification")?.localized()
    source = try document.required("source").string()
    examples = try UDPProbe.datagrams(try document.required("examples"))
    counterexamples = try UDPProbe.datagrams(try document.required("counterexamples"))
  }

  private static func datagrams(_ value: YAMLValue) throws(DocumentError) -> [[Part]] {
    var result: [[Part]] = []
    for element in try value.elements() { result.append(try Part.list(element)) }
    guard !result.isEmpty else { throw value.error("at least one is needed") }
    return result
  }
}

extension UDPProbe.Part {
  fileprivate static func list(_ value: YAMLValue) throws(DocumentError) -> [Self] {
    var result: [Self] = []
    for element in try value.elements() {
      let pairs = try element.pairs()
      guard let (kind, content) = pairs.first, pairs.count == 1 else {
        throw element.error("a part is exactly one of hex, text, token and tokenDigits")
      }
      switch kind {
      case "hex": result.append(.octets(try content.hexadecimal()))
      case "text": result.append(.octets(Array(try content.string().utf8)))
      case "token": result.append(.token(octets: try content.tokenLength()))
      case "tokenDigits":
        guard try content.integer() == 8 else { throw content.error("a transaction has 8 digits") }
        result.append(.tokenDigits)
      default: throw element.error("\(kind) is not one of hex, text, token, tokenDigits")
      }
    }
    return result
  }
}

extension UDPProbe.Answer {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["minimum", "fixed", "contains", "token"])
    let minimum = try value.required("minimum").count(atLeast: 1)
    var fixed: [Fixed] = []
    for element in try value.optional("fixed")?.elements() ?? [] { fixed.append(try Fixed(element)) }
    var contains: [[UInt8]] = []
    for element in try value.optional("contains")?.elements() ?? [] { contains += [try element.octets()] }
    token = try value.optional("token").map { value throws(DocumentError) in try Token(value) }
    guard !fixed.isEmpty || !contains.isEmpty || token != nil else {
      throw value.error("an answer that only has a length would be anything")
    }
    self.minimum = minimum
    self.fixed = fixed
    self.contains = contains
  }
}

extension UDPProbe.Answer.Fixed {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["at", "hex", "text", "mask"])
    let octets = try value.octets(besides: ["at", "mask"])
    let mask = try value.optional("mask")?.hexadecimal() ?? [UInt8](repeating: 0xff, count: octets.count)
    guard mask.count == octets.count else { throw value.error("the mask must be as long as the octets") }
    self.init(offset: try value.required("at").count(), octets: octets, mask: mask)
  }
}

extension UDPProbe.Answer.Token {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["at", "after", "octets", "digits"])
    if let digits = try value.optional("digits") {
      guard try digits.integer() == 8 else { throw digits.error("a transaction has 8 digits") }
      self = .digits
    } else if let offset = try value.optional("at") {
      self = .at(offset: try offset.count(), octets: try value.required("octets").tokenLength())
    } else {
      self = .anywhere(
        prefix: try value.required("after").hexadecimal(), octets: try value.required("octets").tokenLength())
    }
  }
}

extension YAMLValue {
  fileprivate func tokenLength() throws(DocumentError) -> Int {
    let count = try integer()
    guard (1...4).contains(count) else { throw error("a transaction has 1 to 4 octets") }
    return count
  }

  /// `{hex: …}` or `{text: …}`.
  fileprivate func octets(besides others: Set<String> = []) throws(DocumentError) -> [UInt8] {
    try allowOnly(others.union(["hex", "text"]))
    if let text = try optional("text") { return Array(try text.string().utf8) }
    return try required("hex").hexadecimal()
  }

  /// Pairs of hexadecimal digits, with spaces or line ends between pairs as the writer likes.
  fileprivate func hexadecimal() throws(DocumentError) -> [UInt8] {
    var result: [UInt8] = []
    for group in try string().split(whereSeparator: \.isWhitespace) {
      let digits = group.compactMap(\.hexDigitValue)
      guard digits.count == group.utf8.count, digits.count.isMultiple(of: 2) else {
        throw error("expected pairs of hexadecimal digits, not \(group)")
      }
      for index in stride(from: 0, to: digits.count, by: 2) {
        result.append(UInt8(digits[index] << 4 | digits[index + 1]))
      }
    }
    return result
  }
}
