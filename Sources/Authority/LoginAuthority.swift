public import Addressing
public import Records

/// The right to enter one name and one password on one service, once. Only ``LoginAuthority`` makes one, and whoever
/// enters the password consumes it.
public struct LoginPermit: ~Copyable, Sendable {
  /// By this the result is told to the authority.
  public let number: Int
  /// The attempt's number in the device's journal, which no other attempt on the device ever has.
  public let attempt: Int
  public let address: IPAddress
  public let service: ServiceEndpoint
  public let technique: Technique
  public let account: String

  init(number: Int, attempt: Int, _ wish: LoginWish) {
    self.number = number
    self.attempt = attempt
    address = wish.address
    service = wish.service
    technique = wish.technique
    account = wish.account
  }

  public func isFor(_ address: IPAddress, _ transport: Transport, _ port: UInt16) -> Bool {
    address == self.address && service == ServiceEndpoint(transport: transport, port: port)
  }
}

/// A login that somebody wants to attempt.
public struct LoginWish: Hashable, Sendable {
  public let device: DeviceID
  public let address: IPAddress
  /// nil behind a gateway.
  public let mac: MACAddress?
  public let service: ServiceEndpoint
  /// Empty where the service asks for a password alone.
  public let account: String
  public let technique: Technique
  public let threshold: LoginThreshold

  public init(
    device: DeviceID, address: IPAddress, mac: MACAddress?, service: ServiceEndpoint, account: String,
    technique: Technique, threshold: LoginThreshold
  ) {
    self.device = device
    self.address = address
    self.mac = mac
    self.service = service
    self.account = account
    self.technique = technique
    self.threshold = threshold
  }
}

public enum LoginDecision: ~Copyable {
  case granted(LoginPermit)
  case refused(LoginRefusal)
}

/// Decides about logins, and remembers them before they are made: the only source of ``LoginPermit``.
///
/// A device's journal stays open, and thereby locked, from the permit to the result; a process that dies lets go of it
/// and leaves an attempt without a result, which counts as a failure.
public final class LoginAuthority {
  private let store: any LoginJournalStore
  private let gate: TransmissionGate
  private let wall: () -> Timestamp
  private var held: [Int: (journal: any LoginJournal, attempt: Int)] = [:]
  private var lastPermit = 0

  public init(store: any LoginJournalStore, gate: TransmissionGate, wall: @escaping () -> Timestamp) {
    self.store = store
    self.gate = gate
    self.wall = wall
  }

  /// Why a login could not be permitted whatever the device has borne before; nil when only that counts.
  public func refusal(_ wish: LoginWish) -> Refusal? {
    gate.refusal(ofLoginTo: wish.address, service: wish.service, mac: wish.mac, technique: wish.technique, at: wall())
  }

  /// - Throws: what kept the journal from being read or written. Then there is no permit.
  public func permit(_ wish: LoginWish) throws -> LoginDecision {
    let now = wall()
    if let refusal = refusal(wish) { return .refused(.notPermitted(refusal)) }
    guard let journal = try store.open(wish.device) else { return .refused(.busy) }
    let text = LoginJournalText(try journal.read())
    var budget = text.budget
    if let damage = text.damage(at: now) {
      try journal.append((text.endsWhole ? [] : [0x0a]) + damage.line)
      budget.take(damage)
    } else if !text.endsWhole {
      try journal.append([0x0a])
    }
    if let refusal = budget.refusal(
      of: wish.account, on: wish.service, threshold: wish.threshold, technique: wish.technique, at: now)
    {
      return .refused(refusal)
    }
    let attempt = text.lastNumber + 1
    try journal.append(LoginEntry.attempt(attempt, at: now, service: wish.service, account: wish.account).line)
    lastPermit += 1
    held[lastPermit] = (journal, attempt)
    return .granted(LoginPermit(number: lastPermit, attempt: attempt, wish))
  }

  /// Writes down what came of a permit, and lets go of the device.
  public func settle(_ permit: Int, as result: LoginResult) throws {
    guard let (journal, attempt) = held.removeValue(forKey: permit) else { return }
    try journal.append(LoginEntry.result(attempt, result).line)
  }
}
