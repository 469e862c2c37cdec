internal import Probes

/// What a console's text asks for or says, by words in the encodings of Japanese devices.
enum LoginWords {
  enum Question: Hashable, Sendable {
    case account, password
    /// A command prompt, as it stands there.
    case command(String)
  }

  /// What the last line, which no line end closes, asks for.
  static func question(endOf text: some Collection<UInt8>) -> Question? {
    let line = lastLine(of: text)
    if line.count <= 80, let stem = line.withoutMark {
      if passwordStems.contains(where: { stem.hasSuffix($0) }) { return .password }
      if accountStems.contains(where: { stem.hasSuffix($0) }) { return .account }
    }
    switch ConsolePrompt(endOf: text) {
    case .login: return .account
    case .command(let prompt): return .command(prompt)
    case nil: return nil
    }
  }

  /// It says that the name or the password was wrong.
  static func saysRefused(_ text: [UInt8], _ further: [String]) -> Bool {
    // "Last failed login: …" greets the one who is in.
    let lines = text.split { $0 == 0x0a || $0 == 0x0d }.map(\.lowercased)
    let telling = lines.filter { line in !past.contains { line.contains($0) } }
    return telling.contains { line in (refusals + octets(further)).contains { line.contains($0) } }
  }

  /// It says that somebody is locked out.
  static func saysLockedOut(_ text: [UInt8], _ further: [String]) -> Bool {
    let lines = text.split { $0 == 0x0a || $0 == 0x0d }.map(\.lowercased)
    return lines.contains { line in (lockOuts + octets(further)).contains { line.contains($0) } }
  }

  static func says(_ texts: [String], _ text: [UInt8]) -> Bool {
    let text = text[...].lowercased
    return octets(texts).contains { text.contains($0) }
  }

  static func isBlank(_ text: some Collection<UInt8>) -> Bool { text.allSatisfy { $0 <= 0x20 } }

  private static func lastLine(of text: some Collection<UInt8>) -> [UInt8] {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == 0x0a || $0 == 0x0d }
    let last = lines.last.map { Array($0.suffix(1024)) } ?? []
    return last.withoutEscapes[...].lowercased.trimmed
  }

  private static func octets(_ words: [String]) -> [[UInt8]] {
    words.flatMap { word in
      // As texts are folded, octet by octet: the second octet of a character in Shift_JIS may look like a letter.
      JapaneseText.Encoding.allCases.compactMap { JapaneseText.octets(of: word, in: $0)?[...].lowercased }
    }
  }

  // util-linux login(1), BusyBox login, Cisco IOS; the Japanese ones are the ordinary words on log-in screens.
  private static let accountStems = octets([
    "login", "login as", "log in", "username", "user name", "user", "user id", "userid", "account", "login name",
    "ログイン", "ログイン名", "ユーザ", "ユーザー", "ユーザ名", "ユーザー名", "ユーザid", "ユーザーid", "アカウント",
  ])
  private static let passwordStems = octets([
    "password", "passwd", "passcode", "pass word", "pin code", "パスワード", "暗証番号",
  ])
  private static let refusals = octets([
    "incorrect", "invalid", "failed", "failure", "denied", "bad password", "wrong", "not accepted", "unknown user",
    "失敗", "正しくありません", "違います", "認証エラー", "拒否", "無効", "誤り",
  ])
  private static let lockOuts = octets([
    "locked", "lockout", "lock out", "too many", "blocked", "try again later", "temporarily disabled", "ロック",
  ])
  private static let past = octets(["last failed", "failed login attempts since", "last login"])
}

extension Collection<UInt8> {
  /// ASCII's capital letters as small ones.
  fileprivate var lowercased: [UInt8] { map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 } }
}

extension [UInt8] {
  fileprivate var trimmed: [UInt8] {
    Array(drop { $0 == 0x20 || $0 == 0x09 }.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
  }

  /// What stands before a closing mark; nil where none closes the line.
  fileprivate var withoutMark: [UInt8]? {
    for mark in Self.marks where hasSuffix(mark) { return Array(dropLast(mark.count)).trimmed }
    return nil
  }

  private static let marks: [[UInt8]] =
    [[0x3a], [0x3e]]
    + JapaneseText.Encoding.allCases.compactMap { JapaneseText.octets(of: "：", in: $0)?[...].lowercased }

  fileprivate func hasSuffix(_ other: [UInt8]) -> Bool { suffix(other.count).elementsEqual(other) }

  fileprivate func contains(_ other: [UInt8]) -> Bool {
    guard !other.isEmpty, count >= other.count else { return other.isEmpty }
    return indices.dropLast(other.count - 1).contains { self[$0] == other[0] && self[$0...].starts(with: other) }
  }

  /// Without terminal control sequences (ECMA-48 CSI) and control characters.
  fileprivate var withoutEscapes: [UInt8] {
    var kept: [UInt8] = []
    var inside = false
    for octet in self {
      if octet == 0x1b {
        inside = true
      } else if inside {
        inside = !(0x40...0x7e).contains(octet) || octet == 0x5b
      } else if octet >= 0x20 || octet == 0x09 {
        kept.append(octet)
      }
    }
    return kept
  }
}
