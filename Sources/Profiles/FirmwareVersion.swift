public import Records

/// A version as makers write it: `Ver.1.02`, `Rev.14.01.38`, `V5.7.3 build 210101`, `7.2.2-72806-1`,
/// `3.0.0.4.386_51948`, `21.7.28B`, `2021-06-01`.
///
/// There is no common grammar, so two versions are compared only as far as every usual reading agrees;
/// where readings differ the answer is that they cannot be compared, with the reason.
public struct FirmwareVersion: Hashable, Sendable {
  /// Where a version stands to another.
  public enum Comparison: Hashable, Sendable {
    case older, same, newer
    case incomparable(Obstacle)
  }

  /// Why two versions cannot be compared.
  public enum Obstacle: String, Hashable, Sendable, CaseIterable {
    /// One of them is no version: empty, without a number, or beyond any usual length.
    case unreadable
    /// They belong to two editions: `h5.1` and `5.1`.
    case editions
    /// They are counted in different ways: `20210601` and `1.4`.
    case schemes
    /// `1.02` and `1.2`: the zero makes it smaller or means nothing.
    case zeros
    /// They begin alike, and only one goes on, or they go on in different ways: `5.7.3` and `5.7.3 build 210101`.
    case endings
  }

  /// As it was written.
  public let text: String
  let edition: String
  /// Digits between the points of the first group, at least one.
  let main: [Substring]
  /// A letter right after the last digit of the first group.
  let letter: String
  /// What follows, group for group.
  let endings: [Ending]
  let isReadable: Bool

  /// A group after the first.
  enum Ending: Hashable, Sendable {
    case numbers([Substring])
    /// A number called a build.
    case build(Substring)
    case word(Substring)
  }

  /// Reads any text; what is no version compares with nothing.
  public init(_ text: String) {
    self.text = text
    var reader = Reader(text)
    edition = reader.edition()
    main = reader.numbers()
    letter = main.isEmpty ? "" : reader.letter()
    let endings = reader.endings()
    self.endings = endings ?? []
    isReadable = !reader.isRefused && !main.isEmpty && endings != nil
  }

  /// The numbers before any separator other than a point, without leading zeros; empty when unreadable.
  public var components: [Int] { isReadable ? main.map { Int($0) ?? 0 } : [] }

  /// True when this version begins with all numbers of `branch` and is of the same edition.
  public func belongs(to branch: FirmwareVersion) -> Bool {
    isReadable && branch.isReadable && edition == branch.edition && components.starts(with: branch.components)
  }

  /// Where this version stands to `other`.
  public func compared(to other: FirmwareVersion) -> Comparison {
    guard isReadable, other.isReadable else { return .incomparable(.unreadable) }
    guard edition == other.edition else { return .incomparable(.editions) }
    guard hasScheme(of: other) else { return .incomparable(.schemes) }
    let numbers = FirmwareVersion.compare(main, other.main)
    guard numbers == .same else { return numbers }
    if letter != other.letter {
      // A letter alone may be a later state or a trial one.
      guard !letter.isEmpty, !other.letter.isEmpty else { return .incomparable(.endings) }
      return letter < other.letter ? .older : .newer
    }
    return compareEndings(with: other)
  }

  private func compareEndings(with other: FirmwareVersion) -> Comparison {
    for (mine, theirs) in zip(endings, other.endings) where mine != theirs {
      switch (mine, theirs) {
      case (.numbers(let mine), .numbers(let theirs)): return FirmwareVersion.compare(mine, theirs)
      case (.build(let mine), .build(let theirs)):
        // Builds are dates mostly, with two digits of the year or four.
        guard mine.count == theirs.count else { return .incomparable(.schemes) }
        return FirmwareVersion.compare([mine], [theirs])
      default: return .incomparable(.endings)
      }
    }
    if endings.count == other.endings.count { return .same }
    // 7.2.2-72806 comes before 7.2.2-72806-1: further numbers are further updates, once there is one.
    let shared = min(endings.count, other.endings.count)
    let rest = (endings.count > shared ? endings : other.endings).dropFirst(shared)
    guard shared > 0, rest.allSatisfy({ if case .numbers = $0 { true } else { false } }) else {
      return .incomparable(.endings)
    }
    return endings.count > shared ? .newer : .older
  }

  /// A single large number is a date or a running number, which says nothing to `1.4`.
  private func hasScheme(of other: FirmwareVersion) -> Bool {
    func isRunning(_ version: FirmwareVersion) -> Bool { version.main.count == 1 && version.main[0].count >= 4 }
    if isRunning(self) != isRunning(other) { return false }
    // 210101 and 20210101 may be the same day.
    return !isRunning(self) || main[0].count == other.main[0].count
  }

