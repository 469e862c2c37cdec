internal import Documents
public import Records

/// Flaws of SSH servers by the version that they say: `ssh/software.yaml`.
public struct SSHSoftware: Hashable, Sendable {
  public struct Product: Hashable, Sendable {
    public let id: String
    /// What the software's part of the identification begins with, before the version.
    public let prefixes: [String]
  }

  public struct Range: Hashable, Sendable {
    /// The first version that has it; nil for all before ``before``.
    public let from: Version?
    /// The first version that does not have it any more.
    public let before: Version
  }

  public struct Flaw: Hashable, Sendable {
    /// `CVE-2018-10933`.
    public let id: String
    public let software: String
    public let ranges: [Range]
    public let what: LocalizedText
    public let source: Check.Source
  }

  /// Numbers in their order, whatever stands between them: 9.2p1 is before 9.2p2 and 9.10.
  public struct Version: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let numbers: [Int]
    public let description: String

    /// Reads the version at the front of a text: digits, with dots, underscores or the `p` of OpenSSH between.
    /// - Returns: nil where there is none, or a number is absurd.
    public init?(_ text: some StringProtocol) {
      let front = text.prefix { ("0"..."9").contains($0) || $0 == "." || $0 == "_" || $0 == "p" }
      let parts = front.split { !("0"..."9").contains($0) }
      let numbers = parts.compactMap { $0.count <= 6 ? Int($0) : nil }
      guard !numbers.isEmpty, numbers.count == parts.count, numbers.count <= 6, front.first?.isNumber == true else {
        return nil
      }
      self.numbers = numbers
      description = String(front)
    }

    public static func < (left: Self, right: Self) -> Bool {
      let count = max(left.numbers.count, right.numbers.count)
      for place in 0..<count {
        let (one, two) = (left.number(place), right.number(place))
        if one != two { return one < two }
      }
      return false
    }

    public static func == (left: Self, right: Self) -> Bool { !(left < right) && !(right < left) }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(numbers.reversed().drop { $0 == 0 }.count)
    }

    private func number(_ place: Int) -> Int { place < numbers.count ? numbers[place] : 0 }
  }

  public let products: [Product]
  public let flaws: [Flaw]
  /// Of the flaw that the lists of algorithms show by themselves.
  public let terrapin: Check.Source

  /// Which product a text names, and its version where it says one: `dropbear_2022.83`.
  public func identify(_ software: String) -> (product: Product, version: Version?)? {
    for product in products {
      for prefix in product.prefixes where software.hasPrefix(prefix) {
        return (product, Version(software.dropFirst(prefix.count)))
      }
    }
    return nil
  }

  public func flaws(of product: Product, _ version: Version) -> [Flaw] {
    flaws.filter { flaw in
      flaw.software == product.id
        && flaw.ranges.contains { version < $0.before && ($0.from.map { version >= $0 } ?? true) }
    }
  }

  init(_ document: YAMLValue) throws(DocumentError) {
    try document.allowOnly(["software", "flaws", "terrapin"])
    var products: [Product] = []
    for value in try document.required("software").elements() {
      try value.allowOnly(["id", "prefixes"])
      products.append(
        Product(id: try value.required("id").string(), prefixes: try value.required("prefixes").strings()))
    }
    guard Set(products.map(\.id)).count == products.count else {
      throw try document.required("software").error("a product is given twice")
    }
    var flaws: [Flaw] = []
    for value in try document.required("flaws").elements() { flaws.append(try Flaw(value, products)) }
    guard Set(flaws.map(\.id)).count == flaws.count else {
      throw try document.required("flaws").error("a flaw is given twice")
    }
    self.products = products
    self.flaws = flaws
    let terrapin = try document.required("terrapin")
    try terrapin.allowOnly(["source"])
    self.terrapin = try Check.Source(ssh: try terrapin.required("source"))
  }
}

extension SSHSoftware.Flaw {
  fileprivate init(_ value: YAMLValue, _ products: [SSHSoftware.Product]) throws(DocumentError) {
    try value.allowOnly(["id", "software", "ranges", "what", "source"])
    id = try value.required("id").string()
    let name = try value.required("software").string()
    guard products.contains(where: { $0.id == name }) else {
      throw try value.required("software").error("\(name) is no product of this file")
    }
    software = name
    var ranges: [SSHSoftware.Range] = []
    for range in try value.required("ranges").elements() {
      try range.allowOnly(["from", "before"])
      var from: SSHSoftware.Version?
      if let value = try range.optional("from") { from = try SSHSoftware.Version(value) }
      let before = try SSHSoftware.Version(try range.required("before"))
      guard from.map({ $0 < before }) ?? true else { throw range.error("the range ends before it begins") }
      ranges.append(SSHSoftware.Range(from: from, before: before))
    }
    guard !ranges.isEmpty else { throw try value.required("ranges").error("at least one is needed") }
    self.ranges = ranges
    what = try value.required("what").localized()
    source = try Check.Source(ssh: try value.required("source"))
  }
}

extension SSHSoftware.Version {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    let text = try value.string()
    guard let version = Self(text), version.description == text else { throw value.error("\(text) is no version") }
    self = version
  }
}
