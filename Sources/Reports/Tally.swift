internal import Records

/// How many verdict rows of one checklist item have which status. Counts only: statuses do not add
/// up to a degree of conformity.
struct Tally {
  /// The length in pixels of a whole bar.
  static let barWidth = 160
  /// The order in which statuses are listed everywhere.
  static let order: [VerdictStatus] = [.fail, .pass, .needsReview, .notTested, .notApplicable]

  let item: String
  let title: String
  let counts: [VerdictStatus: Int]
  let words: Words

  var total: Int { counts.values.reduce(0, +) }

  func count(_ status: VerdictStatus) -> Int { counts[status] ?? 0 }

  static func perItem(_ verdicts: [Verdict], words: Words) -> [Tally] {
    Dictionary(grouping: verdicts, by: \.item).map { item, rows in
      Tally(
        item: item, title: words.title(ofItem: item),
        counts: Dictionary(rows.map { ($0.status, 1) }, uniquingKeysWith: +), words: words)
    }
    .sorted { comesNaturallyBefore($0.item, $1.item) }
  }

  var page: ReportModel.Page {
    ["id": item, "anchor": anchor, "title": title, "segments": segments, "sentence": sentence]
  }

  var shortItem: String { Self.short(item) }

  var anchor: String { Self.anchor(item) }

  /// The id without its framework.
  static func short(_ item: String) -> String {
    guard let slash = item.utf8.lastIndex(of: UInt8(ascii: "/")) else { return item }
    return String(item[item.utf8.index(after: slash)...])
  }

  /// A name for links inside the page.
  static func anchor(_ item: String) -> String {
    let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.".unicodeScalars)
    let safe = item.unicodeScalars.map { letters.contains($0) ? $0 : "_" }
    return "item-" + String(String.UnicodeScalarView(safe))
  }

  /// "fail 1 / pass 3 / … of 9".
  var sentence: String {
    let parts = Tally.order.filter { count($0) > 0 || $0 != .notApplicable }
      .map { "\(words.short($0)) \(Shown.number(count($0)))" }
    let total = words[.countOf].replacing("{n}", with: Shown.number(total))
    return parts.joined(separator: " / ") + " " + total
  }

  /// The same without what is 0.
  var brief: String {
    let parts = Tally.order.filter { count($0) > 0 }.map { "\(words.short($0)) \(Shown.number(count($0)))" }
    return parts.joined(separator: " / ") + " " + words[.countOf].replacing("{n}", with: Shown.number(total))
  }

  /// The parts of the item's bar, left to right, without gaps between the whole pixels.
  var segments: [ReportModel.Page] {
    var before = 0
    return Tally.order.compactMap { status in
      let start = before * Tally.barWidth / max(1, total)
      before += count(status)
      let end = before * Tally.barWidth / max(1, total)
      guard count(status) > 0 else { return nil }
      return ["key": status.rawValue, "x": start, "width": max(2, end - start)]
    }
  }
}
