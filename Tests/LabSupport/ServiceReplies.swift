/// What services answer. Most was captured from Debian 12's daemons on loopback; the rest is written from the specification
/// that is named.
public enum ServiceReplies {
  // mosquitto 2.0.11; anonymous allowed, then refused.
  public static let mqttAccepted = octets(hex: "20 02 00 00")
  public static let mqttRefused = octets(hex: "20 02 00 05")
  public static let mqttAccepted5 = octets(hex: "20 09 00 00 06 22 00 0a 21 00 14")
  public static let mqttRefused5 = octets(hex: "20 03 00 87 00")
  public static let mqttSubscribed = octets(hex: "90 03 00 01 00")
  public static let mqttSubscribed5 = octets(hex: "90 04 00 01 00 00")
  public static let mqttPublish = octets(
    hex: """
      31 2d 00 13 24 53 59 53 2f 62 72 6f 6b 65 72 2f 76 65 72 73 69 6f 6e
      6d 6f 73 71 75 69 74 74 6f 20 76 65 72 73 69 6f 6e 20 32 2e 30 2e 31 31
      """)
  public static let mqttPublish5 = octets(
    hex: """
      31 2e 00 13 24 53 59 53 2f 62 72 6f 6b 65 72 2f 76 65 72 73 69 6f 6e 00
      6d 6f 73 71 75 69 74 74 6f 20 76 65 72 73 69 6f 6e 20 32 2e 30 2e 31 31
      """)

  // libcoap 4.3.1, up to its third link.
  public static let coapLinks = octets(hex: "54 45 12 34 01 02 03 04 c1 28 ff") + Array(coapText.utf8)
  public static let coapText =
    #"</>;title="General Info";ct=0,</time>;if="clock";rt="ticks";title="Internal Clock";ct=0;obs,</async>;ct=0"#

  // TigerVNC 1.12: no password; VNC password; the same asked with version 3.3.
  public static let rfbGreeting = Array("RFB 003.008\n".utf8)
  public static let rfbNone = octets(hex: "01 01")
  public static let rfbPassword = octets(hex: "01 02")
  public static let rfbNone33 = octets(hex: "00 00 00 01")
  // xrdp 0.9.21, to a client that offers nothing and to one that offers TLS and CredSSP.
  public static let rdpStandard = octets(hex: "03 00 00 13 0e d0 00 00 12 34 00 02 01 08 00 00 00 00 00")
  public static let rdpTLS = octets(hex: "03 00 00 13 0e d0 00 00 12 34 00 02 01 08 00 01 00 00 00")
  // MS-RDPBCGR 2.2.1.2.2: HYBRID_REQUIRED_BY_SERVER.
  public static let rdpWantsCredSSP = octets(hex: "03 00 00 13 0e d0 00 00 12 34 00 03 00 08 00 05 00 00 00")

  // samba 4.17.12: with `server min protocol = NT1`; without it; with `server signing = mandatory`.
  public static let smb1On = octets(
    hex: """
      00 00 00 5b ff 53 4d 42 72 00 00 00 00 88 03 c0 00 00 00 00 00 00 00 00 00 00 00 00 ff ff 01 00 00 00 00 00
      11 00 00 03 32 00 01 00 04 41 00 00 00 00 01 00 51 00 00 00 fd f3 80 00 ca a7 7a 22 e6 7c dd 01 00 00 08 16 00
      97 50 ff dc 81 7b 76 44 4c 00 41 00 42 00 00 00 56 00 4d 00 00 00
      """)
  public static let smb1Off = octets(
    hex: """
      00 00 00 25 ff 53 4d 42 72 00 00 00 00 88 03 c0 00 00 00 00 00 00 00 00 00 00 00 00 ff ff 01 00 00 00 00 00
      01 ff ff 00 00
      """)
  public static let smb2Enabled = smb2(mode: 1)
  public static let smb2Required = smb2(mode: 3)
  private static func smb2(mode: UInt8) -> [UInt8] {
    octets(hex: "00 00 00 ca fe 53 4d 42 40 00 00 00 00 00 00 00 00 00 01 00 01 00 00 00")
      + [UInt8](repeating: 0, count: 44) + [0x41, 0, mode, 0]
      + octets(
        hex: """
          02 03 00 00 76 6d 00 00 00 00 00 00 00 00 00 00 00 00 00 00 07 00 00 00 00 00 80 00 00 00 80 00 00 00 80 00
          9a dc b5 22 e6 7c dd 01 00 00 00 00 00 00 00 00 80 00 4a 00 00 00 00 00 60 48 06 06 2b 06 01 05 05 02 a0 3e
          30 3c a0 0e 30 0c 06 0a 2b 06 01 04 01 82 37 02 02 0a a3 2a 30 28 a0 26 1b 24 6e 6f 74 5f 64 65 66 69 6e 65
          64 5f 69 6e 5f 52 46 43 34 31 37 38 40 70 6c 65 61 73 65 5f 69 67 6e 6f 72 65
          """)
  }

