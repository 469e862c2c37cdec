public import Addressing
public import Wire

/// Networks as they are heard, from whatever source: bounded in memory, and letting no single frame change what stands.
public struct WiFiSurvey: Sendable {
  /// Networks that are kept; in the densest places a radio hears some hundreds.
  public static let most = 4096
  /// Of them, those that are kept whatever else is heard.
  static let mostSettled = 3072
  /// Data frames of one kind that are taken for what a network does.
  public static let proof = 2
  /// LLC and SNAP, behind which data in clear begin.
  private static let shortestPacket = 8
  /// Descriptions that are remembered of a network that changes.
  static let mostEarlier = 4
  /// Networks that one may announce.
  private static let mostAnnounced = 16
  /// Frames since the last look that show that a network is there, and not a name in a flood.
  private static let lively = 8

  var networks: [Network] = []
  /// Of each network, octets of a beacon and of an answer that said what stands.
  private var beacons: [WiFiEssence?] = []
  private var answers: [WiFiEssence?] = []
  private var places: [MACAddress: Int] = [:]
  /// Where networks were found last, by some bits of their address: whether it is the right one shows there.
  private var recent = [Int32](repeating: -1, count: Self.mostRecent)
  private static let mostRecent = 256
  /// Those that are not settled, oldest first: they go first.
  private var unsettled: [Int] = []
  private var firstUnsettled = 0
  private var settled = 0
  /// How many more stations may be kept.
  private var stationRoom = WiFiStation.most
  /// Nothing is passed over because it was said before; only for tests, which compare the two.
  package var decodesEverything = false
  /// How often something else stood than before, of whatever network.
  private var changes = 0
  /// Where headers do not say whether a check sequence is there, one was, and right: others may have it too.
  private var sawCheckSequence = false
  public private(set) var frames = 0
  /// Whom the frame described that came last, if it said something that had not been repeated before: a frame worth keeping.
  public private(set) var newlyDescribed: MACAddress?
  /// Frames that were heard broken, or are none.
  public private(set) var noise = 0
  /// Networks that were let go for want of room, and stations that were let go or not taken.
  public private(set) var dropped = 0
  public private(set) var droppedStations = 0

  public init() {}

  /// By address.
  public var all: [Network] { networks.sorted { $0.address < $1.address } }

  public subscript(_ address: MACAddress) -> Network? { places[address].map { networks[$0] } }

  @inline(__always)
  private mutating func place(of address: MACAddress) -> Int? {
    let slot = Self.slot(address)
    let guess = Int(recent[slot])
    if guess >= 0, networks[guess].address == address { return guess }
    guard let place = places[address] else { return nil }
    recent[slot] = Int32(place)
    return place
  }

  /// The last octet tells the networks of one access point apart, those before it access points.
  private static func slot(_ address: MACAddress) -> Int {
    Int(truncatingIfNeeded: address.rawValue ^ address.rawValue >> 8 ^ address.rawValue >> 16) & (mostRecent - 1)
  }

  /// Takes a captured frame.
  /// - Parameter octets: with the capture's header in front.
  public mutating func take(_ octets: Span<UInt8>, _ type: RadioHeader.LinkType) {
    frames += 1
    newlyDescribed = nil
    guard let radio = try? RadioHeader(parsing: octets, type), radio.checkSequence != .wrong else {
      noise += 1
      return
    }
    var frame = octets.extracting(radio.length..<octets.count)
    let whole = frame
    if radio.checkSequence == .present { frame = frame.extracting(0..<max(0, frame.count - 4)) }
    guard let header = try? WiFiHeader(parsing: frame) else { return }
    let body = frame.extracting(header.length..<frame.count)
    switch header.kind {
    case .data(hasBody: true): take(data: body, header)
    case .management(let kind): take(kind, header, body, radio, whole)
    case .data, .control, .other: break
    }
  }

  /// Takes what the kernel's scan says of a network. It has checked the frame.
  public mutating func take(
    scanOf address: MACAddress, capabilities: UInt16, elements: Span<UInt8>, frequency: UInt16?, signal: Int8?
  ) {
    let heard = Heard(frequency: frequency, signal: signal, isSound: true)
    _ = describe(address, capabilities, WiFiEssence.list(elements).elements, heard)
  }

