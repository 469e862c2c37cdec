internal import Addressing
internal import Records

/// What the template sees of a result: words and counts, nothing left to decide.
struct ReportModel {
  /// An object of the template: texts, truth values, lists and objects by name.
  typealias Page = [String: Any]

  let result: AuditResult
  let words: Words
  let parts: PageParts
  /// Devices by id, for rows that name a device.
  let devices: [DeviceID: Device]
  /// In the order of listing.
  let listed: [Device]
  let coverages: [DeviceID: DeviceCoverage]
  let findingsByDevice: [DeviceID: [Finding]]
  /// The place of a device in the lists, which names it in links: a device's own id may be anything.
  private let places: [DeviceID: Int]

  var audience: Audience { parts.audience }

  init(result: AuditResult, words: Words, parts: PageParts = PageParts()) {
    self.result = result
    self.words = words
    self.parts = parts
    devices = Dictionary(result.inventory.devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    listed = result.inventory.devices.sorted(by: isListedBefore)
    coverages = Dictionary(result.coverage.devices.map { ($0.device, $0) }, uniquingKeysWith: { first, _ in first })
    findingsByDevice = Dictionary(grouping: result.findings, by: \.device.id)
    places = Dictionary(listed.enumerated().map { ($1.id, $0 + 1) }, uniquingKeysWith: { first, _ in first })
  }

  var page: Page {
    [
      "language": words.language.rawValue,
      "l": words.inputs.labels.mapValues { $0.text(words.language) },
      "run": run,
      "cover": cover,
      "contents": sections.map { ["anchor": $0.anchor, "label": words[$0.label]] as Page },
      "partial": result.run.partial || result.coverage.partial,
      "scope": shows(.scope) ? [scope] : [],
      "figures": figures,
      "management": shows(.management) ? [management] : [],
      "charts": [charts],
      "history": shows(.history) ? [history] : [],
      "checklist": shows(.checklist) ? [checklist] : [],
      "findings": shows(.findings) ? [findingSection] : [],
      "guidelines": shows(.guidelines) ? [["services": guidelines] as Page] : [],
      "wifi": parts.networks.map { shows(.wifi) ? [networkSection($0)] : [] } ?? [],
      "inventory": shows(.inventory) ? [["devices": inventory] as Page] : [],
      "coverage": shows(.coverage) ? [coverage] : [],
      "untested": [untested],
      "limitations": words.inputs.limitations.map { ["text": words($0)] as Page },
      "method": shows(.method) ? [method] : [],
      "glossary": glossary,
    ]
  }

  // MARK: Sections

  /// A section of the page: the name of its place, and of its label.
  struct Section {
    let anchor: String
    let label: Label
  }

  /// What this page holds, in order; named in its contents.
  private var sections: [Section] {
    let all: [(Label, String)] = [
      (.scope, "scope"), (audience == .vendor ? .summary : .management, "summary"), (.charts, "charts"),
      (.history, "history"),
      (.checklist, "checklist"), (.findings, "findings"), (.guidelines, "guidelines"), (.wifi, "wifi"),
      (.inventory, "inventory"), (.coverage, "coverage"), (.notTestedSection, "not-tested"),
      (.limitations, "limitations"), (.method, "method"), (.glossary, "glossary"),
    ]
    return all.filter { shows($0.0) }.map { Section(anchor: $0.1, label: $0.0) }
  }

  func shows(_ section: Label) -> Bool {
    switch section {
    case .scope: return audience != .vendor && parts.scope != nil
    // How the company's site went is the company's.
    case .history: return audience != .vendor && parts.history != nil
    case .management, .checklist: return audience != .vendor
    case .findings, .inventory, .coverage, .method: return audience != .management
    case .guidelines: return audience != .management && !parts.services.isEmpty
    case .wifi: return audience != .management && parts.networks != nil
    case .glossary: return !words.inputs.glossary.isEmpty
    default: return true
    }
  }

  private var glossary: [Page] {
    words.inputs.glossary.map { entry in
      let other = words.language == .ja ? entry.term.en : entry.term.ja
      return ["term": words(entry.term), "other": other, "meaning": words(entry.meaning)]
    }
  }

  // MARK: Shared

  func time(_ time: Timestamp) -> String { Shown.time(time, offsetMinutes: result.run.offsetMinutes) }

  func period(_ from: Timestamp, _ to: Timestamp) -> String {
    Shown.period(from, to, offsetMinutes: result.run.offsetMinutes)
  }

  /// How a device is called in a row: its first address, or its id when it has none.
  func name(of device: DeviceID) -> String { devices[device]?.addresses.first?.description ?? device.rawValue }

  /// `d12` in the inventory, `c12` in the coverage; nil for a device that is in no list.
  func place(of device: DeviceID, _ list: Character) -> String? { places[device].map { "\(list)\($0)" } }

  /// A link to the device: to its bounds where the page tells them.
  func link(to device: DeviceID) -> [Page] {
    guard audience != .management else { return [] }
    let list: Character = coverages[device] == nil ? "d" : "c"
    return place(of: device, list).map { [["to": $0]] } ?? []
  }

  /// Links from the page to evidence, the files of a folder together. What is no path is shown as text.
  func evidence(_ references: [String]) -> [Page] {
    var folders: [(name: String, files: [Page])] = []
    for reference in references {
      guard reference.utf8.starts(with: "data/".utf8) else {
        folders.append((reference, []))
        continue
      }
      let path = String(decoding: reference.utf8.dropFirst(5), as: UTF8.self)
      let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
      let cut = slash.map { path.utf8.index(after: $0) } ?? path.startIndex
      let file: Page = ["href": parts.evidence + percentEncoded(path), "name": String(path[cut...])]
      let folder = String(path[..<cut])
      if let last = folders.last, last.name == folder, !last.files.isEmpty {
        folders[folders.count - 1].files.append(file)
      } else {
        folders.append((folder, [file]))
      }
    }
    return folders.map { ["folder": $0.name, "files": $0.files] }
  }

  /// `a, b, c`.
  var separator: String { words.language == .ja ? "、" : ", " }
}
