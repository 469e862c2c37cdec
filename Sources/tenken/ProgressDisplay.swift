internal import Addressing
internal import Audit
internal import Foundation
internal import Records

/// Live progress on standard error: one line that is rewritten on a terminal, a line every few
/// seconds elsewhere.
final class ProgressDisplay {
  private enum Mode { case terminal, lines, quiet }

  private let mode: Mode
  private let language: Language
  private var lastLine = Duration.seconds(-10)
  private var lastFrames = 0
  private var lastElapsed = Duration.zero
  private var rate = 0.0
  private var isDirty = false

  init(quiet: Bool, language: Language) {
    self.language = language
    mode = quiet ? .quiet : isatty(STDERR_FILENO) == 1 ? .terminal : .lines
  }

  func show(_ progress: AuditProgress) {
    guard mode != .quiet else { return }
    let passed = (progress.elapsed - lastElapsed).seconds
    if passed > 0 {
      // Smoothed over about two seconds, so that the figure can be read.
      let current = Double(progress.framesSent - lastFrames) / passed
      rate += (current - rate) * min(1, passed / 2)
      lastFrames = progress.framesSent
      lastElapsed = progress.elapsed
    }
    if mode == .lines, progress.elapsed - lastLine < .seconds(5) { return }
    lastLine = progress.elapsed
    write(mode == .terminal ? "\r\u{1b}[K\(text(progress))" : "\(text(progress))\n")
    isDirty = mode == .terminal
  }

  /// A finding the moment it is made: in a full range the first come ten minutes before the end.
  func announce(_ finding: Finding) {
    guard mode != .quiet else { return }
    finish()
    let place = finding.service.map { " \($0)" } ?? ""
    let address = finding.device.addresses.first.map { "\($0)" } ?? finding.device.id.rawValue
    write("\(finding.id) [\(finding.severity.rawValue)] \(address)\(place) \(finding.title.text(language))\n")
  }

  /// Leaves the terminal's line.
  func finish() {
    if isDirty { write("\r\u{1b}[K") }
    isDirty = false
  }

  private func text(_ progress: AuditProgress) -> String {
    let share = "\(progress.portsSettled)/\(progress.portsTotal)"
    let clock = Self.clock(progress.elapsed.seconds)
    let left = progress.sweeping && progress.devices == 0 ? "-" : Self.clock(progress.left.seconds)
    let pace = Int(rate.rounded())
    switch language {
    case .ja:
      let phase = progress.sweeping ? "探索中" : "検査中"
      return
        "[\(clock)] \(phase) 機器 \(progress.devicesDone)/\(progress.devices) ポート \(share) 開 \(progress.openPorts) 検出 \(progress.findings) \(pace) pkt/s 残り \(left)"
    case .en:
      let phase = progress.sweeping ? "discovering" : "probing"
      return
        "[\(clock)] \(phase) devices \(progress.devicesDone)/\(progress.devices) ports \(share) open \(progress.openPorts) findings \(progress.findings) \(pace) pkt/s ETA \(left)"
    }
  }

  private static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds)
    return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
