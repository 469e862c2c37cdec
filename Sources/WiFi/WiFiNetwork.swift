public import Addressing
public import Wire

extension WiFiSurvey {
  public struct Network: Hashable, Sendable {
    public let address: MACAddress
    /// Descriptions that were repeated before the one that stands, when the network said something else meanwhile.
    public internal(set) var earlier: [WiFiDescription] = []
    /// Its beacons keep the name to themselves.
    public internal(set) var hidesName = false
    /// What it tells of itself for setting up, where a frame told most: answers tell more than beacons.
    public internal(set) var setup: WPSElement?
    /// Frames that describe it, and data frames.
    public internal(set) var frames = 0
    public internal(set) var dataFrames = 0
    /// Data frames by what protects them, and those that nothing does.
    public internal(set) var protection = WiFiProtectionCounts()
    public internal(set) var clearFrames = 0
    /// Messages of handshakes: a fact without their octets.
    public internal(set) var showedKeyIdentifier = false
    /// A client's name went through the air in clear (EAP Identity): a fact without its octets.
    public internal(set) var showedIdentity = false
    /// Clients are told not to fall back to what is weaker (Transition Disable). Access points encrypt that as a rule.
    public internal(set) var disablesTransition = false
    /// dBm, the strongest that was heard.
    public internal(set) var signal: Int8?
    /// Frames of stations that begin to show who they are, by algorithm.
    public internal(set) var authentications: [WiFiManagementFrame.Algorithm: Int] = [:]

    var descriptions = WiFiBelief<WiFiDescription>()
    var names = WiFiBelief<[UInt8]>()
    var stationTable = WiFiStations()
    /// EAP methods by number, and how often each was seen.
    var methods: [UInt8: Int] = [:]
    /// It is kept, whatever is heard of others.
    var isSettled = false
    /// What its beacons announce, and how often that was read: frames that say the same as before are not.
    var announced: [WiFiNeighbour: Int] = [:]
    /// ``frames`` when it was last looked at for room.
    var framesBefore = 0

    init(_ address: MACAddress) { self.address = address }

    /// What it says of itself; nil while nothing stands.
    public var description: WiFiDescription? { descriptions.value }
    /// On what ``description`` rests.
    public var standing: WiFiStanding? { descriptions.standing }
    /// Said by the network itself or by a client that joins it.
    public var name: [UInt8]? { names.value }
    public var nameStanding: WiFiStanding? { names.standing }
    /// Those of which two frames were heard, by address.
    public var stations: [WiFiStation] {
      stationTable.all.filter { $0.frames >= WiFiSurvey.proof }.sorted { $0.address < $1.address }
    }
    /// EAP methods by number, of which two frames were heard.
    public var authenticationMethods: [UInt8] { methods.filter { $0.value >= WiFiSurvey.proof }.keys.sorted() }

    /// Networks that it announces, of which two frames told, or one that is known to be sound; by band and channel.
    public var neighbours: [WiFiNeighbour] {
      announced.filter { $0.value >= WiFiSurvey.proof }.keys.sorted {
        ($0.channel.number, $0.network?.rawValue ?? 0) < ($1.channel.number, $1.network?.rawValue ?? 0)
      }
    }

    /// What protects its data was seen, not only said: so many frames make an accident unlikely.
    public func shows(_ kind: WiFiProtection) -> Bool { protection[kind] >= WiFiSurvey.proof }
  }
}

extension WiFiSurvey.Network {
  /// - Parameter isSound: see ``WiFiStanding/sound``.
  /// - Returns: something else stands now.
  mutating func hear(_ description: WiFiDescription, isSound: Bool) -> Bool {
    let before = descriptions.value
    if let old = descriptions.hear(description, isSound: isSound), !earlier.contains(old),
      earlier.count < WiFiSurvey.mostEarlier
    {
      earlier.append(old)
    }
    supportByData()
    return descriptions.value != before
  }

  /// What protects data tells a network without keys, and one with WEP, from those with RSN or WPA.
  mutating func supportByData() {
    guard standing ?? .once == .once else { return }
    let (isOpen, isWEP) = (clearFrames >= WiFiSurvey.proof, shows(.wep))
    guard isOpen || isWEP else { return }
    descriptions.support {
      $0.rsn == nil && $0.wpa == nil && $0.rsnOverride == nil && ($0.demandsPrivacy ? isWEP : isOpen)
    }
  }

  mutating func support(_ choice: WiFiChoice) {
    descriptions.support { choice.isOffered(by: $0) }
  }

  mutating func take(clear message: EAPOLMessage) {
    switch message {
    case .handshake(_, hasKeyIdentifier: true): showedKeyIdentifier = true
    case .authentication(let method?, let tellsIdentity):
      // Identity, notification and refusal are no methods (RFC 3748 §5).
      if method > 3 { methods[method, default: 0] += 1 }
      if tellsIdentity { showedIdentity = true }
    default: break
    }
  }
}