  // MARK: Frames

  /// How a frame was heard.
  private struct Heard {
    let frequency: UInt16?
    let signal: Int8?
    let isSound: Bool
  }

  private mutating func take(
    _ kind: WiFiHeader.Management, _ header: WiFiHeader, _ body: Span<UInt8>, _ radio: RadioHeader,
    _ whole: Span<UInt8>
  ) {
    guard !header.isProtected, let fixed = try? WiFiManagementFrame(parsing: body, kind) else { return }
    let elements = body.extracting(fixed.elementsOffset..<body.count)
    switch kind {
    case .beacon, .probeResponse:
      // The sender is the network, or something is wrong with one of the two.
      guard header.transmitter == header.third, let capabilities = fixed.capabilities else {
        noise += 1
        return
      }
      if !takeRepeated(kind, header.third, elements, capabilities, radio) {
        takeNew(kind, header, elements, capabilities, radio, whole)
      }
    case .associationRequest, .reassociationRequest: takeRequest(header, elements)
    case .authentication:
      guard let place = place(of: header.third) else { return }
      let isOfStation = header.transmitter != header.third
      countStation(isOfStation ? header.transmitter : header.receiver, at: place)
      if isOfStation, fixed.transaction == 1, !header.isRetry, let algorithm = fixed.algorithm {
        networks[place].authentications[algorithm.isKnown ? algorithm : .other(.max), default: 0] += 1
      }
    case .associationResponse, .reassociationResponse:
      if let place = place(of: header.third) { countStation(header.receiver, at: place) }
    default: break
    }
  }

  /// - Returns: false when the frame says something that has to be decoded.
  private mutating func takeRepeated(
    _ kind: WiFiHeader.Management, _ address: MACAddress, _ elements: Span<UInt8>, _ capabilities: UInt16,
    _ radio: RadioHeader
  ) -> Bool {
    guard !decodesEverything, let place = place(of: address) else { return false }
    let channel = radio.frequency.flatMap { WiFiChannel(frequency: Int($0)) }
    guard let essence = kind == .beacon ? beacons[place] : answers[place] else { return false }
    let isSaid =
      radio.checkSequence == .unknown && sawCheckSequence && elements.count >= 4
      && essence.isSaid(by: elements.extracting(0..<elements.count - 4), capabilities, channel)
      || essence.isSaid(by: elements, capabilities, channel)
    guard isSaid else { return false }
    if !essence.hidden.isEmpty {
      // What stands of the others may have changed, or they were let go.
      guard essence.changes == changes else { return false }
      for other in essence.hidden {
        if let place = self.place(of: MACAddress(rawValue: other)) { count(radio.signal, at: place) }
      }
    }
    count(radio.signal, at: place)
    return true
  }

  private mutating func count(_ signal: Int8?, at place: Int) {
    networks[place].frames += 1
    if let signal { networks[place].signal = max(networks[place].signal ?? signal, signal) }
  }

  private mutating func takeNew(
    _ kind: WiFiHeader.Management, _ header: WiFiHeader, _ octets: Span<UInt8>, _ capabilities: UInt16,
    _ radio: RadioHeader, _ whole: Span<UInt8>
  ) {
    var elements = octets
    var isSound = radio.checkSequence == .absent
    if !isSound, FrameCheckSequence.isRight(whole) {
      isSound = true
      if radio.checkSequence == .unknown {
        sawCheckSequence = true
        elements = elements.extracting(0..<max(0, elements.count - 4))
      }
    }
    let (list, isWhole) = WiFiEssence.list(elements)
    // Cut off, it is not what was sent.
    guard isWhole || isSound || radio.checkSequence == .present else {
      noise += 1
      return
    }
    let heard = Heard(frequency: radio.frequency, signal: radio.signal, isSound: isSound)
    let (place, stands) = describe(header.third, capabilities, list, heard)
    newlyDescribed = header.third
    let isAnnounced = announce(list, at: place, isSound: isSound)
    if kind == .beacon, Self.name(list) == nil { networks[place].hidesName = true }
    // One frame counts once for a network, however often it names it.
    var described: Set = [header.third]
    var areStanding = stands && isWhole && isAnnounced
    for profile in WiFiHiddenProfile.list(list, of: header.third) where described.insert(profile.network).inserted {
      areStanding = describe(profile.network, profile.capabilities, profile.elements, heard).stands && areStanding
    }
    guard let place = self.place(of: header.third) else { return }
    described.remove(header.third)
    let essence =
      areStanding
      ? WiFiEssence(
        elements, capabilities, radio.frequency.flatMap { WiFiChannel(frequency: Int($0)) },
        hidden: described.map(\.rawValue), changes) : nil
    if kind == .beacon { beacons[place] = essence } else { answers[place] = essence }
  }

