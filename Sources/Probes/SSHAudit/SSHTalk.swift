internal import Records
internal import Wire

/// What one connection of the audit is for.
enum SSHAim: Hashable, Sendable {
  /// The lists, and the host key of a type; nil is the type that the server names first.
  case hostKey(type: String?)
  /// The smallest group, by this method.
  case group(method: String)
  /// The old version's public key.
  case version1
}

/// One connection of the audit, up to where it would become encrypted.
struct SSHTalk: Sendable {
  /// What it came to.
  enum Outcome: Hashable, Sendable {
    case hostKey(SSHHostKey)
    case group(bits: Int)
    case version1(SSH1PublicKey)
    /// The server speaks the old version alone: there is nothing to ask for here.
    case onlyVersion1
    case failed(reason: String)
  }

  private enum Stage { case identification, algorithms, answer, group, newKeys, service, authentication, version1 }

  /// Octets kept of what is not understood yet.
  private static let limit = 2 * SSHPacket.octetLimit
  /// Packets that say nothing, which are passed over.
  private static let idleLimit = 16

  let aim: SSHAim
  private let random: [UInt8]
  /// Goes on to the question how the server would let somebody in.
  private let asksForMethods: Bool
  private var session: SSHSession?
  /// Packets that the server has sent.
  private var received = 0
  private var stage = Stage.identification
  private var octets: [UInt8] = []
  private var idle = 0
  private(set) var identification: SSHIdentification?
  /// The server's lists.
  private(set) var lists: SSHKeyExchangeInit?
  /// Ours, where they went out before the server's came.
  private var ours: SSHKeyExchangeInit?
  private var method: String?
  private var key: SSHHostKey?
  private(set) var outcome: Outcome?
  /// The group that the server chose on the way to its host key.
  private(set) var groupBits: Int?
  /// The server has signed with the host key that it shows; nil where that was not looked at.
  private(set) var isHeld: Bool?
  /// What the server said to `none`.
  private(set) var answer: SSHAuthenticationAnswer?

  /// - Parameter random: 32 octets.
  init(_ aim: SSHAim, random: [UInt8], asksForMethods: Bool = false) {
    self.aim = aim
    self.random = random
    self.asksForMethods = asksForMethods
  }

  /// The server took part in the exchange: a failure after that is about what it was asked for.
  var hasLists: Bool { lists != nil }
  /// Only the word that closes the exchange is waited for.
  var isAlmostOver: Bool { stage == .newKeys }
  /// It waits for our lists, as long as it does not send its own.
  var mayGoFirst: Bool { stage == .algorithms && ours == nil }

  /// - Returns: what is to be sent.
  mutating func take(_ more: [UInt8]) -> [UInt8] {
    guard outcome == nil else { return [] }
    octets += more.prefix(max(0, Self.limit - octets.count))
    var answer: [UInt8] = []
    while outcome == nil {
      do {
        let before = octets.count
        answer += try stage == .identification ? introduce() : read()
        if octets.count == before { break }
      } catch .truncated {
        if octets.count >= Self.limit { end("other-answer") }
        break
      } catch {
        end("other-answer")
      }
    }
    return answer
  }

  /// The server hung up, or did not answer in time.
  mutating func end(_ reason: String) {
    guard outcome == nil else { return }
    if let key { outcome = .hostKey(key) } else { fail(reason) }
  }

  /// Lists of everything that this version speaks, for a server that waits for them.
  mutating func goFirst() -> [UInt8] {
    guard mayGoFirst else { return [] }
    let own = SSHOffer.blind(aim, cookie: Array(random.prefix(16)))
    ours = own
    return SSHPacket.octets(.keyExchangeInit, own.body)
  }

  private mutating func fail(_ reason: String) { outcome = .failed(reason: reason) }

  private mutating func introduce() throws(WireError) -> [UInt8] {
    let found = try SSHIdentification(parsing: octets.span)
    octets.removeFirst(found.length)
    identification = found
    if aim == .version1 {
      stage = .version1
      return SSHIdentification.oursOfVersion1
    }
    guard found.speaksVersion2 else {
      outcome = .onlyVersion1
      return []
    }
    stage = .algorithms
    return SSHIdentification.ours
  }

