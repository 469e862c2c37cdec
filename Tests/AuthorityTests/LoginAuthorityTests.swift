import Addressing
import Authority
import LabSupport
import Records
import Testing

struct LoginAuthorityTests {
  private static let start = ManualClock.startOfDay

  private final class Clock { var now = LoginAuthorityTests.start }

  private static func authority(_ store: MemoryJournals, _ clock: Clock) throws -> LoginAuthority {
    let all = Consent.Member.addresses(try AddressRange(parsing: "10.0.0.0/24"))
    let consent = ConsentTests.consent([all], until: start + .seconds(86_400 * 30))
    let gate = TransmissionGate(scope: try ConsentTests.scope([consent]))
    return LoginAuthority(store: store, gate: gate, wall: { clock.now })
  }

  private static func wish(
    _ device: Int = 1, port: UInt16 = 23, account: String = "root", _ threshold: LoginThreshold = .unknown
  ) throws -> LoginWish {
    let address = try #require(IPAddress("10.0.0.\(device)"))
    return LoginWish(
      device: DeviceID(address: address), address: address, mac: nil,
      service: ServiceEndpoint(transport: .tcp, port: port), account: account, technique: .defaultCredentials,
      threshold: threshold)
  }

  /// The number of the permit, which is spent by that; nil when there is none.
  private static func ask(_ authority: LoginAuthority, _ wish: LoginWish) throws -> (
    number: Int?, refusal: LoginRefusal?
  ) {
    switch try authority.permit(wish) {
    case .granted(let permit): (permit.number, nil)
    case .refused(let refusal): (nil, refusal)
    }
  }

  @Test func `an attempt is written down before there is a permit, and its device is held until the result`() throws {
    let (store, clock) = (MemoryJournals(), Clock())
    let authority = try Self.authority(store, clock)
    let wish = try Self.wish()
    let number = try #require(try Self.ask(authority, wish).number)
    #expect(LoginJournalText(store.octets[wish.device] ?? []).budget.failures(of: "root", at: clock.now) == 1)
    let beside = try Self.authority(store, clock)
    #expect(try Self.ask(beside, Self.wish(account: "admin")).refusal == .busy)
    #expect(try Self.ask(beside, Self.wish(2)).number != nil, "another device is free")
    try authority.settle(number, as: .accepted)
    #expect(try Self.ask(beside, Self.wish(account: "admin")).number != nil)
  }

  @Test func `a journal that cannot be written gives no permit`() throws {
    let (store, clock) = (MemoryJournals(), Clock())
    store.room = 10
    let authority = try Self.authority(store, clock)
    #expect(throws: MemoryJournals.Full.self) { _ = try Self.ask(authority, Self.wish()) }
    #expect(store.locked.isEmpty)
  }

  @Test func `without consent nothing is even written down`() throws {
    let store = MemoryJournals()
    let gate = TransmissionGate(scope: try ConsentTests.scope([]))
    let authority = LoginAuthority(store: store, gate: gate, wall: { Self.start })
    let refusal = try Self.ask(authority, Self.wish()).refusal
    guard case .notPermitted = refusal else { return #expect(Bool(false), "\(String(describing: refusal))") }
    #expect(store.octets.isEmpty)
  }

  /// The machine dies after any number of octets have reached the disk; whoever comes next reads what is there.
  @Test func `killed at every octet of the journal, the device gets no failure more than it bears`() throws {
    // As long as the longest script, with nothing cut.
    let longest = try Self.script(killedAfter: nil).octets
    #expect(longest > 150)
    for room in 0...longest {
      let (made, store, _) = try Self.script(killedAfter: room)
      let clock = Clock()
      clock.now = Self.start + .seconds(60)
      var more = 0
      for account in ["root", "root", "root", "admin", "admin", "admin"] {
        let authority = try Self.authority(store, clock)
        guard let number = try Self.ask(authority, Self.wish(account: account)).number else { continue }
        more += 1
        try authority.settle(number, as: .refused)
      }
      #expect(made + more <= 2, "killed after \(room) octets: \(made) before, \(more) after")
    }
  }

  /// Two failures, each asked for by a new process. What the device saw before the end: an attempt is made once its permit
  /// is there.
  private static func script(killedAfter room: Int?) throws -> (made: Int, store: MemoryJournals, octets: Int) {
    let (store, clock) = (MemoryJournals(), Clock())
    store.room = room
    var made = 0
    do {
      for account in ["root", "admin", "root"] {
        let authority = try Self.authority(store, clock)
        guard let number = try ask(authority, wish(account: account)).number else { continue }
        made += 1
        try authority.settle(number, as: .refused)
      }
    } catch is MemoryJournals.Full {}
    store.room = nil
    return (made, store, store.octets.values.reduce(0) { $0 + $1.count })
  }

  /// What really happened on a device, as its own counters would have it.
  private struct Failure {
    let at: Timestamp
    let device: Int
    let port: UInt16
    let account: String
  }

  /// Devices, services, accounts, thresholds, results, crashes with torn writes, parallel processes and clocks, at random.
  @Test(arguments: 0..<60)
  func `no schedule exceeds a budget`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let (store, clock) = (MemoryJournals(), Clock())
    let thresholds: [LoginThreshold] = [.unknown, .failures(5), .failures(2), .unknown]
    var processes = try (0..<3).map { _ in try Self.authority(store, clock) }
    // Permits that are under way: of which process, for what.
    var open: [(process: Int, number: Int, failure: Failure)] = []
    var failures: [Failure] = []
    var granted = 0

    func check(_ failure: Failure) {
      let recent = failures.filter { $0.device == failure.device && failure.at - $0.at < LoginBudget.window }
      let limit = thresholds[failure.device].limit ?? .max
      #expect(recent.count { $0.port == failure.port } <= limit, "service of device \(failure.device)")
      #expect(recent.count { $0.account == failure.account } <= limit, "account of device \(failure.device)")
    }

    for _ in 0..<400 {
      let process = Int.random(in: 0..<processes.count, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let device = Int.random(in: 0..<thresholds.count, using: &random)
        let failure = Failure(
          at: clock.now, device: device, port: [23, 2323].randomElement(using: &random) ?? 23,
          account: ["root", "admin", "user"].randomElement(using: &random) ?? "root")
        let wish = try Self.wish(device, port: failure.port, account: failure.account, thresholds[device])
        let isTorn = Int.random(in: 0..<12, using: &random) == 0
        if isTorn { store.room = Int.random(in: 0..<80, using: &random) }
        let answer = try? Self.ask(processes[process], wish)
        store.room = nil
        guard let number = answer?.number else { continue }
        granted += 1
        #expect(!open.contains { $0.failure.device == device }, "two logins at once")
        open.append((process, number, failure))
        // The worst: the device refuses it, whatever becomes of the process.
        failures.append(failure)
        check(failure)
      case 5..<8:
        guard let (place, one) = open.enumerated().randomElement(using: &random) else { continue }
        open.remove(at: place)
        let result = [LoginResult.refused, .refused, .unclear, .accepted].randomElement(using: &random) ?? .refused
        if result == .accepted { failures.removeAll { $0.at == one.failure.at && $0.device == one.failure.device } }
        try processes[one.process].settle(one.number, as: result)
      case 8:
        // Killed: its locks go, its attempts stay without a result.
        open.removeAll { $0.process == process }
        processes[process] = try Self.authority(store, clock)
      default:
        clock.now = clock.now + .seconds(Int.random(in: 1..<900, using: &random))
      }
      clock.now = clock.now + .milliseconds(1)
    }
    #expect(granted >= 20, "the schedule did something")
  }
}
