public import Wire

/// What a network says of itself in the elements that matter for its protection: what has to come twice, the same, before it is believed.
///
/// Its name is not among them, since beacons may hide what answers tell.
public struct WiFiDescription: Hashable, Sendable {
  /// Wi-Fi Protected Setup, as far as beacons and answers agree on it.
  public struct Setup: Hashable, Sendable {
    public let isConfigured: Bool
    public let isLocked: Bool
    public let isVersion2: Bool
  }

  public let demandsPrivacy: Bool
  public let isAdHoc: Bool
  /// The bodies of the elements, where they are there.
  public let rsn: [UInt8]?
  public let wpa: [UInt8]?
  public let setup: Setup?
  public let rsnExtension: [UInt8]?
  /// A second RSN element for clients that know it (WPA3 3.4 §5).
  public let rsnOverride: [UInt8]?
  public let hasMobilityDomain: Bool
  /// Of the open half of a pair, its protected one, and the other way round.
  public let transitionPair: WiFiTransitionPair?
  public let channel: WiFiChannel?
  /// In megahertz.
  public let width: Int?
  /// Whose rules it says it follows.
  public let country: String?

  /// - Parameters:
  ///   - capabilities: the frame's fixed field, or a profile's in another's beacon.
  ///   - frequency: on which it was heard, in MHz.
  public init(capabilities: UInt16, _ elements: [WiFiElement], heardOn frequency: UInt16?) {
    func body(_ identifier: WiFiElement.Identifier) -> [UInt8]? {
      elements.first { $0.identifier == identifier }?.body
    }
    // An element of a vendor may be in several parts.
    func vendor(_ type: UInt32) -> [UInt8]? {
      let parts = elements.filter { $0.vendorType == type }
      return parts.isEmpty ? nil : parts.flatMap(\.vendorBody)
    }
    demandsPrivacy = capabilities & 0x10 != 0
    isAdHoc = capabilities & 3 == 2
    rsn = body(.rsn)
    wpa = vendor(WiFiVendorType.wpa)
    setup = vendor(WiFiVendorType.wps).flatMap { try? WPSElement(parsing: $0) }.map {
      Setup(isConfigured: $0.isConfigured ?? false, isLocked: $0.isLocked, isVersion2: $0.isVersion2)
    }
    rsnExtension = body(.rsnExtension)
    rsnOverride = vendor(WiFiVendorType.rsnOverride) ?? vendor(WiFiVendorType.rsnOverride2)
    hasMobilityDomain = body(.mobilityDomain) != nil
    transitionPair = vendor(WiFiVendorType.oweTransition).flatMap { try? WiFiTransitionPair(parsing: $0) }
    channel = WiFiChannel(elements, heardOn: frequency)
    width = WiFiOperation.width(elements)
    country = WiFiOperation.country(elements)
  }
}

/// How a network is protected, by what it says of itself.
public struct WiFiSecurity: Hashable, Sendable {
  public enum Level: String, Hashable, Sendable, Codable, CaseIterable {
    case open, owe, wep, wpa1, wpa2, wpa3, unknown
    case wpa1And2 = "wpa1+wpa2"
    case wpa2And3 = "wpa2+wpa3"
  }

  /// Protection of management frames (IEEE 802.11w).
  public enum ManagementProtection: String, Hashable, Sendable, Codable { case none, capable, required }

  public let level: Level
  /// In the names of ``WiFiSuite``.
  public let pairwise: [String]
  public let group: String?
  /// What protects management frames to all; without a word of it where it is possible, BIP-CMAC-128 (IEEE 802.11-2020 §9.4.2.24.2).
  public let groupManagement: String?
  public let authentication: [String]
  public let managementProtection: ManagementProtection
  /// nil without SAE.
  public let hashesToElement: Bool?
  /// Elements that could not be read, by name.
  public let unreadable: [String]

  public init(_ description: WiFiDescription) {
    var unreadable: [String] = []
    func read(_ body: [UInt8]?, _ name: String) -> WiFiSecurityElement? {
      guard let body else { return nil }
      let element = try? WiFiSecurityElement(parsing: body)
      if element == nil { unreadable.append(name) }
      return element
    }
    let (rsn, wpa) = (read(description.rsn, "RSN"), read(description.wpa, "WPA"))
    let first = rsn ?? wpa
    pairwise = Self.once(((rsn?.pairwise ?? []) + (wpa?.pairwise ?? [])).map(WiFiSuite.cipher))
    group = first?.group.map(WiFiSuite.cipher)
    let suites = rsn?.authentication ?? []
    authentication = Self.once((suites + (wpa?.authentication ?? [])).map(WiFiSuite.authentication))
    managementProtection = rsn.map(Self.protection) ?? .none
    groupManagement =
      managementProtection == .none ? nil : WiFiSuite.cipher(rsn?.groupManagement ?? WiFiSuite.cipherMAC128)
    let hasSAE = suites.contains(where: WiFiSuite.isSAE)
    let further = description.rsnExtension.flatMap { try? WiFiSecurityExtension(parsing: $0) }
    hashesToElement = hasSAE ? further?.hashesToElement ?? false : nil
    self.unreadable = unreadable
    level = unreadable.isEmpty ? Self.level(description, rsn, wpa) : .unknown
  }

