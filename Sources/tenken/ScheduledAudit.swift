internal import ArgumentParser
internal import Authority
internal import Evidence
internal import Foundation
internal import Records
internal import Reports
internal import Schedules

/// The audit of a schedule, as its words say. Making one goes to the schedule's folder, from which its relative paths are meant.
struct ScheduledAudit {
  let command: AuditCommand
  let pack: String

  /// - Throws: ``CommandFailure`` for words that `tenken audit` does not take.
  init(_ schedule: Schedule, at now: Timestamp = Timestamp(nanoseconds: 0)) throws {
    guard FileManager.default.changeCurrentDirectoryPath(schedule.directory) else {
      throw CommandFailure(
        .usage, "the folder \(schedule.directory) of the schedule \(schedule.name) cannot be entered")
    }
    let stamp = now.rfc3339().filter(\.isNumber).prefix(14)
    pack = "\(schedule.packs)/\(schedule.name)-\(stamp)"
    command = try Self.command(schedule.audit, pack)
  }

  private static func command(_ words: [String], _ pack: String) throws -> AuditCommand {
    for word in ["--output", "--no-history"] where words.contains(where: { $0 == word || $0.hasPrefix("\(word)=") }) {
      throw CommandFailure(
        .usage, "\(word) does not belong to a schedule: each run makes its own pack below --packs, and is remembered")
    }
    do {
      // Nobody watches but where somebody started it.
      return try AuditCommand.parse(words + ["--output", pack] + (isatty(STDERR_FILENO) == 1 ? [] : ["--quiet"]))
    } catch {
      throw CommandFailure(.usage, "tenken audit does not take these words: \(AuditCommand.message(for: error))")
    }
  }
}

/// The scope file that a schedule is bound to.
struct AgreedScope: CustomStringConvertible {
  let scope: Scope
  let digest: String
  private let path: String

  init(of audit: ScheduledAudit) throws {
    path = audit.command.options.scope
    scope = try readScope(path)
    digest = SHA256.hex(SHA256.digest(of: try contents(of: path, what: "the scope file")))
  }

  var description: String {
    let (from, until) = (
      scope.validFrom.rfc3339(offsetMinutes: scope.offsetMinutes),
      scope.validUntil.rfc3339(offsetMinutes: scope.offsetMinutes)
    )
    return inert(
      "\(path): \(scope.engagement.id), \(scope.engagement.customer), \(scope.engagement.site); \(from) – \(until)")
  }
}
