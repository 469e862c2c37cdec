import ArgumentParser
import Foundation
import LabSite

@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenken-lab",
    abstract: "A small site of network namespaces to audit: real daemons, known truth.",
    subcommands: [
      Run.self, Up.self, Down.self, Status.self, Exec.self, ShowTruth.self, ShowScope.self,
      Packages.self, RunInside.self, Watch.self, Emulate.self, SimulateSink.self, SimulateConsole.self,
      SimulateDebugBridge.self,
      SimulateEndless.self, SimulateMember.self,
    ])

  /// Errors of the lab are one line and an exit code of their own; the rest is the parser's.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as LabError {
      FileHandle.standardError.write(Data("tenken-lab: \(error)\n".utf8))
      exit(withError: ExitCode(error.code.exitCode))
    } catch {
      exit(withError: error)
    }
  }
}

/// The site an argument means.
func plan(named name: String) throws -> Site.Plan {
  guard let plan = Site.Plan(rawValue: name) else {
    throw ValidationError(
      "there is no site \(name); there are: \(Site.Plan.allCases.map(\.rawValue).joined(separator: ", "))")
  }
  return plan
}

/// Which devices of which site are meant.
struct Selection: ParsableArguments {
  @Option(
    name: .customLong("site"),
    help: "standard: everyday equipment; victims: equipment that is easily harmed; logins: logins to try passwords on.",
    transform: plan(named:))
  var plan: Site.Plan = .standard

  @Option(help: "Only these devices, separated by commas.")
  var only: String = ""

  @Option(help: "All devices but these, separated by commas.")
  var without: String = ""

  @Option(help: "The switch takes the auditor's port down above this many ARP frames a second (many switches: 15).")
  var arpLimit: Int?

  var site: Site {
    get throws {
      func names(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
      var site = try Site.make(plan, only: names(only), without: names(without))
      site.arpLimit = arpLimit
      return site
    }
  }
}

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Raise the site, run a command in the auditor's place, leave nothing behind.")

  @OptionGroup var selection: Selection

  @Option(help: "Write what the devices counted to this file when the command has ended.")
  var stateOut: String?

  @Flag(help: "Say nothing about raising.")
  var quiet = false

  @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
  var command: [String] = []

  func validate() throws {
    if command.isEmpty { throw ValidationError("say what to run: tenken-lab run -- COMMAND") }
  }

  func run() throws {
    let code = try Outside(site: selection.site).run(command, isQuiet: quiet) { states in
      guard let stateOut else { return }
      try Data((DeviceState.json(states) + "\n").utf8).write(to: URL(fileURLWithPath: stateOut))
    }
    throw ExitCode(code)
  }
}

struct Up: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Raise the site and leave it up.")

  @OptionGroup var selection: Selection

  func run() throws {
    let lab = try Background.raise(selection.site)
    print("up, process \(lab.pid); tenken-lab exec -- COMMAND runs a command in it")
  }
}

struct Down: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Take the site down again.")

  func run() throws {
    print(try Background.takeDown() ? "down" : "no lab was up")
  }
}

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What the devices of the site that is up have counted so far.")

  @Flag(help: "As JSON, an object by device name.")
  var json = false

  func run() throws {
    let lab = try Background.required()
    let states = try lab.states
    if json { return print(try DeviceState.json(states)) }
    print("up since \(lab.started), process \(lab.pid)")
    for (name, state) in states.sorted(by: { $0.key < $1.key }) {
      let life = state.alive ? state.emulator?.serviceLost == true ? "  SERVICE LOST" : "" : "  DEAD"
      print("\(name): \(state.frames) frames, at most \(state.peakPerSecond)/s\(life)")
    }
  }
}

struct Exec: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a command in the auditor's place of the site that is up.")

  @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
  var command: [String] = []

  func validate() throws {
    if command.isEmpty { throw ValidationError("say what to run: tenken-lab exec -- COMMAND") }
  }

  func run() throws {
    throw ExitCode(try Background.required().execute(command))
  }
}

struct ShowTruth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "truth", abstract: "What is on the site: the answer sheet of an audit.")

  @OptionGroup var selection: Selection

  @Flag(inversion: .prefixedNo, help: "Machine-readable; --no-json prints a table.")
  var json = true

  func run() throws {
    let truth = Truth(of: try selection.site)
    print(json ? String(decoding: try truth.json(), as: UTF8.self) : truth.table)
  }
}

struct ShowScope: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scope", abstract: "A scope file for an audit of the lab.")

  @Option(name: .customLong("site"), help: "The site to be audited.", transform: plan(named:))
  var plan: Site.Plan = .standard

  @Option(help: "An address that must not be touched; may be given more than once.")
  var exclude: [String] = []

  func run() throws {
    print(ScopeText(of: plan, excluding: exclude).yaml, terminator: "")
  }
}

struct Packages: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The Debian packages the sites need, one a line.",
    discussion: "Without options, those of every site and of the tools that test them.")

  @Option(name: .customLong("site"), help: "Only this site's.", transform: plan(named:))
  var plan: Site.Plan?

  @Option(help: "Only what these devices need, separated by commas.")
  var only: String?

  func run() throws {
    let names = (only ?? "").split(separator: ",").map(String.init)
    let plans = only == nil ? plan.map { [$0] } ?? Site.Plan.allCases : [plan ?? .standard]
    let packages = try plans.flatMap { Program.packages(for: try Site.make($0, only: names)) }
    for package in Set(packages).sorted() { print(package) }
  }
}
