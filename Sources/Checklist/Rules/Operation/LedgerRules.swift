internal import Declarations
public import Records

/// What the rows about the ledger share.
protocol LedgerRule: ChecklistRule {
  func judge(
    _ facts: DeviceFacts, _ line: LedgerFacts.Line, _ ledger: LedgerFacts, in context: ChecklistContext
  ) -> Verdict
  /// A device that no line names.
  func unlisted(_ facts: DeviceFacts, _ ledger: LedgerFacts, in context: ChecklistContext) -> Verdict
  /// Lines of devices that were not seen.
  func missing(_ lines: [LedgerFacts.Line], _ ledger: LedgerFacts, in context: ChecklistContext) -> [Verdict]
}

extension LedgerRule {
  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] { rows(site, in: context) }

  fileprivate func rows(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let ledger = site.ledger else {
      return unanswered(
        site, in: context, .noReferenceData,
        ja: "機器台帳が指定されていないため照合していません。--ledgerで指定してください。tenken ledger draftで下書きを作れます。",
        en:
          "No ledger was given to hold the devices against. Name one with --ledger; tenken ledger draft makes one to complete."
      )
    }
    let rows = site.eachDevice.map { facts -> Verdict in
      if let line = ledger.line(of: facts.device.id) { return judge(facts, line, ledger, in: context) }
      if ledger.unclear.contains(facts.device.id) { return hidden(facts, ledger, in: context) }
      return unlisted(facts, ledger, in: context)
    }
    return rows + missing(ledger.lines.filter { $0.devices.isEmpty }, ledger, in: context)
  }

  private func hidden(_ facts: DeviceFacts, _ ledger: LedgerFacts, in context: ChecklistContext) -> Verdict {
    review(
      .neutral, facts, in: context, evidence: ledger.evidence,
      ja: "台帳(\(ledger.file))に一致する行はありませんが、この機器のMACアドレスは中継機器のもの、または機器が作ったものであり、台帳にないとは言えません。",
      en:
        "No line of the ledger (\(ledger.file)) names the device, whose MAC address is a relay's or made up by itself: it may be listed under another."
    )
  }

  func addressOnly(_ facts: DeviceFacts, _ line: LedgerFacts.Line, in context: ChecklistContext, _ ledger: LedgerFacts)
    -> Verdict
  {
    review(
      .neutral, facts, in: context, evidence: ledger.evidence,
      ja: "台帳の\(line.line)行目(\(line.label))とはIPアドレスだけが一致します。同じ機器かどうかを確認してください。",
      en:
        "Line \(line.line) of the ledger (\(line.label)) has the same IP address and nothing else in common: it may be another device."
    )
  }

  /// `3 (CAM-1), 7 (PRN-2)`, shortened beyond eight.
  func list(_ lines: [LedgerFacts.Line]) -> String {
    let shown = lines.prefix(8).map { "\($0.line) (\($0.label))" }.joined(separator: ", ")
    return lines.count > 8 ? "\(shown), … (\(lines.count))" : shown
  }
}

/// JSSEC-18.1, the ledger itself (checklist.md §2.4).
///
/// The table passes the row when all devices that were seen are listed and all that are listed were seen. A device passes here by its own
/// line, and lines that were not seen are a row of the site: so the whole row passes just when the table says, and a
/// device that was not reached takes its pass away, rather than giving one to the others.
public struct LedgerRecordRule: LedgerRule {
  public let item = "jssec-iot-v1/JSSEC-18.1"

  public init() {}

  func judge(
    _ facts: DeviceFacts, _ line: LedgerFacts.Line, _ ledger: LedgerFacts, in context: ChecklistContext
  ) -> Verdict {
    switch line.match {
    case .contradiction(let text, _):
      return fail(
        facts, in: context, evidence: ledger.evidence, ja: "台帳の\(line.line)行目(\(line.label))と食い違います: \(text.ja)",
        en: "The device contradicts line \(line.line) of the ledger (\(line.label)): \(text.en)")
    case .sure:
      return pass(
        facts, in: context, evidence: ledger.evidence,
        ja: "台帳(\(ledger.file))の\(line.line)行目(\(line.label))に、MACアドレス、シリアル番号またはホスト名で一致し、食い違いはありませんでした。",
        en:
          "Line \(line.line) of the ledger (\(ledger.file), \(line.label)) names the device by MAC address, serial number or host name, and nothing that was seen contradicts it."
      )
    case .addressOnly, nil: return addressOnly(facts, line, in: context, ledger)
    }
  }

  func unlisted(_ facts: DeviceFacts, _ ledger: LedgerFacts, in context: ChecklistContext) -> Verdict {
    fail(
      facts, in: context, evidence: ledger.evidence,
      ja: "台帳(\(ledger.file)、\(ledger.lines.count)行)に、この機器に一致する行がありません。",
      en: "None of the \(ledger.lines.count) lines of the ledger (\(ledger.file)) names the device.")
  }

