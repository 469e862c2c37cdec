internal import Records
internal import RunComparison
internal import Schedules

extension Notice {
  public static let schema = "urn:tenken:schema:notice:1"

  /// As `Docs/OutputSchema/notice.schema.json` has it: every member is there, what is not known is null.
  public var json: [UInt8] {
    JSONText.object([
      ("schema", .text(Self.schema)), ("id", .text(id)), ("kind", .text(kind.rawValue)), ("at", .text(at.rfc3339())),
      ("engagement", engagement.map(Self.tree) ?? .null), ("schedule", .optional(schedule)),
      ("outcome", .optional(outcome?.rawValue)), ("reason", .optional(reason?.rawValue)),
      ("run", run.map(Self.tree) ?? .null), ("headline", Self.tree(headline)),
      ("entries", .list(entries.map(Self.tree))), ("more", .number(more)), ("counts", Self.tree(counts)),
      ("looked", looked.map(Self.tree) ?? .null), ("remarks", .list(remarks.map(Self.tree))),
    ]).octets
  }

  private static func tree(_ text: LocalizedText) -> JSONText {
    .object([("ja", .text(text.ja)), ("en", .text(text.en))])
  }

  private static func tree(_ engagement: Engagement) -> JSONText {
    .object([
      ("id", .text(engagement.id)), ("customer", .text(engagement.customer)), ("site", .text(engagement.site)),
      ("operator", .text(engagement.operator)),
    ])
  }

  private static func tree(_ run: Run) -> JSONText {
    .object([
      ("id", .text(run.id)), ("started", .text(run.started.rfc3339())), ("ended", .text(run.ended.rfc3339())),
      ("packDigest", .text(run.packDigest)),
    ])
  }

  private static func tree(_ entry: Entry) -> JSONText {
    .object([
      ("topic", .text(entry.topic.rawValue)), ("severity", .optional(entry.severity?.rawValue)),
      ("device", .optional(entry.device)), ("address", .optional(entry.address)),
      ("service", .optional(entry.service)), ("check", .optional(entry.check)), ("text", tree(entry.text)),
    ])
  }

  private static func tree(_ counts: [String: Int]) -> JSONText {
    guard !counts.isEmpty else { return .null }
    return .object(RunDifference.State.allCases.map { ($0.rawValue, .number(counts[$0.rawValue] ?? 0)) })
  }

  private static func tree(_ looked: Looked) -> JSONText {
    .object([
      ("devices", .number(looked.devices)), ("compared", looked.compared.map(JSONText.number) ?? .null),
      ("unfinished", .number(looked.unfinished)), ("notRetested", .number(looked.notRetested)),
      ("omitted", .number(looked.omitted)),
    ])
  }
}
