internal import Cryptography
public import Records
internal import Wire

/// Asks an SSH service what it can do: its identification, its lists of algorithms, a host key of each type, the smallest group, how it
/// would let somebody in, and whether it speaks the old version (RFC 4253, RFC 4419, RFC 4252). What follows from that is judged elsewhere.
///
/// - Octets sent, on each connection: our identification (16), SSH_MSG_KEXINIT (up to about 2,000) and the first packet of a key
///   exchange (about 50; about 1,250 where the server has hybrid methods alone). On the first one, where the methods of both allow it,
///   SSH_MSG_NEWKEYS, and encrypted a request for the authentication service and one for `none` (RFC 4252 §5.2) with the name `tenken`, which
///   nobody has: servers answer it with the methods that they take. No password and no key is offered, and the connection ends there.
/// - Connections opened: six at most, one after the other, each closed with FIN: one shows the lists and a first host key, one for
///   each further type of host key, one for the smallest group, one for the old version where it is announced. What is left is for
///   repeating.
/// - State left behind: a log entry for each connection that ends before a login, one of them with the name `tenken`.
/// - Worst known reaction: OpenSSH from 9.8 on turns an address away for a while that often leaves without a login
///   (`PerSourcePenalties`, sshd_config(5): a second for each, from 15 seconds on), which six connections stay below; Dropbear
///   turns away who holds more than five connections without a login, of which this probe has one at a time.
public struct SSHAuditProbe: Probe {
  public static let questions = [
    "ssh.v1", "ssh.weak-kex", "ssh.weak-cipher", "ssh.weak-mac", "ssh.weak-hostkey", "ssh.known-key",
    "ssh.vulnerable-version",
  ]
  public static let sheet = ProbeSheet(
    id: "ssh-audit", technique: .serviceQuestions,
    sends: LocalizedText(
      ja: "SSHの鍵交換の最初のメッセージと、存在しない利用者名での認証方式の問い合わせ(パスワードなし)1回",
      en:
        "the first messages of an SSH key exchange, and once the question for methods of authentication, with nobody's name and no password"
    ),
    leavesBehind: "a log entry for each connection that ends before a login, one with the name tenken",
    worstReaction:
      "OpenSSH 9.8 and newer turns away for a while who often leaves without a login (sshd_config(5), PerSourcePenalties)",
    connections: 6, duration: .seconds(120))

  /// How long an answer is waited for: a small device computes for seconds.
  private static let patience = Duration.seconds(10)
  /// How long the server's lists are waited for before ours are sent.
  private static let courtesy = Duration.seconds(3)
  /// How long the end of an exchange is waited for after its answer.
  private static let farewell = Duration.seconds(1)
  /// Before a connection that the server did not take is tried again; then twice as long.
  private static let pause = Duration.seconds(2)
  private static let triesOfOne = 3
  /// Before the sheet's own end, so that what is known is told.
  private static let span = Duration.seconds(100)
  /// Octets of a modulus that is written down: 16,384 bits.
  private static let modulusLimit = 2048
  /// Host keys asked for before the smallest group.
  private static let keysBeforeGroup = 3

