/// What text a fingerprint is for. Which octets are handed over for each is part of its meaning: both Recog's
/// data and ours are written for just these.
public struct FingerprintKind: RawRepresentable, Hashable, Sendable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  /// What follows `SSH-2.0-` in the identification string (RFC 4253 §4.2), without the line end.
  public static let sshBanner = FingerprintKind(rawValue: "ssh.banner")
  /// The text of the greeting, without `220` and line ends (RFC 959 §4.2).
  public static let ftpBanner = FingerprintKind(rawValue: "ftp.banner")
  /// What a Telnet server says first, without its options (RFC 854) and without white space at either end.
  public static let telnetBanner = FingerprintKind(rawValue: "telnet.banner")
  /// The value of `Server` in an HTTP answer.
  public static let httpServer = FingerprintKind(rawValue: "http.server")
  /// The value of `WWW-Authenticate`.
  public static let httpAuthenticate = FingerprintKind(rawValue: "http.www-authenticate")
  /// The content of `<title>`, character references resolved, without white space at either end.
  public static let httpTitle = FingerprintKind(rawValue: "http.title")
  /// The body of an HTTP answer, as it came.
  public static let httpBody = FingerprintKind(rawValue: "http.body")
  /// The value of `sysDescr.0` (RFC 3418).
  public static let snmpDescription = FingerprintKind(rawValue: "snmp.sysdescr")
  /// The value of `Server` in an RTSP answer.
  public static let rtspServer = FingerprintKind(rawValue: "rtsp.server")
  /// The value of `WWW-Authenticate` in an RTSP answer (RFC 2326 §12.44).
  public static let rtspAuthenticate = FingerprintKind(rawValue: "rtsp.www-authenticate")
  /// The text of a mail server's greeting, without `220` and line ends (RFC 5321 §4.2).
  public static let smtpBanner = FingerprintKind(rawValue: "smtp.banner")
  /// The value of `SERVER` in an SSDP answer (UPnP Device Architecture 1.1 §1.3.3).
  public static let upnpServer = FingerprintKind(rawValue: "upnp.server")
  /// `<manufacturer>` of a UPnP description.
  public static let upnpManufacturer = FingerprintKind(rawValue: "upnp.manufacturer")
  /// `<modelName>` of a UPnP description.
  public static let upnpModel = FingerprintKind(rawValue: "upnp.model")
  /// One string of the TXT record of `_device-info._tcp` (DNS-SD).
  public static let mdnsDeviceInfo = FingerprintKind(rawValue: "mdns.device-info")
  /// A DNS-SD service instance's own name.
  public static let mdnsInstance = FingerprintKind(rawValue: "mdns.instance")
  /// A certificate's subject as one line (RFC 4514).
  public static let certificateSubject = FingerprintKind(rawValue: "x509.subject")
  /// A certificate's issuer, likewise.
  public static let certificateIssuer = FingerprintKind(rawValue: "x509.issuer")

  /// Every kind that data of ours may name.
  public static let known: [FingerprintKind] = [
    .sshBanner, .ftpBanner, .telnetBanner, .httpServer, .httpAuthenticate, .httpTitle, .httpBody, .snmpDescription,
    .rtspServer, .rtspAuthenticate, .smtpBanner, .upnpServer, .upnpManufacturer, .upnpModel, .mdnsDeviceInfo,
    .mdnsInstance, .certificateSubject,
    .certificateIssuer,
  ]

  /// Recog's name for the same text, from its `matches` or, without that, the file's name.
  private static let recogNames: [String: FingerprintKind] = [
    "ssh.banner": .sshBanner, "ftp.banner": .ftpBanner, "telnet_banners": .telnetBanner,
    "http_header.server": .httpServer, "http_header.wwwauth": .httpAuthenticate, "html_title": .httpTitle,
    "snmp.sys_description": .snmpDescription, "rtsp_header.server": .rtspServer, "smtp.banner": .smtpBanner,
    "mdns.device-info.txt": .mdnsDeviceInfo, "x509.subject": .certificateSubject, "x509.issuer": .certificateIssuer,
  ]

  /// A kind that we have no name for keeps Recog's: its file can be tested, and nobody asks for it.
  init(recog name: String) { self = Self.recogNames[name] ?? FingerprintKind(rawValue: name) }
}
