public import Records

/// From how many wrong passwords in a row on a device, or one of its accounts, locks.
public enum LoginThreshold: Hashable, Sendable {
  /// ``assumed`` is taken for it.
  case unknown
  /// It never locks.
  case never
  case failures(Int)

  public static let assumed = 3

  /// Failures that may be borne within ``LoginBudget/window``: one fewer than lock it. nil for no limit.
  public var limit: Int? {
    switch self {
    case .unknown: Self.assumed - 1
    case .never: nil
    case .failures(let count): max(0, count - 1)
    }
  }
}

/// What came of an attempt, as far as its device may count it.
public enum LoginResult: String, Hashable, Sendable, CaseIterable {
  case accepted
  case refused
  /// The device said, or showed, that it has locked.
  case lockedOut = "locked-out"
  /// Something was entered, and nobody knows what the device made of it.
  case unclear
  /// Neither a name nor a password was entered.
  case notEntered = "not-entered"

  var isFailure: Bool {
    switch self {
    case .refused, .lockedOut, .unclear: true
    case .accepted, .notEntered: false
    }
  }
}

/// How many wrong passwords a device, its services and its accounts have borne lately, and whether they bear another.
///
/// Pure: it is told what was tried and what time it is. Failures count for ``window`` whether or not a success came
/// between them, which is stricter than the counters of devices. An attempt without a result is a failure.
public struct LoginBudget: Hashable, Sendable {
  /// Lock-outs of devices last from seconds to half an hour; their counters are cleared as late (Hikvision and Dahua
  /// manuals: 30 minutes).
  public static let window = Duration.seconds(1800)

  private struct Attempt: Hashable, Sendable {
    let number: Int
    let at: Timestamp
    let service: ServiceEndpoint
    let account: String
    var result: LoginResult?

    var isFailure: Bool { result?.isFailure ?? true }
  }

  private struct Damage: Hashable, Sendable {
    let at: Timestamp
    let lines: Int
  }

  private var attempts: [Attempt] = []
  private var damages: [Damage] = []

  public init() {}

  public mutating func take(_ entry: LoginEntry) {
    switch entry {
    case .attempt(let number, let at, let service, let account):
      attempts.append(Attempt(number: number, at: at, service: service, account: account))
    case .result(let number, let result):
      guard let place = attempts.lastIndex(where: { $0.number == number }), attempts[place].result == nil else {
        return
      }
      attempts[place].result = result
    case .damage(let at, let lines, _):
      damages.append(Damage(at: at, lines: lines))
    }
  }

  /// Failures on a service that still count.
  public func failures(on service: ServiceEndpoint, at now: Timestamp) -> Int {
    recent(now).count { $0.service == service && $0.isFailure } + lost(now)
  }

  /// Failures of an account, on whatever service, that still count.
  public func failures(of account: String, at now: Timestamp) -> Int {
    recent(now).count { $0.account == account && $0.isFailure } + lost(now)
  }

  /// Attempts of ``Technique/credentialList`` on a service within ``window``: a whole list of 600, and a control.
  public static let mostOfList = 601

  /// Why nothing may be entered now; nil when one attempt may be made.
  public func refusal(
    of account: String, on service: ServiceEndpoint, threshold: LoginThreshold,
    technique: Technique = .defaultCredentials, at now: Timestamp
  ) -> LoginRefusal? {
    technique == .credentialList
      ? listRefusal(on: service, threshold: threshold, at: now)
      : refusal(of: account, on: service, threshold: threshold, at: now)
  }

  /// A list is longer than any threshold: whoever consented to it accepts a lock-out where none was ever seen, and only
  /// there.
  private func listRefusal(
    on service: ServiceEndpoint, threshold: LoginThreshold, at now: Timestamp
  ) -> LoginRefusal? {
    if case .failures = threshold { return .thresholdKnown }
    if attempts.contains(where: { $0.result == .lockedOut }) { return .lockedOut }
    let tried = recent(now).count { $0.service == service } + lost(now)
    return tried < Self.mostOfList ? nil : .budgetSpent(failures: tried, limit: Self.mostOfList)
  }

  private func refusal(
    of account: String, on service: ServiceEndpoint, threshold: LoginThreshold, at now: Timestamp
  ) -> LoginRefusal? {
    // A lock that showed is one whatever was believed of the threshold.
    if recent(now).contains(where: { $0.result == .lockedOut }) { return .lockedOut }
    guard let limit = threshold.limit else { return nil }
    let failures = max(failures(on: service, at: now), failures(of: account, at: now))
    return failures < limit ? nil : .budgetSpent(failures: failures, limit: limit)
  }

  /// A time that lies ahead, because a clock was set back, counts.
  private func recent(_ now: Timestamp) -> [Attempt] { attempts.filter { now - $0.at < Self.window } }

  /// What could not be read may have been a failure of any account on any service.
  private func lost(_ now: Timestamp) -> Int {
    damages.filter { now - $0.at < Self.window }.reduce(0) { $0 + $1.lines }
  }
}

/// Why a login is not attempted. Nothing was sent.
public enum LoginRefusal: Error, Hashable, Sendable {
  case notPermitted(Refusal)
  /// Another login on the device is under way, of this process or another.
  case busy
  /// The device showed within ``LoginBudget/window`` that it locks.
  case lockedOut
  case budgetSpent(failures: Int, limit: Int)
  /// A list is not tried on a device of which it is known that it locks.
  case thresholdKnown
}

extension LoginRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notPermitted(let refusal): "\(refusal)"
    case .busy: "another login on the device is under way"
    case .lockedOut: "the device showed within the last 30 minutes that it locks"
    case .budgetSpent(let failures, let limit):
      "\(failures) failures within the last 30 minutes; at most \(limit) are risked"
    case .thresholdKnown: "it is known that the device locks, so that no list is tried on it"
    }
  }
}
