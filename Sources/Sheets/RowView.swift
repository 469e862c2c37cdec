public import Checklist
internal import Profiles
public import Records
internal import Reports

/// Everything about a row, layer by layer.
public struct RowView: Sendable {
  private let overview: ChecklistOverview
  private let language: Language
  private let layout: Layout
  /// Rows of other frameworks that are related, in words; from the crosswalk.
  private let related: [String: [String]]

  public init(
    _ overview: ChecklistOverview, _ language: Language, columns: Int, colour: Bool, related: [String: [String]] = [:]
  ) {
    self.overview = overview
    self.language = language
    self.related = related
    layout = Layout(width: max(48, columns), colour: colour)
  }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  private func lines(_ text: String, _ indent: Int = 2) -> [String] {
    Paragraph.lines(text, width: layout.width, indent: indent, hanging: 2)
  }

  public func head() -> String { SheetHead(overview, language, layout).lines.map { $0 + "\n" }.joined() }

  public func text(_ row: ChecklistRow) -> String {
    var result = Paragraph.lines("\(row.id)  \(row.title.text(language))", width: layout.width).map(layout.bold)
    result += lines(describe(row))
    if let text = overview.sheet?.row(row.id)?.localText {
      result += lines(say("自社のシートの本文: ", "From the company's copy: ") + text)
    }
    for results in overview.phases { result += phase(row, results) }
    if let never = row.cannotConclude {
      result += [layout.bold(say("結果から言えないこと", "What a result does not say"))] + lines(never.text(language))
    }
    if let asked = row.asked {
      result += [layout.bold(say("尋ねる相手と記録", "Who is asked, and the record wanted"))]
      result += lines(
        "\((overview.owner(of: row) ?? asked.who).text(language)): \(asked.record.text(language)) (\(asked.reason.rawValue))"
      )
      result += facts(asked)
    }
    if let others = related[row.id], !others.isEmpty {
      result += [layout.bold(say("関連する項目", "Related rows"))] + others.flatMap { lines($0) }
    }
    return result.map { $0 + "\n" }.joined()
  }

  /// What was observed and goes with the question, phase by phase; kinds of which these packs hold nothing are named.
  private func facts(_ asked: ChecklistRow.Asked) -> [String] {
    guard !asked.facts.isEmpty else { return [] }
    var result = lines(say("参考として添える観測事実(回答ではありません)", "Observed facts that go with the question (no answer to it)"))
    for results in overview.phases {
      for fact in asked.facts {
        guard let text = results.observed.text(fact) else { continue }
        result += lines(
          "\(results.phase.label.text(language)) · \(fact.label.text(language)): \(inert(text.text(language)))", 4)
      }
    }
    let missing = asked.facts.filter { fact in overview.phases.allSatisfy { $0.observed.text(fact) == nil } }
    if !missing.isEmpty {
      let names = missing.map { $0.label.text(language) }.joined(separator: say("、", "; "))
      result += lines(say("証跡パックにないもの: ", "Not in these packs: ") + names, 4)
    }
    return result
  }

  private func describe(_ row: ChecklistRow) -> String {
    let visibility =
      switch row.visibility {
      case .direct: say("D: ネットワークから直接分かる", "D: a network shows it")
      case .partial: say("P: ネットワークから一部だけ分かる", "P: a network shows a part")
      case .none: say("N: 人が回答する", "N: a person answers")
      }
    let verb =
      switch row.verb {
      case .state: say("S: 状態", "S: a state")
      case .activity: say("A: 活動", "A: an activity")
      case .confirmation: say("Q: 確認", "Q: a confirmation")
      case .decision: say("W: 検討・決定", "W: a decision")
      case nil: ""
      }
    return [row.group.map { inert($0.text(language)) } ?? "", verb, visibility].filter { !$0.isEmpty }.joined(
      separator: say("、", "; "))
  }

  private func phase(_ row: ChecklistRow, _ results: PhaseResults) -> [String] {
    var result = [layout.bold(results.phase.label.text(language))]
    result += lines(say("印: ", "Mark: ") + mark(row, results.phase))
    let box = results.rollUp.box(row.id)
    if let box {
      result += lines(summary(box.status, box.counts))
      result += box.items.flatMap { item in
        lines(
          "\(StatusWords.sign(item.status)) \(item.row.id) \(item.row.title.text(language)): "
            + summary(item.status, item.counts), 4)
      }
    }
    if let rolled = results.rollUp.row(row.id) {
      let state = overview.state(rolled, results)
      let own = box == nil ? "" : say("ボックス自体: ", "The box itself: ")
      result += lines(own + summary(rolled.status, rolled.counts) + " · " + state.standing.label.text(language))
      result += rolled.verdicts.flatMap { verdict($0, results) }
      result += entries(row, results)
      result += state.left.flatMap { task in
        lines(say("残り: ", "Left: ") + "\(task.who.text(language)): \(task.what.text(language))")
      }
    } else {
      result += entries(row, results)
    }
    return result
  }

