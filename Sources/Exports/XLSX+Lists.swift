internal import Addressing
internal import Records
internal import Reports
internal import Workbooks

extension XLSX {
  func findings(_ evidence: Evidence) -> Workbook.Sheet {
    let phase = ownPhase?.key ?? ""
    let brief = audience == .management
    var columns: [Workbook.Column] = [
      .init(say("番号", "Id"), 10), .init(say("重要度", "Severity"), 10), .init(say("機器", "Device"), 22),
      .init(say("サービス", "Service"), 12), .init(say("内容", "What"), 40), .init(say("対策", "What to do"), 50),
    ]
    if !brief {
      columns += [
        .init(say("検査", "Check"), 24), .init(say("詳細", "Detail"), 50), .init(say("項目", "Items"), 22),
        .init(say("時刻", "Time"), 24), .init(say("証跡", "Evidence"), 11),
      ]
    }
    return Workbook.Sheet(
      say("検出事項", "Findings"), columns, frozen: 1,
      rows: source.result.findings.map { finding in
        let address = finding.device.addresses.first?.description ?? finding.device.id.rawValue
        let brieflyTold: [Workbook.Cell] = [
          text(finding.id), text(finding.severity.rawValue), text(address),
          text(finding.service?.description ?? ""), text(source.words(finding.title)),
          text(source.words(finding.remediation)),
        ]
        guard !brief else { return brieflyTold }
        return brieflyTold + [
          text(finding.check), text(source.words(finding.detail)), lines(finding.items.map(ExportSource.row)),
          text(source.time(finding.at)), evidence.cell(finding.id, phase),
        ]
      })
  }

  var inventory: Workbook.Sheet {
    let columns: [Workbook.Column] = [
      .init(say("アドレス", "Addresses"), 24), .init("MAC", 19), .init(say("機器ID", "Device id"), 22),
      .init(say("製造者", "Maker"), 24), .init(say("種別", "Class"), 16), .init(say("型番", "Model"), 24),
      .init(say("ファームウェア", "Firmware"), 18), .init(say("開いているサービス", "Open services"), 30),
      .init(say("出所", "Sources"), 40),
    ]
    let unknown = say("不明", "not known")
    return Workbook.Sheet(
      say("機器", "Inventory"), columns, frozen: 1,
      rows: source.result.inventory.devices.map { device in
        let open = device.services.filter { $0.state == .open }.sorted { $0.endpoint < $1.endpoint }
        let said = [device.vendor, device.deviceClass, device.model, device.firmware].compactMap(\.self)
        return [
          lines(device.addresses.map(\.description)), text(device.mac?.description ?? unknown),
          text(device.id.rawValue), text(device.vendor?.name ?? unknown), text(device.deviceClass?.name ?? unknown),
          text(device.model?.name ?? unknown), text(device.firmware?.name ?? unknown),
          lines(open.map { $0.endpoint.description + ($0.protocolName.map { " \($0.rawValue)" } ?? "") }),
          lines(said.map { "\($0.name): \($0.source)" }),
        ]
      })
  }

  /// Rows that nobody looked at, and addresses that were left out: each with its reason and what next.
  var notTested: Workbook.Sheet {
    let columns: [Workbook.Column] = [
      .init(say("項目", "Item"), 18), .init(say("項目名", "Title"), 36), .init(say("対象", "About"), 26),
      .init(say("理由コード", "Code"), 13), .init(say("理由", "Reason"), 28), .init(say("説明", "Explanation"), 46),
      .init(say("対処", "What next"), 46),
    ]
    func reason(_ reason: NotTestedReason?) -> [String] {
      [reason?.rawValue ?? "", reason.map(source.label) ?? ""]
    }
    func next(_ reason: NotTestedReason?) -> String { reason.flatMap { source.remedies[$0] }.map(source.words) ?? "" }
    let rows = source.result.verdicts.filter { $0.status == .notTested }.map { verdict in
      [
        ExportSource.row(verdict.item), source.title(verdict.item),
        [verdict.device.map(source.name), verdict.service?.description, verdict.bounds.addresses].compactMap(\.self)
          .joined(separator: " "),
      ] + reason(verdict.reason) + [source.words(verdict.explanation), next(verdict.reason)]
    }
    let omitted = source.result.coverage.omitted.map { omission in
      ["", say("検査対象外のアドレス", "Addresses that were not probed"), omission.addresses] + reason(omission.reason)
        + [source.words(omission.detail), next(omission.reason)]
    }
    return Workbook.Sheet(
      say("未検査", "Not tested"), columns, frozen: 1, rows: (rows + omitted).map { $0.map { text($0) } })
  }

