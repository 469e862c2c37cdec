internal import CLab
internal import Glibc

/// The side of the lab that stays on the machine: starts process 1, waits for it, keeps the record
/// of a lab in the background.
public struct Outside {
  let site: Site

  public init(site: Site) {
    self.site = site
  }

  /// Runs `command` in the auditor's place and returns its exit code once nothing of the lab is left.
  public func run(
    _ command: [String], isQuiet: Bool, states handOver: ([String: DeviceState]) throws -> Void
  ) throws -> Int32 {
    try requireReady()
    CLab_block_signals()
    var pipe = try ReportPipe()
    let arguments = insideArguments(isQuiet: isQuiet) + ["--"] + command
    let child = try start(arguments, pipe: pipe, log: -1, detached: false)
    pipe.closeWriter()
    var vigil = Vigil(child: child, role: .outside, grace: .seconds(25))
    let code = vigil.keep { complain($0) }
    for case .states(let states) in pipe.readAll() { try handOver(states) }
    return code
  }

  func requireReady() throws(LabError) {
    guard geteuid() == 0 else {
      throw .missing("only root can make network namespaces: run it with sudo")
    }
    try Program.requireAll(for: site)
  }

  func insideArguments(isQuiet: Bool) -> [String] {
    ["tenken-lab", "inside"] + site.arguments + (isQuiet ? ["--quiet"] : [])
  }

  func start(
    _ arguments: [String], pipe: borrowing ReportPipe, log: CInt, detached: Bool
  ) throws(LabError) -> pid_t {
    let writer = pipe.writer
    let child = unsafe withCStrings(arguments) {
      unsafe CLab_start_inside($0, writer, log, detached)
    }
    guard child > 0 else { throw .failed("cannot make namespaces: \(lastReason())") }
    return child
  }
}

/// The pipe process 1 reports through. While its reader is open, the process outside lives.
struct ReportPipe: ~Copyable {
  private let reader: CInt
  private(set) var writer: CInt

  init() throws(LabError) {
    var ends: [CInt] = [-1, -1]
    guard unsafe CLab_pipe(&ends) == 0 else { throw .failed("cannot make a pipe: \(lastReason())") }
    reader = ends[0]
    writer = ends[1]
  }

  deinit {
    close(reader)
    if writer >= 0 { close(writer) }
  }

  mutating func closeWriter() {
    close(writer)
    writer = -1
  }

  /// Every message until process 1 is gone.
  func readAll() -> [Report] {
    read { _ in false }
  }

  /// Whether process 1 said it is ready before it went.
  func readUntilReady() -> Bool {
    read { $0 == .ready }.contains(.ready)
  }

  private func read(until isLast: (Report) -> Bool) -> [Report] {
    var text: [UInt8] = []
    var reports: [Report] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe Glibc.read(reader, &buffer, buffer.count)
      guard count > 0 else { return reports }
      text += buffer.prefix(count)
      while let end = text.firstIndex(of: 10) {
        let line = String(decoding: text[..<end], as: UTF8.self)
        text.removeSubrange(...end)
        guard let report = Report(line: line) else { continue }
        reports.append(report)
        if isLast(report) { return reports }
      }
    }
  }
}
