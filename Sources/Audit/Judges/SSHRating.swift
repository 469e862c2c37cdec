internal import Profiles
internal import Records

/// One list of a service, held against the guidelines.
struct Rating {
  /// Names shown in a text; a device may write any number of them.
  private static let shown = 12

  var weak: [LocalizedText] = []
  /// Weak by rows that nobody has verified.
  var unverified: [LocalizedText] = []
  var aging: [String] = []
  var unknown: [String] = []
  var notes: [LocalizedText] = []
  /// Why it would be too early to say that nothing is weak.
  var open: [String] = []
  private let isEmpty: Bool
  /// Every name has a verified row that calls it weak.
  let isWeakOnly: Bool

  init(_ names: [String], _ kind: SSHGuideline.Kind, _ rules: SSHRules) {
    isEmpty = names.isEmpty
    let rows = names.map { ($0, rules.baseline.row($0, kind)) }
    isWeakOnly =
      !rows.isEmpty
      && rows.allSatisfy { _, row in
        row.map { ($0.alone ?? $0.level) == .weak && $0.isVerified } ?? false
      }
    let hasAccepted = rows.contains { $0.1?.level == .accepted }
    for (name, row) in rows {
      guard let row else {
        unknown.append(name.cut(to: 64))
        continue
      }
      switch hasAccepted ? row.level : row.alone ?? row.level {
      case .weak:
        let text = Self.text(name, row, kind, rules)
        if row.isVerified { weak.append(text) } else { unverified.append(text) }
      case .aging: aging.append(name)
      case .accepted: break
      }
    }
  }

  /// `name (why; source; RFC 9142: SHOULD NOT)`.
  private static func text(
    _ name: String, _ row: SSHGuideline.Row, _ kind: SSHGuideline.Kind, _ rules: SSHRules
  ) -> LocalizedText {
    let others = rules.guidelines.filter { $0.id != rules.baseline.id }.compactMap { guideline -> LocalizedText? in
      guard let other = guideline.row(name, kind), let term = other.term, other.isVerified else { return nil }
      return LocalizedText(ja: "\(guideline.title.ja): \(term)", en: "\(guideline.title.en): \(term)")
    }
    func joined(_ part: (LocalizedText) -> String) -> String {
      ([row.why.map(part)].compactMap(\.self) + [row.source] + others.map(part)).joined(separator: "; ")
    }
    return LocalizedText(ja: "\(name)(\(joined(\.ja)))", en: "\(name) (\(joined(\.en)))")
  }

  private static func list(_ texts: [LocalizedText]) -> LocalizedText {
    let more = texts.count - shown
    return LocalizedText(
      ja: texts.prefix(shown).map(\.ja).joined(separator: "、") + (more > 0 ? "、ほか\(more)件" : ""),
      en: texts.prefix(shown).map(\.en).joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""))
  }

  private static func list(_ names: [String]) -> LocalizedText { list(names.map { LocalizedText(ja: $0, en: $0) }) }

  func verdict(_ question: String, _ what: LocalizedText) -> ProbeVerdict {
    var texts: [LocalizedText] = []
    var result = ProbeVerdict.Result.refuted
    if !weak.isEmpty {
      result = .proven
      let list = Self.list(weak)
      texts.append(
        LocalizedText(
          ja: "サービスが示した\(what.ja)に弱いものがあります: \(list.ja)。",
          en: "Weak among the \(what.en) that the service shows: \(list.en)."))
    } else if !unverified.isEmpty {
      result = .inconclusive(reason: "unverified-row")
      let list = Self.list(unverified)
      texts.append(
        LocalizedText(
          ja: "原典で未確認の基準では弱いとされるものがあります: \(list.ja)。",
          en: "Weak by rows that nobody has verified in the document: \(list.en)."))
    } else {
      // A name without a row may be anything; an empty list says nothing.
      let reasons = open + (unknown.isEmpty ? [] : ["unknown-algorithm"]) + (isEmpty ? ["empty-list"] : [])
      if let reason = reasons.first { result = .inconclusive(reason: reason) }
      texts.append(
        LocalizedText(
          ja: "サービスが示した\(what.ja)に、弱いと分かっているものはありません。",
          en: "Among the \(what.en) that the service shows is none that is known as weak."))
    }
    if !aging.isEmpty {
      let list = Self.list(aging)
      texts.append(LocalizedText(ja: "古くなりつつあるもの: \(list.ja)。", en: "On their way out: \(list.en)."))
    }
    if !unknown.isEmpty {
      let list = Self.list(unknown)
      texts.append(LocalizedText(ja: "基準にないもの: \(list.ja)。", en: "Not rated: \(list.en)."))
    }
    let all = texts + notes
    return ProbeVerdict(question, result, basis: all.dropFirst().reduce(all[0], +))
  }
}
