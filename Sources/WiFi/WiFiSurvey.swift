public import Addressing
public import Wire

/// Networks as they are heard, from whatever source: bounded in memory, and believing no single frame.
public struct WiFiSurvey: Sendable {
  public struct Network: Hashable, Sendable {
    public let address: MACAddress
    /// Believed: the same description was heard twice.
    public fileprivate(set) var description: WiFiDescription?
    /// Descriptions that were believed before it, when the network said something else meanwhile.
    public fileprivate(set) var earlier: [WiFiDescription] = []
    /// Said twice, by the network itself or by a client that joins it.
    public fileprivate(set) var name: [UInt8]?
    /// Its beacons keep the name to themselves.
    public fileprivate(set) var hidesName = false
    /// What it tells of itself for setting up, in its last frame that had it whole.
    public fileprivate(set) var setup: WPSElement?
    /// Frames that describe it, and data frames.
    public fileprivate(set) var frames = 0
    public fileprivate(set) var dataFrames = 0
    /// Data frames by what protects them, and those that nothing does.
    public fileprivate(set) var protection = Protection()
    public fileprivate(set) var clearFrames = 0
    /// Messages of handshakes: a fact without their octets.
    public fileprivate(set) var showedKeyIdentifier = false
    /// dBm, the strongest that was heard.
    public fileprivate(set) var signal: Int8?
    fileprivate var candidate: WiFiDescription?
    fileprivate var candidateName: [UInt8]?

    fileprivate init(_ address: MACAddress) { self.address = address }

    /// What protects its data was seen, not only said: so many frames make an accident unlikely.
    public func shows(_ kind: WiFiProtection) -> Bool { protection[kind] >= WiFiSurvey.proof }
  }

  /// Data frames by what protects them.
  public struct Protection: Hashable, Sendable {
    private var (wep, tkip, counterMode, ambiguous) = (0, 0, 0, 0)

    public fileprivate(set) subscript(_ kind: WiFiProtection) -> Int {
      get {
        switch kind {
        case .wep: wep
        case .tkip: tkip
        case .counterMode: counterMode
        case .ambiguous: ambiguous
        }
      }
      set {
        switch kind {
        case .wep: wep = newValue
        case .tkip: tkip = newValue
        case .counterMode: counterMode = newValue
        case .ambiguous: ambiguous = newValue
        }
      }
    }
  }

  /// Networks that are kept; in the densest places a radio hears some hundreds.
  public static let most = 4096
  /// Data frames of one kind that are taken for what a network does.
  public static let proof = 2
  /// Descriptions that are remembered of a network that changes.
  private static let mostEarlier = 8

  private var networks: [Network] = []
  private var places: [MACAddress: Int] = [:]
  /// Of the network whose frame came last: frames come in rows.
  private var last: (address: MACAddress, place: Int)?
  /// Those heard once, oldest first: they go first. A place whose network is believed by now is passed over.
  private var unproven: [MACAddress] = []
  private var firstUnproven = 0
  public private(set) var frames = 0
  /// Frames that were heard broken, or are none.
  public private(set) var noise = 0
  /// Networks that were let go for want of room.
  public private(set) var dropped = 0

  public init() {}

  /// By address.
  public var all: [Network] { networks.sorted { $0.address < $1.address } }

  public subscript(_ address: MACAddress) -> Network? { places[address].map { networks[$0] } }

  private mutating func place(of address: MACAddress) -> Int? {
    if let last, last.address == address { return last.place }
    guard let place = places[address] else { return nil }
    last = (address, place)
    return place
  }

  /// Takes a captured frame.
  /// - Parameter octets: with the capture's header in front.
  public mutating func take(_ octets: Span<UInt8>, _ type: RadioHeader.LinkType) {
    frames += 1
    guard let radio = try? RadioHeader(parsing: octets, type), radio.checkSequence != .wrong else {
      noise += 1
      return
    }
    var frame = octets.extracting(radio.length..<octets.count)
    if radio.checkSequence == .present { frame = frame.extracting(0..<max(0, frame.count - 4)) }
    guard let header = try? WiFiHeader(parsing: frame) else { return }
    let body = frame.extracting(header.length..<frame.count)
    switch header.kind {
    case .management(let kind): take(kind, header, body, radio)
    case .data(hasBody: true): take(data: body, header, radio)
    case .data, .control, .other: break
    }
  }

  /// Takes what the kernel's scan says of a network.
  public mutating func take(
    scanOf address: MACAddress, capabilities: UInt16, elements: Span<UInt8>, frequency: UInt16?, signal: Int8?
  ) {
    describe(address, capabilities, WiFiElement.list(parsing: elements).elements, frequency, signal)
  }

