internal import Evidence
internal import Foundation
internal import Records
internal import Redaction

/// `data/redactions.json`: what of a pack was masked or left out, by which rule and why.
struct RedactionList: Codable {
  struct Rule: Codable {
    let id: String
    let kind: String
    let label: LocalizedText
    let why: LocalizedText
  }

  struct Entry: Codable {
    let path: String
    let rule: String
    let count: Int
    let digest: String?
    /// Only of a copy: keyed digest of the file as it stands in the parent, and SHA-256 of the copy.
    var original: String?
    var copy: String?
  }

  /// What a copy does not hold; paths only where they name nothing that was left out.
  struct Omission: Codable {
    let what: String
    let why: LocalizedText
    let files: Int
    var paths: [String]?
  }

  static let path = "redactions.json"

  /// Where the key of the digests is.
  let key: LocalizedText
  let rules: [Rule]
  let masked: [Entry]
  var leftOut: [Omission] = []

  init(key: LocalizedText, _ rules: RedactionRules, masked: [Entry], leftOut: [Omission] = []) {
    self.key = key
    let data = rules.rules.map { Rule(id: $0.id, kind: $0.kind.rawValue, label: $0.label, why: $0.why) }
    let used = Set(masked.map(\.rule))
    self.rules = data + Self.ofCopies.filter { used.contains($0.id) }
    self.masked = masked.sorted { ($0.path, $0.rule) < ($1.path, $1.rule) }
    self.leftOut = leftOut
  }

  /// What is done to copies alone, by code.
  private static let ofCopies = [
    Rule(
      id: "role", kind: "person", label: LocalizedText(ja: "役割への置き換え", en: "Roles in place of names"),
      why: LocalizedText(ja: "顧客、拠点、監査者、監査端末の名前です。", en: "Names of customer, site, auditor and host.")),
    Rule(
      id: "hidden-address", kind: "identity", label: LocalizedText(ja: "機器のアドレス", en: "Addresses of devices"),
      why: LocalizedText(
        ja: "対象外の機器、または仮名にした機器を特定します。", en: "They name devices that are left out or have pseudonyms.")),
  ]

  /// What the lines of a run's record tell, those of its earlier parts among them.
  static func entries(in pack: PackReader) throws -> [Entry] {
    let sign = Array("\"type\":\"\(RedactedEvent.type)\"".utf8)
    var parts: [String: [String: Entry]] = [:]
    try pack.lines(of: "run.jsonl") { line in
      guard line.count < 1 << 20, line.contains(sign) else { return }
      let event = try JSONDecoder().decode(RedactedEvent.self, from: Data(line))
      for part in event.redactions {
        let known = parts[event.path]?[part.rule]
        // A file is written once; what grew is told in each part of the run.
        let count = part.digest == nil ? (known?.count ?? 0) + part.count : part.count
        parts[event.path, default: [:]][part.rule] = Entry(
          path: event.path, rule: part.rule, count: count, digest: part.digest)
      }
    }
    return parts.values.flatMap(\.values)
  }

  static func key(isKept: Bool) -> LocalizedText {
    isKept
      ? LocalizedText(
        ja: "鍵は、暗号化した原本ファイル(bag-info.txtのTenken-Originals)にだけあります。",
        en: "The key is in the encrypted file of the originals alone (Tenken-Originals in bag-info.txt).")
      : LocalizedText(
        ja: "鍵は検査の終了時に破棄しました。ダイジェストから元の値を推測することはできません。",
        en: "The key was thrown away with the run: nothing can be guessed from the digests.")
  }
}
