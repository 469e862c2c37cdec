public import Records

/// A line of a device's login journal.
public enum LoginEntry: Hashable, Sendable {
  /// An attempt that is about to be made.
  case attempt(Int, at: Timestamp, service: ServiceEndpoint, account: String)
  case result(Int, LoginResult)
  /// So many lines before this one, of so many octets, could not be read, which was noticed then.
  case damage(at: Timestamp, lines: Int, octets: Int)
}

/// A login journal as text: a line an entry, each with a checksum, so that a line that was cut or overwritten is known
/// for one. Account names are in hexadecimal; passwords are not there at all.
///
///     1 a 7 1764400000000000000 tcp/23 726f6f74 5f0e…
///     1 r 7 refused 81c2…
public struct LoginJournalText: Sendable {
  public private(set) var budget = LoginBudget()
  public private(set) var entries: [LoginEntry] = []
  /// The highest number of an attempt or a result that can be read.
  public private(set) var lastNumber = 0
  /// Lines that cannot be read and that no later entry accounts for, and their octets: where a line end was lost, a
  /// whole line may hide in one that was known to be damaged.
  private var lost = (lines: 0, octets: 0)
  public var unaccounted: Int { lost.octets > 0 ? max(1, lost.lines) : lost.lines }
  /// The text ends with a line end, or is empty.
  public private(set) var endsWhole = true

  public init(_ octets: [UInt8]) {
    endsWhole = octets.last == nil || octets.last == 0x0a
    for line in octets.split(separator: 0x0a) {
      guard let entry = LoginEntry(line: line) else {
        lost = (lost.lines + 1, lost.octets + line.count)
        continue
      }
      entries.append(entry)
      budget.take(entry)
      switch entry {
      case .attempt(let number, _, _, _), .result(let number, _): lastNumber = max(lastNumber, number)
      case .damage(_, let lines, let octets): lost = (max(0, lost.lines - lines), max(0, lost.octets - octets))
      }
    }
  }
}

extension LoginJournalText {
  /// What accounts for everything that could not be read; nil where nothing has to be accounted for.
  func damage(at now: Timestamp) -> LoginEntry? {
    unaccounted > 0 ? .damage(at: now, lines: unaccounted, octets: lost.octets) : nil
  }
}

extension LoginEntry {
  private static let version = "1"

  /// With its line end.
  public var line: [UInt8] {
    let text: String
    switch self {
    case .attempt(let number, let at, let service, let account):
      text = "\(Self.version) a \(number) \(at.nanoseconds) \(service) \(Self.hex(Array(account.utf8)))"
    case .result(let number, let result): text = "\(Self.version) r \(number) \(result.rawValue)"
    case .damage(let at, let lines, let octets): text = "\(Self.version) d \(at.nanoseconds) \(lines) \(octets)"
    }
    return Array("\(text) \(Self.checksum(text.utf8))\n".utf8)
  }

  /// - Parameter line: without its line end.
  init?(line: some Collection<UInt8>) {
    guard let text = String(validating: line, as: UTF8.self), let gap = text.lastIndex(of: " "),
      Self.checksum(text[..<gap].utf8) == text[text.index(after: gap)...]
    else { return nil }
    let words = text[..<gap].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count >= 4, words[0] == Self.version else { return nil }
    switch (words[1], words.count) {
    case ("a", 6):
      guard let number = Int(words[2]), let at = Int64(words[3]), let service = Self.service(words[4]),
        let account = Self.text(hex: words[5])
      else { return nil }
      self = .attempt(number, at: Timestamp(nanoseconds: at), service: service, account: account)
    case ("r", 4):
      guard let number = Int(words[2]), let result = LoginResult(rawValue: words[3]) else { return nil }
      self = .result(number, result)
    case ("d", 5):
      guard let at = Int64(words[2]), let lines = Int(words[3]), let octets = Int(words[4]), lines > 0, octets >= 0
      else { return nil }
      self = .damage(at: Timestamp(nanoseconds: at), lines: lines, octets: octets)
    default: return nil
    }
  }

  private static func service(_ text: String) -> ServiceEndpoint? {
    let parts = text.split(separator: "/")
    guard parts.count == 2, let transport = Transport(rawValue: String(parts[0])), let port = UInt16(parts[1])
    else { return nil }
    return ServiceEndpoint(transport: transport, port: port)
  }

  /// `-` for an empty name: every word of a line has a character.
  private static func hex(_ octets: [UInt8]) -> String {
    guard !octets.isEmpty else { return "-" }
    return octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private static func text(hex: String) -> String? {
    if hex == "-" { return "" }
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    let octets = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    return String(validating: octets, as: UTF8.self)
  }

  /// FNV-1a: against accidents, not against people, who could delete the file.
  private static func checksum(_ octets: some Sequence<UInt8>) -> String {
    let value = octets.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.utf8.count) + text
  }
}

/// The journal of one device, for the one who opened it alone until it is let go.
public protocol LoginJournal: AnyObject {
  func read() throws -> [UInt8]
  /// Returns when the octets are on the disk.
  func append(_ octets: [UInt8]) throws
}

/// Where the journals are.
public protocol LoginJournalStore: AnyObject {
  /// - Returns: nil while another has the device's journal open.
  func open(_ device: DeviceID) throws -> (any LoginJournal)?
}
