internal import Records

extension [Claim] {
  /// Adds what a device wrote into a field; blanks around it are not meant, and a field of nothing else says nothing.
  mutating func add(
    _ kind: Claim.Kind, _ text: String?, source: String, confidence: Claim.Confidence = .high
  ) {
    guard let text else { return }
    let isMeant: (Character) -> Bool = { !$0.isWhitespace && $0 != "\0" }
    guard let first = text.firstIndex(where: isMeant), let last = text.lastIndex(where: isMeant) else { return }
    append(Claim(kind, String(text[first...last]), source: source, confidence: confidence))
  }

  /// The values in one line, cut short: for the basis of a verdict.
  var shown: String { map { $0.value.cut(to: 40) }.joined(separator: ", ") }
}
