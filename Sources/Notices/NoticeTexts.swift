internal import Mustache
public import Records
internal import RunComparison
internal import Schedules

/// Notices for people, by the templates of Profiles/notices.
public struct NoticeTexts: Sendable {
  /// Files that are needed: `turn.ja.mustache` and so on.
  public static let files = Notice.Kind.allCases.filter { $0 != .test }.flatMap { kind in
    Language.allCases.map { "\(kind.rawValue).\($0.rawValue).mustache" }
  }

  /// Why a template cannot be used.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
  }

  private let library: MustacheLibrary

  /// - Parameter read: gives the text of a file of ``files``.
  public init(_ read: (String) throws -> String) throws {
    var library = MustacheLibrary()
    for file in Self.files {
      let text = try read(file)
      do {
        // Nothing is escaped: it is plain text, and its parts are harmless already.
        try library.register("{{% CONTENT_TYPE:TEXT}}" + text, named: file)
      } catch {
        throw Fault(description: "\(file): \(error)")
      }
    }
    self.library = library
  }

  /// In all of a channel's languages, one below the other.
  public func text(of notice: Notice, _ languages: [Language]) -> String {
    languages.map { language in
      let kind: Notice.Kind = notice.kind == .digest ? .digest : .turn
      let name = "\(kind.rawValue).\(language.rawValue).mustache"
      return library.render(Self.context(notice, language), withTemplate: name) ?? ""
    }.joined(separator: "\n----\n\n")
  }

  private static func context(_ notice: Notice, _ language: Language) -> [String: Any] {
    func time(_ moment: Timestamp) -> String {
      String(moment.rfc3339(offsetMinutes: notice.offsetMinutes).prefix(16)).split(separator: "T").joined(
        separator: " ")
    }
    var context: [String: Any] = [
      "headline": notice.headline.text(language), "id": notice.id, "at": time(notice.at),
      "entries": notice.entries.map { ["text": $0.line(language)] },
      "remarks": notice.remarks.map { ["text": $0.text(language)] },
      "counts": RunDifference.State.allCases.compactMap { state -> [String: Any]? in
        notice.counts[state.rawValue].map { ["name": state.words.text(language), "count": $0] }
      },
    ]
    if notice.more > 0 { context["more"] = notice.more }
    if !notice.counts.isEmpty { context["compared"] = true }
    if let schedule = notice.schedule { context["schedule"] = schedule }
    if let engagement = notice.engagement {
      context["engagement"] = ["id": engagement.id, "customer": engagement.customer, "site": engagement.site]
    }
    if let run = notice.run {
      context["run"] = [
        "id": run.id, "started": time(run.started), "ended": time(run.ended), "packDigest": run.packDigest,
      ]
    }
    if let looked = notice.looked { context["looked"] = ["devices": looked.devices] }
    return context
  }
}

extension Notice.Entry {
  /// What it says, with what it is about in front where it does not say so itself.
  fileprivate func line(_ language: Language) -> String {
    let words = topic.words.text(language)
    let text = text.text(language)
    guard !text.hasPrefix(words), topic != .turns else { return text }
    return ([words] + (device.map { [$0] } ?? [])).joined(separator: " ") + ": " + text
  }
}
