internal import Records

/// Boxes of the check sheet as tiles, a row for each chapter: what each came to.
struct BoxTiles {
  static let tile = 56
  static let height = 26
  static let labels = 190
  /// Tiles in one row.
  static let most = 13
}

extension ReportModel {
  /// A picture for each phase that was audited.
  var boxTiles: [Page] {
    guard let sheet = parts.sheet else { return [] }
    return sheet.phases.indices.filter { !sheet.phases[$0].runs.isEmpty }.map { boxTiles(sheet, $0) }
  }

  private func boxTiles(_ sheet: SheetTable, _ phase: Int) -> Page {
    var chapters: [(name: LocalizedText, boxes: [SheetTable.Line])] = []
    for line in sheet.lines where line.kind == .box {
      let name = line.chapter ?? LocalizedText(ja: "–", en: "–")
      if chapters.last?.name != name { chapters.append((name, [])) }
      chapters[chapters.count - 1].boxes.append(line)
    }
    var y = 4
    let rows = chapters.map { chapter -> Page in
      let top = y
      let lines = (chapter.boxes.count + BoxTiles.most - 1) / BoxTiles.most
      y += lines * (BoxTiles.height + 4) + 6
      return [
        "name": shortened(words(chapter.name), 27), "y": top + 17,
        "tiles": chapter.boxes.enumerated().map { place, box in tile(box, phase, place, top: top) },
      ]
    }
    let widest = min(BoxTiles.most, chapters.map(\.boxes.count).max() ?? 0)
    return [
      "phase": words(sheet.phases[phase].label), "key": sheet.phases[phase].key, "rows": rows,
      "width": BoxTiles.labels + widest * BoxTiles.tile + 4, "height": y,
      "statuses": Tally.order.map { ["key": $0.rawValue, "label": "\(Self.sign($0)) \(words.status($0))"] as Page },
      "counts": chapters.map { chapter in
        [
          "name": words(chapter.name), "total": Shown.number(chapter.boxes.count),
          "cells": Tally.order.map { status in
            let count = chapter.boxes.count { $0.columns[phase].status == status }
            return ["count": Shown.number(count), "zero": count == 0] as Page
          },
        ] as Page
      },
    ]
  }

  private func tile(_ box: SheetTable.Line, _ phase: Int, _ place: Int, top: Int) -> Page {
    let x = BoxTiles.labels + place % BoxTiles.most * BoxTiles.tile
    let y = top + place / BoxTiles.most * (BoxTiles.height + 4)
    let status = box.columns[phase].status
    var name = box.id
    if let dash = name.firstIndex(of: "-") { name = String(name[name.index(after: dash)...]) }
    return [
      "x": x, "y": y, "width": BoxTiles.tile - 4, "height": BoxTiles.height, "middle": x + BoxTiles.tile / 2 - 2,
      "text": y + 17, "key": status?.rawValue ?? "not-tested", "name": "\(status.map(Self.sign) ?? "") \(name)",
      "hint": "\(box.id) \(words(box.title)): \(status.map(words.status) ?? words[.notAsked])",
    ]
  }

  /// What tells a status without colour, as in the tables.
  private static func sign(_ status: VerdictStatus) -> String {
    switch status {
    case .fail: "×"
    case .pass: "○"
    case .needsReview: "△"
    case .notTested: "□"
    case .notApplicable: "―"
    }
  }
}
