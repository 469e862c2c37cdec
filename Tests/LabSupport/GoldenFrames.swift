public import Addressing

/// Frames written by hand from the RFCs, one field a line.
public enum Golden {
  public static let auditor = MACAddress(rawValue: 0x02_fc_00_00_00_01)
  public static let device = MACAddress(rawValue: 0x00_11_22_aa_bb_cc)
  public static let auditorAddress = IPv4Address(rawValue: 0x0a4d_0002)
  public static let deviceAddress = IPv4Address(rawValue: 0x0a4d_0017)

  public static let arpRequest = octets(
    hex: """
      ff ff ff ff ff ff  // destination: broadcast
      02 fc 00 00 00 01  // source
      08 06              // EtherType: ARP
      00 01              // hardware: Ethernet
      08 00              // protocol: IPv4
      06                 // hardware address length
      04                 // protocol address length
      00 01              // operation: request
      02 fc 00 00 00 01  // sender hardware address
      0a 4d 00 02        // sender 10.77.0.2
      00 00 00 00 00 00  // target hardware address: not known
      0a 4d 00 17        // target 10.77.0.23
      """)

  public static let arpReply = octets(
    hex: """
      02 fc 00 00 00 01  // destination
      00 11 22 aa bb cc  // source
      08 06 00 01 08 00 06 04
      00 02              // operation: reply
      00 11 22 aa bb cc  // sender hardware address
      0a 4d 00 17        // sender 10.77.0.23
      02 fc 00 00 00 01  // target hardware address
      0a 4d 00 02        // target 10.77.0.2
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  // padding to 60 octets
      """)

  public static let ethernet = octets(hex: "02 fc 00 00 00 01 00 11 22 aa bb cc 08 00")

  /// RFC 791 §3.1; the addresses are 10.77.0.23 and 10.77.0.2.
  public static let ipv4 = octets(
    hex: """
      45           // version 4, header of 5 words
      00           // type of service
      00 2c        // total length: 44
      00 00        // identification
      40 00        // do not fragment, offset 0
      40           // time to live: 64
      06           // protocol: TCP
      26 1a        // checksum
      0a 4d 00 17  // source
      0a 4d 00 02  // destination
      """)

  public static let synAck =
    ethernet + ipv4
    + octets(
      hex: """
        00 17        // source port: 23
        9c 40        // destination port: 40000
        de ad be ef  // sequence number
        01 02 03 05  // acknowledgement number
        60           // data offset: 6 words
        12           // SYN, ACK
        16 d0        // window: 5840
        00 00        // checksum
        00 00        // urgent pointer
        02 04 05 b4  // option: MSS 1460
        00 00        // Ethernet padding to 60 octets, no part of the segment
        """)

  public static let reset =
    ethernet
    + octets(
      hex: """
        45 00 00 28  // total length: 40
        12 34 40 00 ff 06 00 00
        0a 4d 00 17 0a 4d 00 02
        00 50        // source port: 80
        9c 40        // destination port: 40000
        00 00 00 00  // sequence number
        ff ff ff ff  // acknowledgement number
        50           // data offset: 5 words
        14           // RST, ACK
        00 00 00 00 00 00
        00 00 00 00 00 00  // padding
        """)

  /// A header of 7 words: Router Alert (RFC 2113), then no-operation and end of options.
  public static let withOptions =
    ethernet
    + octets(
      hex: """
        47           // version 4, header of 7 words
        00 00 31     // total length: 49 = 28 + 20 + 1
        00 01 00 00 40 06 00 00
        0a 4d 00 17 0a 4d 00 02
        94 04 00 00  // Router Alert
        01 01 01 00  // NOP, NOP, NOP, end
        00 16 9c 40 00 00 00 01 00 00 00 02
        50 18 20 00 00 00 00 00  // PSH, ACK, window 8192
        53           // one octet of data
        aa aa        // what lies behind the total length
        """)

  /// The second fragment of a datagram: offset 185 × 8 = 1480, more to come.
  public static let fragment =
    ethernet
    + octets(
      hex: """
        45 00 00 1c  // total length: 28
        00 07        // identification
        20 b9        // more fragments, offset 185
        40 06 00 00
        0a 4d 00 17 0a 4d 00 02
        00 17 9c 40 00 00 00 00  // looks like the front of a segment and is none
        """)

  /// Communication administratively prohibited (RFC 1812 §5.2.7.1), sent by a router 10.77.0.1.
  public static let unreachable =
    ethernet
    + octets(
      hex: """
        45 c0 00 38  // total length: 56 = 20 + 8 + 28
        00 00 00 00 40 01 00 00
        0a 4d 00 01  // source: the router
        0a 4d 00 02
        03           // type: destination unreachable
        0d           // code: 13
        00 00        // checksum
        00 00 00 00  // unused
        45 00 00 3c 00 00 40 00 3f 06 00 00  // the quoted header: total length 60, TTL 63, TCP
        0a 4d 00 02  // from us
        0a 4d 00 17  // to the device
        9c 40        // source port: 40000
        01 bb        // destination port: 443
        ca fe ba be  // sequence number
        """)

  public static let ipv4Frames = [arpRequest, arpReply, synAck, reset, withOptions, fragment, unreachable]

  public static let all = ipv4Frames + ipv6Frames
}