  // MARK: Frames

  private mutating func take(
    _ kind: WiFiHeader.Management, _ header: WiFiHeader, _ body: Span<UInt8>, _ radio: RadioHeader
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
      let (list, isWhole) = WiFiElement.list(parsing: elements)
      // Cut off, it is not what was sent.
      guard isWhole || radio.checkSequence != .unknown else {
        noise += 1
        return
      }
      describe(header.third, capabilities, list, radio.frequency, radio.signal)
      if kind == .beacon, Self.name(list) == nil, let place = place(of: header.third) {
        networks[place].hidesName = true
      }
      // One frame counts once for a network, however often it names it.
      var described: Set = [header.third]
      for profile in WiFiHiddenProfile.list(list, of: header.third) where described.insert(profile.network).inserted {
        describe(profile.network, profile.capabilities, profile.elements, radio.frequency, radio.signal)
      }
    case .associationRequest, .reassociationRequest:
      if let name = Self.name(WiFiElement.list(parsing: elements).elements) { learn(name, of: header.third) }
    default: break
    }
  }

  private mutating func take(data body: Span<UInt8>, _ header: WiFiHeader, _ radio: RadioHeader) {
    guard let address = header.network, let place = place(of: address) else { return }
    networks[place].dataFrames += 1
    if header.isProtected {
      if let kind = WiFiProtection(body: body) { networks[place].protection[kind] += 1 }
    } else if let message = EAPOLMessage(body: body) {
      if case .handshake(_, hasKeyIdentifier: true) = message { networks[place].showedKeyIdentifier = true }
    } else if body.count > 0 {
      networks[place].clearFrames += 1
    }
  }

  // MARK: What is believed

  private mutating func describe(
    _ address: MACAddress, _ capabilities: UInt16, _ elements: [WiFiElement], _ frequency: UInt16?, _ signal: Int8?
  ) {
    let description = WiFiDescription(capabilities: capabilities, elements, heardOn: frequency)
    let place = place(of: address) ?? begin(address)
    networks[place].frames += 1
    if let signal { networks[place].signal = max(networks[place].signal ?? signal, signal) }
    if description != networks[place].description {
      if description == networks[place].candidate {
        Self.believe(description, &networks[place])
      } else {
        networks[place].candidate = description
      }
    }
    if let name = Self.name(elements) { learn(name, of: address) }
    if description.setup != nil {
      let parts = elements.filter { $0.vendorType == WiFiVendorType.wps }.flatMap(\.vendorBody)
      if let setup = try? WPSElement(parsing: parts) { networks[place].setup = setup }
    }
  }

  /// The name in a list of elements, unless it is kept back.
  private static func name(_ elements: [WiFiElement]) -> [UInt8]? {
    guard let name = elements.first(where: { $0.identifier == .name })?.body, name.count <= 32 else { return nil }
    return name.allSatisfy { $0 == 0 } ? nil : name
  }

  private static func believe(_ description: WiFiDescription, _ network: inout Network) {
    if let old = network.description, !network.earlier.contains(old), network.earlier.count < mostEarlier {
      network.earlier.append(old)
    }
    network.description = description
    network.candidate = nil
  }

  /// A name said by somebody who should know; of a network that calls itself otherwise now, the one that came twice last.
  private mutating func learn(_ name: [UInt8], of address: MACAddress) {
    guard let place = place(of: address), networks[place].name != name else { return }
    if networks[place].candidateName == name {
      networks[place].name = name
    } else {
      networks[place].candidateName = name
    }
  }

  private mutating func begin(_ address: MACAddress) -> Int {
    unproven.append(address)
    let place = networks.count < Self.most ? networks.count : makeRoom()
    if place < networks.count { networks[place] = Network(address) } else { networks.append(Network(address)) }
    places[address] = place
    last = (address, place)
    return place
  }

  /// Lets the oldest go that was never believed; where all are, the weakest of them, which is the farthest.
  /// - Returns: its place.
  private mutating func makeRoom() -> Int {
    dropped += 1
    while firstUnproven < unproven.count {
      let address = unproven[firstUnproven]
      firstUnproven += 1
      if firstUnproven > Self.most {
        unproven.removeFirst(firstUnproven)
        firstUnproven = 0
      }
      guard let place = places[address], networks[place].description == nil else { continue }
      places[address] = nil
      return place
    }
    let weakest = networks.indices.min {
      (networks[$0].signal ?? .min, networks[$0].frames) < (networks[$1].signal ?? .min, networks[$1].frames)
    }
    places[networks[weakest ?? 0].address] = nil
    return weakest ?? 0
  }
}