  /// - Returns: everything that is announced, as far as there is room for it, was told twice by now or is known to be sound.
  private mutating func announce(_ elements: [WiFiElement], at place: Int, isSound: Bool) -> Bool {
    var isSettled = true
    // A frame counts once, however often it says it.
    var told: Set<WiFiNeighbour> = []
    for element in elements where element.identifier == .reducedNeighbourReport {
      for neighbour in WiFiNeighbour.list(parsing: element.body) where told.insert(neighbour).inserted {
        let before = networks[place].announced[neighbour]
        guard before != nil || networks[place].announced.count < Self.mostAnnounced else { continue }
        let count = min(Self.proof, (before ?? 0) + (isSound ? Self.proof : 1))
        networks[place].announced[neighbour] = count
        if count < Self.proof { isSettled = false }
      }
    }
    return isSettled
  }

  private mutating func takeRequest(_ header: WiFiHeader, _ octets: Span<UInt8>) {
    guard let place = place(of: header.third), header.transmitter != header.third else { return }
    let elements = WiFiElement.list(parsing: octets).elements
    if let name = Self.name(elements) { learn(name, at: place, isSound: false) }
    choose(WiFiChoice(elements), header.transmitter, at: place)
  }

  private mutating func choose(_ choice: WiFiChoice?, _ station: MACAddress?, at place: Int) {
    if let choice { networks[place].support(choice) }
    guard let index = countStation(station, at: place), let choice else { return }
    _ = networks[place].stationTable[index].choices.hear(choice, isSound: false)
  }

  @inline(__always)
  private mutating func take(data body: Span<UInt8>, _ header: WiFiHeader) {
    guard let address = header.network, let place = place(of: address) else { return }
    networks[place].dataFrames += 1
    let station = header.station ?? (header.comesFromSystem || header.goesToSystem ? nil : header.transmitter)
    let index = countStation(station, at: place)
    if header.isProtected {
      guard let kind = WiFiProtection(body: body) else { return }
      networks[place].protection[kind] += 1
      if let index { networks[place].stationTable[index].protection[kind] += 1 }
      if kind == .wep { networks[place].supportByData() }
    } else if let message = EAPOLMessage(body: body) {
      networks[place].take(clear: message)
      take(handshake: message, body, station, at: place)
    } else if body.count >= Self.shortestPacket {
      networks[place].clearFrames += 1
      if let index { networks[place].stationTable[index].clearFrames += 1 }
      networks[place].supportByData()
    }
  }

  /// The second message repeats what the station chose, the third what the access point offers (IEEE 802.11-2020 §12.7.6).
  private mutating func take(
    handshake message: EAPOLMessage, _ body: Span<UInt8>, _ station: MACAddress?, at place: Int
  ) {
    guard case .handshake(let number, _) = message, number == 2 || number == 3 else { return }
    let elements = EAPOLMessage.clearKeyData(body)
    if elements.contains(where: { $0.vendorType == WiFiVendorType.transitionDisable }), number == 3 {
      networks[place].disablesTransition = true
    }
    guard let choice = WiFiChoice(elements) else { return }
    networks[place].support(choice)
    // An offer of several ways is no choice.
    guard number == 2, let index = countStation(station, at: place, frames: 0) else { return }
    _ = networks[place].stationTable[index].choices.hear(choice, isSound: false)
  }

