internal import Addressing
internal import Records
internal import RunComparison

/// What the templates see of a difference.
struct DifferenceModel {
  typealias Page = ReportModel.Page

  enum Detail: Hashable {
    /// What became worse, and counts of the rest.
    case gravest
    /// Everything but what is as it was: that is on the page anyway.
    case changes
    case everything
  }

  /// Rows that a list has room for; in a report, which has the findings anyway, fewer.
  static func most(_ detail: Detail) -> Int { detail == .everything ? 2000 : 250 }

  private var most: Int { Self.most(detail) }

  let document: DifferenceDocument
  let words: Words
  let offsetMinutes: Int
  let detail: Detail

  var page: Page {
    let worse = entries(.regressed) + entries(.new)
    let isWhole = detail != .gravest
    return [
      "sides": [side(document.earlier, .diffEarlier), side(document.later, .diffLater)],
      "compared": Shown.number(document.compared),
      "counts": RunDifference.State.allCases.map { state in
        [
          "label": words[label(of: state)], "count": Shown.number(document.count(state)), "key": state.rawValue,
          "meaning": words[meaning(of: state)],
        ] as Page
      },
      "hasPartial": document.earlier.partial || document.later.partial,
      "isEmpty": document.entries.isEmpty,
      "hasWorse": !worse.isEmpty, "worse": list(worse), "notRetested": isWhole ? list(entries(.notRetested)) : [],
      "fixed": isWhole ? list(entries(.fixed)) : [], "still": detail == .everything ? list(entries(.still)) : [],
      "came": isWhole ? devices(.deviceNew) : [], "gone": isWhole ? devices(.deviceGone) : [],
      "drift": isWhole ? drift : [],
    ]
  }

  private func entries(_ state: RunDifference.State) -> [RunDifference.Entry] {
    document.entries.filter { $0.state == state }
  }

  private func side(_ side: DifferenceDocument.Side, _ label: Label) -> Page {
    [
      "label": words[label], "run": side.run, "started": Shown.time(side.started, offsetMinutes: offsetMinutes),
      "isPartial": side.partial, "pack": side.packDigest ?? words[.runOwnPack],
    ]
  }

  // MARK: Weaknesses

  /// A table of weaknesses; none where there are none.
  private func list(_ entries: [RunDifference.Entry]) -> [Page] {
    guard !entries.isEmpty else { return [] }
    return [
      [
        "rows": entries.prefix(most).map(row), "count": Shown.number(entries.count), "more": more(entries.count),
      ]
    ]
  }

  private func more(_ count: Int) -> [Page] {
    count > most ? [["text": words.filled(.diffMore, Shown.number(count - most))]] : []
  }

  private func row(_ entry: RunDifference.Entry) -> Page {
    let check = entry.check ?? ""
    var page = place(entry)
    page["state"] = words[label(of: entry.state)]
    page["stateKey"] = entry.state.rawValue
    page["severity"] = entry.severity.map(words.severity) ?? "–"
    page["key"] = entry.severity?.rawValue ?? "info"
    page["check"] = check
    page["title"] = words.inputs.checkTitles[check].map { words($0) } ?? ""
    return page
  }

  private func place(_ entry: RunDifference.Entry) -> Page {
    [
      "address": entry.address?.description ?? "–", "device": entry.device.rawValue,
      "service": entry.service?.description ?? "–",
    ]
  }

  // MARK: Devices and what they show

  private func devices(_ state: RunDifference.State) -> [Page] {
    let entries = entries(state)
    guard !entries.isEmpty else { return [] }
    return [["rows": entries.prefix(most).map(place), "more": more(entries.count)]]
  }

  /// What else of each device is other than it was.
  private var drift: [Page] {
    let changes = entries(.changed)
    guard !changes.isEmpty else { return [] }
    let shown = changes.prefix(most)
    let groups = Dictionary(grouping: shown, by: \.device).sorted { left, right in
      let (one, other) = (left.value.first?.address, right.value.first?.address)
      return one == other ? left.key < right.key : isLower(one, other)
    }
    return [
      [
        "devices": groups.map { device, entries in
          [
            "address": entries.first?.address?.description ?? "–", "device": device.rawValue,
            "rows": entries.map(change),
            "span": entries.count,
          ] as Page
        },
        "more": more(changes.count),
      ]
    ]
  }

  private func change(_ entry: RunDifference.Entry) -> Page {
    [
      "aspect": entry.aspect.map { words[label(of: $0)] } ?? "–", "service": entry.service?.description ?? "–",
      "before": value(entry.before, entry.aspect), "after": value(entry.after, entry.aspect),
    ]
  }

  private func value(_ text: String?, _ aspect: RunDifference.Aspect?) -> String {
    guard let text else { return aspect == .port ? words[.diffClosed] : "–" }
    guard aspect == .port else { return text }
    switch text {
    case "open": return words[.open]
    case "closed": return words[.diffClosed]
    case "silent": return words[.silent]
    default: return text
    }
  }

  private func label(of state: RunDifference.State) -> Label {
    switch state {
    case .regressed: .diffRegressed
    case .new: .diffNew
    case .still: .diffStill
    case .fixed: .diffFixed
    case .notRetested: .diffNotRetested
    case .deviceNew: .diffDeviceNew
    case .deviceGone: .diffDeviceGone
    case .changed: .diffChanged
    }
  }

  private func meaning(of state: RunDifference.State) -> Label {
    switch state {
    case .regressed: .meansRegressed
    case .new: .meansNew
    case .still: .meansStill
    case .fixed: .meansFixed
    case .notRetested: .meansNotRetested
    case .deviceNew: .meansDeviceNew
    case .deviceGone: .meansDeviceGone
    case .changed: .meansChanged
    }
  }

  private func label(of aspect: RunDifference.Aspect) -> Label {
    switch aspect {
    case .address: .aspectAddress
    case .firmware: .aspectFirmware
    case .model: .aspectModel
    case .port: .aspectPort
    case .certificate: .aspectCertificate
    case .hostKey: .aspectHostKey
    case .software: .aspectSoftware
    case .protocolName: .aspectProtocol
    }
  }
}
