internal import Addressing
public import Declarations
internal import Inventory
public import Records

/// "Needed? yes / no" for each open port that nobody has decided on.
public struct QuestionList: Sendable {
  private let questions: OpenQuestions

  public init(_ questions: OpenQuestions) { self.questions = questions }

  private func heads(_ language: Language) -> [String] {
    language == .ja
      ? ["機器", "IPアドレス", "製造者", "型番", "ポート", "プロトコル", "必要か(はい/いいえ)", "理由", "回答者", "参考"]
      : [
        "Device", "IP address", "Vendor", "Model", "Port", "Protocol", "Needed? (yes/no)", "Why", "Answered by", "See",
      ]
  }

  private func rows(_ language: Language) -> [[String]] {
    questions.questions.map { question in
      let device = question.device
      let name = question.service.protocolName.map { $0.rawValue + (question.service.tls ? "+tls" : "") }
      return [
        device.id.rawValue, device.addresses.map(\.description).joined(separator: " "),
        device.best(.vendor)?.value ?? "", device.best(.model)?.value ?? "", question.service.endpoint.description,
        name ?? (language == .ja ? "不明" : "not known"), "", "", "", question.source ?? "",
      ]
    }
  }

  public func csv(_ language: Language) -> [UInt8] { CSVWriting.octets([heads(language)] + rows(language)) }

  /// Without the empty columns.
  public func table(_ language: Language, columns: Int, colour: Bool) -> String {
    func shown(_ row: [String]) -> [Cell] { (row[...5].map { $0 } + [row[9]]).map { Cell($0) } }
    let layout = Layout(width: max(48, columns), colour: colour)
    return layout.table(head: shown(heads(language)), rows: rows(language).map(shown)).map { $0 + "\n" }.joined()
  }
}
