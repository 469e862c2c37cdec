/// How a mail server greets. It is only listened to.
public enum MailGreeting: Hashable, Sendable {
  /// RFC 5321 §4.3.1. FTP greets in the same form: the word SMTP has to stand in it.
  case smtp(ReplyLines)
  /// RFC 1939 §4; `challenge` is the timestamp with which APOP begins (§7).
  case pop3(text: String, challenge: String?)
  /// RFC 9051 §7.1: OK, PREAUTH (already logged in) or BYE, and the capabilities if they are in the greeting.
  case imap(condition: String, text: String, capabilities: [String])

  /// Reads the greeting at the front of a stream.
  /// - Throws: `truncated` while it is incomplete; `malformed` when it is none of the three.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    switch try reader.peek() {
    case 0x31...0x35:
      let reply = try ReplyLines(parsing: bytes)
      guard reply.lines.contains(where: { $0.uppercased().contains("SMTP") }) else { throw .malformed(offset: 0) }
      self = .smtp(reply)
    case 0x2b: self = try Self.pop3(&reader)
    case 0x2a: self = try Self.imap(&reader)
    default: throw .malformed(offset: 0)
    }
  }

  /// Refuses what does not begin with `text` as soon as it differs.
  private static func expect(_ text: String, _ reader: inout OctetReader) throws(WireError) {
    for expected in text.utf8 {
      let start = reader.offset
      guard try reader.octet() == expected else { throw .malformed(offset: start) }
    }
  }

  private static func pop3(_ reader: inout OctetReader) throws(WireError) -> Self {
    // RFC 1939 §9: upper case. A line has at most 512 octets (RFC 2449 §4).
    try expect("+OK", &reader)
    let line = try reader.line(limit: 509)
    guard line.isEmpty || line[0] == 0x20 else { throw .malformed(offset: 3) }
    let text = Array(line.dropFirst()).text
    guard let begin = line.lastIndex(of: 0x3c), let end = line.lastIndex(of: 0x3e), begin < end,
      line[begin..<end].contains(0x40)
    else { return .pop3(text: text, challenge: nil) }
    return .pop3(text: text, challenge: Array(line[begin...end]).text)
  }

  private static func imap(_ reader: inout OctetReader) throws(WireError) -> Self {
    try expect("* ", &reader)
    let line = try reader.line(limit: 8190).text
    let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let condition = words[0].uppercased()
    guard ["OK", "PREAUTH", "BYE"].contains(condition) else { throw .malformed(offset: 2) }
    var text = words.count > 1 ? String(words[1]) : ""
    var capabilities: [String] = []
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let code = text[..<end].dropFirst().split(separator: " ")
      if code.first?.uppercased() == "CAPABILITY" { capabilities = code.dropFirst().map { String($0) } }
      text = String(text[end...].dropFirst().drop { $0 == " " })
    }
    return .imap(condition: condition, text: text, capabilities: capabilities)
  }
}
