/// A cipher suite by its number in IANA's registry "TLS Cipher Suites" (two octets), or by SSL 2's cipher kind (three octets).
public struct CipherSuite: RawRepresentable, Hashable, Sendable, Comparable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ number: UInt16) { rawValue = UInt32(number) }

  /// TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 §3.3).
  public static let renegotiationSignal = CipherSuite(0x00ff)
  /// TLS_FALLBACK_SCSV (RFC 7507 §3).
  public static let fallbackSignal = CipherSuite(0x5600)

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// IANA's name without its prefix: `ECDHE_RSA_WITH_AES_128_GCM_SHA256`; nil for a number that is not in the registry.
  public var name: String? { Self.names[rawValue] }

  /// How a name is shown: IANA's, or the number.
  public var shown: String {
    guard let name else {
      let digits = String(rawValue, radix: 16)
      return "0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
    return (isSSL2 ? "SSL_CK_" : "TLS_") + name
  }

  /// A suite by its name as it is shown, `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; nil for a name that is not in the registry. Of two numbers
  /// with one name it is IANA's, not the draft's.
  public init?(named name: String) {
    guard let number = Self.numbers[name] else { return nil }
    self.init(rawValue: number)
  }

  /// A cipher kind of SSL 2.
  public var isSSL2: Bool { Self.ssl2Names[rawValue] != nil }

  /// Suites that only TLS 1.3 has (RFC 8446 §B.4, and later ones of that form): they name no key exchange.
  public var isTLS13: Bool { !isSSL2 && name.map { !$0.contains("_WITH_") } == true && !isSignal }

  /// No suite but a signal of the client.
  public var isSignal: Bool { self == .renegotiationSignal || self == .fallbackSignal }

  /// Every suite of the registry for SSL 3 to TLS 1.2, by number.
  public static let beforeTLS13: [CipherSuite] =
    names.keys.map(CipherSuite.init(rawValue:)).filter { !$0.isSSL2 && !$0.isTLS13 && !$0.isSignal && $0.rawValue != 0 }
    .sorted()

  /// Every suite of the registry for TLS 1.3, by number.
  public static let ofTLS13: [CipherSuite] = names.keys.map(CipherSuite.init(rawValue:)).filter(\.isTLS13).sorted()

  public static let ofSSL2: [CipherSuite] = ssl2Names.keys.map(CipherSuite.init(rawValue:)).sorted()

  private static let names: [UInt32: String] = {
    var names = ssl2Names
    for line in registry.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count == 2, let number = UInt32(fields[0], radix: 16) else { continue }
      names[number] = String(fields[1])
    }
    return names
  }()

  /// Drafts had lower numbers (cc13 to cc15) than what IANA gave.
  private static let numbers: [String: UInt32] = Dictionary(
    names.keys.map { (CipherSuite(rawValue: $0).shown, $0) }, uniquingKeysWith: max)

  /// The SSL Protocol, version 2 (Netscape, 1995), "CIPHER-KIND".
  private static let ssl2Names: [UInt32: String] = [
    0x010080: "RC4_128_WITH_MD5", 0x020080: "RC4_128_EXPORT40_WITH_MD5", 0x030080: "RC2_128_CBC_WITH_MD5",
    0x040080: "RC2_128_CBC_EXPORT40_WITH_MD5", 0x050080: "IDEA_128_CBC_WITH_MD5", 0x060040: "DES_64_CBC_WITH_MD5",
    0x0700c0: "DES_192_EDE3_CBC_WITH_MD5",
  ]
}

extension CipherSuite {
  /// Ways in which a suite protects less than it seems, each by what its name says.
  public enum Weakness: String, Hashable, Sendable, CaseIterable {
    /// No encryption (RFC 2246 §A.5 and later).
    case null
    /// No proof of who the server is.
    case anonymous
    /// Keys of 40 or 56 bits, or key exchange with 512 or 1024, for the export rules of the 1990s (RFC 2246 §A.5).
    case export
    /// Single DES with 56 bits, or RC2.
    case des
    /// RC4 (RFC 7465).
    case rc4
    /// Triple DES or IDEA: blocks of 64 bits (CVE-2016-2183).
    case tripleDES
  }

  /// Empty for what is none of these, and for numbers without a name.
  public var weaknesses: Set<Weakness> {
    guard let name else { return [] }
    var found: Set<Weakness> = []
    if name.contains("WITH_NULL") || Self.integrityOnly.contains(name) { found.insert(.null) }
    if name.contains("_anon_") { found.insert(.anonymous) }
    if name.contains("EXPORT") || name.contains("DES40") { found.insert(.export) }
    if name.contains("DES_CBC") || name.contains("DES40") || name.contains("DES_64") || name.contains("RC2") {
      // 3DES names itself 3DES_EDE_CBC, and in SSL 2 DES_192_EDE3_CBC.
      found.insert(.des)
    }
    if name.contains("RC4") { found.insert(.rc4) }
    if name.contains("3DES") || name.contains("EDE3") || name.contains("IDEA") { found.insert(.tripleDES) }
    return found
  }

  /// RFC 9150: TLS 1.3 without encryption.
  private static let integrityOnly: Set<String> = ["SHA256_SHA256", "SHA384_SHA384"]

  /// Keys of past connections stay secret when the server's own key becomes known: an ephemeral key exchange.
  public var hasForwardSecrecy: Bool {
    guard let name, !isSSL2 else { return false }
    return isTLS13 || name.hasPrefix("ECDHE_") || name.hasPrefix("DHE_") || name.contains("_anon_")
      || name.hasPrefix("ECCPWD_")
  }

  /// ServerKeyExchange carries a finite-field group (RFC 5246 §7.4.3; RFC 4279 §3).
  public var isDHE: Bool { name.map { $0.hasPrefix("DHE_") || $0.hasPrefix("DH_anon_") } == true }

  /// ServerKeyExchange carries a point of a curve (RFC 8422 §5.4; RFC 5489 §2).
  public var isECDHE: Bool { name.map { $0.hasPrefix("ECDHE_") || $0.hasPrefix("ECDH_anon_") } == true }

  /// The server shows no certificate: anonymous, or known by a shared secret alone (RFC 4279 §2, §3; RFC 5054 §2.3).
  public var showsCertificate: Bool {
    guard let name, !isSSL2, !isTLS13 else { return true }
    if name.contains("_anon_") || name.hasPrefix("ECCPWD_") || name.hasPrefix("SRP_SHA_WITH") { return false }
    return !name.contains("PSK_WITH") || name.hasPrefix("RSA_PSK")
  }

  /// Suites with a hash of their own, or authenticated encryption: not before TLS 1.2 (RFC 5246 §1.2; RFC 5288 §4).
  public var needsTLS12: Bool {
    guard let name else { return true }
    return isAEAD || ["SHA256", "SHA384", "SM3", "OMAC"].contains(where: name.contains)
  }

  /// Authenticated encryption (RFC 5116), which TLS 1.2 brought.
  public var isAEAD: Bool {
    guard let name else { return false }
    return isTLS13 || ["_GCM", "_CCM", "POLY1305", "_MGM"].contains(where: name.contains)
  }
}