  private static func compare(_ mine: [Substring], _ theirs: [Substring]) -> Comparison {
    for (left, right) in zip(mine, theirs) where left != right {
      let number = order(left.drop { $0 == "0" }, right.drop { $0 == "0" }, byLength: true)
      guard left.count != right.count, left.first == "0" || right.first == "0" else { return number }
      // Read as a fraction, 1.09 comes before 1.1; read as a number, after it.
      guard order(left, right, byLength: false) == number else { return .incomparable(.zeros) }
      return number
    }
    let rest = (mine.count > theirs.count ? mine : theirs).dropFirst(min(mine.count, theirs.count))
    if rest.allSatisfy({ $0.allSatisfy { $0 == "0" } }) { return .same }
    return mine.count > theirs.count ? .newer : .older
  }

  private static func order(_ left: Substring, _ right: Substring, byLength: Bool) -> Comparison {
    if byLength, left.count != right.count { return left.count < right.count ? .older : .newer }
    return left == right ? .same : left < right ? .older : .newer
  }
}

extension FirmwareVersion.Obstacle {
  /// The reason in words.
  public var text: LocalizedText {
    switch self {
    case .unreadable:
      return LocalizedText(ja: "バージョンとして読み取れません", en: "one of them cannot be read as a version")
    case .editions: return LocalizedText(ja: "系列の異なるバージョンです", en: "they belong to different editions")
    case .schemes: return LocalizedText(ja: "バージョンの数え方が異なります", en: "they are counted in different ways")
    case .zeros:
      return LocalizedText(ja: "先頭の0の扱いにより前後が変わります", en: "their order depends on what a leading zero means")
    case .endings:
      return LocalizedText(ja: "末尾の表記が異なり前後を決められません", en: "they end in ways whose order is not known")
    }
  }
}

/// Takes a version apart. Looks at ASCII only.
private struct Reader {
  /// No maker's version is longer; what a device sends may be.
  private static let longest = 96
  /// Words before a number that only say that it is a version.
  private static let labels = ["firmware", "version", "release", "ver", "rev", "fw", "v", "r"]
  /// Words after it that name the channel by which it was published.
  private static let channels = ["(stable)", "(long-term)", "stable", "long-term"]

  private var rest: Substring
  let isRefused: Bool

  init(_ text: String) {
    isRefused = text.utf8.count > Reader.longest || !text.allSatisfy { $0.isASCII && $0 >= " " && $0 != "\u{7f}" }
    rest = isRefused ? "" : text.lowercased()[...]
    while rest.last == " " { rest.removeLast() }
    for channel in Reader.channels where rest.hasSuffix(" " + channel) {
      rest = rest.dropLast(channel.count)
      while rest.last == " " { rest.removeLast() }
    }
  }

  /// Letters before the first number that are no label.
  mutating func edition() -> String {
    var result = ""
    while let first = rest.first, !first.isNumber {
      let word = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(word.isEmpty ? 1 : word.count)
      if word.isEmpty || Reader.labels.contains(String(word)) { continue }
      result += word
    }
    return result
  }

  /// Digits, with points between them; at most 18 each.
  mutating func numbers() -> [Substring] {
    var result: [Substring] = []
    while true {
      let digits = rest.prefix { $0.isNumber }
      guard !digits.isEmpty, digits.count <= 18 else { return result }
      result.append(digits)
      rest = rest.dropFirst(digits.count)
      guard rest.first == ".", rest.dropFirst().first?.isNumber == true else { return result }
      rest.removeFirst()
    }
  }

  /// A single letter that ends the group.
  mutating func letter() -> String {
    let word = rest.prefix { $0.isLetter }
    guard word.count == 1 else { return "" }
    rest.removeFirst()
    return String(word)
  }

  /// The groups to the end; nil when a number is beyond all measure.
  mutating func endings() -> [FirmwareVersion.Ending]? {
    var result: [FirmwareVersion.Ending] = []
    while let first = rest.first {
      if first.isNumber {
        let numbers = numbers()
        guard !numbers.isEmpty else { return nil }
        if case .word("build")? = result.last, numbers.count == 1 {
          result[result.count - 1] = .build(numbers[0])
        } else {
          result.append(.numbers(numbers))
        }
      } else if first.isLetter {
        let word = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(word.count)
        result.append(.word(word))
      } else {
        rest.removeFirst()
      }
    }
    return result
  }
}