  /// - Returns: the station's place in its network; nil for what is no station, and where there is no room.
  @discardableResult @inline(__always)
  private mutating func countStation(_ address: MACAddress?, at place: Int, frames: Int = 1) -> Int? {
    guard let address, !address.isGroup, address.rawValue != 0, address != networks[place].address else { return nil }
    guard let index = networks[place].stationTable.place(of: address, &stationRoom, &droppedStations) else {
      return nil
    }
    networks[place].stationTable[index].frames += frames
    return index
  }

  // MARK: What stands

  /// - Returns: where the network is, and whether what stands is what this frame says, so that the same need not be decoded again.
  private mutating func describe(
    _ address: MACAddress, _ capabilities: UInt16, _ elements: [WiFiElement], _ heard: Heard
  ) -> (place: Int, stands: Bool) {
    let description = WiFiDescription(capabilities: capabilities, elements, heardOn: heard.frequency)
    let place = place(of: address) ?? begin(address)
    count(heard.signal, at: place)
    if networks[place].hear(description, isSound: heard.isSound) { change(place) }
    let name = Self.name(elements)
    if let name { learn(name, at: place, isSound: heard.isSound) }
    if description.setup != nil, networks[place].description == description {
      let parts = elements.filter { $0.vendorType == WiFiVendorType.wps }.flatMap(\.vendorBody)
      if let setup = try? WPSElement(parsing: parts), networks[place].setup?.modelName == nil || setup.modelName != nil
      {
        networks[place].setup = setup
      }
    }
    if networks[place].standing == .repeated { settle(place) }
    let stands = networks[place].standing == .repeated && networks[place].description == description
    return (place, stands && (name == nil || networks[place].name == name && networks[place].nameStanding == .repeated))
  }

  /// The name in a list of elements, unless it is kept back.
  private static func name(_ elements: [WiFiElement]) -> [UInt8]? {
    guard let name = elements.first(where: { $0.identifier == .name })?.body, name.count <= 32 else { return nil }
    return name.allSatisfy { $0 == 0 } ? nil : name
  }

  /// A name said by somebody who should know.
  private mutating func learn(_ name: [UInt8], at place: Int, isSound: Bool) {
    let before = networks[place].name
    _ = networks[place].names.hear(name, isSound: isSound)
    if networks[place].name != before { change(place) }
  }

  /// Something else stands of a network than before.
  private mutating func change(_ place: Int) {
    changes &+= 1
    beacons[place] = nil
    answers[place] = nil
  }

  // MARK: Room

  private mutating func settle(_ place: Int) {
    guard !networks[place].isSettled, settled < Self.mostSettled else { return }
    networks[place].isSettled = true
    settled += 1
  }

  private mutating func begin(_ address: MACAddress) -> Int {
    let place = networks.count < Self.most ? networks.count : makeRoom()
    if place < networks.count {
      networks[place] = Network(address)
      change(place)
    } else {
      networks.append(Network(address))
      beacons.append(nil)
      answers.append(nil)
    }
    unsettled.append(place)
    places[address] = place
    return place
  }

  /// Lets the oldest go that is not settled, unless it is still heard often: then it is looked at again later.
  /// - Returns: its place.
  private mutating func makeRoom() -> Int {
    dropped += 1
    while true {
      if firstUnsettled > Self.most {
        unsettled.removeFirst(firstUnsettled)
        firstUnsettled = 0
      }
      // There are always some, since fewer settle than there is room for.
      let place = unsettled[firstUnsettled]
      firstUnsettled += 1
      if networks[place].isSettled { continue }
      let isLively = networks[place].frames - networks[place].framesBefore >= Self.lively
      if isLively {
        networks[place].framesBefore = networks[place].frames
        unsettled.append(place)
        continue
      }
      places[networks[place].address] = nil
      stationRoom += networks[place].stationTable.count
      return place
    }
  }
}
