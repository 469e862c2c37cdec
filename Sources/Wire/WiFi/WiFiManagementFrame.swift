/// The body of a management frame (IEEE 802.11-2020 §9.3.3): its fixed fields, and where its elements are.
public struct WiFiManagementFrame: Hashable, Sendable {
  /// Authentication (§9.4.1.1): how a station shows who it is before it associates.
  public enum Algorithm: Hashable, Sendable {
    case open, sharedKey, fastTransition, sae, fils
    case other(UInt16)

    public var isKnown: Bool { if case .other = self { false } else { true } }

    init(_ number: UInt16) {
      self =
        switch number {
        case 0: .open
        case 1: .sharedKey
        case 2: .fastTransition
        case 3: .sae
        case 4...6: .fils
        default: .other(number)
        }
    }
  }

  /// Capability information (§9.4.1.4); nil in frames without it.
  public var capabilities: UInt16?
  /// Beacon interval in units of 1024 µs.
  public var interval: UInt16?
  public var algorithm: Algorithm?
  /// The station's first, the access point's second, and so on (§9.4.1.2).
  public var transaction: UInt16?
  public var status: UInt16?
  /// Where the elements begin in the body.
  public var elementsOffset: Int

  /// Data has to be encrypted, by whatever.
  public var demandsPrivacy: Bool { (capabilities ?? 0) & 0x10 != 0 }
  /// Stations among themselves, without an access point.
  public var isAdHoc: Bool { (capabilities ?? 0) & 3 == 2 }

  /// - Parameter body: behind the MAC header, in clear text.
  /// - Throws: `truncated`, or `unsupported` for a kind whose body is not read.
  public init(parsing body: Span<UInt8>, _ kind: WiFiHeader.Management) throws(WireError) {
    let needed: Int
    switch kind {
    case .beacon, .probeResponse: needed = 12
    case .associationRequest: needed = 4
    case .associationResponse, .reassociationResponse, .authentication: needed = 6
    case .reassociationRequest: needed = 10
    case .probeRequest: needed = 0
    case .timingAdvertisement, .announcement, .disassociation, .deauthentication, .action, .actionWithoutAnswer:
      throw .unsupported
    }
    guard body.count >= needed else { throw .truncated(needed: needed, available: body.count) }
    elementsOffset = needed
    switch kind {
    case .beacon, .probeResponse:
      interval = body.littleEndian16(at: 8)
      capabilities = body.littleEndian16(at: 10)
    case .associationRequest, .reassociationRequest: capabilities = body.littleEndian16(at: 0)
    case .associationResponse, .reassociationResponse:
      capabilities = body.littleEndian16(at: 0)
      status = body.littleEndian16(at: 2)
    case .authentication:
      algorithm = Algorithm(body.littleEndian16(at: 0))
      transaction = body.littleEndian16(at: 2)
      status = body.littleEndian16(at: 4)
    default: break
    }
  }
}

/// What a data frame carries in clear text that tells of keys and logins: EAPOL (IEEE 802.1X-2010 §11.3) behind LLC and SNAP.
public enum EAPOLMessage: Hashable, Sendable {
  /// A message of the four-way handshake (IEEE 802.11-2020 §12.7.6), 1 to 4.
  /// - Parameter hasKeyIdentifier: a PMKID is in its key data (§12.7.2); it is not kept.
  case handshake(Int, hasKeyIdentifier: Bool)
  /// Of the group key.
  case groupKey
  /// EAP (RFC 3748 §4, §5): the method's number in a request or response; the identity itself is never read.
  /// - Parameter tellsIdentity: the station answers with its name, in clear text.
  case authentication(method: UInt8?, tellsIdentity: Bool)
  case start, logoff, other

  private static let header: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e]

  /// - Parameter body: of a data frame that is not protected.
  /// - Returns: nil when it carries something else, or is too short.
  public init?(body: Span<UInt8>) {
    guard body.count >= 12, (0..<8).allSatisfy({ body[$0] == Self.header[$0] }) else { return nil }
    let length = Int(body.bigEndian16(at: 10))
    let packet = body.extracting(12..<min(body.count, 12 + length))
    switch body[9] {
    case 0:
      let method = Self.method(packet)
      self = .authentication(method: method, tellsIdentity: method == 1 && packet[0] == 2 && packet.count > 5)
    case 1: self = .start
    case 2: self = .logoff
    case 3:
      guard let key = Self.key(packet) else { return nil }
      self = key
    default: self = .other
    }
  }

  /// Code, identifier, length, and in requests and responses a type.
  private static func method(_ packet: Span<UInt8>) -> UInt8? {
    packet.count >= 5 && (packet[0] == 1 || packet[0] == 2) ? packet[4] : nil
  }

  /// Figure 12-33, table 12-8. A key of 24 octets' code, as Suite B has it, moves what follows it by eight.
  private static func key(_ packet: Span<UInt8>) -> EAPOLMessage? {
    guard packet.count >= 95 else { return nil }
    let info = packet.bigEndian16(at: 1)
    guard info & 0x0008 != 0 else { return .groupKey }
    let (acknowledges, isCoded) = (info & 0x80 != 0, info & 0x100 != 0)
    let data = packet.bigEndian16(at: 93)
    switch (acknowledges, isCoded) {
    case (true, false): return .handshake(1, hasKeyIdentifier: holdsIdentifier(packet))
    case (true, true): return .handshake(3, hasKeyIdentifier: false)
    // The second one brings the station's own element; the last one brings nothing, and WPA's does not even say that keys are there.
    case (false, true): return .handshake(data == 0 ? 4 : 2, hasKeyIdentifier: false)
    case (false, false): return nil
    }
  }

  /// A key data element with the type 4 of 00-0F-AC.
  private static func holdsIdentifier(_ packet: Span<UInt8>) -> Bool {
    var offset = 95
    while offset + 6 <= packet.count {
      let count = Int(packet[offset + 1])
      if packet[offset] == 0xdd, count >= 20, packet.bigEndian32(at: offset + 2) == 0x000f_ac04 { return true }
      offset += 2 + count
    }
    return false
  }

  /// The elements of a key message that anybody can read (§12.7.2, figure 12-34): in the second one the station's RSN or WPA element, in the third
  /// the access point's where its key data are not encrypted, as in WPA.
  /// - Parameter body: of a data frame that is not protected.
  public static func clearKeyData(_ body: Span<UInt8>) -> [WiFiElement] {
    guard body.count >= 12 + 95, body[9] == 3 else { return [] }
    let packet = body.extracting(12..<min(body.count, 12 + Int(body.bigEndian16(at: 10))))
    // Key information, "Encrypted Key Data".
    guard packet.count >= 95, packet.bigEndian16(at: 1) & 0x1000 == 0 else { return [] }
    let end = min(packet.count, 95 + Int(packet.bigEndian16(at: 93)))
    return WiFiElement.list(parsing: packet.extracting(95..<end)).elements
  }
}