  var coverage: Workbook.Sheet {
    let columns: [Workbook.Column] = [
      .init(say("機器", "Device"), 22), .init(say("TCPポート", "TCP ports"), 16),
      .init(say("全ポート完了", "All ports settled"), 10),
      .init(say("開", "Open"), 8), .init(say("閉", "Closed"), 8), .init(say("無応答", "Silent"), 8),
      .init(say("未確定", "Unresolved"), 9), .init(say("UDPポート", "UDP ports"), 16), .init(say("開", "Open"), 8),
      .init(say("開または遮断", "Open or filtered"), 10), .init(say("扱い", "Treated as"), 10),
      .init(say("送信フレーム", "Frames sent"), 11), .init(say("最大フレーム/秒", "Most frames a second"), 11),
      .init(say("前の応答", "Alive before"), 9), .init(say("後の応答", "Alive after"), 9), .init(say("期間", "Period"), 50),
      .init(say("検査元", "Vantage"), 24), .init(say("中断の理由", "Why it stopped"), 40),
    ]
    func word(_ answer: Bool?) -> Workbook.Cell {
      text(answer.map { $0 ? say("はい", "yes") : say("いいえ", "no") } ?? say("未確認", "not asked"))
    }
    return Workbook.Sheet(
      say("検査範囲", "Coverage"), columns, frozen: 1,
      rows: source.result.coverage.devices.sorted { ($0.address, $0.device) < ($1.address, $1.device) }.map { device in
        [
          text(device.address.description), text(device.tcp.requested), word(device.tcp.complete),
          .number(device.tcp.open), .number(device.tcp.closed), .number(device.tcp.silent),
          .number(device.tcp.unresolved), text(device.udp?.requested ?? ""),
          device.udp.map { .number($0.open) } ?? .empty, device.udp.map { .number($0.openOrFiltered) } ?? .empty,
          text(device.deviceClass), .number(device.framesSent), .number(device.peakFramesPerSecond),
          word(device.aliveBefore), word(device.aliveAfter),
          text("\(source.time(device.from)) – \(source.time(device.to))"),
          text("\(device.vantage.interface) \(device.vantage.address)"),
          text(device.stopped.map(source.words) ?? ""),
        ]
      })
  }

  /// What the workbook is of, and what it does not show.
  var about: Workbook.Sheet {
    let run = source.result.run
    var rows: [(String, String)] = [
      (say("案件", "Engagement"), run.engagement.id), (say("顧客", "Customer"), run.engagement.customer),
      (say("拠点", "Site"), run.engagement.site), (say("実施者", "Operator"), run.engagement.operator),
      (say("実行ID", "Run"), run.runID), (say("開始", "From"), source.time(run.started)),
      (say("終了", "To"), source.time(run.ended)), (say("対象", "Targets"), run.targets.joined(separator: ", ")),
      (say("TCPポート", "TCP ports"), run.ports), (say("点検プログラム", "Program"), source.software),
      (say("承認範囲のダイジェスト", "Digest of the scope"), run.scopeDigest),
      (say("ルールデータのダイジェスト", "Digest of the rule data"), run.rulesDigest),
      (say("証跡パックのダイジェスト(tagmanifest-sha256.txt)", "Digest of the pack (tagmanifest-sha256.txt)"), source.packDigest),
      (say("カタログ", "Catalogue"), table.catalogue),
      (say("確認した機器", "Devices seen"), "\(source.result.inventory.devices.count)"),
      (say("検出事項", "Findings"), "\(source.result.findings.count)"),
      (say("判定案の行", "Rows of proposals"), "\(source.result.verdicts.count)"),
    ]
    rows += VerdictStatus.allCases.map { status in
      (
        "– " + source.status(status),
        "\(source.result.verdicts.count { $0.status == status })"
      )
    }
    if run.partial || source.result.coverage.partial {
      rows.append(
        (say("中断", "Interrupted"), say("中断された検査です。途中までの結果です。", "The run was interrupted: what was seen until then.")))
    }
    rows += notes
    return Workbook.Sheet(
      say("この報告書について", "About"), [.init(say("項目", "What"), 40), .init("", 110)],
      rows: rows.map { [text($0.0), text($0.1)] })
  }

  private var notes: [(String, String)] {
    let note = say("注記", "Note")
    var rows: [(String, String)] = []
    if audience != .vendor {
      rows.append(
        (
          note,
          say(
            "印の斜体は、会社が決めていない行に対する本ツールの提案です。JSSECの推奨ではありません。",
            "A mark in italics is this tool's proposal for a row that the company has not marked. It is no recommendation of JSSEC."
          )
        ))
    }
    rows.append(
      (
        note,
        say("判定案は本ツールの提案です。判定は人が行います。", "A status is this tool's proposal. Persons determine.")
      ))
    if audience != .management {
      rows.append(
        (
          note,
          say(
            "証跡のリンクは、このファイルから見た証跡パックのフォルダーへの相対リンクです。",
            "Links to evidence are relative, from this file to the pack's folder: ")
            + folders.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        ))
    }
    if let warning = table.warning { rows.append((note, source.words(warning))) }
    return rows + source.limitations.map { (say("この結果から言えないこと", "What this does not show"), source.words($0)) }
  }
}
