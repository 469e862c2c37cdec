import LabSupport
import Records
import Testing

@testable import Engine

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

struct ProbeSpaceTests {
  private static let priority: [UInt16] = [23, 2323, 80, 443, 22]
  private static let rest = (1...UInt16.max).filter { !priority.contains($0) }

  private func space(_ priority: [UInt16], _ rest: [UInt16], seed: UInt64 = 1) -> ProbeSpace {
    ProbeSpace(priority: priority, rest: rest, seed: ScanSeed(high: 3, low: seed))
  }

  @Test func `the full range is covered once, the telling ports first`() {
    let space = space(Self.priority, Self.rest)
    #expect(space.count == 65_535)
    #expect(Array(space.ports.prefix(5)) == Self.priority)
    #expect(space.ports.dropFirst(5).sorted() == Self.rest)
    #expect(space.sections == [0..<5, 5..<65_535])
    let wrong = space.ports.enumerated().count { space.place(of: $1) != $0 }
    #expect(wrong == 0)
    #expect(space.place(of: 0) == nil)
  }

  @Test func `the seed alone fixes the order`() {
    let order = space(Self.priority, Self.rest).ports
    #expect(space(Self.priority, Self.rest.reversed()).ports == order)
    let other = space(Self.priority, Self.rest, seed: 2).ports
    // A shuffled row keeps about one value in place, here one run.
    #expect(zip(order, other).dropFirst(5).count { $0 == $1 } < 10 * ProbeSpace.runLength)
    #expect(zip(order.dropFirst(5), Self.rest).count { $0 == $1 } < 10 * ProbeSpace.runLength)
  }

  @Test func `empty parts have no section, and other ports no place`() {
    #expect(space([], []).sections.isEmpty)
    #expect(space([1], []).sections == [0..<1])
    #expect(space([], [7, 8]).sections == [0..<2])
    #expect(space([1], [7, 8]).place(of: 9) == nil)
  }

  @Test func `ports in a state come in their natural order`() {
    let space = space([500, 20], [30, 10])
    var cells = CellTable(count: 4)
    for port in [500, 10, 30] as [UInt16] { cells[space.place(of: port) ?? 0] = .open }
    #expect(space.ports(.open, in: cells) == [10, 30, 500])
    let full = self.space(Self.priority, Self.rest)
    var table = CellTable(count: full.count)
    for port in 1...5000 as ClosedRange<UInt16> { table[full.place(of: port) ?? 0] = .closed }
    #expect(full.ports(.closed, in: table) == Array(1...5000))
  }

  /// What the scan asks, it asks in this order; otherwise a checkpoint would name other ports.
  @Test func `a scan asks in this order`() throws {
    let space = space(Self.priority, Array(100...5000))
    var scan = PortScan(space: space)
    let circumstances = PortScan.Circumstances(policy: TryPolicy(), loss: LossEstimate(), receiveDrops: 0)
    let now = MonotonicInstant(nanoseconds: 1_000_000_000)
    var loss = LossEstimate()
    for place in 0..<space.count {
      let next = scan.next(in: space, circumstances, now: now)
      let probe = try #require(next)
      #expect(probe.place == place)
      scan.commit(probe, at: now)
      _ = scan.resolve(probe.place, as: .closed, try: 0, loss: &loss, at: now)
    }
    let after = scan.next(in: space, circumstances, now: now)
    #expect(after == nil && scan.isFinished)
  }
}

struct CellTableTests {
  private static let cells: [CellTable.Cell] = [.unknown, .open, .closed, .silent]

  private func total(_ table: CellTable) -> Int { Self.cells.reduce(0) { $0 + table.count(of: $1) } }

  @Test(arguments: [0, 1, 31, 32, 33, 65_535, 65_536])
  func `a new table knows nothing`(count: Int) {
    let table = CellTable(count: count)
    #expect(table.count(of: .unknown) == count)
    #expect(total(table) == count)
    #expect(table.places(.unknown).count == count)
    #expect(table.firstUnknown(in: 0..<count) == (count == 0 ? nil : 0))
  }

  @Test func `every transition changes its cell and no neighbour`() {
    for place in [1, 31, 32, 33, 63, 64, 98] {
      for before in Self.cells {
        for after in Self.cells {
          for around in Self.cells {
            var table = CellTable(count: 100)
            table[place - 1] = around
            table[place + 1] = around
            table[place] = before
            table[place] = after
            #expect(table[place] == after && table[place - 1] == around && table[place + 1] == around)
            #expect(total(table) == 100)
          }
        }
      }
    }
  }

  @Test func `random operations agree with an array`() {
    var random = SeededRandom(seed: 6)
    var wrong = 0
    for count in [1, 40, 333] {
      var table = CellTable(count: count)
      var model = [CellTable.Cell](repeating: .unknown, count: count)
      for _ in 0..<6000 {
        let place = Int(random.next() % UInt64(count))
        let cell = Self.cells[Int(random.next() % 4)]
        table[place] = cell
        model[place] = cell
        let from = Int(random.next() % UInt64(count))
        let to = from + Int(random.next() % UInt64(count - from + 1))
        if table.firstUnknown(in: from..<to) != (from..<to).first(where: { model[$0] == .unknown }) { wrong += 1 }
        if table[from] != model[from] { wrong += 1 }
      }
      for cell in Self.cells {
        #expect(table.count(of: cell) == model.count { $0 == cell })
        #expect(table.places(cell) == model.indices.filter { model[$0] == cell })
      }
    }
    #expect(wrong == 0)
  }
}