  func missing(_ lines: [LedgerFacts.Line], _ ledger: LedgerFacts, in context: ChecklistContext) -> [Verdict] {
    let active = lines.filter { !$0.isRetired }
    var rows: [Verdict] = []
    let searched = active.filter(\.wasLookedFor)
    if !searched.isEmpty {
      rows.append(
        siteVerdict(
          .needsReview, in: context, polarity: .neutral, addresses: list(searched), evidence: ledger.evidence,
          LocalizedText(
            ja: "台帳の\(searched.count)行の機器が見つかりませんでした(\(list(searched)))。電源断、休止、隔離の可能性があります。",
            en:
              "Devices of \(searched.count) lines of the ledger were not seen (\(list(searched))): they may be off, asleep or isolated."
          )))
    }
    let left = active.filter { !$0.wasLookedFor }
    if !left.isEmpty {
      rows.append(
        siteVerdict(
          .notTested, in: context, reason: .outOfScope, addresses: list(left),
          LocalizedText(
            ja: "台帳の\(left.count)行の機器は、検査していないアドレスにあります(\(list(left)))。その範囲も検査してください。",
            en:
              "Devices of \(left.count) lines of the ledger have addresses that were not looked at (\(list(left))). Audit these too."
          )))
    }
    return rows
  }
}

/// JSSEC-18.1.a, hardware and software information (checklist.md §2.4): maker, model and version of the ledger against what the device says of
/// itself in fields that mean just that.
public struct LedgerIdentityRule: LedgerRule {
  public let item = "jssec-iot-v1/JSSEC-18.1.a"
  private static let fields = ["maker", "model", "firmware"]

  public init() {}

  func judge(
    _ facts: DeviceFacts, _ line: LedgerFacts.Line, _ ledger: LedgerFacts, in context: ChecklistContext
  ) -> Verdict {
    let wrong = Self.fields.filter(line.contradicted.contains)
    if !wrong.isEmpty {
      return fail(
        facts, in: context, evidence: facts.evidence + ledger.evidence,
        ja: "台帳の\(line.line)行目(\(line.label))の記載(\(wrong.joined(separator: ", ")))が、機器自身の申告と異なります。",
        en:
          "Line \(line.line) of the ledger (\(line.label)) differs from what the device says of itself: \(wrong.joined(separator: ", "))."
      )
    }
    if line.match == .addressOnly { return addressOnly(facts, line, in: context, ledger) }
    // That the ledger is wrong in another column is for JSSEC-18.1.
    if Self.fields.allSatisfy(line.agreeing.contains) {
      return pass(
        facts, in: context, evidence: facts.evidence + ledger.evidence,
        ja: "メーカー、型番、ファームウェアの版のいずれも、機器自身の申告が台帳の\(line.line)行目(\(line.label))と一致しました。",
        en:
          "Maker, model and firmware version are each said by the device itself and equal line \(line.line) of the ledger (\(line.label))."
      )
    }
    let open = Self.fields.filter { !line.agreeing.contains($0) }
    guard open.contains(where: line.comparable.contains) || !line.agreeing.isDisjoint(with: Self.fields) else {
      return notTested(
        .noReferenceData, facts, in: context,
        ja: "台帳の\(line.line)行目(\(line.label))と機器自身の申告に、比べられる項目がありません。台帳の記載と、機器の申告を得られる検査を確認してください。",
        en:
          "Line \(line.line) of the ledger (\(line.label)) and what the device says of itself have nothing that could be compared."
      )
    }
    return review(
      .neutral, facts, in: context, evidence: facts.evidence + ledger.evidence,
      ja: "台帳の\(line.line)行目(\(line.label))のうち\(open.joined(separator: ", "))は、推定にとどまるか、台帳または機器の申告にないため確かめられません。",
      en:
        "Of line \(line.line) of the ledger (\(line.label)), \(open.joined(separator: ", ")) cannot be confirmed: it is only inferred, or the ledger or the device does not say it."
    )
  }

  func unlisted(_ facts: DeviceFacts, _ ledger: LedgerFacts, in context: ChecklistContext) -> Verdict {
    notTested(
      .noReferenceData, facts, in: context, ja: "台帳(\(ledger.file))にこの機器の行がないため、比べる記載がありません。",
      en: "The ledger (\(ledger.file)) has no line of the device to compare with.")
  }

  func missing(_ lines: [LedgerFacts.Line], _ ledger: LedgerFacts, in context: ChecklistContext) -> [Verdict] { [] }
}

