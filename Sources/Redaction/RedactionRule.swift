internal import Documents
public import Records

/// What is masked, by what it is known and why: a rule of Profiles/redaction.
public struct RedactionRule: Hashable, Sendable {
  /// What sort of thing a rule keeps out of evidence.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// What lets somebody in: a password, a cookie, a key.
    case secret
    /// What names a person.
    case person
  }

  /// Where the octets to be masked stand, seen from the marker.
  public enum Shape: String, Hashable, Sendable, CaseIterable {
    /// Up to the end of the line.
    case line
    /// The same without its first word, which names a scheme (RFC 9110 §11.4).
    case credentials
    /// The values of `name=value` up to the end of the line (RFC 6265 §4.2.1).
    case cookies
    /// The value of the first `name=value` (RFC 6265 §4.1.1); the attributes behind it stay.
    case cookie
    /// Behind `=`, `":` or `>`: a field of a form, of JSON, of XML.
    case field
    /// The attribute `value` of the same HTML element.
    case attribute
    /// User and password of a URL (RFC 3986 §3.2.1).
    case userinfo
    /// A BER string (X.690 §8.7) behind the marker.
    case berString = "ber-string"
    /// The same, where it is the name of a device: only what names a person in it.
    case berName = "ber-name"
    /// The community of an SNMP message (RFC 1157 §4): a BER string that a PDU follows.
    case community
    /// Seven to eleven letters and digits, which Windows gives to a computer.
    case computer
    /// Whoever owns the device of which the marker is the kind: `Tanaka-no-iPhone`.
    case owner
    /// An address of mail; the marker is `@`.
    case mail
    /// One word between other words of a host name: `pc-yamada`.
    case word
  }

  /// A text that shows the rule, and what becomes of it in octets.
  public struct Example: Hashable, Sendable {
    public let octets: [UInt8]
    public let masked: [UInt8]
  }

  public let id: String
  public let kind: Kind
  public let shape: Shape
  public let label: LocalizedText
  public let why: LocalizedText
  /// In small letters.
  let markers: [[UInt8]]
  /// Values that stay, in small letters: what is published, or is no secret although it looks like one.
  let keep: Set<String>
  public let examples: [Example]
  /// Texts in which it masks nothing.
  public let unchanged: [[UInt8]]

  init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly([
      "id", "kind", "shape", "label", "why", "markers", "hex", "keep", "examples", "unchanged",
    ])
    id = try value.required("id").string()
    kind = try value.required("kind").choice(Kind.self)
    shape = try value.required("shape").choice(Shape.self)
    label = try value.required("label").localized()
    why = try value.required("why").localized()
    var markers = try value.optional("markers")?.strings().map { Array($0.utf8.map(folded)) } ?? []
    for text in try value.optional("hex")?.elements() ?? [] { markers.append(try Self.octets(text)) }
    guard !markers.isEmpty, markers.allSatisfy({ (1...64).contains($0.count) }) else {
      throw value.error("the rule has no marker of 1 to 64 octets", remedy: "name one under markers or hex")
    }
    self.markers = markers
    keep = Set(try value.optional("keep")?.strings().map { $0.lowercased() } ?? [])
    var examples: [Example] = []
    for example in try value.required("examples").elements() {
      try example.allowOnly(["from", "to", "fromHex", "toHex"])
      examples.append(
        Example(octets: try Self.text(example, "from"), masked: try Self.text(example, "to")))
    }
    self.examples = examples
    unchanged = try value.optional("unchanged")?.strings().map { Array($0.utf8) } ?? []
  }

  private static func text(_ example: YAMLValue, _ key: String) throws(DocumentError) -> [UInt8] {
    if let hex = try example.optional(key + "Hex") { return try octets(hex) }
    return Array(try example.required(key).string().utf8)
  }

  private static func octets(_ value: YAMLValue) throws(DocumentError) -> [UInt8] {
    let digits = try value.string().utf8.filter { $0 != 0x20 }
    var octets: [UInt8] = []
    for start in stride(from: 0, to: digits.count - 1, by: 2) {
      guard let octet = UInt8(String(decoding: digits[start...start + 1], as: UTF8.self), radix: 16) else {
        throw value.error("it is not hexadecimal", remedy: "write two digits an octet")
      }
      octets.append(octet)
    }
    guard digits.count == octets.count * 2 else {
      throw value.error("it has an odd number of digits", remedy: "write two digits an octet")
    }
    return octets
  }
}

/// ASCII letters made small.
@inline(__always) func folded(_ octet: UInt8) -> UInt8 { (0x41...0x5a).contains(octet) ? octet | 0x20 : octet }