  static func protection(_ element: WiFiSecurityElement) -> ManagementProtection {
    element.requiresManagementProtection ? .required : element.allowsManagementProtection ? .capable : .none
  }

  private static func level(
    _ description: WiFiDescription, _ rsn: WiFiSecurityElement?, _ wpa: WiFiSecurityElement?
  ) -> Level {
    guard let rsn else { return wpa != nil ? .wpa1 : description.demandsPrivacy ? .wep : .open }
    let suites = rsn.authentication
    // 802.1X with SHA-256 is WPA3's where protection of management frames is demanded, or where it is the new half beside 802.1X with SHA-1
    // (Wi-Fi Alliance, WPA3 3.4 §3.2, §3.3).
    let isEnterprise =
      rsn.requiresManagementProtection
      || rsn.allowsManagementProtection && suites.contains { WiFiSuite.olderEnterprise.contains($0) }
    func isNew(_ suite: UInt32) -> Bool {
      WiFiSuite.isNew(suite) || isEnterprise && suite == WiFiSuite.newerEnterprise
    }
    let (hasNew, hasOld) = (suites.contains(where: isNew), suites.contains { !isNew($0) })
    if suites.contains(WiFiSuite.owe), !hasOld { return .owe }
    if suites.isEmpty { return .unknown }
    // Whoever still takes WPA is as weak as that, whatever else it has.
    if wpa != nil { return .wpa1And2 }
    return hasNew ? hasOld ? .wpa2And3 : .wpa3 : .wpa2
  }

  private static func once(_ names: [String]) -> [String] {
    names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

/// Suites of ciphers and of authentication (IEEE 802.11-2020 tables 9-149 and 9-151; the newer numbers by IEEE 802.11be and the
/// Wi-Fi Alliance).
public enum WiFiSuite {
  static let owe: UInt32 = 0x000f_ac12
  static let newerEnterprise: UInt32 = 0x000f_ac05
  static let olderEnterprise: [UInt32] = [0x000f_ac01, 0x000f_ac03]
  static let cipherMAC128: UInt32 = 0x000f_ac06

  /// SAE and FT-SAE, with a hash by the group as well.
  static func isSAE(_ suite: UInt32) -> Bool { [0x000f_ac08, 0x000f_ac09, 0x000f_ac18, 0x000f_ac19].contains(suite) }
  /// What came with WPA3: SAE, OWE, and the suites of 192 bits.
  static func isNew(_ suite: UInt32) -> Bool {
    isSAE(suite) || suite == owe || suite == 0x000f_ac0c || suite == 0x000f_ac0d
  }
  /// A password that everybody of the network has.
  static func isShared(_ suite: UInt32) -> Bool {
    [0x000f_ac02, 0x000f_ac04, 0x000f_ac06, 0x000f_ac13, 0x000f_ac14, 0x0050_f202].contains(suite)
  }

  public static func cipher(_ suite: UInt32) -> String { name(suite, ciphers) }
  public static func authentication(_ suite: UInt32) -> String { name(suite, authentications) }

  private static func name(_ suite: UInt32, _ names: [UInt8: String]) -> String {
    let organisation = suite >> 8
    if organisation == 0x000f_ac || organisation == 0x0050_f2, let name = names[UInt8(suite & 0xff)] { return name }
    let digits = String(suite, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static let ciphers: [UInt8: String] = [
    0: "group", 1: "wep-40", 2: "tkip", 4: "ccmp-128", 5: "wep-104", 6: "bip-cmac-128", 7: "none-for-groups",
    8: "gcmp-128",
    9: "gcmp-256", 10: "ccmp-256", 11: "bip-gmac-128", 12: "bip-gmac-256", 13: "bip-cmac-256",
  ]
  private static let authentications: [UInt8: String] = [
    1: "802.1x", 2: "psk", 3: "ft-802.1x", 4: "ft-psk", 5: "802.1x-sha256", 6: "psk-sha256", 7: "tdls", 8: "sae",
    9: "ft-sae",
    10: "ap-peer-key", 11: "802.1x-suite-b", 12: "802.1x-suite-b-192", 13: "ft-802.1x-sha384", 14: "fils-sha256",
    15: "fils-sha384", 16: "ft-fils-sha256", 17: "ft-fils-sha384", 18: "owe", 19: "ft-psk-sha384", 20: "psk-sha384",
    24: "sae-ext", 25: "ft-sae-ext",
  ]
}