/// JSSEC-18.1.b, place, quantity, use, running or not (checklist.md §2.4): quantity and running state show on the network, place and use are
/// for the owner to fill in.
public struct LedgerQuantityRule: LedgerRule {
  public let item = "jssec-iot-v1/JSSEC-18.1.b"

  public init() {}

  /// With what the earlier run says of running and not running, where there is one.
  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let rows = rows(site, in: context)
    guard site.ledger != nil, let changes = site.changes, let run = changes.comparedRun else { return rows }
    let when = "\(run.id), \(run.at.rfc3339(offsetMinutes: Timestamp.jst))"
    let here = Set(site.devices.map(\.device.id))
    let gone = changes.changes.filter { $0.kind == .deviceGone && !here.contains($0.device) }
    let new = Set(changes.changes.filter { $0.kind == .deviceNew }.map(\.device))
    return rows.map { row in
      guard let device = row.device else {
        guard !gone.isEmpty, row.status == .needsReview else { return row }
        let names =
          gone.prefix(8).map { "\($0.device.rawValue) (\($0.before ?? "-"))" }.joined(separator: ", ")
          + (gone.count > 8 ? ", … (\(gone.count))" : "")
        return row.adding(
          LocalizedText(
            ja: "前回の検査(\(when))では応答し、今回は応答しなかった機器: \(names)。",
            en: "Devices that answered in the earlier run (\(when)) and not in this one: \(names)."),
          evidence: gone.flatMap(\.evidence))
      }
      guard changes.compared.contains(device) else { return row }
      return row.adding(
        new.contains(device)
          ? LocalizedText(
            ja: "前回の検査(\(when))では、そのアドレスに機器はありませんでした。", en: "In the earlier run (\(when)) no device was at its address."
          )
          : LocalizedText(ja: "前回の検査(\(when))でも応答しています。", en: "It answered in the earlier run (\(when)), too."),
        evidence: changes.kept)
    }
  }

  func judge(
    _ facts: DeviceFacts, _ line: LedgerFacts.Line, _ ledger: LedgerFacts, in context: ChecklistContext
  ) -> Verdict {
    if line.isRetired, line.match != .addressOnly {
      return fail(
        facts, in: context, evidence: facts.evidence + ledger.evidence,
        ja: "台帳の\(line.line)行目(\(line.label))では使用を終えたとされる機器が応答しました。",
        en: "Line \(line.line) of the ledger (\(line.label)) says that the device is out of use, and it answered.")
    }
    if case .contradiction(let text, true) = line.match {
      return fail(
        facts, in: context, evidence: ledger.evidence, ja: "台帳の\(line.line)行目(\(line.label))と数が食い違います: \(text.ja)",
        en: "The number of devices contradicts line \(line.line) of the ledger (\(line.label)): \(text.en)")
    }
    if line.match == .addressOnly { return addressOnly(facts, line, in: context, ledger) }
    guard line.isComplete else {
      return review(
        .neutral, facts, in: context, reason: .documentNeeded, evidence: ledger.evidence,
        ja: "稼働していることは台帳の\(line.line)行目(\(line.label))と合いますが、設置場所または用途の記載がありません。所有者が記入してください。",
        en:
          "That the device runs agrees with line \(line.line) of the ledger (\(line.label)), which lacks its place or use. The owner has to fill them in."
      )
    }
    return pass(
      facts, in: context, evidence: facts.evidence + ledger.evidence,
      ja:
        "台帳の\(line.line)行目(\(line.label))のとおり、\(facts.coverage.to.rfc3339(offsetMinutes: Timestamp.jst))に稼働していました。設置場所と用途の正しさは所有者の確認が必要です。",
      en:
        "The device ran at \(facts.coverage.to.rfc3339(offsetMinutes: Timestamp.jst)), as line \(line.line) of the ledger (\(line.label)) says. Whether place and use are right is for the owner to say."
    )
  }

  func unlisted(_ facts: DeviceFacts, _ ledger: LedgerFacts, in context: ChecklistContext) -> Verdict {
    fail(
      facts, in: context, evidence: ledger.evidence,
      ja: "台帳(\(ledger.file)、\(ledger.lines.count)行)にない機器があり、台数が台帳より多くなっています。",
      en:
        "The device is in none of the \(ledger.lines.count) lines of the ledger (\(ledger.file)): there are more devices than it counts."
    )
  }

  func missing(_ lines: [LedgerFacts.Line], _ ledger: LedgerFacts, in context: ChecklistContext) -> [Verdict] {
    let active = lines.filter { !$0.isRetired }
    guard !active.isEmpty else { return [] }
    return [
      siteVerdict(
        .needsReview, in: context, polarity: .neutral, addresses: list(active), evidence: ledger.evidence,
        LocalizedText(
          ja: "台帳では稼働中の\(active.count)行の機器が見つかりませんでした(\(list(active)))。稼働しているかを確認してください。",
          en:
            "Devices of \(active.count) lines that the ledger has in use were not seen (\(list(active))). Find out whether they run."
        ))
    ]
  }
}

