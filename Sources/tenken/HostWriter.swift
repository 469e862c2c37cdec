internal import Addressing
internal import Audit
internal import Foundation
internal import Records
internal import Reports

/// Writes hosts to standard output: lines at once, so that a reader has them and an interrupted run
/// has lost none; the table in the end, sorted.
final class HostWriter {
  private let form: OutputForm
  private let withPorts: Bool
  private let language: Language
  private let encoder = JSONEncoder()
  private var rows: [Row] = []
  private var hosts = 0
  /// What this run could not do by its nature.
  var notes: [LocalizedText] = []

  private struct Row {
    let address: IPAddress
    let cells: [String]
  }

  init(_ form: OutputForm, withPorts: Bool, language: Language) {
    self.form = form
    self.withPorts = withPorts
    self.language = language
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  func write(_ host: HostReport) {
    hosts += 1
    switch form {
    case .json: emit(HostLine(host, withPorts: withPorts))
    case .greppable: put(fields(host).joined(separator: "\t") + "\n")
    case .table: rows.append(Row(address: host.coverage.address, cells: fields(host)))
    }
  }

  /// Writes what belongs to the run as a whole.
  func finish(_ result: AuditResult) {
    switch form {
    case .json: emit(RunLine(result, hosts: hosts, notes))
    case .greppable: break
    case .table: table(result)
    }
  }

  /// The name comes last: few devices say theirs unasked.
  private func fields(_ host: HostReport) -> [String] {
    let mac = host.device.mac.map { "\($0)" } ?? "-"
    let vendor = inert(host.device.vendor?.name ?? "-")
    let name = inert(host.name ?? "-")
    guard withPorts else { return ["\(host.coverage.address)", mac, vendor, name] }
    let tcp = host.coverage.tcp
    let open = host.open.map { "\($0)/tcp" } + host.openUDP.map { "\($0)/udp" }
    let note = host.coverage.answersEverything ? "answers-everything" : open.joined(separator: ",")
    return [
      "\(host.coverage.address)", mac, vendor, note.isEmpty ? "-" : note, "\(tcp.closed)", "\(tcp.silent)",
      "\(tcp.unresolved)", name,
    ]
  }

  private func table(_ result: AuditResult) {
    let isJapanese = language == .ja
    var header = isJapanese ? ["アドレス", "MAC", "製造者"] : ["ADDRESS", "MAC", "VENDOR"]
    if withPorts {
      header += isJapanese ? ["開", "閉", "無応答", "未確認"] : ["OPEN", "CLOSED", "SILENT", "UNRESOLVED"]
    }
    // A column of dashes would tell nothing.
    if rows.contains(where: { $0.cells.last != "-" }) { header.append(isJapanese ? "名前" : "NAME") }
    let cells = [header] + rows.sorted { $0.address < $1.address }.map { Array($0.cells.prefix(header.count)) }
    let widths = header.indices.map { column in cells.map { DisplayWidth.columns($0[column]) }.max() ?? 0 }
    for row in cells {
      let padded = row.enumerated().map { column, text in
        column + 1 == row.count ? text : DisplayWidth.fit(text, to: widths[column])
      }
      put(padded.joined(separator: "  ") + "\n")
    }
    let silent = result.coverage.addressesAsked - result.coverage.addressesAnswered
    let seconds = (result.run.ended - result.run.started).seconds
    let time = String(format: "%.2f", seconds)
    put(
      isJapanese
        ? "\(rows.count)台。応答のなかったアドレス \(max(0, silent))(存在しないことを意味しません)。\(time)秒、\(result.run.framesSent)フレーム送信。\n"
        : "\(rows.count) device(s). Addresses that gave no answer: \(max(0, silent)), which does not mean that nobody is there. \(time) s, \(result.run.framesSent) frames sent.\n"
    )
    for row in result.coverage.omitted { put("- \(row.addresses): \(row.detail.text(language))\n") }
  }

  private func emit(_ line: some Encodable) {
    guard let data = try? encoder.encode(line) else { return }
    put(data + Data("\n".utf8))
  }

  private func put(_ text: String) { put(Data(text.utf8)) }

  /// A reader that has gone away (`| head`) is no failure of the scan.
  private func put(_ data: Data) { try? FileHandle.standardOutput.write(contentsOf: data) }
}

extension HostReport {
  /// What it calls itself on the link, where it said so.
  fileprivate var name: String? {
    device.claims.first { $0.kind == .host }?.value ?? device.claims.first { $0.kind == .name }?.value
  }
}

/// A host as a line of JSON.
private struct HostLine: Encodable {
  let type = "host"
  let address: IPAddress
  let device: DeviceID
  let mac: MACAddress?
  let vendor: String?
  let name: String?
  let open: [UInt16]?
  let openUDP: [UInt16]?
  let coverage: DeviceCoverage

  private enum CodingKeys: String, CodingKey { case type, address, device, mac, vendor, name, open, openUDP, coverage }

  // By hand so that what is not known is written as null; ports are left out where none were probed.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type, forKey: .type)
    try container.encode(address, forKey: .address)
    try container.encode(device, forKey: .device)
    try container.encode(mac, forKey: .mac)
    try container.encode(vendor, forKey: .vendor)
    try container.encode(name, forKey: .name)
    try container.encodeIfPresent(open, forKey: .open)
    try container.encodeIfPresent(openUDP, forKey: .openUDP)
    try container.encode(coverage, forKey: .coverage)
  }

  init(_ host: HostReport, withPorts: Bool) {
    address = host.coverage.address
    device = host.device.id
    mac = host.device.mac
    vendor = host.device.vendor?.name
    name = host.name
    open = withPorts ? host.open : nil
    openUDP = withPorts ? host.openUDP : nil
    coverage = host.coverage
  }
}

/// The run as the last line.
private struct RunLine: Encodable {
  let type = "run"
  let runID: String
  let seed: String
  let targets: [String]
  let started: Timestamp
  let ended: Timestamp
  let partial: Bool
  let framesSent: Int
  let hosts: Int
  let addressesAsked: Int
  let addressesAnswered: Int
  let neverResolved: String
  let receiveDrops: Int
  let omitted: [Coverage.Omission]
  let limitations: [LocalizedText]

  init(_ result: AuditResult, hosts: Int, _ notes: [LocalizedText]) {
    limitations = notes
    runID = result.run.runID
    seed = result.run.seed
    targets = result.run.targets
    started = result.run.started
    ended = result.run.ended
    partial = result.run.partial
    framesSent = result.run.framesSent
    self.hosts = hosts
    addressesAsked = result.coverage.addressesAsked
    addressesAnswered = result.coverage.addressesAnswered
    neverResolved = result.coverage.neverResolved
    receiveDrops = result.coverage.receiveDrops
    omitted = result.coverage.omitted
  }
}
