/// How a console's text ends: the last line, which no line end closes.
public enum ConsolePrompt: Hashable, Sendable {
  /// It asks for a name or a password.
  case login
  /// It waits for a command, with this prompt.
  case command(String)

  var isCommand: Bool { if case .command = self { true } else { false } }

  /// - Parameter text: without Telnet's commands.
  /// - Returns: nil when the last line is no prompt that is known.
  public init?(endOf text: some Collection<UInt8>) {
    let line = Self.lastLine(of: text)
    guard let mark = line.last, line.count <= 80 else { return nil }
    let stem = line.dropLast().lowercased().trimmingBlanks
    if ":：>".contains(mark), Self.loginWords.contains(where: stem.hasSuffix) {
      self = .login
    } else if Self.isCommandPrompt(line, mark) {
      self = .command(line)
    } else {
      return nil
    }
  }

  /// What is left of a text's last line without blanks and terminal control.
  static func lastLine(of text: some Collection<UInt8>) -> String {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == 0x0a || $0 == 0x0d }
    let last = lines.last.map { Array($0.suffix(1024)) } ?? []
    return String(decoding: last, as: UTF8.self).withoutTerminalEscapes.trimmingBlanks
  }

  /// A few words are enough: whatever is neither this nor a command prompt decides nothing.
  private static let loginWords = [
    "login", "login as", "username", "user name", "user", "user id", "account", "password", "passwd", "passcode",
    "ログイン", "ユーザ", "ユーザー", "ユーザ名", "ユーザー名", "パスワード", "暗証番号",
  ]

  /// `/ # `, `user@host:~$ `, `Router>`; not a border of a banner, a percentage, or an arrow.
  private static func isCommandPrompt(_ line: String, _ mark: Character) -> Bool {
    guard "#$%>".contains(mark) else { return false }
    let before = line.dropLast()
    if mark == "%", before.last?.isNumber == true { return false }
    if before.last == mark || before.last == "-" || before.last == "=" { return false }
    return !["##", "**", "==", "--"].contains { line.contains($0) }
  }
}

extension StringProtocol {
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
