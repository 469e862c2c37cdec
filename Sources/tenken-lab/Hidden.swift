import ArgumentParser
import LabSite

// What the lab starts of itself. Not for people: each expects to be inside the namespaces.

struct RunInside: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "inside", shouldDisplay: false)

  @OptionGroup var selection: Selection
  @Flag var quiet = false
  @Argument(parsing: .postTerminator) var command: [String] = []

  func run() throws {
    let inside = Inside(site: try selection.site, command: command, isQuiet: quiet)
    throw ExitCode(try inside.run())
  }
}

struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "watch", shouldDisplay: false)

  @OptionGroup var selection: Selection

  func run() throws {
    var watcher = try Watcher(site: selection.site)
    try watcher.run()
  }
}

struct Emulate: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "emulate", shouldDisplay: false)

  @OptionGroup var selection: Selection

  func run() throws {
    var emulators = try Emulators(site: selection.site)
    try emulators.run()
  }
}

struct SimulateSink: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-sink", shouldDisplay: false)

  @Argument var port: UInt16
  @Argument var statePath: String

  func run() throws { try Simulators.sink(port: port, statePath: statePath) }
}

struct SimulateConsole: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-console", shouldDisplay: false)

  @Argument var port: UInt16

  func run() throws { try Simulators.console(port: port) }
}

struct SimulateDebugBridge: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "simulate-debug-bridge", shouldDisplay: false)

  @Argument var port: UInt16
  @Flag var asksForKey = false

  func run() throws { try Simulators.debugBridge(port: port, asksForKey: asksForKey) }
}

struct SimulateEndless: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-endless", shouldDisplay: false)

  @Argument var port: UInt16

  func run() throws { try Simulators.endless(port: port) }
}

struct SimulateMember: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-member", shouldDisplay: false)

  @Argument var port: UInt16

  func run() throws { try Simulators.member(port: port) }
}
