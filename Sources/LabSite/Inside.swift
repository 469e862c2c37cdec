internal import CLab
import Foundation
internal import Glibc

/// Process 1 of the lab's own PID namespace: raises the site, runs the command, and leaves. When
/// it is gone, by whatever cause, the kernel ends every process and unmounts everything in it.
public struct Inside {
  /// The descriptor the process outside reads the two messages from.
  private static let reportDescriptor: CInt = 3
  /// What a command may take to close its files after it was told to stop.
  private static let grace = Duration.seconds(15)

  let site: Site
  /// Empty: the site stays up until a signal ends it.
  let command: [String]
  let isQuiet: Bool

  public init(site: Site, command: [String], isQuiet: Bool) {
    self.site = site
    self.command = command
    self.isQuiet = isQuiet
  }

  /// The exit code for the whole lab.
  public func run() throws(LabError) -> Int32 {
    CLab_block_signals()
    _ = fcntl(Self.reportDescriptor, F_SETFD, FD_CLOEXEC)
    let workingDirectory = FileManager.default.currentDirectoryPath
    let clock = ContinuousClock()
    let started = clock.now
    var raising = Raising(site: site)
    try raising.raise()
    let took = (clock.now - started).formatted(.units(allowed: [.milliseconds]))
    if !isQuiet { complain("\(site.devices.count) device(s) up after \(took)") }
    report(.ready)
    let code = try serve(raising, from: workingDirectory)
    for counter in raising.counters { finish(counter) }
    report(.states(DeviceState.collect(from: Layout.state, for: site)))
    return code
  }

  private func serve(_ raising: Raising, from workingDirectory: String) throws(LabError) -> Int32 {
    var auditor = Command(command)
    auditor.network = Layout.network(Site.auditorName)
    auditor.ownSys = true
    let child = command.isEmpty ? nil : try auditor.spawn()
    var vigil = Vigil(child: child, role: .inside, daemons: raising.daemons, grace: Self.grace)
    return vigil.keep { line in complain(line) }
  }

  private func finish(_ counter: pid_t) {
    kill(counter, SIGTERM)
    for _ in 0..<200 {
      guard waitpid(counter, nil, WNOHANG) == 0 else { return }
      usleep(10_000)
    }
  }

  private func report(_ message: Report) {
    let octets = Array(message.line.utf8)
    _ = writeOctets(octets, to: Self.reportDescriptor)
  }
}

/// What process 1 tells the process outside, one line each.
enum Report: Hashable {
  case ready
  case states([String: DeviceState])

  var line: String {
    switch self {
    case .ready: return "ready\n"
    case .states(let states):
      let data = (try? JSONEncoder().encode(states)) ?? Data("{}".utf8)
      return "states \(String(decoding: data, as: UTF8.self))\n"
    }
  }

  init?(line: some StringProtocol) {
    if line == "ready" {
      self = .ready
      return
    }
    guard line.hasPrefix("states "),
      let states = try? JSONDecoder().decode(
        [String: DeviceState].self, from: Data(line.dropFirst(7).utf8))
    else { return nil }
    self = .states(states)
  }
}

/// One line on standard error, marked with the program's name.
func complain(_ line: String) {
  FileHandle.standardError.write(Data("tenken-lab: \(line)\n".utf8))
}
