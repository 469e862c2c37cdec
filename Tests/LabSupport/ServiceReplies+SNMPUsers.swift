extension ServiceReplies {
  // net-snmp 5.9.3, engineID "lab", user auditor with SHA and the password "maplesyrup": to the discovery; to the right digest, a
  // wrong one, the name "nobody", and a right digest under another clock; of a user who must encrypt.
  public static let snmpUserReport = octets(
    hex: """
      30 5f 02 01 03 30 11 02 04 74 83 4c 06 02 03 00 ff e3 04 01 00 02 01 03
      04 18 30 16 04 08 80 00 1f 88 04 6c 61 62 02 01 01 02 01 02 04 00 04 00 04 00
      30 2d 04 08 80 00 1f 88 04 6c 61 62 04 00
      a8 1f 02 04 2b 90 70 9d 02 01 00 02 01 00 30 11 30 0f 06 0a 2b 06 01 06 03 0f 01 01 04 00 41 01 01
      """)
  public static let snmpUserResponse = octets(
    hex: """
      30 79 02 01 03 30 11 02 04 74 83 4c 05 02 03 00 ff e3 04 01 01 02 01 03
      04 2b 30 29 04 08 80 00 1f 88 04 6c 61 62 02 01 01 02 01 02 04 07 61 75 64 69 74 6f 72
      04 0c d8 bb c9 2a a2 d9 18 a7 ae 52 e9 97 04 00
      30 34 04 08 80 00 1f 88 04 6c 61 62 04 00 a2 26 02 04 2b 90 70 9c 02 01 00 02 01 00
      30 18 30 16 06 08 2b 06 01 02 01 01 02 00 06 0a 2b 06 01 04 01 bf 08 03 02 0a
      """)
  public static let snmpWrongDigest = octets(
    hex: """
      30 66 02 01 03 30 11 02 04 30 53 f5 db 02 03 00 ff e3 04 01 00 02 01 03
      04 1f 30 1d 04 08 80 00 1f 88 04 6c 61 62 02 01 01 02 01 02 04 07 61 75 64 69 74 6f 72 04 00 04 00
      30 2d 04 08 80 00 1f 88 04 6c 61 62 04 00
      a8 1f 02 04 57 16 6d a2 02 01 00 02 01 00 30 11 30 0f 06 0a 2b 06 01 06 03 0f 01 01 05 00 41 01 01
      """)
  public static let snmpUnknownUser = octets(
    hex: """
      30 65 02 01 03 30 11 02 04 56 27 2d 35 02 03 00 ff e3 04 01 00 02 01 03
      04 1e 30 1c 04 08 80 00 1f 88 04 6c 61 62 02 01 01 02 01 02 04 06 6e 6f 62 6f 64 79 04 00 04 00
      30 2d 04 08 80 00 1f 88 04 6c 61 62 04 00
      a8 1f 02 04 0d e4 c5 77 02 01 00 02 01 00 30 11 30 0f 06 0a 2b 06 01 06 03 0f 01 01 03 00 41 01 01
      """)
  public static let snmpNotInTime = octets(
    hex: """
      30 72 02 01 03 30 11 02 04 26 f2 47 0c 02 03 00 ff e3 04 01 01 02 01 03
      04 2b 30 29 04 08 80 00 1f 88 04 6c 61 62 02 01 01 02 01 02 04 07 61 75 64 69 74 6f 72
      04 0c a7 a9 02 0c af 3a a0 e6 97 c0 85 ab 04 00
      30 2d 04 08 80 00 1f 88 04 6c 61 62 04 00
      a8 1f 02 04 7c 24 03 ee 02 01 00 02 01 00 30 11 30 0f 06 0a 2b 06 01 06 03 0f 01 01 02 00 41 01 01
      """)
  public static let snmpNoAccess = octets(
    hex: """
      30 6c 02 01 03 30 11 02 04 36 a5 df 54 02 03 00 ff e3 04 01 01 02 01 03
      04 28 30 26 04 08 80 00 1f 88 04 6c 61 62 02 01 01 02 01 02 04 04 6e 6f 6e 65
      04 0c 99 22 89 9d d9 20 98 82 4a 43 71 c7 04 00
      30 2a 04 08 80 00 1f 88 04 6c 61 62 04 00 a2 1c 02 04 76 52 79 26 02 01 10 02 01 00
      30 0e 30 0c 06 08 2b 06 01 02 01 01 02 00 05 00
      """)

  /// One of these with other numbers of four octets, that of the message and that of the request.
  public static func snmp(_ reply: [UInt8], answering number: [UInt8]) -> [UInt8] {
    var (reply, place) = (reply, 9)
    reply.replaceSubrange(place..<place + 4, with: number)
    // Behind the tag and length of the data unit, which follows the empty context name.
    while place + 8 < reply.count, !(reply[place] & 0xf5 == 0xa0 && reply[place + 2..<place + 4] == [2, 4]) {
      place += 1
    }
    reply.replaceSubrange(place + 4..<place + 8, with: number)
    return reply
  }
}
