internal import ArgumentParser
internal import Foundation

/// tenken's version, in packs and reports.
let tenkenVersion = "0.3.0"

@main
struct Tenken: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenken",
    abstract: "Audits the IoT devices of a LAN, gently and inside its authority. / LAN内のIoT機器を点検します。",
    discussion: """
      Exit status: 0 done, nothing at or above --fail-on; 1 findings at or above it; 2 wrong usage; \
      3 not permitted (scope, privilege), nothing was sent; 4 interrupted, the pack is valid and marked \
      partial; 5 failed to look; of scheduled turns also 6 skipped and 75 cannot begin yet.
      """,
    version: tenkenVersion,
    subcommands: [
      AuditCommand.self, ScanCommand.self, DiscoverCommand.self, TLSCommand.self, SSHCommand.self, WiFiCommand.self,
      ScopeCommand.self,
      ResumeCommand.self, MergeCommand.self,
      HistoryCommand.self, DiffCommand.self, ScheduleCommand.self, NoticesCommand.self,
      EvidenceCommand.self, ReportCommand.self, KeyCommand.self, ChecklistCommand.self, ProfileCommand.self,
      InventoryCommand.self, LedgerCommand.self, DeclarationsCommand.self, CredentialsCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      complain(failure.message)
      Foundation.exit(failure.status.rawValue)
    } catch {
      // ArgumentParser's own status for a wrong command line is EX_USAGE; ours is documented as 2.
      let code = exitCode(for: error)
      guard code == .validationFailure else { exit(withError: error) }
      complain(fullMessage(for: error))
      Foundation.exit(ExitStatus.usage.rawValue)
    }
  }
}

/// Writes to standard error.
func complain(_ message: String) {
  FileHandle.standardError.write(Data("\(message.hasPrefix("Error:") ? "" : "tenken: ")\(message)\n".utf8))
}

/// Reads a file whole, or says why not.
func contents(of path: String, what: String) throws -> [UInt8] {
  do {
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  } catch {
    throw CommandFailure(
      .usage, "\(what) \(path) cannot be read: \((error as NSError).localizedDescription) Name an existing file.")
  }
}
