internal import Addressing
internal import Checklist
internal import Records

/// Where a frame is.
struct FramePlace: Hashable {
  let file: String
  /// From 1, as Wireshark counts.
  let number: Int

  var text: String { "\(file) frame \(number)" }
}

/// What is kept of each flow, within bounds.
struct FlowTable {
  struct Key: Hashable {
    let device: Int
    let peer: IPAddress
    let transport: Transport
    let port: UInt16
    let isIncoming: Bool
  }

  struct State {
    var protocolName: ProtocolName?
    var protection: TrafficFacts.Protection?
    var name: String?
    /// With whether data followed: only the two together say something.
    var certificate: (state: TrafficFacts.PeerCertificate, carriedData: Bool)?
    var clientCertificate = false
    var carriedData = false
    var isUpdate = false
    var octetsOut = 0
    var octetsIn = 0
    var bursts: [Timestamp] = []
    var burstOctets: [Int] = []
    var last = Timestamp(nanoseconds: .min)
    var evidence: [String] = []
    /// The device was known by its address at least once, not by a MAC address that may be a router's.
    var isByAddress = false
  }

  /// Of flows, and of the beginnings of bursts in all of them together.
  static let mostFlows = 20_000
  static let mostBursts = 500_000
  /// The project's choice: what comes after two seconds of silence is another burst.
  static let pause = Duration.seconds(2)
  private static let mostEvidence = 3

  private(set) var states: [Key: State] = [:]
  private var bursts = 0
  /// Packets of flows for which there was no room.
  private(set) var unfollowed = 0

  /// Counts a packet.
  mutating func count(
    _ key: Key, octets: Int, isOut: Bool, at moment: Timestamp, isByAddress: Bool, evidence: FramePlace
  ) {
    guard states[key] != nil || states.count < Self.mostFlows else {
      unfollowed += 1
      return
    }
    let room = bursts < Self.mostBursts
    // In its place: a copy of the bursts for every packet would make each cost as much as all before it.
    let began = Self.add(
      &states[key, default: State()], octets, isOut, moment, isByAddress: isByAddress, room: room, evidence)
    if began { bursts += 1 }
  }

  /// - Returns: whether another burst began.
  private static func add(
    _ state: inout State, _ octets: Int, _ isOut: Bool, _ moment: Timestamp, isByAddress: Bool, room: Bool,
    _ evidence: FramePlace
  ) -> Bool {
    if isOut { state.octetsOut += octets } else { state.octetsIn += octets }
    let begins = state.bursts.isEmpty || moment - state.last > pause && room
    if begins {
      state.bursts.append(moment)
      state.burstOctets.append(0)
    }
    state.burstOctets[state.burstOctets.count - 1] += octets
    state.last = max(state.last, moment)
    state.isByAddress = state.isByAddress || isByAddress
    if state.evidence.isEmpty { state.evidence.append(evidence.text) }
    return begins
  }

  mutating func note(_ key: Key, _ change: (inout State) -> Void) {
    guard states[key] != nil else { return }
    change(&states[key, default: State()])
  }

  /// What a connection showed is added to what its flow is known for; the weaker protection stays.
  mutating func note(_ key: Key, _ outcome: Conversation.Outcome, evidence: FramePlace) {
    note(key) { state in
      state.protocolName = outcome.protocolName ?? state.protocolName
      if let protection = outcome.protection { state.protection = Self.weaker(state.protection, protection) }
      state.name = outcome.name ?? state.name
      state.clientCertificate = state.clientCertificate || outcome.clientCertificate
      state.carriedData = state.carriedData || outcome.carriedData
      if let certificate = outcome.certificate {
        let new = (state: certificate, carriedData: outcome.carriedData)
        if Self.rank(new) > (state.certificate.map(Self.rank) ?? -1) {
          state.certificate = new
          if state.evidence.count < Self.mostEvidence { state.evidence.append(evidence.text) }
        }
      }
      if outcome.isUpdate, !state.isUpdate {
        state.isUpdate = true
        if state.evidence.count < Self.mostEvidence { state.evidence.append(evidence.text) }
      }
    }
  }

  /// Data behind a certificate that a client should refuse says most.
  private static func rank(_ seen: (state: TrafficFacts.PeerCertificate, carriedData: Bool)) -> Int {
    switch seen.state {
    case .expired, .wrongName, .selfSigned: seen.carriedData ? 5 : 2
    case .privateAuthority: seen.carriedData ? 4 : 1
    case .valid, .hidden: seen.carriedData ? 3 : 0
    }
  }

  private static func weaker(
    _ one: TrafficFacts.Protection?, _ other: TrafficFacts.Protection
  ) -> TrafficFacts.Protection {
    switch (one, other) {
    case (nil, let only), (.opaque?, let only): only
    case (let known?, .opaque): known
    case (TrafficFacts.Protection.none?, _), (_, .none): TrafficFacts.Protection.none
    case (.tls(let one)?, .tls(let other)): .tls(version: min(one, other))
    }
  }
}
