/// A question to an SNMP agent. There is no other operation here than Get: nothing can be set.
///
/// What it does to the other side: the agent reads its values and answers; nothing is stored. Some agents send a
/// trap to their manager when the community is wrong (authenticationFailure, RFC 3418 §2).
public enum SNMPRequest {
  /// The versions with communities; the raw value is what the message holds.
  public enum Version: Int64, Hashable, Sendable {
    /// RFC 1157.
    case v1 = 0
    /// RFC 1901, RFC 3416.
    case v2c = 1
  }

  /// What a device says of itself (RFC 3418 §2, the system group).
  public enum Object {
    public static let sysDescr = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 1, 0])
    public static let sysObjectID = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 2, 0])
    public static let sysUpTime = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 3, 0])
    public static let sysName = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 5, 0])
    public static let identity = [sysDescr, sysObjectID, sysUpTime, sysName]

    /// The first device of the host (RFC 2790 §2, hrDeviceTable): on a printer, the printer (RFC 3805 §2.2).
    public static let deviceType = ObjectIdentifier([1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 2, 1])
    public static let deviceDescription = ObjectIdentifier([1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 3, 1])
    /// hrDevicePrinter, a value of ``deviceType``.
    public static let printer = ObjectIdentifier([1, 3, 6, 1, 2, 1, 25, 3, 1, 5])
    /// prtGeneralSerialNumber (RFC 3805 §6).
    public static let printerSerial = ObjectIdentifier([1, 3, 6, 1, 2, 1, 43, 5, 1, 1, 17, 1])
    /// The first physical entity (RFC 6933 §3, entPhysicalTable): usually the whole device.
    public static let entityClass = entity(5)
    public static let entityFirmware = entity(9)
    public static let entitySoftware = entity(10)
    public static let entitySerial = entity(11)
    public static let entityMaker = entity(12)
    public static let entityModel = entity(13)
    /// What says more than the system group, where an agent has it.
    public static let details = [
      deviceType, deviceDescription, printerSerial, entityClass, entityFirmware, entitySoftware, entitySerial,
      entityMaker, entityModel,
    ]

    private static func entity(_ column: UInt32) -> ObjectIdentifier {
      ObjectIdentifier([1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, column, 1])
    }
  }

  private static let getRequest: UInt8 = 0xa0
  /// One datagram of an Ethernet segment: 1500 octets without the headers of IPv4 and UDP.
  private static let largestAnswer: Int64 = 1472

  /// A Get of `objects` with a community (RFC 1157 §4.1.2, RFC 3416 §4.2.1).
  /// - Parameters:
  ///   - community: as octets; the agent compares them.
  ///   - requestID: repeated in the answer; the top bit is not used.
  public static func get(_ objects: [ObjectIdentifier], community: [UInt8], version: Version, requestID: UInt32)
    -> [UInt8]
  {
    BER.element(
      BER.sequence,
      BER.element(version.rawValue) + BER.element(BER.octetString, community) + unit(objects, requestID: requestID))
  }

  /// The question with which a manager learns the engine of a version 3 agent (RFC 3414 §4): no user, no
  /// authentication, no object. The answer is a report, whatever users the agent has.
  /// - Parameter messageID: repeated in the answer; the top bit is not used.
  public static func discovery(messageID: UInt32) -> [UInt8] {
    let empty = BER.element(BER.octetString, [])
    let security = BER.element(BER.sequence, empty + BER.element(0) + BER.element(0) + empty + empty + empty)
    return BER.element(
      BER.sequence,
      header(messageID: messageID, authenticated: false) + BER.element(BER.octetString, security)
        + scoped([], to: SNMPEngine(octets: []), requestID: messageID))
  }

  /// Of version 3: its number and what stands before the security parameters (RFC 3412 §6).
  public static func header(messageID: UInt32, authenticated: Bool) -> [UInt8] {
    let header =
      BER.element(Int64(messageID & 0x7fff_ffff)) + BER.element(largestAnswer)
      + BER.element(BER.octetString, [authenticated ? 0x05 : 0x04])  // reportable, noPriv (RFC 3412 §6.4)
      + BER.element(3)  // user-based security model (RFC 3411 §5)
    return BER.element(3) + BER.element(BER.sequence, header)
  }

  /// The first three security parameters: which engine, and its clock (RFC 3414 §2.4).
  public static func clock(of security: SNMPSecurity) -> [UInt8] {
    BER.element(BER.octetString, security.engine.octets) + BER.element(security.engineBoots)
      + BER.element(security.engineTime)
  }

  /// What stands behind the security parameters, not encrypted (RFC 3412 §6.8).
  /// - Parameter context: the name of one of the agent's collections of objects; most agents have one, without a name.
  public static func scoped(
    _ objects: [ObjectIdentifier], to engine: SNMPEngine, context: [UInt8] = [], requestID: UInt32
  ) -> [UInt8] {
    BER.element(
      BER.sequence,
      BER.element(BER.octetString, engine.octets) + BER.element(BER.octetString, context)
        + unit(objects, requestID: requestID))
  }

  /// The protocol data unit alone, which stands behind version and community.
  public static func unit(_ objects: [ObjectIdentifier], requestID: UInt32) -> [UInt8] {
    let bindings = objects.flatMap { BER.element(BER.sequence, BER.element($0) + BER.element(BER.null, [])) }
    return BER.element(
      getRequest,
      BER.element(Int64(requestID & 0x7fff_ffff)) + BER.element(0) + BER.element(0)
        + BER.element(BER.sequence, bindings))
  }
}
