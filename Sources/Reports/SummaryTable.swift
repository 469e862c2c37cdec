internal import Addressing
public import Records

/// What an operator sees when a run has ended: devices, and how the checklist's rows came out.
public struct SummaryTable: Sendable {
  private let inputs: ReportInputs

  public init(_ inputs: ReportInputs) { self.inputs = inputs }

  /// Makes the text, each line ended by a line feed.
  /// - Parameters:
  ///   - columns: the terminal's width; no line of a table is wider, and nothing is narrower than 48.
  ///   - colour: whether the terminal takes colours (ECMA-48 SGR). Nothing is told by colour alone.
  public func render(_ result: AuditResult, _ language: Language, columns: Int, colour: Bool) -> String {
    let words = Words(inputs: inputs, language: language)
    let layout = Layout(width: max(48, columns), colour: colour)
    var lines: [String] = []
    if result.run.partial || result.coverage.partial { lines += [layout.bold("! " + words[.tablePartial]), ""] }
    lines += layout.table(head: headings(words), rows: deviceRows(result, words))
    lines += notes(result, words, layout)
    lines += [""] + checklist(result, words, layout)
    return lines.map { $0 + "\n" }.joined()
  }

  private func headings(_ words: Words) -> [Cell] {
    [Label.tableDevice, .tableVendor, .tableOpen, .tableTelnet, .tableFindings].map { Cell(words[$0]) }
  }

  private func deviceRows(_ result: AuditResult, _ words: Words) -> [[Cell]] {
    let findings = Dictionary(grouping: result.findings, by: \.device.id)
    return result.inventory.devices
      .sorted(by: isListedBefore)
      .map { device in
        let open = device.services.filter { $0.state == .open }.sorted { $0.endpoint < $1.endpoint }
        let found = findings[device.id] ?? []
        let worst = found.map(\.severity).max()
        return [
          Cell(device.addresses.first?.description ?? device.id.rawValue),
          Cell(device.vendor?.name ?? words[.notKnown]),
          Cell(open.isEmpty ? "–" : open.map(\.endpoint.description).joined(separator: " ")),
          telnet(device, open, result, words),
          Cell(worst.map { "\(found.count) (\(words.severity($0)))" } ?? "0", colour: found.isEmpty ? nil : .red),
        ]
      }
  }

  /// Whether Telnet was seen. "None seen" only where every port came to a final state, the device
  /// still answered afterwards, and every open service is known.
  private func telnet(_ device: Device, _ open: [Service], _ result: AuditResult, _ words: Words) -> Cell {
    if open.contains(where: { $0.protocolName == .telnet }) { return Cell(words[.yes], colour: .red) }
    let seen = result.coverage.devices.first { $0.device == device.id }
    let settled = seen.map { $0.tcp.complete && $0.aliveAfter == true && !$0.answersEverything } ?? false
    guard settled, open.allSatisfy({ $0.protocolName != nil || $0.endpoint.transport != .tcp }) else {
      return Cell(words[.tableNotDetermined], colour: .yellow)
    }
    return Cell(words[.tableNoneSeen])
  }

  /// One line for each device about which more must be known than the table says.
  private func notes(_ result: AuditResult, _ words: Words, _ layout: Layout) -> [String] {
    let lines = result.coverage.devices.compactMap { device -> String? in
      let brief = DeviceNotes(device, words: words, offsetMinutes: result.run.offsetMinutes).brief
      guard !brief.isEmpty else { return nil }
      let text = inert("  \(device.address)  " + brief.joined(separator: " · "))
      return DisplayWidth.columns(text) > layout.width ? DisplayWidth.fit(text, to: layout.width) : text
    }
    return lines.isEmpty ? [] : ["", layout.bold(words[.tableNotes])] + lines
  }

  private func checklist(_ result: AuditResult, _ words: Words, _ layout: Layout) -> [String] {
    let tallies = Tally.perItem(result.verdicts, words: words)
    guard !tallies.isEmpty else { return [] }
    let item = tallies.map { DisplayWidth.columns(inert($0.shortItem)) }.max() ?? 0
    return [layout.bold(words[.tableChecklist])]
      + tallies.map { "  " + DisplayWidth.fit(inert($0.shortItem), to: item) + "  " + $0.sentence }
  }
}
