import Addressing
import Engine
import Records
import Testing

struct ProbeOrderTests {
  private static let seed = ScanSeed(high: 0x1122_3344_5566_7788, low: 99)
  private static let priority: [UInt16] = [443, 23, 80, 4999]
  private static let rest = (UInt16(1)...5000).filter { !priority.contains($0) }
  private static let space = ProbeSpace(priority: priority, rest: rest)

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test func `turn and port are each other's inverse and cover every port once`() throws {
    let order = ProbeOrder(space: Self.space, seed: Self.seed, address: try address("10.0.0.5"))
    #expect(order.count == 5000)
    #expect((0..<4).map(order.port) == Self.priority)
    let isEveryPort = Set((0..<5000).map(order.port)) == Set(1...5000)
    #expect(isEveryPort)
    for turn in 0..<5000 { #expect(order.turn(of: order.port(at: turn)) == turn) }
    #expect(order.turn(of: 5001) == nil)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 63, 64, 65, 1000, 64_535, 65_536])
  func `a permutation's inverse undoes it at every size`(count: Int) {
    for tweak: UInt64 in [0, 1, 0xffff_ffff_ffff_ffff] {
      let order = Permutation(count: count, seed: Self.seed, tweak: tweak)
      #expect((0..<count).allSatisfy { order.position(of: order[$0]) == $0 })
    }
  }

  /// What the scan asks, it asks in this order; otherwise a checkpoint would name other ports.
  @Test func `the scan of an address asks in this order`() throws {
    let target = try address("10.0.0.5")
    let order = ProbeOrder(space: Self.space, seed: Self.seed, address: target)
    let (high, low) = target.words
    var scan = PortScan(space: Self.space, seed: Self.seed, tweak: high ^ low)
    let circumstances = PortScan.Circumstances(policy: TryPolicy(), loss: LossEstimate(), receiveDrops: 0)
    let now = MonotonicInstant(nanoseconds: 1_000_000_000)
    var loss = LossEstimate()
    for turn in 0..<5000 {
      let next = scan.next(in: Self.space, circumstances, now: now)
      let probe = try #require(next)
      #expect(Self.space.ports[probe.place] == order.port(at: turn))
      scan.commit(probe, at: now)
      _ = scan.resolve(probe.place, as: .closed, try: 0, loss: &loss, at: now)
    }
    let after = scan.next(in: Self.space, circumstances, now: now)
    #expect(after == nil && scan.isFinished)
  }

  @Test func `two addresses are asked in different orders`() throws {
    let first = ProbeOrder(space: Self.space, seed: Self.seed, address: try address("10.0.0.5"))
    let second = ProbeOrder(space: Self.space, seed: Self.seed, address: try address("10.0.0.6"))
    #expect((4..<5000).count { first.port(at: $0) == second.port(at: $0) } < 20)
  }
}
