/// One element of a management frame (IEEE 802.11-2020 §9.4.2.1).
public struct WiFiElement: Hashable, Sendable {
  public struct Identifier: Hashable, Sendable {
    public let rawValue: UInt8
    /// The identifier behind it where ``rawValue`` is 255.
    public let further: UInt8?

    public init(_ rawValue: UInt8, further: UInt8? = nil) { (self.rawValue, self.further) = (rawValue, further) }

    public static let name = Identifier(0)
    public static let channel = Identifier(3)
    public static let country = Identifier(7)
    public static let rsn = Identifier(48)
    public static let mobilityDomain = Identifier(54)
    public static let highThroughputOperation = Identifier(61)
    public static let multipleNetworks = Identifier(71)
    public static let hiddenCapability = Identifier(83)
    public static let hiddenIndex = Identifier(85)
    public static let veryHighThroughputOperation = Identifier(192)
    public static let reducedNeighbourReport = Identifier(201)
    public static let vendor = Identifier(221)
    public static let rsnExtension = Identifier(244)
    public static let highEfficiencyOperation = Identifier(255, further: 36)
    public static let nonInheritance = Identifier(255, further: 56)
    public static let extremelyHighThroughputOperation = Identifier(255, further: 106)
  }

  public let identifier: Identifier
  /// Without identifier and length.
  public let body: [UInt8]

  /// Reads elements up to the end. What is cut off at the end is left out and told.
  public static func list(parsing octets: Span<UInt8>) -> (elements: [WiFiElement], isWhole: Bool) {
    var elements: [WiFiElement] = []
    var offset = 0
    while offset < octets.count {
      guard offset + 2 <= octets.count else { return (elements, false) }
      let (id, count) = (octets[offset], Int(octets[offset + 1]))
      offset += 2
      guard offset + count <= octets.count, id != 255 || count > 0 else { return (elements, false) }
      let isExtended = id == 255
      let identifier = Identifier(id, further: isExtended ? octets[offset] : nil)
      let start = isExtended ? offset + 1 : offset
      elements.append(WiFiElement(identifier: identifier, body: Wire.octets(octets.extracting(start..<offset + count))))
      offset += count
    }
    return (elements, true)
  }

  package init(identifier: Identifier, body: [UInt8]) { (self.identifier, self.body) = (identifier, body) }

  /// Of a vendor's element: organisation and type as one number, `0x0050f204` for WPS.
  public var vendorType: UInt32? {
    guard identifier == .vendor, body.count >= 4 else { return nil }
    return UInt32(body[0]) << 24 | UInt32(body[1]) << 16 | UInt32(body[2]) << 8 | UInt32(body[3])
  }

  /// What follows a vendor's organisation and type.
  public var vendorBody: [UInt8] { Array(body.dropFirst(4)) }
}

/// Vendors' elements that say something of a network's protection.
public enum WiFiVendorType {
  /// Microsoft's, before RSN was a standard (Wi-Fi Alliance, WPA 3.1).
  public static let wpa: UInt32 = 0x0050_f201
  /// Wi-Fi Protected Setup.
  public static let wps: UInt32 = 0x0050_f204
  /// The pair of an OWE network and an open one (Wi-Fi Alliance, OWE 1.1 §2.3.1).
  public static let oweTransition: UInt32 = 0x506f_9a1c
  /// Wi-Fi Alliance, WPA3 3.4 §5: another RSN element for clients that know it, a second one, and their RSNXE.
  public static let rsnOverride: UInt32 = 0x506f_9a29
  public static let rsnOverride2: UInt32 = 0x506f_9a2a
  public static let rsnExtensionOverride: UInt32 = 0x506f_9a2b
  /// A key data element, never one of a beacon (Wi-Fi Alliance, WPA3 3.4 §8).
  public static let transitionDisable: UInt32 = 0x506f_9a20
}

/// RSN (IEEE 802.11-2020 §9.4.2.24) and its forerunner WPA: by what a network protects its data, and how keys are come to.
public struct WiFiSecurityElement: Hashable, Sendable {
  /// Organisation and type of a suite as one number, `0x000fac04` for CCMP-128 (tables 9-149 and 9-151).
  public typealias Suite = UInt32

  public var version: UInt16
  public var group: Suite?
  public var pairwise: [Suite] = []
  public var authentication: [Suite] = []
  /// RSN capabilities (§9.4.2.24.4); nil where the element ends before them.
  public var capabilities: UInt16?
  public var keyIdentifiers = 0
  public var groupManagement: Suite?

  /// Management frames have to be protected, or may be.
  public var requiresManagementProtection: Bool { (capabilities ?? 0) & 0x40 != 0 }
  public var allowsManagementProtection: Bool { (capabilities ?? 0) & 0x80 != 0 }

  /// Reads the body of an RSN element, or what follows organisation and type in WPA's. Each field may be the last (§9.4.2.24.1).
  /// - Throws: `truncated` when it ends within a field.
  public init(parsing body: [UInt8]) throws(WireError) {
    var reader = OctetReader(body)
    version = try reader.littleEndian16()
    guard !reader.isAtEnd else { return }
    group = try reader.bigEndian32()
    guard !reader.isAtEnd else { return }
    pairwise = try Self.suites(&reader)
    guard !reader.isAtEnd else { return }
    authentication = try Self.suites(&reader)
    guard !reader.isAtEnd else { return }
    capabilities = try reader.littleEndian16()
    guard !reader.isAtEnd else { return }
    keyIdentifiers = Int(try reader.littleEndian16())
    try reader.skip(16 * keyIdentifiers)
    guard !reader.isAtEnd else { return }
    groupManagement = try reader.bigEndian32()
  }

  private static func suites(_ reader: inout OctetReader) throws(WireError) -> [Suite] {
    let count = Int(try reader.littleEndian16())
    var suites: [Suite] = []
    for _ in 0..<count { suites.append(try reader.bigEndian32()) }
    return suites
  }
}

/// RSNXE (IEEE 802.11-2020 §9.4.2.241).
public struct WiFiSecurityExtension: Hashable, Sendable {
  private let octets: [UInt8]

  /// - Throws: `truncated` when it is shorter than it says.
  public init(parsing body: [UInt8]) throws(WireError) {
    // The low half of the first octet is the length less one.
    guard let first = body.first, body.count > Int(first & 15) else {
      throw .truncated(needed: Int((body.first ?? 0) & 15) + 1, available: body.count)
    }
    octets = body
  }

  private func bit(_ number: Int) -> Bool { number / 8 < octets.count && octets[number / 8] >> (number % 8) & 1 != 0 }

  /// SAE comes to its element directly, without trying (§12.4.4.2.3): nothing of the password shows in its time.
  public var hashesToElement: Bool { bit(5) }
  public var hasPublicKeyPasswords: Bool { bit(6) }
}

/// The pair of an OWE network: the open half names the protected one, and the other way round.
public struct WiFiTransitionPair: Hashable, Sendable {
  public let network: UInt64
  public let name: [UInt8]

  /// - Parameter body: behind organisation and type.
  public init(parsing body: [UInt8]) throws(WireError) {
    var reader = OctetReader(body)
    network = try reader.bigEndian48()
    let count = Int(try reader.octet())
    guard count <= 32 else { throw .malformed(offset: 6) }
    name = try reader.take(count)
  }
}
