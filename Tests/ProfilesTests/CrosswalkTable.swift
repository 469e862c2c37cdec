/// The crosswalk as it was written when the frameworks were read (checklist.md §4.2), a line for each box and rule: IoT guideline, IPA, ETSI, JC-STAR,
/// 8259A, OWASP, CCDS, 34-10, METI. `ᵘ`: the number was not verified.
enum CrosswalkTable {
  static let text = """
    | JSSEC-1.1 | 1① | 1, 2 | — | — | (8259B) | — | 2-1 | — | 1.a, 2.a, E.1 |
    | JSSEC-2.1 | 2①② | 3 | — | — | — | — | — | — | 2.a |
    | JSSEC-3.1 | 3①② | 4 | 6-1 (info) | — | DP | — | — | — | 3.a–c |
    | JSSEC-3.2 | (JSSEC's own) | — | 5.0-1 (ICS) | the label itself | — | I5 | the mark itself | 技適 mark | 6.b |
    | JSSEC-4.1 | 4①② | 5 | 5.6-1, 5.6-4A/B | S1.1-13ᵘ | LA | I2, I10 | 1-1-1 | — | 3.c |
    | JSSEC-4.2 | 4② | 5 | 5.6-4A/B | S1.1-13ᵘ | LA | I10 | 1-4-3 (USB) | — | 3.c, E.2 |
    | JSSEC-5.1 | 5① | 6 | 5.6-1, 5.9-3 | — | — | I2 | 1-1-1 | — | 3.c |
    | JSSEC-5.2 | 5② | 6 | 5.3-15A/B (isolable) | — | — | I5 | — | — | 3.c |
    | JSSEC-6.1 | 6① | 7 | 5.4-1, 5.6-3 | — | DP | I10 | 1-2 | — | 3.c |
    | JSSEC-6.2 | 6② | 7 | 5.11-1 | S1.1-15ᵘ | DP | I6, I10 | 1-2-1 | — | T2B.a |
    | JSSEC-6.3 | 6② | 7 | 5.7-1, 5.7-2 | — | SU | I4 | — | — | — |
    | JSSEC-7.1 | 7① | — | 5.12-2 | — | DC | I9 | — | — | — |
    | JSSEC-8.1 | 8①② | 8 | 5.4-1, 5.8-1/2 | S1.1-11ᵘ | DP | I7 | 1-2 | — | T2A.a |
    | JSSEC-13.1 | 13① | 13 | 5.10-1 | — | CSA | I8 | 3-1, 3-1-1 | — | T1C.a, T3B.a |
    | JSSEC-13.2 | 13① | 13 | 6-6 | — | DP | I6 | 3-1 | — | T2A.a |
    | JSSEC-13.3 | 13② | 13 | 5.4-1 | — | CSA, DP | I8 | 3-1 | — | T1C.a |
    | JSSEC-14.1 | 14①② | 5, 11 | 5.5-4, 5.6-1 | S1.1-01 | LA | I2 | 1-1 | (scope: direct-to-carrier) | 3.c |
    | JSSEC-14.2 | 14① | — | 5.5-1, 5.5-6, 5.5-7, 5.6-1 | S1.1-12ᵘ, S1.1-13ᵘ | DP, LA | I2, I7 | 1-4-1, 1-2 | — | T2A.a |
    | JSSEC-14.3 | 14②, 8② | 8 | 5.3-15A/B, 5.5-1 | — | DP | I7, I5 | — | — | T2A.a |
    | JSSEC-15.1 | 15①② | — | 5.1-1, 5.1-2, 5.1-2A, 5.1-4, 5.1-5 | S1.1-02, -03, -04 | LA, DC | I1, I9 | 1-1-2 | (2) | T1A.a |
    | JSSEC-15.2 | 15① | — | 5.6-1, 5.6-2, 5.6-5 | S1.1-13ᵘ | LA | I2, I9 | 1-1-1 | — | T1A.a |
    | JSSEC-15.3 | 15①, 17① | 14 | 5.3-1, 5.3-2, 5.3-5, 5.3-8 | S1.1-06 | SU | I4, I5 | 1-3 | (3) | T1B.a |
    | JSSEC-15.4 | 14①, 15① | — | 5.5-4, 5.5-5 | S1.1-01 | LA | I2 | 1-1 | (1) | T1A.a |
    | JSSEC-15.5 | 15① | — | 5.5-5 | S1.1-01 | DC, LA | I3, I9 | 1-1 | (1) | T1A.a |
    | JSSEC-16.1 | 16①② | 11 | 5.1-3, 5.5-4, 5.5-5, 5.3-9, 5.3-10, 5.4-4 | S1.1-01, S1.1-08ᵘ | LA, SU, DI | I1, I3, I4 | 1-1 | (1) | T1A.a, T1A.b |
    | JSSEC-17.1 | 17①, 18② | 14 | 5.3-13, 5.3-14 | S1.1-16 | (8259B) | I4 | 2-2, 2-3 | — | 6.b |
    | JSSEC-17.2 | 17① | 14 | 5.3-3, 5.3-7, 5.3-9, 5.3-10 | S1.1-07ᵘ, S1.1-08ᵘ | SU | I4 | 1-3 | (3) | T1B.a |
    | JSSEC-17.3 | 17① | 14 | 5.3-12 | S1.1-07ᵘ | SU | I4, I8 | 1-3 | (3)(4) | 6.a |
    | JSSEC-18.1 | 21①, 18③ | — | 5.3-16 | S1.1-10ᵘ | DI | I8 | 2-2 | — | — |
    | JSSEC-18.2 | 18① | 15 | 5.2-1, 5.2-3 | S1.1-05, S1.1-09ᵘ | (8259B) | I5 | 2-1 | — | 6.a, 6.c |
    | JSSEC-18.3 | 18①③ | 15 | 5.2-2, 5.3-11 | S1.1-09ᵘ | (8259B) | I5, I8 | 2-1 | — | 6.a |
    | JSSEC-18.4 | 18③, 20① | 16 | 5.2-1 | S1.1-05 | (8259B) | — | 2-1 | — | 6.c |
    | JSSEC-18.5 | 18② | 16 | 6-1, 6-5, 5.8-3, 5.12-2 | S1.1-16 | (8259B) | I6 | 2-3 | — | 6.b |
    | JSSEC-18.6 | 18③, 6② | 7, 16 | 5.11-1, 5.11-3, 5.7-1 | S1.1-15ᵘ | DP, DC | I6, I8 | 1-2-1 | (4) caution | T2B.a |
    | JSSEC-19.1 | 19① | 17 | 5.12-2 | S1.1-16 | (8259B) | I9 | 2-3 | — | 6.b |
    | JSSEC-20.1 | 20① | 2, 16 | — | — | (8259B) | — | 2-1 | — | 2.a |
    | JSSEC-21.1 | 21①② | 15 | 5.2-3, 5.3-8 | S1.1-09ᵘ | SU | I5 | 2-1 | — | 6.a |
    | JSSEC-21.2 | 13① | 13 | 5.10-1 | — | CSA | I8 | 3-1 | — | T3B.a |
    | JSSEC-R1 | ルール1 | – | 5.3-13 | S1.1-16 | (8259B) | I5 | 2-2 | – | 6.b |
    | JSSEC-R2 | ルール2 | 17 | 5.1-1, 5.1-4, 5.12-2 | S1.1-02, -03 | LA | I1, I9 | 1-1-2 | (2) | T1A.a |
    | JSSEC-R3 | ルール3 | 17 | – | – | DI | I8 | – | – | 6.b |
    | JSSEC-R4 | ルール4 | 17 | 5.11-1 | S1.1-15ᵘ | DP | I6 | 1-2-1 | – | T2B.a |
    """

