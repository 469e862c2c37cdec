public import Records

extension FingerprintResult {
  /// What the matches say of the device. Where two files claim one thing, the file of higher preference speaks.
  /// - Parameter place: where the text was said, `tcp/80`; the rule's place is added to it.
  public func claims(at place: String) -> [Claim] {
    var told: Set<Claim.Kind> = []
    return matches.flatMap { match in match.claims(at: place).filter { told.insert($0.kind).inserted } }
  }
}

extension FingerprintMatch {
  /// From here on a value is more than what others may have too.
  private static let mediumCertainty = 0.8

  /// The names that an inventory has for the vocabulary's: those of one product with its version are one claim.
  private static let kinds: [(name: String, kind: Claim.Kind)] = [
    ("vendor", .vendor), ("model", .model), ("series", Claim.Kind(rawValue: "series")), ("role", .role),
    ("hardware", Claim.Kind(rawValue: "hardware")), ("firmware", .firmware), ("name", .name), ("serial", .serial),
    ("mac", .mac),
  ]

  func claims(at place: String) -> [Claim] {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let source = "\(place) \(kind.rawValue) (\(name):\(line))"
    var result: [Claim] = []
    func add(_ kind: Claim.Kind, _ value: String, _ certainty: Double) {
      // A rule concludes, so that nothing of it is believed as what the device says in so many words.
      result.append(
        Claim(kind, value, source: source, confidence: certainty >= Self.mediumCertainty ? .medium : .low))
    }
    for (name, kind) in Self.kinds { claim(name).map { add(kind, $0.value, $0.certainty) } }
    for (name, kind) in [("os", Claim.Kind.system), ("software", .software)] {
      guard let product = claim(name) else { continue }
      let version = claim("\(name).version")
      add(
        kind, [product.value, version?.value].compactMap(\.self).joined(separator: " "),
        min(product.certainty, version?.certainty ?? 1))
    }
    return result
  }
}
