public import Records
internal import Schedules

/// A notice as it leaves on one channel.
public enum Parcel: Hashable, Sendable {
  case webhook(WebhookRequest)
  case mail(MailMessage, program: String)
  case syslog(NoticeSettings.Syslog.Receiver, [[UInt8]])
  /// Words, variables, what it reads, seconds.
  case command([String], environment: [String], input: [UInt8], seconds: Int)

  /// A notice for a program of the operator's.
  public static func command(_ words: [String], of notice: Notice, language: Language, seconds: Int) -> Parcel {
    .command(words, environment: environment(notice, language: language), input: notice.json, seconds: seconds)
  }

  /// The variables that a channel's program gets, and no other of ours.
  static func environment(_ notice: Notice, language: Language) -> [String] {
    let own: [(String, String)] = [
      ("PATH", "/usr/local/bin:/usr/bin:/bin"), ("LANG", "C.UTF-8"), ("TENKEN_NOTICE", notice.id),
      ("TENKEN_KIND", notice.kind.rawValue), ("TENKEN_SCHEDULE", notice.schedule ?? ""),
      ("TENKEN_OUTCOME", notice.outcome?.rawValue ?? ""), ("TENKEN_REASON", notice.reason?.rawValue ?? ""),
      ("TENKEN_RUN", notice.run?.id ?? ""), ("TENKEN_SEVERITY", notice.severity?.rawValue ?? ""),
      ("TENKEN_ENTRIES", "\(notice.entries.count + notice.more)"), ("TENKEN_HEADLINE", notice.headline.text(language)),
    ]
    return own.map { "\($0)=\($1)" }
  }
}
