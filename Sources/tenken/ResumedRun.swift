internal import Audit
internal import Evidence
internal import Foundation
internal import Records

/// An interrupted run, read from its pack, which nobody else can write to meanwhile.
struct ResumedRun {
  let pack: UnfinishedPack
  let plan: RunPlan
  /// Interfaces on which it may go on beside its own.
  var furtherInterfaces: [String] = []
  /// The earlier parts wrote their scope file here.
  var scopeFile: String { pack.path + "/data/scope/scope.yaml" }

  static let planPath = "run/plan.json"

  /// - Throws: ``CommandFailure`` when the folder holds no run that can be continued.
  init(_ path: String) throws {
    do {
      pack = try UnfinishedPack(path)
      guard let octets = try pack.reader.octets(of: Self.planPath) else {
        throw CommandFailure(
          .usage,
          "\(path) holds no data/\(Self.planPath): the run was stopped before it sent anything, or is no single run. Begin it again in a new folder."
        )
      }
      plan = try Self.decode(RunPlan.self, octets, "\(path)/data/\(Self.planPath)")
    } catch let error as PackError {
      throw CommandFailure(error.code == .notContinuable ? .usage : .failed, "\(error)")
    }
    guard plan.format == RunPlan.format else {
      throw CommandFailure(
        .usage,
        "the run was begun by tenken \(plan.toolVersion), whose journal this version does not read; continue it with that version"
      )
    }
  }

  /// The run came to its end: nothing is left to do. A partial pack that was sealed must be as it was sealed.
  func isComplete() throws -> Bool {
    guard pack.isSealed else { return false }
    guard PackVerifier.verify(directory: pack.path).isIntact else {
      throw CommandFailure(
        .failed, "\(pack.path) was changed after it was sealed (tenken evidence verify says what); it is not continued")
    }
    guard let octets = try pack.reader.octets(of: "run.json") else { return false }
    return try !Self.decode(RunSummary.self, octets, "run.json").partial
  }

  /// The authority that the run was begun with, unchanged.
  func checkScope() throws {
    let octets = try pack.reader.octets(of: "scope/scope.yaml") ?? []
    guard SHA256.hex(SHA256.digest(of: octets)) == plan.scopeDigest else {
      throw CommandFailure(
        .notPermitted, "\(scopeFile) is not the scope that the run was begun with; nothing was sent")
    }
  }

  /// The targets are reached by the interfaces of the run, or by others that the user named: at another place, other
  /// devices may have the same addresses.
  func checkInterfaces(_ interfaces: [String]) throws {
    let others = interfaces.filter { !plan.interfaces.contains($0) && !furtherInterfaces.contains($0) }
    guard !others.isEmpty else { return }
    let (now, before) = (others.joined(separator: ", "), plan.interfaces.joined(separator: ", "))
    let remedy = others.map { "--interface \($0)" }.joined(separator: " ")
    throw CommandFailure(
      .usage,
      plan.language == .ja
        ? "対象へは、いま \(now) を通って届きますが、この検査は \(before) で始めたものです。別の場所では、同じアドレスを別の機器が使っていることがあります。同じ場所に戻して再開するか、同じネットワークであれば \(remedy) を付けてください。検査対象には何も送信していません。"
        : "the targets are now reached by \(now), but the run was begun on \(before); at another place, other devices may have the same addresses. Go back there, or add \(remedy) when it is the same network. Nothing was sent to any target."
    )
  }

  /// What was found out so far.
  /// - Parameter portCount: how many TCP ports the run asks of each device.
  func read(portCount: Int) throws -> RestoredRun { try Self.journal(pack.reader, portCount: portCount) }

  /// What the journal and the checkpoints of a pack say.
  static func journal(_ pack: PackReader, portCount: Int) throws -> RestoredRun {
    var run = RestoredRun(portCount: portCount)
    let decoder = JSONDecoder()
    try pack.lines(of: "run.jsonl") { octets in
      let line = try? decoder.decode(JournalLine.self, from: Data(octets))
      guard let line, line.sequence == run.lines + 1 else {
        throw CommandFailure(
          .failed, "line \(run.lines + 1) of \(pack.path)/data/run.jsonl cannot be read, so the run is not continued")
      }
      run.take(line)
    }
    var number = 0
    try pack.lines(of: "progress/ports.jsonl") { octets in
      number += 1
      guard let line = PortJournal.parse(octets) else {
        throw CommandFailure(
          .failed,
          "line \(number) of \(pack.path)/data/progress/ports.jsonl cannot be read, so the run is not continued")
      }
      run.take(line)
    }
    return run
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ octets: [UInt8], _ name: String) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(octets))
    } catch {
      throw CommandFailure(.failed, "\(name) cannot be read: \(error)")
    }
  }
}

/// The first line of each further part of a run.
struct ResumedEvent: Encodable, Sendable {
  let toolVersion: String
  let repair: UnfinishedPack.Repair
  /// Numbers in the run's record that do not count, because what they belong to was cut off.
  let discarded: [String]
  let devicesDone: Int
  let devicesUnderWay: Int
  let interfaces: [String]
}
