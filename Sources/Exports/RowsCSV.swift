internal import Records
internal import Reports

/// The checklist rows as a table for spreadsheets (RFC 4180, UTF-8 with a byte order mark, CR LF, no formulas).
public enum RowsCSV {
  public static func octets(_ source: ExportSource) -> [UInt8] {
    let heads: [(String, String)] = [
      ("項目", "Item"), ("項目名", "Title"), ("機器", "Device"), ("機器ID", "Device id"), ("サービス", "Service"),
      ("判定案", "Proposal"),
      ("方向", "Polarity"), ("理由コード", "Reason"), ("理由", "Reason in words"), ("説明", "Explanation"), ("条件", "Bounds"),
      ("言えないこと", "Not shown by this"), ("対処", "What next"), ("証跡", "Evidence"),
    ]
    let rows = source.result.verdicts.map { verdict -> [String] in
      [
        verdict.item, source.title(verdict.item), verdict.device.map(source.name) ?? "", verdict.device?.rawValue ?? "",
        verdict.service?.description ?? "", source.status(verdict.status), verdict.polarity?.rawValue ?? "",
        verdict.reason?.rawValue ?? "", verdict.reason.map(source.label) ?? "", source.words(verdict.explanation),
        source.bounds(verdict), verdict.bounds.cannotConclude.map(source.words) ?? "",
        verdict.reason.flatMap { source.remedies[$0] }.map(source.words) ?? "", verdict.evidence.joined(separator: " "),
      ]
    }
    return CSVWriting.octets([heads.map { source.language == .ja ? $0.0 : $0.1 }] + rows)
  }
}
