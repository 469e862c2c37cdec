internal import CLab
import Foundation
internal import Glibc

/// A lab that stays up: the record of it on the machine's /run, and what can be done with it.
public struct Background: Codable, Hashable, Sendable {
  public var pid: Int32
  public var started: String
  /// The kernel's own start time of `pid`, so that a later process of the same number is not
  /// mistaken for the lab.
  var startTicks: String
  var names: [String]
  var plan: Site.Plan
  var arpLimit: Int?

  /// Raises `site` and leaves it running.
  public static func raise(_ site: Site) throws -> Background {
    if let running = try find() {
      throw LabError.missing("a lab is up already (process \(running.pid)): tenken-lab down")
    }
    let outside = Outside(site: site)
    try outside.requireReady()
    let log = openFile(Layout.log, O_WRONLY | O_CREAT | O_TRUNC)
    guard log >= 0 else { throw LabError.failed("cannot open \(Layout.log): \(lastReason())") }
    defer { close(log) }
    var pipe = try ReportPipe()
    let arguments = outside.insideArguments(isQuiet: false)
    let child = try outside.start(arguments, pipe: pipe, log: log, detached: true)
    pipe.closeWriter()
    guard pipe.readUntilReady(), let ticks = startTicks(of: child) else {
      kill(child, SIGKILL)
      _ = waitFor(child)
      throw LabError.failed("the site did not come up; \(Layout.log) says why")
    }
    let lab = Background(
      pid: child, started: Date.now.ISO8601Format(), startTicks: ticks,
      names: site.devices.map(\.name), plan: site.plan, arpLimit: site.arpLimit)
    try lab.write(truth: Truth(of: site))
    return lab
  }

  /// The lab that is up; nil when there is none. A record whose process is gone is an error that
  /// says how to be rid of it.
  public static func find() throws -> Background? {
    guard let data = FileManager.default.contents(atPath: Layout.record) else { return nil }
    let lab = try JSONDecoder().decode(Background.self, from: data)
    guard startTicks(of: lab.pid) == lab.startTicks else {
      throw LabError.missing(
        "\(Layout.record) is stale, its lab (process \(lab.pid)) is gone: tenken-lab down removes it"
      )
    }
    return lab
  }

  public static func required() throws -> Background {
    guard let lab = try find() else { throw LabError.missing("no lab is up: tenken-lab up") }
    return lab
  }

  /// Ends the lab if it still runs and removes its files. Returns false when there was nothing.
  public static func takeDown() throws -> Bool {
    guard let data = FileManager.default.contents(atPath: Layout.record) else { return false }
    guard geteuid() == 0 else { throw LabError.missing("only root can take the lab down") }
    if let lab = try? JSONDecoder().decode(Background.self, from: data) { lab.end() }
    try FileManager.default.removeItem(atPath: Layout.record)
    try? FileManager.default.removeItem(atPath: Layout.log)
    return true
  }

  private func end() {
    guard isRunning else { return }
    kill(pid, SIGTERM)
    for attempt in 0..<500 where isRunning {
      if attempt == 300 { kill(pid, SIGKILL) }
      usleep(10_000)
    }
  }

  private var isRunning: Bool { Self.startTicks(of: pid) == startTicks }

  public var site: Site {
    get throws {
      var site = try Site.make(plan, only: names)
      site.arpLimit = arpLimit
      return site
    }
  }

  /// Read through the lab's own root directory; nobody has to enter it.
  public var states: [String: DeviceState] {
    get throws {
      guard geteuid() == 0 else { throw LabError.missing("only root can read the lab's counters") }
      return DeviceState.collect(from: "/proc/\(pid)/root\(Layout.state)", for: try site)
    }
  }

  /// Runs `command` in the auditor's place of the lab that is up.
  public func execute(_ command: [String]) throws -> Int32 {
    guard geteuid() == 0 else { throw LabError.missing("only root can enter the lab") }
    let directory = FileManager.default.currentDirectoryPath
    CLab_block_signals()
    guard CLab_join(pid) == 0 else {
      throw LabError.failed("cannot enter the lab: \(lastReason())")
    }
    var auditor = Command(command)
    auditor.network = Layout.network(Site.auditorName)
    auditor.directory = directory
    auditor.ownSys = true
    auditor.diesWithParent = true
    var vigil = Vigil(child: try auditor.spawn(), role: .alone)
    return vigil.keep { complain($0) }
  }

  private func write(truth: Truth) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let record = Record(lab: self, truth: truth)
    try encoder.encode(record).write(to: URL(fileURLWithPath: Layout.record), options: .atomic)
  }

  /// The record is the lab's own fields and, for other programs, the ground truth beside them.
  private struct Record: Encodable {
    var lab: Background
    var truth: Truth

    private enum Key: String, CodingKey {
      case truth
    }

    func encode(to encoder: any Encoder) throws {
      try lab.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(truth, forKey: .truth)
    }
  }

  /// Field 22 of /proc/PID/stat; the name before it may hold anything, so counting starts at its
  /// closing bracket. A zombie is gone as far as the lab is concerned.
  private static func startTicks(of process: Int32) -> String? {
    guard let file = FileHandle(forReadingAtPath: "/proc/\(process)/stat"),
      let data = try? file.readToEnd()
    else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    guard let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z" else { return nil }
    return String(fields[19])
  }
}
