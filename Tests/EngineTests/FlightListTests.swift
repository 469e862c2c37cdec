import LabSupport
import Records
import Testing

@testable import Engine

struct FlightListTests {
  private struct Flight: Equatable {
    var place: Int
    var number: Int
    var at: MonotonicInstant
  }

  @Test func `random flights agree with a plain array`() {
    var random = SeededRandom(seed: 3)
    var list = FlightList()
    var model: [Flight] = []
    var now = ManualClock.start
    var wrong = 0
    for turn in 0..<20_000 {
      now = now + .microseconds(Int64(random.next() % 50))
      switch random.next() % 8 {
      case 0..<4:
        list.add(place: turn % 65_535, try: turn % 4, at: now)
        model.append(Flight(place: turn % 65_535, number: turn % 4, at: now))
      case 4..<7:
        // Mostly one of the oldest, sometimes one that is not on its way.
        let index = Int(random.next() % 12)
        let wanted = index < model.count ? model[index] : Flight(place: 65_535, number: 0, at: now)
        let at = list.answer(place: wanted.place, try: wanted.number)?.at
        if at != (index < model.count ? wanted.at : nil) { wrong += 1 }
        model.removeAll { $0 == wanted }
      default:
        let moment = now + .microseconds(-400)
        list.giveUp(before: moment)
        model.removeAll { $0.at < moment }
      }
      if list.outstanding != model.count || list.oldest != model.first?.at { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test func `an answer counts once and only for its try`() {
    var list = FlightList()
    list.add(place: 7, try: 1, at: ManualClock.start)
    #expect(list.answer(place: 7, try: 0) == nil)
    #expect(list.answer(place: 8, try: 1) == nil)
    #expect(list.answer(place: 7, try: 1)?.at == ManualClock.start)
    #expect(list.answer(place: 7, try: 1) == nil)
    #expect(list.outstanding == 0 && list.oldest == nil)
  }

  @Test func `an answer that names no try means the one on its way`() {
    var list = FlightList()
    list.add(place: 7, try: 2, at: ManualClock.start)
    #expect(list.answer(place: 7, try: nil) == FlightList.Landing(at: ManualClock.start, try: 2))
    #expect(list.answer(place: 7, try: nil) == nil)
  }
}

struct RecentFramesTests {
  @Test(arguments: [0, 1, 63, 64, 65, 200])
  func `the last 64 are kept in order`(count: Int) {
    var frames = RecentFrames()
    for index in 0..<count {
      frames.note(
        .syn(port: UInt16(index), try: 0), target: index, at: ManualClock.start + .milliseconds(Int64(index)))
    }
    #expect(frames.inOrder.map { Int($0.target) } == Array(max(0, count - 64)..<count))
    #expect(frames.inOrder.allSatisfy { $0.kind == .syn(port: UInt16($0.target), try: 0) })
  }
}
