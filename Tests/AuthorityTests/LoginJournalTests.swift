import Addressing
import Authority
import LabSupport
import Records
import Testing

struct LoginJournalTests {
  private static let telnet = ServiceEndpoint(transport: .tcp, port: 23)
  private static let entries: [LoginEntry] = [
    .attempt(1, at: ManualClock.startOfDay, service: telnet, account: "root"),
    .result(1, .refused),
    .damage(at: ManualClock.startOfDay + .seconds(9), lines: 2, octets: 18),
    .attempt(2, at: ManualClock.startOfDay + .seconds(10), service: telnet, account: "管理者 1\n"),
    .result(2, .lockedOut),
    .attempt(3, at: ManualClock.startOfDay + .seconds(11), service: telnet, account: ""),
  ]

  @Test func `a journal reads back as it was written`() {
    let text = LoginJournalText(Self.entries.flatMap(\.line))
    #expect(text.entries == Self.entries)
    #expect(text.lastNumber == 3 && text.unaccounted == 0 && text.endsWhole)
    #expect(Self.entries.allSatisfy { $0.line.last == 0x0a && $0.line.count { $0 == 0x0a } == 1 })
  }

  /// FNV-1a's published test vector for "foobar" is 85944171f73967e8; ours is over the words of the line.
  @Test func `a line is text, with its checksum behind it`() {
    let line = String(decoding: Self.entries[1].line, as: UTF8.self)
    #expect(line.hasPrefix("1 r 1 refused ") && line.utf8.count == "1 r 1 refused ".utf8.count + 17)
  }

  @Test func `an octet that has changed costs a failure, and never gives one back`() {
    // The two lines that the third entry accounts for are there.
    let (head, junk) = (Self.entries[..<2].flatMap(\.line), Array("1 a 7\nwas something\n".utf8))
    let whole = head + junk + Self.entries[2...].flatMap(\.line)
    #expect(LoginJournalText(whole).unaccounted == 0)
    let now = ManualClock.startOfDay + .seconds(60)
    for place in whole.indices where !(head.count..<(head.count + junk.count)).contains(place) {
      for change: UInt8 in [0x01, 0x80, 0x20] {
        var damaged = whole
        damaged[place] ^= change
        let text = LoginJournalText(damaged)
        #expect(text.unaccounted >= 1, "octet \(place)")
        // As the authority reads it: what cannot be read is a failure of everything.
        var budget = text.budget
        budget.take(.damage(at: now, lines: text.unaccounted, octets: 0))
        let before = LoginJournalText(whole).budget
        for account in ["root", "管理者 1\n", "", "somebody"] {
          #expect(budget.failures(of: account, at: now) >= before.failures(of: account, at: now), "octet \(place)")
        }
        #expect(budget.failures(on: Self.telnet, at: now) >= before.failures(on: Self.telnet, at: now))
      }
    }
  }

  @Test func `zeros at the end, as after a power cut, are damage`() {
    let text = LoginJournalText(Self.entries.flatMap(\.line) + [UInt8](repeating: 0, count: 512))
    #expect(text.unaccounted == 1 && !text.endsWhole)
  }
}
