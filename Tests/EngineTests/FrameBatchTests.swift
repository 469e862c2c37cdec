import Engine
import LabSupport
import Testing

struct FrameBatchTests {
  private func frame(_ batch: FrameBatch, _ index: Int) -> [UInt8] {
    batch.withFrame(index) { frame in frame.indices.map { frame[$0] } }
  }

  @Test func `frames of any length lie one behind the other`() {
    var random = SeededRandom(seed: 9)
    var batch = FrameBatch()
    // Several fillings of one block: the second begins where octets of the first are left over.
    for _ in 0..<5 {
      var expected: [[UInt8]] = []
      while !batch.isFull {
        let length = [0, 1, 7, 42, 74, 94, 1514][Int(random.next() % 7)]
        let octets = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        batch.append(octets.span)
        expected.append(octets)
      }
      #expect(batch.count == FrameBatch.limit)
      for index in 0..<batch.count { #expect(frame(batch, index) == expected[index]) }
      #expect(Array(batch.octets[..<Int(batch.ends[batch.count - 1])]) == expected.flatMap { $0 })
      batch.removeAll()
      #expect(batch.isEmpty && batch.count == 0)
    }
  }

  @Test func `an empty batch is neither full nor filled`() {
    let batch = FrameBatch()
    #expect(batch.isEmpty)
    #expect(!batch.isFull)
    #expect(batch.ends.isEmpty)
  }
}
