import Wire

// A span of a constant cannot leave the expression that #expect makes of it: the parsers, for arrays.

extension SNMPMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension CoAPMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SessionDescription { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension RTSPResponse { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SSDPAnswer { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension RFBHandshake.Version {
  init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) }
}
extension RFBHandshake.Offer {
  init(parsing octets: [UInt8], version: RFBHandshake.Version) throws(WireError) {
    try self.init(parsing: octets.span, version: version)
  }
}
extension SMBNegotiateAnswer { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension ADBMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension TFTPPacket { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension NTPMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension NTPControlMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension DNSAnswer { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension ReplyLines { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension MailGreeting { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension ECHONETLiteFrame { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension IPPMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension DHIPMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension DVRIPMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension UbiquitiDiscovery { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension BACnetMessage { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension EtherNetIPIdentity { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension KNXnetIPDescription {
  init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) }
}
extension MQTTPacket {
  init(parsing octets: [UInt8], version: MQTTRequest.Version) throws(WireError) {
    try self.init(parsing: octets.span, version: version)
  }
}
extension RDPNegotiation {
  static func answer(parsing octets: [UInt8]) throws(WireError) -> Answer { try answer(parsing: octets.span) }
}
extension RESP {
  static func reply(parsing octets: [UInt8]) throws(WireError) -> Reply { try reply(parsing: octets.span) }
}
extension ModbusIdentification {
  static func answer(parsing octets: [UInt8], transaction: UInt16) throws(WireError) -> Answer {
    try answer(parsing: octets.span, transaction: transaction)
  }
}
extension LinkFormat {
  static func links(parsing octets: [UInt8], limit: Int = 256) throws(WireError) -> [Link] {
    try links(parsing: octets.span, limit: limit)
  }
}
extension ECHONETLiteProperties {
  static func map(parsing octets: [UInt8]) throws(WireError) -> [UInt8] { try map(parsing: octets.span) }
  static func instances(parsing octets: [UInt8]) throws(WireError) -> [ECHONETLiteFrame.Object] {
    try instances(parsing: octets.span)
  }
}

extension SSHIdentification { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SSHPacket { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SSHKeyExchangeInit { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SSHHostKey { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SSH1PublicKey { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SSHExchangeReply { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SSHSignature { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension SSHKeyExchange {
  static func groupBits(parsing octets: [UInt8]) throws(WireError) -> Int { try groupBits(parsing: octets.span) }
}
