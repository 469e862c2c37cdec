import Addressing
import Testing
import Wire

/// Frames and elements by hand, from IEEE 802.11-2020.
struct WiFiFrameTests {
  private static let access: [UInt8] = [2, 0, 0, 0, 0, 1], client: [UInt8] = [2, 0, 0, 0, 0, 2]
  private static let other: [UInt8] = [2, 0, 0, 0, 0, 3]
  private let accessPoint = MACAddress(rawValue: 0x0200_0000_0001)
  private let station = MACAddress(rawValue: 0x0200_0000_0002)

  private func header(_ control: [UInt8], _ rest: [UInt8] = []) throws(WireError) -> WiFiHeader {
    let frame = control + [0, 0] + Self.access + Self.client + Self.other + [0x35, 0x12] + rest
    return try WiFiHeader(parsing: frame)
  }

  /// Table 9-30 and figure 9-1: which address is the network's, and what the header has more.
  @Test func `addresses mean what the direction says, and headers grow with their kind`() throws {
    let beacon = try header([0x80, 0])
    #expect(
      beacon.kind == .management(.beacon) && beacon.length == 24 && beacon.sequence == 0x123 && beacon.fragment == 5)
    #expect(beacon.network == MACAddress(rawValue: 0x0200_0000_0003) && beacon.station == nil)
    let up = try header([0x08, 0x01])
    #expect(up.network == accessPoint && up.station == station && up.kind == .data(hasBody: true))
    let down = try header([0x08, 0x42])
    #expect(down.network == station && down.station == accessPoint && down.isProtected)
    let between = try header([0x88, 0x03], Self.other + [0, 0])
    #expect(between.network == nil && between.length == 32 && between.fourth == MACAddress(rawValue: 0x0200_0000_0003))
    #expect(try header([0x88, 0x81], [0, 0, 1, 2, 3, 4]).length == 30)
    #expect(try header([0x80, 0x80], [1, 2, 3, 4]).length == 28)
    #expect(try header([0x48, 0x09]).kind == .data(hasBody: false) && header([0x48, 0x09]).isRetry)
    // Control frames, and another version of the protocol.
    for control in [[0xd4, 0], [0x81, 0]] as [[UInt8]] {
      #expect(throws: WireError.unsupported) { try header(control) }
    }
    let whole = [0x88, 0x03, 0, 0] + Self.access + Self.client + Self.other + [0, 0] + Self.other + [0, 0]
    for count in 0..<whole.count {
      #expect(throws: WireError.self) { try WiFiHeader(parsing: Array(whole.prefix(count))) }
    }
  }

  /// CRC-32's check value: "123456789" is cbf43926.
  @Test func `a check sequence is CRC-32, lowest octet first`() {
    let right = Array("123456789".utf8) + [0x26, 0x39, 0xf4, 0xcb]
    #expect(FrameCheckSequence.isRight(right))
    for place in right.indices {
      var wrong = right
      wrong[place] ^= 1
      #expect(!FrameCheckSequence.isRight(wrong))
    }
    #expect(!FrameCheckSequence.isRight([1, 2, 3, 4]))
  }

  /// §12.3.2 (IV and key number), §12.5.2.2 (the second octet is made of the first), §12.5.3.2 (the third is reserved).
  @Test(
    arguments: [
      ([1, 2, 3, 0, 9, 9, 9, 9], WiFiProtection.wep), ([1, 2, 3, 0xc0], .wep),
      ([0x00, 0x20, 0x01, 0x20, 0, 0, 0, 0], .tkip), ([0x9f, 0x3f, 0xaa, 0x60, 0, 0, 0, 0], .tkip),
      ([1, 0, 0, 0x20, 0, 0, 0, 0], .counterMode), ([0, 0x20, 0, 0x20, 0, 0, 0, 0], .ambiguous),
    ] as [([UInt8], WiFiProtection)])
  func `the first octets of a protected body tell the cipher`(body: [UInt8], protection: WiFiProtection) {
    #expect(WiFiProtection(body: body) == protection)
  }

  @Test func `octets of no cipher, and too few, tell nothing`() {
    #expect(WiFiProtection(body: [1, 2, 3]) == nil && WiFiProtection(body: [1, 2, 3, 0x20, 5]) == nil)
    #expect(WiFiProtection(body: [1, 2, 3, 0x20, 0, 0, 0, 0]) == nil)
  }

  // MARK: Elements

  /// §9.4.2.24: CCMP for all, PSK and SAE, protection required, a BIP cipher behind no key identifiers. Each field may be the last.
  @Test func `RSN may end behind any field, and within none`() throws {
    let body: [UInt8] = [
      1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 4, 2, 0, 0, 0x0f, 0xac, 2, 0, 0x0f, 0xac, 8, 0xc0, 0, 0, 0, 0, 0x0f,
      0xac, 6,
    ]
    let whole = try WiFiSecurityElement(parsing: body)
    #expect(
      whole.group == 0x000f_ac04 && whole.pairwise == [0x000f_ac04]
        && whole.authentication == [0x000f_ac02, 0x000f_ac08])
    #expect(
      whole.requiresManagementProtection && whole.allowsManagementProtection && whole.groupManagement == 0x000f_ac06)
    let ends: Set = [2, 6, 12, 22, 24, 26, 30]
    for count in 0...body.count {
      let read = try? WiFiSecurityElement(parsing: Array(body.prefix(count)))
      #expect((read != nil) == ends.contains(count), "\(count)")
    }
    let short = try WiFiSecurityElement(parsing: Array(body.prefix(12)))
    #expect(short.authentication.isEmpty && short.capabilities == nil && !short.requiresManagementProtection)
  }

  @Test func `RSNXE says how SAE comes to its element`() throws {
    #expect(try WiFiSecurityExtension(parsing: [0x20]).hashesToElement)
    #expect(
      try !WiFiSecurityExtension(parsing: [0x40]).hashesToElement
        && WiFiSecurityExtension(parsing: [0x40]).hasPublicKeyPasswords)
    #expect(throws: WireError.self) { try WiFiSecurityExtension(parsing: [0x21]) }
    #expect(throws: WireError.self) { try WiFiSecurityExtension(parsing: []) }
  }

  /// Wi-Fi Simple Configuration 2.0.8 §12: type and length, highest octet first.
  @Test func `WPS is read attribute by attribute`() throws {
    func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
      [UInt8(type >> 8), UInt8(type & 0xff), 0, UInt8(value.count)] + value
    }
    let body =
      attribute(0x104a, [0x10]) + attribute(0x1044, [2]) + attribute(0x1057, [1]) + attribute(0x1008, [0x26, 0x88])
      + attribute(0x1042, Array("12345678".utf8)) + attribute(0x1049, [0, 0x37, 0x2a, 0, 1, 0x20])
      + attribute(0x1023, Array("  AP\0\0".utf8))
    let wps = try WPSElement(parsing: body)
    #expect(wps.isConfigured == true && wps.isLocked && wps.isVersion2 && wps.methods == 0x2688)
    #expect(wps.serialNumber == "12345678" && wps.modelName == "AP" && wps.manufacturer == nil && !wps.isSelecting)
    #expect(throws: WireError.self) { try WPSElement(parsing: Array(body.dropLast())) }
    #expect(try WPSElement(parsing: attribute(0x1044, [1])).isConfigured == false)
  }

  /// Every length of an element with every octets' end: what is cut off is told, and nothing traps.
  @Test func `elements are read up to where they are cut off`() {
    let octets: [UInt8] = [0, 3, 65, 66, 67, 221, 4, 0, 0x50, 0xf2, 4, 255, 2, 36, 9, 3, 1, 11]
    let (all, isWhole) = WiFiElement.list(parsing: octets)
    #expect(isWhole && all.map(\.identifier) == [.name, .vendor, .highEfficiencyOperation, .channel])
    #expect(all[1].vendorType == WiFiVendorType.wps && all[2].body == [9])
    let ends: Set = [0, 5, 11, 15, 18]
    for count in 0...octets.count {
      let (_, isWhole) = WiFiElement.list(parsing: Array(octets.prefix(count)))
      #expect(isWhole == ends.contains(count), "\(count)")
    }
    #expect(!WiFiElement.list(parsing: [255, 0]).isWhole)
  }

  /// A seeded sweep over the space of elements: each identifier with each length and random octets, in every decoder.
  @Test func `no octets of an element stop a decoder`() {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for id in 0...255 {
      for count in 0...64 {
        let body = (0..<count).map { _ in next() }
        let octets = [UInt8(id), UInt8(count)] + body
        let (elements, _) = WiFiElement.list(parsing: octets)
        _ = try? WiFiSecurityElement(parsing: body)
        _ = try? WiFiSecurityExtension(parsing: body)
        _ = try? WPSElement(parsing: body)
        _ = try? WiFiTransitionPair(parsing: body)
        _ = WiFiChannel(elements, heardOn: nil)
        _ = WiFiHiddenProfile.list(elements, of: accessPoint)
        _ = EAPOLMessage(body: octets)
      }
    }
  }

  // MARK: Channels and networks in other beacons

  /// Annex E: 2.4 GHz counts from 2407, 5 GHz from 5000, 6 GHz from 5950 MHz.
  @Test(
    arguments: [
      (2412, WiFiChannel(.low, 1)), (2472, WiFiChannel(.low, 13)), (2484, WiFiChannel(.low, 14)),
      (5180, WiFiChannel(.middle, 36)), (5825, WiFiChannel(.middle, 165)), (5955, WiFiChannel(.high, 1)),
      (7115, WiFiChannel(.high, 233)), (2413, nil), (0, nil), (5950, nil),
    ] as [(Int, WiFiChannel?)])
  func `frequencies are channels`(frequency: Int, channel: WiFiChannel?) {
    #expect(WiFiChannel(frequency: frequency) == channel)
  }

  @Test func `a network's own word of its channel counts before where it was heard`() {
    func elements(_ octets: [UInt8]) -> [WiFiElement] { WiFiElement.list(parsing: octets).elements }
    #expect(WiFiChannel(elements([3, 1, 6]), heardOn: 2412) == WiFiChannel(.low, 6))
    #expect(WiFiChannel(elements([61, 1, 44]), heardOn: nil) == WiFiChannel(.middle, 44))
    #expect(WiFiChannel(elements([0, 0]), heardOn: 5180) == WiFiChannel(.middle, 36))
    #expect(WiFiChannel(elements([0, 0]), heardOn: nil) == nil)
    // HE Operation with the information of 6 GHz: bit 17 of its parameters, channel behind six octets.
    #expect(
      WiFiChannel(elements([255, 12, 36, 0, 0, 2, 0, 0, 0, 37, 0, 0, 0, 0]), heardOn: nil) == WiFiChannel(.high, 37))
  }

  /// §9.4.2.45: the address counts on within the lowest bits, what the profile has replaces, the rest is inherited.
  @Test func `a network in another's beacon has its own address and name, and inherits the rest`() throws {
    let profile: [UInt8] = [83, 2, 0x11, 0, 0, 2, 0x67, 0x68, 85, 1, 3]
    let beacon: [UInt8] =
      [0, 1, 0x41, 48, 2, 1, 0, 3, 1, 6, 71, UInt8(3 + profile.count), 3, 0, UInt8(profile.count)] + profile
    let (elements, _) = WiFiElement.list(parsing: beacon)
    let hidden = WiFiHiddenProfile.list(elements, of: MACAddress(rawValue: 0x0200_0000_0007))
    #expect(hidden.count == 1)
    let network = try #require(hidden.first)
    // 7 and 3 are 10: two within three bits.
    #expect(network.network == MACAddress(rawValue: 0x0200_0000_0002) && network.capabilities == 0x11)
    #expect(network.elements.first { $0.identifier == .name }?.body == [0x67, 0x68])
    #expect(
      network.elements.contains { $0.identifier == .rsn } && network.elements.contains { $0.identifier == .channel })
    #expect(!network.elements.contains { $0.identifier == .multipleNetworks })
    // Non-inheritance: RSN is taken back.
    let open: [UInt8] = profile + [255, 4, 56, 1, 48, 0]
    let second: [UInt8] = [48, 2, 1, 0, 71, UInt8(3 + open.count), 3, 0, UInt8(open.count)] + open
    let (others, _) = WiFiElement.list(parsing: second)
    let bare = try #require(WiFiHiddenProfile.list(others, of: accessPoint).first)
    #expect(!bare.elements.contains { $0.identifier == .rsn })
  }

  // MARK: Logins

  /// §12.7.6: acknowledge (0x80), code (0x100), install (0x40), secure (0x200); a PMKID in the key data of message 1.
  @Test func `the four messages are told by their flags, and a PMKID is a fact without its octets`() {
    func key(_ info: UInt16, _ data: [UInt8] = []) -> [UInt8] {
      let body =
        [2, UInt8(info >> 8), UInt8(info & 0xff)] + [UInt8](repeating: 0, count: 90) + [0, UInt8(data.count)] + data
      return [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 2, 3, 0, UInt8(body.count)] + body
    }
    let identifier: [UInt8] = [0xdd, 20, 0, 0x0f, 0xac, 4] + [UInt8](repeating: 1, count: 16)
    let cases: [([UInt8], EAPOLMessage)] = [
      (key(0x008a), .handshake(1, hasKeyIdentifier: false)),
      (key(0x008a, identifier), .handshake(1, hasKeyIdentifier: true)),
      (key(0x010a, [48, 2, 1, 0]), .handshake(2, hasKeyIdentifier: false)),
      (key(0x13ca), .handshake(3, hasKeyIdentifier: false)),
      (key(0x030a), .handshake(4, hasKeyIdentifier: false)), (key(0x1382), .groupKey),
    ]
    for (body, message) in cases {
      #expect(EAPOLMessage(body: body) == message)
      // Cut off, it is nothing, or at least no other message of the four.
      for count in 0..<95 where body.count > 107 - 12 {
        if case .handshake? = EAPOLMessage(body: Array(body.prefix(count))) { Issue.record("\(count)") }
      }
    }
    #expect(
      EAPOLMessage(body: [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 1, 0, 0, 6, 2, 1, 0, 6, 13, 0])
        == .authentication(method: 13, tellsIdentity: false))
    // RFC 3748 §5.1: a request asks for the identity, a response tells it.
    let identity: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 1, 0, 0, 7, 1, 1, 0, 7, 1, 0x6a, 0x6f]
    #expect(EAPOLMessage(body: identity) == .authentication(method: 1, tellsIdentity: false))
    var answer = identity
    answer[12] = 2
    #expect(EAPOLMessage(body: answer) == .authentication(method: 1, tellsIdentity: true))
    #expect(EAPOLMessage(body: [0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0x00, 1, 0, 0, 0]) == nil)
  }

  /// §9.3.3: fixed fields of each kind before the elements.
  @Test func `fixed fields are read by kind`() throws {
    let beacon = [UInt8](repeating: 0, count: 8) + [100, 0, 0x31, 0x04]
    let read = try WiFiManagementFrame(parsing: beacon, .beacon)
    #expect(read.interval == 100 && read.demandsPrivacy && !read.isAdHoc && read.elementsOffset == 12)
    let authentication = try WiFiManagementFrame(parsing: [3, 0, 1, 0, 0, 0], .authentication)
    #expect(authentication.algorithm == .sae && authentication.transaction == 1 && authentication.status == 0)
    for (number, algorithm) in [
      (0, WiFiManagementFrame.Algorithm.open), (1, .sharedKey), (2, .fastTransition), (5, .fils),
    ] {
      #expect(
        try WiFiManagementFrame(parsing: [UInt8(number), 0, 1, 0, 0, 0], .authentication).algorithm == algorithm)
    }
    for count in 0..<12 {
      #expect(throws: WireError.self) {
        try WiFiManagementFrame(parsing: Array(beacon.prefix(count)), .probeResponse)
      }
    }
    #expect(throws: WireError.unsupported) { try WiFiManagementFrame(parsing: beacon, .deauthentication) }
  }
}