  // redis 7.0.15, open and with `requirepass`.
  public static let redisPong = Array("+PONG\r\n".utf8)
  public static let redisNoAuth = Array("-NOAUTH Authentication required.\r\n".utf8)

  // protocol.txt: CNXN, version, largest data, length, checksum, magic; then the device's banner.
  public static let adbBanner = "device::ro.product.name=sdk;ro.product.model=Lab TV;\0"
  public static let adbConnected =
    octets(hex: "43 4e 58 4e 01 00 00 01 00 00 10 00 35 00 00 00 00 00 00 00 bc b1 a7 b1") + Array(adbBanner.utf8)
  // AUTH of type TOKEN (1) with 20 octets to sign.
  public static let adbAuthenticate =
    octets(hex: "41 55 54 48 01 00 00 00 00 00 00 00 14 00 00 00 00 00 00 00 be aa ab b7")
    + [UInt8](repeating: 0x5a, count: 20)

  // RFC 1350 §5: ERROR 1; DATA block 1.
  public static let tftpMissing = [0, 5, 0, 1] + Array("File not found".utf8) + [0]
  public static let tftpData: [UInt8] = [0, 3, 0, 1] + Array("hello\n".utf8)

  // ntpsec 1.2.2; of the variables three are kept, and their count corrected.
  public static let ntpTime = octets(
    hex: """
      e4 00 00 e8 00 00 00 00 00 00 00 0b 49 4e 49 54 00 00 00 00 00 00 00 00
      01 02 03 04 05 06 07 08 ee b1 69 d2 ea 0f cf e1 ee b1 69 d2 ea 12 ea 40
      """)
  public static let ntpText = "leap=3, stratum=16, precision=-24,\r\nversion=\"ntpd ntpsec-1.2.2\""
  public static let ntpVariables =
    octets(hex: "d6 82 00 07 c0 16 00 00 00 00 00") + [UInt8(ntpText.utf8.count)] + Array(ntpText.utf8) + [0, 0, 0]

  // dnsmasq 2.90: an answer of its own; a refusal.
  public static let dnsAddress = octets(
    hex: """
      12 34 85 80 00 01 00 01 00 00 00 00 03 6c 61 62 07 65 78 61 6d 70 6c 65 00 00 01 00 01
      c0 0c 00 01 00 01 00 00 00 00 00 04 c0 00 02 07
      """)
  public static let dnsRefused = octets(
    hex: "12 34 81 85 00 01 00 00 00 00 00 00 05 6f 74 68 65 72 04 74 65 73 74 00 00 01 00 01")

  // vsftpd 3.0.3.
  public static let ftpGreeting = Array("220 (vsFTPd 3.0.3)\r\n".utf8)
  public static let ftpFeatures = Array(
    "211-Features:\r\n EPRT\r\n EPSV\r\n MDTM\r\n PASV\r\n REST STREAM\r\n SIZE\r\n TVFS\r\n211 End\r\n".utf8)
}
