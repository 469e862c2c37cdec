extension ServiceReplies {
  // net-snmp 5.9.3: the system group asked with 2c; an object that is not there with version 1; discovery.
  public static let snmpIdentity = octets(
    hex: """
      30 7b 02 01 01 04 06 70 75 62 6c 69 63     // version 2c, "public"
      a2 6e 02 04 12 34 56 78 02 01 00 02 01 00  // response, request ID, no error
      30 60
      30 1e 06 08 2b 06 01 02 01 01 01 00 04 12  // sysDescr.0
      45 78 61 6d 70 6c 65 20 52 6f 75 74 65 72 20 31 2e 30
      30 16 06 08 2b 06 01 02 01 01 02 00        // sysObjectID.0
      06 0a 2b 06 01 04 01 bf 08 03 02 0a
      30 0e 06 08 2b 06 01 02 01 01 03 00 43 02 01 f7  // sysUpTime.0: 5.03 s
      30 16 06 08 2b 06 01 02 01 01 05 00        // sysName.0
      04 0a 6c 61 62 2d 72 6f 75 74 65 72
      """)
  public static let snmpNoSuchName = octets(
    hex: """
      30 29 02 01 00 04 06 70 75 62 6c 69 63 a2 1c 02 04 12 34 56 79 02 01 02 02 01 01
      30 0e 30 0c 06 08 2b 06 01 02 01 01 63 00 05 00
      """)
  public static let snmpReport = octets(
    hex: """
      30 61 02 01 03 30 0f 02 02 4a 69 02 03 00 ff e3 04 01 00 02 01 03
      04 1b 30 19 04 0b 80 00 1f 88 03 00 00 00 00 00 00 02 01 01 02 01 05 04 00 04 00 04 00
      30 2e 04 0b 80 00 1f 88 03 00 00 00 00 00 00 04 00
      a8 1d 02 02 37 f0 02 01 00 02 01 00 30 11 30 0f 06 0a 2b 06 01 06 03 0f 01 01 04 00 41 01 01
      """)
}