/// JSSEC-R3, devices that are no longer used (checklist.md §2.4).
///
/// The table's pass, "none of the retired entries seen", is about devices that were not seen, and a pass is always one of a device that was: so
/// the best here is a row of the site that supports.
public struct RetiredDeviceRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-R3"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let said = site.declarations?.statements.filter { $0.kind == .retired && !$0.targets.isEmpty } ?? []
    guard site.ledger != nil || !said.isEmpty else {
      return unanswered(
        site, in: context, .noReferenceData,
        ja: "使用を終えた機器の記載(台帳または宣言)がないため、確認していません。--ledgerまたは--declarationsで指定してください。",
        en:
          "Neither a ledger nor a statement says which devices are out of use. Name one with --ledger or --declarations."
      )
    }
    let rows = site.eachDevice.compactMap { judge($0, site, in: context) }
    return rows + silent(site, said, in: context)
  }

  private func judge(_ facts: DeviceFacts, _ site: SiteFacts, in context: ChecklistContext) -> Verdict? {
    let line = site.ledger?.line(of: facts.device.id)
    let statement = site.statements(.retired, of: facts.device).first { !$0.targets.isEmpty }
    let source = statement?.cited ?? line.flatMap { $0.isRetired ? "\(site.ledger?.file ?? "") \($0.line)" : nil }
    let evidence = facts.evidence + (site.ledger?.evidence ?? [])
    if let source {
      guard facts.answered, statement != nil || line?.match != .addressOnly else {
        return review(
          .against, facts, in: context, evidence: evidence,
          ja: "使用を終えたとされる機器(\(source))らしきものの通信がありましたが、応答で確かめられたものではありません。",
          en: "Something was heard of a device that is said to be out of use (\(source)), which no answer confirms.")
      }
      return fail(
        facts, in: context, evidence: evidence, ja: "使用を終えたとされる機器(\(source))が応答しました。",
        en: "The device is said to be out of use (\(source)), and it answered.")
    }
    guard site.ledger != nil, line == nil else { return nil }
    return review(
      .neutral, facts, in: context, evidence: evidence, ja: "台帳にない機器であり、使われているかどうかを知る人がいるか確認してください。",
      en: "The device is in no line of the ledger: find out whether anybody still uses it.")
  }

  /// Entries of which nothing was seen.
  private func silent(
    _ site: SiteFacts, _ said: [Declarations.Statement], in context: ChecklistContext
  ) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    let lines = site.ledger?.lines.filter { $0.isRetired && $0.devices.isEmpty } ?? []
    let statements = said.filter { statement in !site.devices.contains { statement.concerns($0.device) } }
    let count = lines.count + statements.count
    let retired = (site.ledger?.lines.count(where: \.isRetired) ?? 0) + said.count
    guard count > 0 || retired == 0 else { return [] }
    return [
      siteVerdict(
        .needsReview, in: context, polarity: count > 0 ? .supports : .neutral, evidence: site.ledger?.evidence ?? [],
        count > 0
          ? LocalizedText(
            ja: "使用を終えたとされる機器のうち\(count)台は、検査中に見つかりませんでした。電源が入ったままネットワークから外れている可能性はあります。",
            en:
              "Of the devices that are said to be out of use, \(count) were not seen during the audit. They may be powered all the same."
          )
          : LocalizedText(
            ja: "台帳に、使用を終えたと記載された機器はありません。記載の漏れがないか確認してください。",
            en: "The ledger says of no device that it is out of use. Make sure that none was forgotten."))
    ]
  }
}

extension Verdict {
  /// With a sentence more and what shows it.
  func adding(_ sentence: LocalizedText, evidence further: [String]) -> Verdict {
    Verdict(
      item: item, device: device, service: service, status: status, reason: reason, polarity: polarity, bounds: bounds,
      explanation: explanation + sentence, evidence: evidence + further.filter { !evidence.contains($0) })
  }
}

extension DeviceFacts {
  /// The device answered something that it was asked, rather than being overheard.
  var answered: Bool {
    if !openServices.isEmpty || coverage.tcp.answered > 0 || coverage.tcp.closed > 0 { return true }
    return observations.contains { observation in
      switch observation.fact {
      case .answeredARP, .answeredNeighbourSolicitation, .answeredEcho, .answeredSYN, .serviceIdentified, .tls, .ssh,
        .page:
        return true
      case .sighted, .port, .udp, .distress, .serviceUnidentified, .connectionFailed, .probed, .claimed: return false
      }
    }
  }
}
