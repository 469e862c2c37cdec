/// The words that lead from clear text to TLS on one connection.
///
/// What they do to the other side: a session without a user, which ends with the connection. No name and no password is sent.
public struct StartTLS: Hashable, Sendable {
  public enum Dialect: String, Hashable, Sendable, CaseIterable {
    /// RFC 4217 §4.
    case ftp
    /// RFC 3207 §4.
    case smtp
    /// RFC 2595 §3.
    case imap
    /// RFC 2595 §4.
    case pop3
    /// RFC 4511 §4.14.
    case ldap
  }

  public enum Step: Hashable, Sendable {
    case send([UInt8])
    /// The next octets are the ClientHello's.
    case ready
    /// The service does not go on to TLS.
    case declined
    /// An answer is not whole yet.
    case more
  }

  private enum Stage { case greeting, hello, command }

  public let dialect: Dialect
  private var stage: Stage
  private var received: [UInt8] = []

  /// More is no answer to a command of one line.
  private static let limit = 8192

  public init(_ dialect: Dialect) {
    self.dialect = dialect
    stage = dialect == .ldap ? .command : .greeting
  }

  /// What is sent when the connection is open and nothing has come; empty where the service speaks first.
  public var first: [UInt8] { dialect == .ldap ? Self.ldapRequest : [] }

  /// Takes the next octets of the service.
  public mutating func take(_ octets: [UInt8]) -> Step {
    received += octets
    guard received.count <= Self.limit else { return .declined }
    guard dialect != .ldap else { return ldapAnswer }
    while let line = nextLine() {
      guard let step = take(line: line) else { continue }
      // Words that came in advance would be read as TLS (CVE-2011-0411): what is left is dropped with the stage.
      received = []
      return step
    }
    return .more
  }

  private mutating func nextLine() -> String? {
    guard let feed = received.firstIndex(of: 0x0a) else { return nil }
    defer { received = Array(received.dropFirst(feed + 1)) }
    return String(decoding: received[..<feed].filter { $0 != 0x0d }, as: UTF8.self)
  }

  /// - Returns: nil for a line after which more of the same answer follows.
  private mutating func take(line: String) -> Step? {
    switch dialect {
    case .ftp, .smtp: return takeReply(line)
    case .pop3:
      guard line.hasPrefix("+OK") else { return .declined }
      return advance(to: Array("STLS\r\n".utf8))
    case .imap:
      if stage == .greeting {
        guard line.uppercased().hasPrefix("* OK") else { return .declined }
        return advance(to: Array("a1 STARTTLS\r\n".utf8))
      }
      guard !line.hasPrefix("*") else { return nil }
      return line.uppercased().hasPrefix("A1 OK") ? .ready : .declined
    case .ldap: return .declined
    }
  }

  /// Lines with a number in front, the last of which has a space behind it (RFC 959 §4.2, RFC 5321 §4.2).
  private mutating func takeReply(_ line: String) -> Step? {
    guard let code = line.split(separator: " ", maxSplits: 1).first, code.count == 3, let number = Int(code) else {
      return line.isEmpty ? .declined : nil
    }
    switch (stage, number, dialect) {
    case (.greeting, 120, .ftp): return nil
    case (.greeting, 220, .ftp): return advance(to: Array("AUTH TLS\r\n".utf8))
    case (.greeting, 220, _):
      stage = .hello
      return .send(Array("EHLO tenken.invalid\r\n".utf8))
    case (.hello, 250, _): return advance(to: Array("STARTTLS\r\n".utf8))
    case (.command, 234, .ftp), (.command, 220, .smtp): return .ready
    default: return .declined
    }
  }

  private mutating func advance(to command: [UInt8]) -> Step {
    guard stage != .command else { return .ready }
    stage = .command
    return .send(command)
  }

  /// ExtendedRequest with the name 1.3.6.1.4.1.1466.20037, message 1 (RFC 4511 §4.12, §4.14.1), in BER.
  private static let ldapRequest: [UInt8] =
    [0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16] + Array("1.3.6.1.4.1.1466.20037".utf8)

  /// ExtendedResponse (RFC 4511 §4.12) whose resultCode is 0.
  private var ldapAnswer: Step {
    var reader = OctetReader(received)
    do throws(WireError) {
      var message = try reader.element(tagged: BER.sequence)
      _ = try message.element(tagged: BER.integer)
      var response = try message.element(tagged: 0x78)
      var code = try response.element(tagged: 0x0a)
      return code.takeRest().allSatisfy { $0 == 0 } ? .ready : .declined
    } catch {
      if case .truncated = error { return .more }
      return .declined
    }
  }
}
