import Engine
import LabSupport
import Testing

struct PermutationTests {
  static let seed = ScanSeed(high: 0x0011_2233_4455_6677, low: 0x8899_aabb_ccdd_eeff)

  /// Every value of the range once.
  private func isBijection(_ permutation: Permutation) -> Bool {
    var seen = [Bool](repeating: false, count: permutation.count)
    for index in 0..<permutation.count {
      let value = permutation[index]
      guard value >= 0, value < permutation.count, !seen[value] else { return false }
      seen[value] = true
    }
    return true
  }

  @Test func `every count up to 300 gives a bijection`() {
    for count in 0...300 { #expect(isBijection(Permutation(count: count, seed: Self.seed)), "\(count)") }
  }

  @Test func `powers of two and their neighbours give bijections`() {
    for exponent in 9...13 {
      for count in [1 << exponent - 1, 1 << exponent, 1 << exponent + 1] {
        #expect(isBijection(Permutation(count: count, seed: Self.seed, tweak: 5)), "\(count)")
      }
    }
  }

  @Test(arguments: [64_535, 65_535, 65_536])
  func `the counts of port ranges give bijections`(count: Int) {
    #expect(isBijection(Permutation(count: count, seed: Self.seed, tweak: 0x0a00_0017)))
  }

  @Test func `random counts and seeds give bijections`() {
    var random = SeededRandom(seed: 5)
    for turn in 0..<2000 {
      // Small ranges most of the time: they walk the most cycles for their size.
      let count = Int.random(in: 0...(turn % 20 == 0 ? 5000 : 100), using: &random)
      let seed = ScanSeed(high: random.next(), low: random.next())
      #expect(isBijection(Permutation(count: count, seed: seed, tweak: random.next())), "\(count) \(seed)")
    }
  }

  @Test func `a million random ranges give bijections`() {
    var random = SeededRandom(seed: 7)
    var wrong = 0
    for turn in 0..<1_000_000 {
      let permutation = Permutation(
        count: Int(random.next() % 8), seed: ScanSeed(high: 1, low: random.next()), tweak: UInt64(turn))
      var seen = 0
      for index in 0..<permutation.count { seen |= 1 << permutation[index] }
      if seen != 1 << permutation.count - 1 { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test func `values fall evenly wherever the walk begins`() {
    // 64 neighbouring positions against 64 parts of the range, over 4000 devices: 4000 values are
    // expected in each part, with a standard deviation of 63.
    var parts = [Int](repeating: 0, count: 64)
    var steps = [Int](repeating: 0, count: 64)
    for device in 0..<4000 {
      let permutation = Permutation(count: 65_535, seed: Self.seed, tweak: UInt64(device))
      var before = permutation[1000 + 64]
      for position in 1000..<1064 {
        let value = permutation[position]
        parts[value / 1024] += 1
        steps[(value - before + 65_535) % 65_535 / 1024] += 1
        before = value
      }
    }
    #expect(parts.allSatisfy { abs($0 - 4000) < 400 }, "\(parts)")
    // The way from one value to the next is as even: neighbours are not sent to neighbours.
    #expect(steps.allSatisfy { abs($0 - 4000) < 400 }, "\(steps)")
  }

  @Test func `the order follows from seed and tweak alone`() {
    func order(_ seed: ScanSeed, _ tweak: UInt64) -> [Int] {
      let permutation = Permutation(count: 1000, seed: seed, tweak: tweak)
      return (0..<1000).map { permutation[$0] }
    }
    let first = order(Self.seed, 1)
    #expect(first == order(Self.seed, 1))
    #expect(first != order(Self.seed, 2))
    #expect(first != order(ScanSeed(high: Self.seed.high, low: Self.seed.low ^ 1), 1))
    #expect(first != order(ScanSeed(high: Self.seed.high ^ 1, low: Self.seed.low), 1))
    #expect(first != Array(0..<1000))
    // A shuffled row keeps about one value in place; a broken network keeps many.
    #expect(zip(first, 0...).count { $0 == $1 } < 10)
  }
}

struct ProbeOrderTests {
  private func order(_ priority: [UInt16], _ rest: [UInt16], tweak: UInt64 = 1) -> ProbeOrder {
    ProbeOrder(priority: priority, rest: rest, seed: PermutationTests.seed, tweak: tweak)
  }

  @Test func `the full range is covered once, the telling ports first`() {
    let priority: [UInt16] = [23, 2323, 80, 443, 22]
    let rest = (1...UInt16.max).filter { !priority.contains($0) }
    let order = order(priority, rest)
    #expect(order.count == 65_535)
    #expect((0..<5).map { order[$0] } == priority)
    var seen = [Bool](repeating: false, count: 65_536)
    var twice = 0
    for position in 0..<order.count {
      if seen[Int(order[position])] { twice += 1 }
      seen[Int(order[position])] = true
    }
    #expect(twice == 0)
    #expect(!seen[0])
    #expect(seen.count { $0 } == 65_535)
    #expect(order.sections == [0..<5, 5..<65_535])
  }

  @Test func `empty parts have no section`() {
    #expect(order([], []).sections.isEmpty)
    #expect(order([1], []).sections == [0..<1])
    #expect(order([], [7, 8]).sections == [0..<2])
  }

  @Test func `devices differ in the order of the rest`() {
    let rest = [UInt16](1...500)
    let first = order([], rest, tweak: 1)
    let second = order([], rest, tweak: 2)
    #expect((0..<500).map { first[$0] } != (0..<500).map { second[$0] })
    #expect((0..<500).map { first[$0] }.sorted() == rest)
  }
}

struct PortStateTableTests {
  private let cells: [PortStateTable.Cell] = [.unknown, .open, .closed, .silent]

  private func total(_ table: PortStateTable) -> Int { cells.reduce(0) { $0 + table.count(of: $1) } }

  @Test func `a new table knows nothing`() {
    let table = PortStateTable()
    #expect(table.count(of: .unknown) == 65_536)
    #expect(total(table) == 65_536)
    #expect(table.ports(.unknown).count == 65_536)
    #expect(table.ports(.open).isEmpty)
  }

  @Test func `every transition changes its cell and no neighbour`() {
    for port: UInt16 in [0, 1, 31, 32, 33, 4242, 65_504, 65_534, 65_535] {
      for before in cells {
        for after in cells {
          for around in cells {
            var table = PortStateTable()
            let neighbours = [port &- 1, port &+ 1]
            for neighbour in neighbours { table[neighbour] = around }
            table[port] = before
            #expect(table[port] == before)
            table[port] = after
            #expect(table[port] == after)
            for neighbour in neighbours { #expect(table[neighbour] == around) }
            #expect(total(table) == 65_536)
          }
        }
      }
    }
  }

  @Test func `random operations agree with a dictionary`() {
    var random = SeededRandom(seed: 6)
    var table = PortStateTable()
    var model: [UInt16: PortStateTable.Cell] = [:]
    var wrong = 0
    for turn in 0..<20_000 {
      // Few ports, so that cells are changed often; all of them in one part of the table.
      let port = UInt16(truncatingIfNeeded: 32_000 + random.next() % (turn % 2 == 0 ? 300 : 40_000))
      let cell = cells[Int(random.next() % 4)]
      table[port] = cell
      model[port] = cell
      let probe = UInt16(truncatingIfNeeded: 32_000 + random.next() % 300)
      if table[probe] != model[probe, default: .unknown] { wrong += 1 }
      if total(table) != 65_536 { wrong += 1 }
    }
    #expect(wrong == 0)
    for cell in cells where cell != .unknown {
      let expected = model.filter { $0.value == cell }.keys.sorted()
      #expect(table.ports(cell) == expected)
      #expect(table.count(of: cell) == expected.count)
    }
  }
}