  private let port: UInt16
  private let seed: UInt64
  private var channel = -1
  private var talk: SSHTalk?
  private var pending: [SSHAim] = [.hostKey(type: nil)]
  /// What failed although the server answered before it, until it answers again.
  private var doubtful: [(aim: SSHAim, reason: String)] = []
  private var tries: [SSHAim: Int] = [:]
  private var repeated: Set<SSHAim> = []
  private var capture: SSHCapture?
  private var isRepeating = false
  private var hasAskedForMethods = false
  private var lastFailure = "no-answer"
  private var end: MonotonicInstant?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the octets that stand where a public key would.
  public init(port: UInt16, seed: UInt64) {
    self.port = port
    self.seed = seed
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    end = now + Self.span
    return next(at: now)
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened(channel):
      wait(Self.patience, at: now)
      return []
    case .received(channel, let octets):
      guard talk != nil else { return [] }
      let answer = talk?.take(octets) ?? []
      guard talk?.outcome == nil else { return settle(closing: true, at: now) }
      let isCourteous = talk?.mayGoFirst == true
      wait(talk?.isAlmostOver == true ? Self.farewell : isCourteous ? Self.courtesy : Self.patience, at: now)
      return answer.isEmpty ? [] : [.send(channel, answer)]
    case .ended(channel, let ending):
      talk?.end(ending.rawValue)
      return settle(closing: false, at: now)
    case .failed(channel, let reason):
      talk?.end(reason)
      return settle(closing: false, at: now)
    case .timer: return wake(at: now)
    case .opened, .received, .ended, .failed, .response: return []
    }
  }

  private mutating func wake(at now: MonotonicInstant) -> [ProbeAction] {
    guard talk != nil else { return next(at: now) }
    let isLate = isLate(now)
    if !isLate, talk?.mayGoFirst == true, let lists = talk?.goFirst() {
      wait(Self.patience, at: now)
      return [.send(channel, lists)]
    }
    talk?.end(isLate ? "time" : "no-answer")
    return settle(closing: true, at: now)
  }

  /// However often octets come, not beyond the end of the audit.
  private mutating func wait(_ duration: Duration, at now: MonotonicInstant) {
    wakeAt = min(now + duration, end ?? now + duration)
  }

  private func isLate(_ now: MonotonicInstant) -> Bool { end.map { now >= $0 } ?? false }

  /// The next connection, or the report.
  private mutating func next(at now: MonotonicInstant) -> [ProbeAction] {
    wakeAt = nil
    let isLate = isLate(now)
    // Who never sent its lists has been asked the same often enough.
    let hasLists = capture.map { !$0.algorithms.keyExchange.isEmpty } ?? false
    if pending.isEmpty, !doubtful.isEmpty, !isRepeating, !isLate, hasLists {
      // The control: the first hello that was answered, or the first one of all.
      isRepeating = true
      pending = [.hostKey(type: capture?.hostKeys.first?.type)]
    }
    guard !pending.isEmpty, !isLate, channel + 1 < Self.sheet.connections else {
      conclude(isLate ? "time" : "connection-limit")
      return []
    }
    channel += 1
    let aim = pending.removeFirst()
    talk = SSHTalk(aim, random: random, asksForMethods: !hasAskedForMethods)
    return [.connect(channel, port: port)]
  }

  /// Takes what a connection came to.
  private mutating func settle(closing: Bool, at now: MonotonicInstant) -> [ProbeAction] {
    guard let talk, let outcome = talk.outcome else { return [] }
    self.talk = nil
    let goodbye: [ProbeAction] = closing ? [.close(channel)] : []
    note(talk)
    switch outcome {
    case .failed(let reason):
      lastFailure = reason
      guard !talk.hasLists, talk.aim != .version1 || talk.identification == nil else {
        doubtful.append((talk.aim, reason))
        break
      }
      // It did not take part at all: busy, or out of room for strangers.
      tries[talk.aim, default: 0] += 1
      guard reason != "other-answer", tries[talk.aim, default: 0] < Self.triesOfOne else {
        doubtful.append((talk.aim, reason))
        if capture == nil { pending = [] }
        break
      }
      pending.insert(talk.aim, at: 0)
      wakeAt = now + Self.pause * tries[talk.aim, default: 1]
      return goodbye
    case .hostKey(let key):
      add(key, isHeld: talk.isHeld)
      note(talk.answer)
      if case .hostKey(let type?) = talk.aim, type != key.type { miss(talk.aim, "other-type") }
    case .group(let bits): note(group: bits)
    case .version1(let key):
      let print = DigestAlgorithm.sha256.digest(of: key.octets)
      capture?.hostKeys.append(.init(type: "rsa1", bits: key.bits, fingerprint: Self.base64(print)))
    case .onlyVersion1: break
    }
    if case .failed = outcome {} else { settleDoubts() }
    return goodbye + next(at: now)
  }

  /// The server answers: what it did not answer before, it declined.
  private mutating func settleDoubts() {
    isRepeating = false
    for (aim, reason) in doubtful {
      // A reset or a silence may have had another cause, and is asked about once more.
      if ["reset", "no-answer"].contains(reason), repeated.insert(aim).inserted {
        pending.append(aim)
      } else {
        miss(aim, "declined (\(reason))")
      }
    }
    doubtful = []
  }

  private mutating func miss(_ aim: SSHAim, _ reason: String) {
    switch aim {
    case .hostKey(let type):
      guard let type = type ?? capture.flatMap({ SSHOffer.types($0.algorithms.hostKey).first }) else { return }
      guard capture?.hostKeys.contains(where: { $0.type == type }) == false else { return }
      capture?.missingHostKeys[type.cut(to: 64)] = reason
    case .version1: capture?.missingHostKeys["rsa1"] = reason
    case .group: break
    }
  }

  private mutating func note(_ talk: SSHTalk) {
    guard let said = talk.identification else { return }
    if capture == nil {
      capture = SSHCapture(identification: said.text.cut(to: 255))
      if said.speaksVersion1 { pending.append(.version1) }
    }
    if let bits = talk.groupBits { note(group: bits) }
    guard let lists = talk.lists, capture?.algorithms.keyExchange.isEmpty == true else { return }
    capture?.algorithms = SSHCapture.Algorithms(lists)
    plan(lists, after: talk)
  }

  /// What is to be asked, now that the lists are known.
  private mutating func plan(_ lists: SSHKeyExchangeInit, after talk: SSHTalk) {
    let types = SSHOffer.types(lists.hostKey)
    var first = types.first
    if case .hostKey(let key) = talk.outcome { first = key.type }
    let further: [SSHAim] = types.filter { $0 != first }.map { .hostKey(type: $0) }
    var aims = Array(further.prefix(Self.keysBeforeGroup))
    let exchanges = ["diffie-hellman-group-exchange-sha256", "diffie-hellman-group-exchange-sha1"]
    if capture?.smallestGroup == nil, let method = exchanges.first(where: lists.keyExchange.contains) {
      aims.append(.group(method: method))
    }
    pending = aims + pending + further.dropFirst(Self.keysBeforeGroup)
  }

  private mutating func note(group bits: Int) {
    guard capture?.smallestGroup.map({ bits < $0.bits }) ?? true else { return }
    capture?.smallestGroup = .init(asked: SSHKeyExchange.groupAsked, bits: bits)
    pending.removeAll { if case .group = $0 { true } else { false } }
  }

  /// Once, whatever came of it: an account of nobody is asked for a single time.
  private mutating func note(_ answer: SSHAuthenticationAnswer?) {
    hasAskedForMethods = true
    switch answer {
    case .methods(let names):
      capture?.authenticationMethods = names.prefix(16).map { $0.cut(to: 64) }
      capture?.opensWithoutAuthentication = false
    case .opened: capture?.opensWithoutAuthentication = true
    case .other, nil: break
    }
  }

  private mutating func add(_ key: SSHHostKey, isHeld: Bool?) {
    guard capture?.hostKeys.contains(where: { $0.type == key.type }) == false else { return }
    capture?.missingHostKeys[key.type] = nil
    let print = Self.base64(DigestAlgorithm.sha256.digest(of: key.blob))
    capture?.hostKeys.append(
      .init(
        type: key.type, bits: key.bits, fingerprint: print,
        modulus: key.modulus.flatMap { $0.count <= Self.modulusLimit ? Hexadecimal.number($0) : nil }, isHeld: isHeld))
  }

  /// - Parameter left: why what was not asked was not.
  private mutating func conclude(_ left: String) {
    wakeAt = nil
    for (aim, reason) in doubtful { miss(aim, "\(isRepeating ? "control-failed" : left) (\(reason))") }
    for aim in pending { miss(aim, left) }
    guard var capture else {
      let basis = Self.sheet.undecided(lastFailure)
      report = ProbeReport(
        verdicts: Self.questions.map { ProbeVerdict($0, .inconclusive(reason: lastFailure), basis: basis) })
      return
    }
    capture.connections = channel + 1
    report = ProbeReport(facts: [.ssh(capture)])
  }
}

