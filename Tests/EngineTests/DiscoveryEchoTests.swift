import Addressing
import Engine
import LabSupport
import Records
import Testing

struct DiscoveryEchoTests {
  static let seed = ScanSeed(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)

  static func hosts(_ count: Int) -> [IPAddress] { addresses(count).map { IPAddress($0) } }

  /// Asks all that is due at one moment.
  private func ask(_ sweep: inout EchoSweep, at now: MonotonicInstant) -> [EchoSweep.Question] {
    var questions: [EchoSweep.Question] = []
    while let question = sweep.next(now: now) {
      questions.append(question)
      sweep.commit()
    }
    return questions
  }

  @Test func `only the silent are asked again, with other numbers`() throws {
    let start = MonotonicInstant(nanoseconds: 0)
    var sweep = EchoSweep(addresses: Self.hosts(100), waits: [.milliseconds(500), .seconds(1)], seed: Self.seed)
    let first = ask(&sweep, at: start)
    #expect(first.map(\.address) == Self.hosts(100))
    for question in first.prefix(60) {
      _ = sweep.answer(from: question.address, identifier: question.identifier, sequence: question.sequence)
    }
    #expect(sweep.waitingUntil == start + .milliseconds(500))
    let second = ask(&sweep, at: start + .milliseconds(500))
    #expect(second.map(\.address) == Array(Self.hosts(100)[60...]))
    for (old, new) in zip(first[60...], second) {
      #expect((old.identifier, old.sequence) != (new.identifier, new.sequence))
    }
    // A late answer to the first question counts.
    let late = sweep.answer(
      from: first[70].address, identifier: first[70].identifier, sequence: first[70].sequence)
    #expect(late)
    #expect(ask(&sweep, at: start + .milliseconds(1500)).isEmpty)
    #expect(sweep.isFinished)
    #expect(sweep.answeredCount == 61)
    #expect(sweep.silent.count == 39)
    #expect(sweep.questionsToEach == 2)
  }

  @Test func `numbers of another address, another run or made up are no answer`() throws {
    var sweep = EchoSweep(addresses: Self.hosts(50), waits: [.seconds(1)], seed: Self.seed)
    let questions = ask(&sweep, at: MonotonicInstant(nanoseconds: 0))
    var foreign = EchoSweep(
      addresses: Self.hosts(50), waits: [.seconds(1)], seed: ScanSeed(high: 1, low: Self.seed.low))
    let others = ask(&foreign, at: MonotonicInstant(nanoseconds: 0))
    var accepted = 0
    for (index, question) in questions.enumerated() {
      let wrong = [
        (questions[(index + 1) % 50].identifier, questions[(index + 1) % 50].sequence),
        (others[index].identifier, others[index].sequence),
        (question.identifier, question.sequence ^ 0x8000), (question.identifier ^ 1, question.sequence),
      ]
      for (identifier, sequence) in wrong
      where sweep.answer(from: question.address, identifier: identifier, sequence: sequence) { accepted += 1 }
    }
    // 200 guesses at 30 bits.
    #expect(accepted == 0)
    let stranger = try #require(IPAddress("10.0.1.1"))
    let answers = [stranger, questions[0].address, questions[0].address].map {
      sweep.answer(from: $0, identifier: questions[0].identifier, sequence: questions[0].sequence)
    }
    #expect(answers == [false, true, false])
  }

  @Test func `both families are asked, once each`() throws {
    let list = try ["2001:db8::7", "10.0.0.1", "2001:db8::7", "10.0.0.1"].map { try #require(IPAddress($0)) }
    var sweep = EchoSweep(addresses: list, waits: [.seconds(1)], seed: Self.seed)
    #expect(sweep.count == 2)
    #expect(Set(ask(&sweep, at: MonotonicInstant(nanoseconds: 0)).map(\.address)) == Set(list))
  }

  @Test func `those that ignore echo get one SYN at a time, port after port`() {
    let start = MonotonicInstant(nanoseconds: 0)
    var sweep = FallbackSweep(addresses: Self.hosts(3), waits: [.milliseconds(300), .seconds(1)])
    var now = start
    var asked: [[String]] = []
    while !sweep.isFinished {
      var turn: [String] = []
      while let question = sweep.next(now: now) {
        turn.append("\(question.address) \(question.port) \(question.try)")
        sweep.commit()
      }
      if !turn.isEmpty { asked.append(turn) }
      // The second answers port 443 with a reset.
      if asked.count == 2 { _ = sweep.answer(from: Self.hosts(3)[1]) }
      now = max(sweep.waitingUntil ?? now, now + .milliseconds(1))
    }
    #expect(
      asked == [
        ["10.0.0.0 80 0", "10.0.0.1 80 0", "10.0.0.2 80 0"], ["10.0.0.0 443 0", "10.0.0.1 443 0", "10.0.0.2 443 0"],
        ["10.0.0.0 23 0", "10.0.0.2 23 0"], ["10.0.0.0 80 1", "10.0.0.2 80 1"], ["10.0.0.0 443 1", "10.0.0.2 443 1"],
        ["10.0.0.0 23 1", "10.0.0.2 23 1"],
      ])
    // 3 × 300 ms and 3 × 1 s.
    #expect(now - start >= .milliseconds(3900))
    #expect(now - start < .milliseconds(3910))
    #expect(sweep.silent == [Self.hosts(3)[0], Self.hosts(3)[2]])
    #expect(sweep.answeredCount == 1)
  }

  @Test func `no ports and no addresses are nothing to ask`() {
    #expect(FallbackSweep(addresses: [], waits: [.seconds(1)]).isFinished)
    #expect(FallbackSweep(addresses: Self.hosts(3), ports: [], waits: [.seconds(1)]).isFinished)
    #expect(EchoSweep(addresses: [], waits: [.seconds(1)], seed: Self.seed).isFinished)
  }
}
