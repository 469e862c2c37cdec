public import Inventory
public import Records

/// The open ports about which nobody has said whether they are needed: a list for their owner to answer.
public struct OpenQuestions: Hashable, Sendable {
  public struct Question: Hashable, Sendable {
    public let device: InventoryRow
    public let service: Service
    /// Where the model's documents were looked at without naming the port.
    public let source: String?
  }

  /// By device, then by port.
  public let questions: [Question]

  public init(
    _ rows: [InventoryRow], _ declarations: Declarations?, mud: [String: MUDFile] = [:],
    expectations: (any ServiceExpectations)? = nil
  ) {
    questions = rows.flatMap { row in
      PortJudgement.judge(row, declarations, mud: mud, expectations: expectations).compactMap { judgement in
        guard case .undecided(let source) = judgement.outcome else { return nil }
        return Question(device: row, service: judgement.service, source: source)
      }
    }
  }
}
