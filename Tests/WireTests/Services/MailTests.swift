import LabSupport
import Testing
import Wire

/// Servers that greet in lines.
struct MailTests {
  static let imap = ServiceReplies.imap
  static let pop3 = ServiceReplies.pop3

  @Test func `vsftpd's replies are read`() throws {
    let greeting = try ReplyLines(parsing: (ServiceReplies.ftpGreeting + Array("2".utf8)))
    #expect(greeting.code == 220 && greeting.lines == ["(vsFTPd 3.0.3)"] && greeting.isPositive)
    #expect(greeting.length == ServiceReplies.ftpGreeting.count)
    let features = try ReplyLines(parsing: ServiceReplies.ftpFeatures)
    #expect(features.code == 211)
    #expect(features.lines.first == "Features:" && features.lines.last == "End" && features.lines.count == 9)
    #expect(features.lines[1] == " EPRT")
  }

  /// RFC 959 §4.2: lines in between may begin with digits; only the same code and a blank end the reply.
  @Test func `a line in between may look like an end`() throws {
    let text =
      "123-First line\r\nSecond line\r\n  234 A line\r\n124 no\r\n123-more\r\n123 The last line\r\n220 next\r\n"
    let reply = try ReplyLines(parsing: Array(text.utf8))
    #expect(reply.code == 123)
    #expect(reply.lines == ["First line", "Second line", "  234 A line", "124 no", "more", "The last line"])
    #expect(reply.length == text.utf8.count - 10)
    #expect(try ReplyLines(parsing: Array("220\r\n".utf8)).lines == [""])
  }

  @Test func `other beginnings are refused at once`() {
    for text in ["SSH", "2x", "600 no\r\n", "220_\r\n", "22\r\n", "220-" + String(repeating: "a\n", count: 9000)] {
      #expect {
        _ = try ReplyLines(parsing: Array(text.utf8))
      } throws: { error in
        if case .malformed? = error as? WireError { true } else { false }
      }
    }
  }

  /// RFC 1939 §7, RFC 9051 §7.1, RFC 5321 §4.3.1.
  @Test func `mail servers are told apart`() throws {
    #expect(
      try MailGreeting(parsing: Self.pop3)
        == .pop3(text: "ready <1896.697170952@lab.example>", challenge: "<1896.697170952@lab.example>"))
    #expect(
      try MailGreeting(parsing: Self.imap)
        == .imap(
          condition: "OK", text: "lab ready.", capabilities: ["IMAP4rev1", "STARTTLS", "LOGINDISABLED"]))
    #expect(
      try MailGreeting(parsing: Array("* PREAUTH hello\r\n".utf8))
        == .imap(condition: "PREAUTH", text: "hello", capabilities: []))
    guard case .smtp(let reply) = try MailGreeting(parsing: Array("220 lab.example ESMTP Postfix\r\n".utf8)) else {
      Issue.record("not SMTP")
      return
    }
    #expect(reply.code == 220)
    #expect(throws: WireError.self) { try MailGreeting(parsing: ServiceReplies.ftpGreeting) }
    #expect(throws: WireError.self) { try MailGreeting(parsing: Array("+PONG\r\n".utf8)) }
    #expect(throws: WireError.self) { try MailGreeting(parsing: Array("* FETCH\r\n".utf8)) }
  }
}
