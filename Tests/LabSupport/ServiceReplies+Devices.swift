/// Replies of devices that no daemon plays, from their specifications.
extension ServiceReplies {
  /// ECHONET Lite part 2 §3.2: an air conditioner's Get_Res with maker code, and Set map as a bit map of 16 codes.
  public static let echonetAirConditioner = octets(
    hex: """
      10 81 00 2a 01 30 01 05 ff 01 72 02  // Get_Res from air conditioner 1, two properties
      8a 03 00 00 08                       // maker code
      9e 11 10                             // Set property map, 17 octets: 16 codes
      1f 07 00 0c 06 06 02 00 00 00 00 00 00 00 00 01  // lower halves 0 to 15; bit 0 is 0x80, bit 7 0xf0
      """)
  public static let echonetInstances = octets(
    hex: "10 81 00 2b 0e f0 01 05 ff 01 72 01 d6 07 02 01 30 01 02 90 01")
  public static let echonetRefused = octets(hex: "10 81 00 2a 0e f0 01 05 ff 01 52 01 d6 00")

  private static func attribute(_ tag: UInt8, _ name: String, _ value: [UInt8]) -> [UInt8] {
    [tag, 0, UInt8(name.utf8.count)] + Array(name.utf8) + [0, UInt8(value.count)] + value
  }

  /// RFC 8010 §3.1 with a collection (§3.1.6), a name with language (§3.9) and an attribute of two values.
  public static let ipp =
    [1, 1, 0, 0, 0, 0, 0, 7, 0x01] + attribute(0x47, "attributes-charset", Array("utf-8".utf8))
    + attribute(0x48, "attributes-natural-language", Array("en".utf8)) + [0x04]
    + attribute(0x41, "printer-make-and-model", Array("Example Printer 1".utf8))
    + attribute(0x36, "printer-name", [0, 2] + Array("en".utf8) + [0, 3] + Array("lab".utf8))
    + attribute(0x34, "media-col-default", []) + attribute(0x4a, "", Array("media-size".utf8))
    + attribute(0x21, "", [0, 0, 0, 9]) + attribute(0x37, "", [])
    + attribute(0x44, "uri-authentication-supported", Array("none".utf8))
    + attribute(0x44, "", Array("basic".utf8)) + [0x03]

  /// A Dahua header in front of 2 octets, as protocols' users describe it.
  public static let dhip =
    octets(hex: "20 00 00 00 44 48 49 50 01 00 00 00 02 00 00 00 02 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00")
    + Array("{}".utf8)
  public static let dvrip =
    octets(hex: "ff 01 00 00 00 00 00 00 00 00 00 00 00 00 fb 05 04 00 00 00") + Array("{}\n\0".utf8)
  public static let ubiquiti = octets(
    hex: """
      01 00 00 1d 02 00 0a 04 18 d6 00 00 01 c0 00 02 14  // MAC and address
      0b 00 04 61 70 2d 31                                // name
      0c 00 03 4c 4d 35                                   // product
      03 00 00                                            // firmware, empty
      """)

  /// Modbus 1.1b3 §6.21: its example's shape with maker "Company", product "P1" and revision "V2".
  public static let modbus = octets(
    hex: """
      00 01 00 00 00 19 ff 2b 0e 01 01 00 00 03
      00 07 43 6f 6d 70 61 6e 79 01 02 50 31 02 02 56 32
      """)
  public static let modbusException = octets(hex: "00 01 00 00 00 03 ff ab 01")

  /// ASHRAE 135 annex F.3.5's ReadProperty, as object name "lab" of device 100; and annex F.4.1's I-Am.
  public static let bacnetName = octets(
    hex: "81 0a 00 17 01 00 30 01 0c 0c 02 00 00 64 19 4d 3e 74 00 6c 61 62 3f")
  public static let bacnetIAm = octets(hex: "81 0b 00 14 01 00 10 00 c4 02 00 00 64 22 05 c4 91 00 21 0f")
  public static let bacnetError = octets(hex: "81 0a 00 0d 01 00 50 01 0c 91 01 91 1f")

  /// CIP volume 2 §2-4.2.
  public static let enip = octets(
    hex: """
      63 00 29 00 00 00 00 00 00 00 00 00 00 00 00 00 01 02 03 04 00 00 00 00
      01 00 0c 00 23 00 01 00                                // one item: identity, 35 octets, version 1
      00 02 af 12 c0 00 02 07 00 00 00 00 00 00 00 00        // socket address
      01 00 0c 00 36 00 01 02 00 00 78 56 34 12 01 58 03     // vendor 1, type 12, product 54, 1.2, serial, "X"
      """)

  /// KNX 03_08_02 §7.5.4: device information and families.
  public static let knx =
    octets(hex: "06 10 02 04 00 44 36 01 02 00 11 03 00 00 00 c0 00 02 00 01 e0 00 17 0c 02 00 00 00 00 01")
    + Array("gateway".utf8) + [UInt8](repeating: 0, count: 23) + octets(hex: "08 02 02 01 04 01 09 01")
}
