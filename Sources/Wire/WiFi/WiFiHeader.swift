public import Addressing

/// The MAC header of an 802.11 frame (IEEE 802.11-2020 §9.2.3, §9.2.4).
public struct WiFiHeader: Hashable, Sendable {
  /// Type and subtype (§9.2.4.1.3).
  public enum Kind: Hashable, Sendable {
    case management(Management)
    case control
    /// `hasBody` is false for the subtypes that carry nothing.
    case data(hasBody: Bool)
    case other
  }

  public enum Management: UInt8, Hashable, Sendable {
    case associationRequest = 0
    case associationResponse, reassociationRequest, reassociationResponse, probeRequest,
      probeResponse, timingAdvertisement
    case beacon = 8
    case announcement, disassociation, authentication, deauthentication, action, actionWithoutAnswer
  }

  public let kind: Kind
  /// To and from the distribution system (§9.2.4.1.4).
  public let goesToSystem: Bool
  public let comesFromSystem: Bool
  public let isRetry: Bool
  /// The body is encrypted (§9.2.4.1.9).
  public let isProtected: Bool
  /// Who it is for on the air, and who sent it on the air.
  public let receiver: MACAddress
  public let transmitter: MACAddress
  public let third: MACAddress
  /// Only between two systems.
  public let fourth: MACAddress?
  /// Of the frame and of the fragment within it.
  public let sequence: UInt16
  public let fragment: UInt8
  /// Where the body begins.
  public let length: Int

  private enum Flag {
    static let toSystem: UInt8 = 1, fromSystem: UInt8 = 2, retry: UInt8 = 8, protected: UInt8 = 0x40,
      order: UInt8 = 0x80
  }

  /// Reads the front of a frame.
  /// - Throws: `truncated`; `unsupported` for control frames, which carry nothing that is looked at, and for other versions of the protocol.
  public init(parsing frame: Span<UInt8>) throws(WireError) {
    guard frame.count >= 2 else { throw .truncated(needed: 2, available: frame.count) }
    let (control, flags) = (frame[0], frame[1])
    guard control & 3 == 0 else { throw .unsupported }
    let subtype = control >> 4
    let isData: Bool
    switch control >> 2 & 3 {
    case 0:
      kind = Management(rawValue: subtype).map(Kind.management) ?? .other
      isData = false
    case 2:
      kind = .data(hasBody: subtype & 4 == 0)
      isData = true
    default: throw .unsupported
    }
    goesToSystem = flags & Flag.toSystem != 0
    comesFromSystem = flags & Flag.fromSystem != 0
    isRetry = flags & Flag.retry != 0
    isProtected = flags & Flag.protected != 0
    var length = 24
    guard frame.count >= length else { throw .truncated(needed: length, available: frame.count) }
    receiver = MACAddress(rawValue: frame.bigEndian48(at: 4))
    transmitter = MACAddress(rawValue: frame.bigEndian48(at: 10))
    third = MACAddress(rawValue: frame.bigEndian48(at: 16))
    let control16 = frame.littleEndian16(at: 22)
    (sequence, fragment) = (control16 >> 4, UInt8(truncatingIfNeeded: control16 & 15))
    let hasFourth = isData && goesToSystem && comesFromSystem
    if hasFourth { length += 6 }
    let hasQuality = isData && subtype & 8 != 0
    if hasQuality { length += 2 }
    // HT Control (§9.2.4.1.10): in management and QoS data frames.
    if flags & Flag.order != 0, hasQuality || !isData { length += 4 }
    guard frame.count >= length else { throw .truncated(needed: length, available: frame.count) }
    fourth = hasFourth ? MACAddress(rawValue: frame.bigEndian48(at: 24)) : nil
    self.length = length
  }

  /// The network that the frame belongs to (§9.2.4.3.4 and table 9-30); nil between two systems.
  public var network: MACAddress? {
    switch (kind, goesToSystem, comesFromSystem) {
    case (.management, _, _), (.data, false, false): third
    case (.data, true, false): receiver
    case (.data, false, true): transmitter
    default: nil
    }
  }

  /// The station beside the access point, in data between the two.
  public var station: MACAddress? {
    switch (kind, goesToSystem, comesFromSystem) {
    case (.data, true, false): transmitter
    case (.data, false, true): receiver
    default: nil
    }
  }
}

/// CRC-32 as 802.11 has it behind each frame (IEEE 802.11-2020 §9.2.4.8), the same as Ethernet's.
public enum FrameCheckSequence {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 0 ? value >> 1 : 0xedb8_8320 ^ value >> 1 }
  }

  /// The frame's last four octets are its check sequence, lowest octet first, and right.
  public static func isRight(_ frame: Span<UInt8>) -> Bool {
    guard frame.count > 4 else { return false }
    var sum: UInt32 = 0xffff_ffff
    for place in 0..<frame.count - 4 {
      sum = table[Int((sum ^ UInt32(frame[place])) & 0xff)] ^ sum >> 8
    }
    return ~sum == frame.littleEndian32(at: frame.count - 4)
  }
}

/// By what the body of a protected data frame is encrypted, as far as its first octets show (IEEE 802.11-2020 §12.3.2, §12.5.2.2, §12.5.3.2).
public enum WiFiProtection: Hashable, Sendable {
  case wep
  case tkip
  /// CCMP or GCMP, of any length of key.
  case counterMode
  /// The octets fit more than one.
  case ambiguous

  /// - Parameter body: behind the MAC header.
  /// - Returns: nil when the body is too short to tell.
  public init?(body: Span<UInt8>) {
    guard body.count >= 4 else { return nil }
    // Extended IV: four more octets follow.
    guard body[3] & 0x20 != 0 else {
      self = .wep
      return
    }
    guard body.count >= 8 else { return nil }
    // TKIP makes its second octet of the first, so that no weak key of RC4 comes out; the counter modes have zero in the third.
    let isSeed = body[1] == (body[0] | 0x20) & 0x7f
    switch (isSeed, body[2] == 0) {
    case (true, false): self = .tkip
    case (false, true): self = .counterMode
    case (true, true): self = .ambiguous
    case (false, false): return nil
    }
  }
}