  /// Columns after the row's id.
  static let frameworks = [
    "iotac-guideline", "ipa-tsunagaru-2017", "etsi-en-303-645", "jc-star-1", "nistir-8259a", "owasp-iot-2018",
    "ccds-2021", "terminal-equipment-34-10", "meti-sme-guide",
  ]

  /// By framework and row: the provisions that the table names.
  static func links() -> [String: [String: Set<String>]] {
    var result: [String: [String: Set<String>]] = [:]
    for line in text.split(separator: "\n") {
      let cells = line.split(separator: "|").map { $0.trimmingPrefix(" ").reversed().drop { $0 == " " }.reversed() }
        .map { String($0) }
      for (framework, cell) in zip(frameworks, cells.dropFirst()) {
        let provisions = Set(expand(cell, in: framework))
        if !provisions.isEmpty { result[framework, default: [:]][cells[0]] = provisions }
      }
    }
    return result
  }

  /// `5.6-4A/B` is two provisions, `3.a–c` three; `②` is the second point.
  private static func expand(_ cell: String, in framework: String) -> [String] {
    let words: [String: [String]] = [
      "—": [], "–": [], "(JSSEC's own)": [], "the label itself": ["label"], "the mark itself": ["mark"],
      "技適 mark": ["mark"], "(scope: direct-to-carrier)": ["scope"], "(3)(4)": ["(3)", "(4)"], "(4) caution": ["(4)"],
      "(8259B)": ["8259B"],
    ]
    return cell.split(separator: ", ").flatMap { part -> [String] in
      let part = String(part)
      if let fixed = words[part] { return fixed }
      switch framework {
      case "iotac-guideline": return points(part)
      case "meti-sme-guide":
        guard part.hasSuffix(".a–c") else { return ["METI-\(part)"] }
        return ["a", "b", "c"].map { "METI-\(part.prefix(1)).\($0)" }
      case "jc-star-1": return ["S1.1-" + part.replacing("ᵘ", with: "").suffix(2)]
      case "etsi-en-303-645":
        return provisions(
          part.replacing(" (info)", with: "").replacing(" (ICS)", with: "")
            .replacing(" (isolable)", with: ""))
      default: return [part.replacing(" (USB)", with: "")]
      }
    }
  }

  private static func points(_ part: String) -> [String] {
    if part.hasPrefix("ルール") { return ["IOTGL-R\(part.suffix(1))"] }
    let number = part.prefix { $0.isASCII }
    return part.drop { $0.isASCII }.map { "IOTGL-\(number).\($0 == "①" ? 1 : $0 == "②" ? 2 : 3)" }
  }

  private static func provisions(_ part: String) -> [String] {
    let halves = part.split(separator: "/").map(String.init)
    guard halves.count == 2 else { return halves }
    return [halves[0], halves[0].dropLast() + halves[1]]
  }
}