extension SSHAuditProbe {
  /// 32 octets of the seed, another on each connection.
  private var random: [UInt8] {
    let place = UInt64(truncatingIfNeeded: channel)
    let text = (0..<8).map { UInt8(truncatingIfNeeded: seed >> ($0 * 8)) } + [UInt8(truncatingIfNeeded: place)]
    return DigestAlgorithm.sha256.digest(of: text)
  }

  /// RFC 4648 §4, without padding.
  static func base64(_ octets: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: octets.count, by: 3) {
      let group = octets[start..<min(start + 3, octets.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0...group.count { text.append(letters[bits >> (18 - 6 * place) & 63]) }
    }
    return text
  }
}

extension SSHCapture.Algorithms {
  /// Names kept of a list, and letters of a name: what is longer says nothing of algorithms, and is in the evidence.
  private static let nameLimit = 128

  init(_ lists: SSHKeyExchangeInit) {
    self.init()
    func kept(_ names: [String]) -> [String] { names.prefix(Self.nameLimit).map { $0.cut(to: 64) } }
    keyExchange = kept(lists.keyExchange)
    hostKey = kept(lists.hostKey)
    encryptionClientToServer = kept(lists.encryptionClientToServer)
    encryptionServerToClient = kept(lists.encryptionServerToClient)
    macClientToServer = kept(lists.macClientToServer)
    macServerToClient = kept(lists.macServerToClient)
    compressionClientToServer = kept(lists.compressionClientToServer)
    compressionServerToClient = kept(lists.compressionServerToClient)
  }
}