  private mutating func read() throws(WireError) -> [UInt8] {
    if stage == .version1 {
      outcome = .version1(try SSH1PublicKey(parsing: octets.span))
      return []
    }
    if stage == .service || stage == .authentication { return try readSealed() }
    let packet = try SSHPacket(parsing: octets.span)
    octets.removeFirst(packet.length)
    received += 1
    switch packet.message {
    case .disconnect:
      end("disconnect-\(packet.disconnection ?? 0)")
      return []
    case .keyExchangeInit where stage == .algorithms: return try agree(packet)
    case .exchangeReply where stage == .group:
      groupBits = try SSHKeyExchange.groupBits(parsing: packet.body.span)
      guard case .hostKey = aim else {
        outcome = .group(bits: groupBits ?? 0)
        return []
      }
      stage = .answer
      return SSHKeyExchange.groupInit(random: random)
    case .exchangeReply where stage == .answer, .groupReply where stage == .answer:
      let reply = try SSHExchangeReply(parsing: packet.body.span)
      let shown = try SSHHostKey(parsing: reply.hostKey.span)
      key = shown
      stage = .newKeys
      let end = session?.agree(reply, key: shown)
      isHeld = end?.isHeld
      if end?.isAgreed != true { session = nil }
    case .newKeys where stage == .newKeys: return enter()
    default:
      idle += 1
      if idle > Self.idleLimit { end("other-answer") }
    }
    return []
  }

  /// Everything is said that is said in clear text.
  private mutating func enter() -> [UInt8] {
    guard asksForMethods, var session, session.isProtected else {
      if let key { outcome = .hostKey(key) }
      return []
    }
    // Lists, opening, and this.
    let clear = SSHPacket.octets(.newKeys, [])
    session.begin(sent: 3, received: received)
    stage = .service
    let (message, body) = SSHAuthenticationAnswer.serviceRequest
    defer { self.session = session }
    return clear + session.seal(message, body)
  }

  private mutating func readSealed() throws(WireError) -> [UInt8] {
    guard var session else { return [] }
    defer { self.session = session }
    guard let packet = try session.open(&octets) else { return [] }
    if packet.message == .disconnect {
      end("disconnect-\(packet.disconnection ?? 0)")
    } else if stage == .service, packet.message == .serviceAccept {
      stage = .authentication
      let (message, body) = SSHAuthenticationAnswer.none(name: SSHSession.name)
      return session.seal(message, body)
    } else if stage == .authentication, let said = try? SSHAuthenticationAnswer(parsing: packet), said != .other {
      answer = said
      end("answered")
    } else {
      idle += 1
      if idle > Self.idleLimit { end("other-answer") }
    }
    return []
  }

  /// Both lists are known: what will be chosen is (RFC 4253 §7.1).
  private mutating func agree(_ packet: SSHPacket) throws(WireError) -> [UInt8] {
    let theirs: SSHKeyExchangeInit
    do {
      theirs = try SSHKeyExchangeInit(parsing: packet.body.span)
    } catch {
      // A list that ends too early in a packet that is whole.
      throw .malformed(offset: 0)
    }
    lists = theirs
    let sentBefore = ours != nil
    let answering = SSHOffer.answering(theirs, aim, cookie: Array(random.prefix(16)))
    if !sentBefore, case .hostKey = aim, let answering {
      session = SSHSession(answering, theirs, packet, identification: identification?.octets ?? [], random: random)
    }
    if let session {
      stage = .answer
      return SSHPacket.octets(.keyExchangeInit, session.own.body) + session.opening
    }
    guard let own = ours ?? answering,
      let chosen = own.keyExchange.first(where: theirs.keyExchange.contains), let kind = SSHKeyExchange(chosen)
    else {
      fail("no-common-method")
      return []
    }
    method = chosen
    stage = kind == .groupExchange ? .group : .answer
    let opening = kind.opening(random: random)
    return sentBefore ? opening : SSHPacket.octets(.keyExchangeInit, own.body) + opening
  }
}
