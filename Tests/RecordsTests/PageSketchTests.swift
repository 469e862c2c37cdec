import Addressing
import Foundation
import Records
import Testing

struct PageSketchTests {
  private static func words(_ numbers: some Sequence<Int>) -> String {
    // No digits, since numbers count as one word.
    numbers.map { number in
      String("\(number)".map { Character(UnicodeScalar(UInt8(ascii: "a") + ($0.asciiValue ?? 48) - 48)) })
    }
    .joined(separator: " ")
  }

  /// Of two texts of n words that have the last or first m in common, m − 2 runs of three are shared, of 2(n − 2) − (m − 2).
  @Test(arguments: [(40, 40), (40, 30), (40, 20), (40, 0), (2000, 1800), (2000, 1000)])
  func `the resemblance is that of the runs of three words`(count: Int, common: Int) {
    let one = PageSketch(Self.words(0..<count).utf8)
    let two = PageSketch(Self.words((count - common)..<(2 * count - common)).utf8)
    let shared = Double(max(0, common - 2))
    let exact = shared / (2 * Double(count - 2) - shared)
    // Up to 64 runs all are kept; beyond, three standard errors.
    let tolerance = count <= 40 && 2 * (count - 2) - Int(shared) <= PageSketch.size ? 0.000_1 : 0.19
    #expect(abs(one.resemblance(to: two) - exact) <= tolerance)
    #expect(one.resemblance(to: two) == two.resemblance(to: one))
  }

  @Test func `nothing resembles nothing`() {
    #expect(PageSketch().isEmpty && PageSketch("<>//  ".utf8).isEmpty)
    #expect(PageSketch().resemblance(to: PageSketch()) == 0)
    #expect(PageSketch("one".utf8).resemblance(to: PageSketch("one".utf8)) == 1)
  }

  @Test func `numbers, long tokens and the scheme count as the same words`() {
    let one = PageSketch("at 12:30 see https://x/ with 0123abcdef99 now".utf8)
    let two = PageSketch("at 01:02 see http://x/ with 99fedcba3210 now".utf8)
    #expect(one == two)
    #expect(one != PageSketch("at 12:30 see https://y/ with 0123abcdef99 now".utf8))
  }

  @Test func `it is written as its hashes and read back within bounds`() throws {
    let sketch = PageSketch("one two three four five".utf8)
    let data = try JSONEncoder().encode(sketch)
    #expect(try JSONDecoder().decode(PageSketch.self, from: data) == sketch)
    let many = try JSONDecoder().decode(PageSketch.self, from: JSONEncoder().encode((0..<500).map { UInt32($0) }))
    #expect(many.hashes == (0..<64).map { UInt32($0) })
  }

  @Test func `a port's state is read from the runs`() throws {
    let record = PortRecord(
      device: DeviceID(rawValue: "dev-1"), address: try #require(.init("192.0.2.1")), requested: "1-100", seed: "1",
      open: [22], closed: [1, 2, 3, 80], silent: [90])
    let states = [22, 1, 2, 3, 80, 90, 4, 100].map { record.state(of: $0) }
    #expect(states == [.open, .closed, .closed, .closed, .closed, .silent, nil, nil])
  }
}