  private func mark(_ row: ChecklistRow, _ phase: Phase) -> String {
    let recommended = overview.sheet?.row(row.id)?.recommended
    let printed =
      recommended.map {
        say("、推奨(自社のシートから転記) \($0.rawValue)", ", recommendation (from the company's copy) \($0.rawValue)")
      } ?? ""
    guard let marked = CompanySheet.mark(for: row, phase, in: overview.sheet) else {
      return say("未記入", "unset") + printed
    }
    guard marked.origin == .company else {
      return say(
        "未記入(提案 \(marked.mark.rawValue)、JSSECの推奨ではありません)",
        "unset (proposal \(marked.mark.rawValue), not JSSEC's recommendation)")
        + printed
    }
    let own = overview.sheet?.row(row.id)
    let who = own?.by ?? overview.sheet?.project.answeredBy ?? ""
    let why = own?.reason.map { say("、理由: \($0)", "; why: \($0)") } ?? ""
    return
      "\(marked.mark.rawValue) (\(who) \((own?.at ?? overview.sheet?.project.at)?.description ?? ""))\(why)\(printed)"
  }

  private func summary(_ status: VerdictStatus, _ counts: RollUp.Counts) -> String {
    let figures = StatusWords.order.prefix(4).map { "\(StatusWords.short($0).text(language)) \(counts[$0])" }
      .joined(separator: " / ")
    return "\(StatusWords.sign(status)) \(StatusWords.short(status).text(language)) · \(figures)"
      + say("(対象 \(counts.inScope))", " of \(counts.inScope) in scope")
  }

  private func verdict(_ verdict: Verdict, _ results: PhaseResults) -> [String] {
    let device = verdict.device.map { id in name(id, results) } ?? verdict.bounds.addresses ?? say("拠点全体", "the site")
    let service = verdict.service.map { " \($0)" } ?? ""
    let reason = verdict.reason.map { " \($0.rawValue)" } ?? ""
    var result = lines(
      "\(StatusWords.sign(verdict.status)) \(inert(device))\(service): \(StatusWords.short(verdict.status).text(language))\(reason). "
        + verdict.explanation.text(language), 4)
    if let window = bounds(verdict.bounds) { result += lines(window, 6) }
    if !verdict.evidence.isEmpty {
      let shown =
        verdict.evidence.prefix(6).joined(separator: ", ")
        + (verdict.evidence.count > 6 ? ", … (\(verdict.evidence.count))" : "")
      result += lines(say("証跡: ", "Evidence: ") + shown, 6)
    }
    return result
  }

  private func bounds(_ bounds: Bounds) -> String? {
    guard let from = bounds.from, let to = bounds.to else { return nil }
    var parts = ["\(from.rfc3339(offsetMinutes: Timestamp.jst)) – \(to.rfc3339(offsetMinutes: Timestamp.jst))"]
    if let vantage = bounds.vantage { parts.append(say("観測点 ", "from ") + "\(vantage.interface) \(vantage.address)") }
    if let ports = bounds.tcpPorts {
      parts.append("TCP \(ports)\(bounds.complete ? "" : say("(未完了)", " (incomplete)"))")
    }
    return say("条件: ", "Bounds: ") + parts.joined(separator: say("、", "; "))
  }

  private func name(_ id: DeviceID, _ results: PhaseResults) -> String {
    guard let device = results.devices.first(where: { $0.id == id }), let address = device.addresses.first else {
      return id.rawValue
    }
    return "\(address) (\(id.rawValue))"
  }

  /// All of them, the latest last; what no longer holds is said to.
  private func entries(_ row: ChecklistRow, _ results: PhaseResults) -> [String] {
    let current = Set(overview.determinations.current(row.id, results.phase).map(\.id))
    return overview.determinations.history(row.id, results.phase).flatMap { entry -> [String] in
      var notes: [String] = []
      if !current.contains(entry.id) { notes.append(say("後の記載が優先", "superseded")) }
      if let expires = entry.expires {
        notes.append(
          entry.isExpired(on: overview.today)
            ? say("\(expires)で期限切れ", "ended on \(expires)") : say("期限 \(expires)", "until \(expires)"))
      }
      let about = entry.device?.description ?? entry.model
      let text =
        "\(entry.id) \(entry.kind.label.text(language)): \(entry.answer.label.text(language))"
        + (about.map { " [\($0)]" } ?? "") + " · \(entry.by) \(entry.at)"
        + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))") + (entry.why.map { " · \($0)" } ?? "")
      let records = entry.evidence + entry.files.map(\.path)
      return lines(text, 4)
        + (records.isEmpty ? [] : lines(say("証跡: ", "Evidence: ") + records.joined(separator: ", "), 6))
        + (entry.compensating.map { lines(say("代替策: ", "Meanwhile: ") + $0, 6) } ?? [])
    }
  }
}
