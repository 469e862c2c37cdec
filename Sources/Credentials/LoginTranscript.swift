internal import Records

/// What happened in a login, without what was entered: the record of a session whose octets are not kept.
public struct LoginTranscript: Sendable {
  private enum Event: Sendable {
    case note(String)
    /// What the device said, before a password was entered, or after.
    case said([UInt8], afterPassword: Bool)
  }

  private var began: MonotonicInstant?
  private var events: [(milliseconds: Int64, event: Event)] = []
  private var hides = false

  init() {}

  mutating func begin(at now: MonotonicInstant) { began = now }

  mutating func note(_ text: String, at now: MonotonicInstant) { add(.note(text), now) }

  mutating func note(said octets: [UInt8], at now: MonotonicInstant) {
    guard !octets.isEmpty else { return }
    // Pieces of one answer are one event, so that nothing hides in the gap between two of them.
    if case .said(let before, let after)? = events.last?.event, after == hides {
      events[events.count - 1].event = .said(before + octets, afterPassword: hides)
    } else {
      add(.said(octets, afterPassword: hides), now)
    }
  }

  /// A password was entered: from here on the device may say it.
  mutating func hidesFromHere() { hides = true }

  private mutating func add(_ event: Event, _ now: MonotonicInstant) {
    let milliseconds = began.map { (now - $0).nanoseconds / 1_000_000 } ?? 0
    events.append((milliseconds, event))
  }

  /// A line an event. Lines of the device that hold what was entered are left out: whether it echoes a password is not
  /// worth showing one. Plain ASCII, so that nothing acts on a terminal.
  public func text(hiding secret: Secret) -> String {
    events.map { (time, event) -> String in
      let stamp = String(repeating: " ", count: max(0, 6 - "\(time)".utf8.count)) + "\(time) ms  "
      switch event {
      case .note(let text): return stamp + text + "\n"
      case .said(let octets, let after):
        return Self.shown(octets, after ? secret : nil).map { stamp + $0 + "\n" }.joined()
      }
    }.joined()
  }

  private static let lineLimit = 100
  private static let linesLimit = 40

  private static func shown(_ octets: [UInt8], _ secret: Secret?) -> [String] {
    let lines = octets.split { $0 == 0x0a || $0 == 0x0d }
    if let secret, holds(octets, secret), !lines.contains(where: { holds($0, secret) }) {
      return ["said: (\(lines.count) lines with what was entered)"]
    }
    let shown = lines.prefix(linesLimit).map { line -> String in
      if let secret, holds(line, secret) { return "said: (a line with what was entered)" }
      let text = String(decoding: line.prefix(lineLimit).map { (0x20...0x7e).contains($0) ? $0 : 0x2e }, as: UTF8.self)
      return "said: |\(text)|\(line.count > lineLimit ? " ..." : "")"
    }
    return shown + (lines.count > linesLimit ? ["said: \(lines.count - linesLimit) more lines"] : [])
  }

  /// Without regard to case, blanks and control characters, with which terminals write over what they echo.
  private static func holds(_ line: some Collection<UInt8>, _ secret: Secret) -> Bool {
    func plain(_ octets: some Collection<UInt8>) -> [UInt8] {
      octets.filter { $0 > 0x20 }.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    }
    let (text, sought) = (plain(line), plain(secret.octets))
    guard !sought.isEmpty, text.count >= sought.count else { return false }
    return (0...(text.count - sought.count)).contains { text[$0...].starts(with: sought) }
  }
}
