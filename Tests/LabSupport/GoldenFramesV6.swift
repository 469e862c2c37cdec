public import Addressing

/// Frames written by hand from the RFCs, IPv6 and what goes with it. Checksums of frames that this
/// program builds were computed with python3's struct and a loop over 16-bit words (RFC 1071 §4.1).
extension Golden {
  public static let auditorV6 = IPv6Address(linkLocalOf: auditor)
  public static let deviceV6 = IPv6Address(linkLocalOf: device)

  /// From the device to the auditor: destination, source, EtherType IPv6.
  public static let ethernetV6 = octets(hex: "02 fc 00 00 00 01 00 11 22 aa bb cc 86 dd")

  /// RFC 8200 §3 from fe80::211:22ff:feaa:bbcc to fe80::fc:ff:fe00:1.
  public static func ipv6(next: UInt8, hopLimit: UInt8 = 64, _ payload: [UInt8]) -> [UInt8] {
    ethernetV6
      + octets(hex: "60 00 00 00")  // version 6, traffic class 0, flow label 0
      + [UInt8(payload.count >> 8), UInt8(payload.count & 0xff), next, hopLimit]
      + octets(hex: "fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc")  // source
      + octets(hex: "fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01")  // destination
      + payload
  }

  /// RFC 9293 §3.1 with the options of a Linux answer: MSS, SACK permitted, timestamps, NOP, window scale.
  public static let segment = octets(
    hex: """
      00 17 9c 40  // ports 23 → 40000
      de ad be ef  // sequence number
      01 02 03 05  // acknowledgement number
      a0 12 16 d0 00 00 00 00  // 10 words, SYN ACK, window 5840
      02 04 05 a0  // MSS 1440
      04 02        // SACK permitted
      08 0a 12 34 56 78 00 00 00 01  // timestamps: TSval 0x12345678, TSecr 1
      01 03 03 07  // NOP, window scale 7
      """)

  public static let synAckV6 = ipv6(next: 6, segment)

  /// Hop-by-hop, destination options, routing, then the segment: each 8 octets, the second 16.
  public static let extended = ipv6(
    next: 0,
    octets(
      hex: """
        3c 00 01 04 00 00 00 00  // hop-by-hop: next 60, length 0, PadN
        2b 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00  // destination options: next 43, length 1
        06 00 fe 00 00 00 00 00  // routing: next TCP, type 254, no segments left
        """) + segment)

  /// The first fragment of a datagram; RFC 8200 §4.5.
  public static let fragmentV6 = ipv6(next: 44, octets(hex: "06 00 00 01 00 00 00 07") + segment)

  public static let udpV6 = ipv6(
    next: 17,
    octets(
      hex: """
        16 33 9c 41  // ports 5683 → 40001
        00 0c 00 00  // length 12
        60 45 12 34
        """))

  public static let udpV4 =
    ethernet
    + octets(
      hex: """
        45 00 00 1f  // total length: 31 = 20 + 8 + 3
        00 00 40 00 40 11 00 00
        0a 4d 00 17 0a 4d 00 02
        00 a1 9c 41  // ports 161 → 40001
        00 0b 00 00  // length 11
        30 01 02     // three octets of data
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  // Ethernet padding
        """)

  /// RFC 792 "Echo Reply".
  public static let echoReply =
    ethernet
    + octets(
      hex: """
        45 00 00 1c 00 00 40 00 40 01 00 00 0a 4d 00 17 0a 4d 00 02
        00 00 00 00  // type 0, code 0
        be ef 00 07  // identifier, sequence number
        """)

  public static let echoReplyV6 = ipv6(next: 58, octets(hex: "81 00 00 00 be ef 00 07 01 02 03"))

  /// RFC 4861 §4.3 from `::`: duplicate address detection of fe80::211:22ff:feaa:bbcc.
  public static let duplicateDetection =
    octets(
      hex: """
        33 33 ff aa bb cc 00 11 22 aa bb cc 86 dd
        60 00 00 00 00 18 3a ff  // length 24, ICMPv6, hop limit 255
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        ff 02 00 00 00 00 00 00 00 00 00 01 ff aa bb cc
        87 00 00 00 00 00 00 00  // neighbour solicitation
        fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
        """)

  /// RFC 4861 §4.4: router, solicited; a nonce option (RFC 3971 §5.3.2) before the link-layer address.
  public static let advertisement = ipv6(
    next: 58, hopLimit: 255,
    octets(
      hex: """
        88 00 00 00 c0 00 00 00  // neighbour advertisement, R and S
        fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
        0e 01 00 00 00 00 00 00  // nonce, 8 octets
        02 01 00 11 22 aa bb cc  // target link-layer address
        """))

  /// RFC 4861 §4.1.
  public static let routerSolicitation = ipv6(
    next: 58, hopLimit: 255, octets(hex: "85 00 00 00 00 00 00 00 01 01 00 11 22 aa bb cc"))

  /// RFC 4861 §4.2: hop limit 64, managed, lifetime 1800 s, timers unspecified, MTU option, source address.
  public static let routerAdvertisement = ipv6(
    next: 58, hopLimit: 255,
    octets(
      hex: """
        86 00 00 00 40 80 07 08 00 00 00 00 00 00 00 00
        05 01 00 00 00 00 05 dc  // MTU 1500
        01 01 00 11 22 aa bb cc
        """))

  /// RFC 3810 §5.2 behind a router alert: one record, change to exclude mode for ff02::1:ffaa:bbcc.
  public static let listenerReport = ipv6(
    next: 0, hopLimit: 1,
    octets(
      hex: """
        3a 00 05 02 00 00 01 00  // hop-by-hop: next ICMPv6, router alert for MLD, PadN
        8f 00 00 00 00 00 00 01  // version 2 report, one record
        04 00 00 00 ff 02 00 00 00 00 00 00 00 00 00 01 ff aa bb cc
        """))

  /// RFC 2710 §3: the version 1 report, 24 octets.
  public static let listenerReportV1 = ipv6(
    next: 0, hopLimit: 1,
    octets(
      hex: """
        3a 00 05 02 00 00 01 00
        83 00 00 00 00 00 00 00 ff 02 00 00 00 00 00 00 00 00 00 01 ff aa bb cc
        """))

  /// The auditor's own packet to fe80::211:22ff:feaa:bbcc, as an error message quotes it.
  public static func quotedV6(next: UInt8, _ transport: String) -> [UInt8] {
    octets(
      hex: """
        60 00 00 00 00 28 \(next < 16 ? "0" : "")\(String(next, radix: 16)) 40
        fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
        fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
        """) + octets(hex: transport)
  }

  /// RFC 4443 §3.1, code 4: port unreachable, about UDP 40001 → 161.
  public static let unreachableV6 = ipv6(
    next: 58, octets(hex: "01 04 00 00 00 00 00 00") + quotedV6(next: 17, "9c 41 00 a1 00 0b 00 00"))

  public static let ipv6Frames = [
    synAckV6, extended, fragmentV6, udpV6, udpV4, echoReply, echoReplyV6, duplicateDetection, advertisement,
    routerSolicitation, routerAdvertisement, listenerReport, listenerReportV1, unreachableV6,
  ]
}
