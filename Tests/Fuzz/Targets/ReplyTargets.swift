internal import LabSupport
internal import Profiles
internal import Wire

extension FuzzTarget {
  /// What services answer in lines of text; each parser gets the same octets.
  static let textReplies = FuzzTarget(
    "text-replies",
    [
      "RESP", "ReplyLines", "MailGreeting", "RTSPResponse", "SSDPAnswer", "SessionDescription", "LinkFormat",
      "HeaderField",
    ],
    longest: 4096, seeds: ReplyParsers.seeds(ServiceReplies.textual)
  ) { octets in
    try ReplyParsers.check(ReplyParsers.textual, octets)
    var fields: [HeaderField] = []
    for line in octets.split(separator: 0x0a) { fields.take(line: Array(line)) }
    try promise(fields.reduce(0) { $0 + $1.name.unicodeScalars.count } <= octets.count, "names longer than the text")
  }

  /// What services answer in messages of a stream; each parser gets the same octets.
  static let streamReplies = FuzzTarget(
    "stream-replies",
    [
      "MQTTPacket", "RFBHandshake", "RDPNegotiation", "SMBNegotiateAnswer", "ADBMessage", "DHIPMessage", "DVRIPMessage",
      "ModbusIdentification", "EtherNetIPIdentity", "IPPMessage", "OPCUAMessage", "TLSServerReply", "TelnetStream",
      "JSONValue", "CertificateNames", "DistinguishedName",
    ],
    longest: 4096, seeds: ReplyParsers.seeds(ServiceReplies.binary) + ReplyParsers.tls + ReplyParsers.documents
  ) { octets in
    try ReplyParsers.check(ReplyParsers.binary, octets)
    _ = TLSServerReply(parsing: octets)
    _ = TLSServerReply(parsing: octets.pieces.1)
    try ReplyParsers.checkTelnet(octets)
    _ = try? JSONValue(parsing: octets.span)
    if let names = try? CertificateNames(parsing: octets.span) {
      // Each octet is escaped as three characters at most, behind the name of its kind.
      try promise(names.subject.utf8.count <= 64 * (octets.count + 1), "a subject longer than its certificate")
    }
  }

  /// What SSH servers say before anything is encrypted; each parser gets the same octets.
  static let ssh = FuzzTarget(
    "ssh",
    [
      "SSHIdentification", "SSHPacket", "SSHKeyExchangeInit", "SSHKeyExchange", "SSHHostKey", "SSH1PublicKey",
      "SSHExchangeReply", "SSHSignature", "SSHAuthenticationAnswer",
    ],
    longest: 4096, seeds: ReplyParsers.seeds(ServiceReplies.ssh)
  ) { octets in
    try ReplyParsers.check(ServiceReplies.ssh, octets)
    if let lists = try? SSHKeyExchangeInit(parsing: octets.span) {
      let again = try? SSHKeyExchangeInit(parsing: lists.body.span)
      try promise(again == lists, "lists that read differently when written again")
    }
    if let key = try? SSHHostKey(parsing: octets.span) {
      try promise((key.bits ?? 0) <= 8 * octets.count && key.blob == octets, "a key longer than its blob")
      try promise((key.publicKeyInfo?.count ?? 0) <= octets.count + 64, "a key that grows when it is written anew")
    }
    if let reply = try? SSHExchangeReply(parsing: octets.span) {
      try promise(reply.hostKey.count + reply.value.count <= octets.count, "a reply longer than what carried it")
    }
    if let signature = try? SSHSignature(parsing: octets.span) {
      try promise(signature.octets.count <= octets.count + 16, "a signature that grows when it is written anew")
    }
    if let packet = try? SSHPacket(parsing: octets.span),
      case .methods(let names)? = try? SSHAuthenticationAnswer(parsing: packet)
    {
      try promise(names.allSatisfy { !$0.isEmpty }, "a method without a name")
    }
  }

  /// What services answer in a datagram; each parser gets the same octets. As long as a datagram can be.
  static let datagramReplies = FuzzTarget(
    "datagram-replies",
    [
      "SNMPMessage", "SNMPSecurity", "CoAPMessage", "TFTPPacket", "NTPMessage", "NTPControlMessage", "DNSAnswer",
      "ServiceRecords", "ECHONETLiteFrame", "ECHONETLiteProperties", "UbiquitiDiscovery", "BACnetMessage",
      "KNXnetIPDescription",
      "UDPProbe.Answer",
    ],
    longest: 65_507, seeds: ReplyParsers.seeds(ServiceReplies.datagrams) + [ReplyParsers.pointers]
  ) { octets in
    try ReplyParsers.check(ServiceReplies.datagrams, octets)
    for probe in ReplyParsers.questions { _ = probe.isAnswer(octets.span, transaction: 0x1234_5678) }
  }
}

enum ReplyParsers {
  /// The scan's own questions, which tell their answers from other datagrams.
  static let questions = (try? ReportParts.profiles().udpProbes) ?? []

  static func seeds(_ replies: [ServiceReply]) -> [[UInt8]] { replies.map(\.golden) }

  /// One entry a parser: the table has one for each golden reply.
  static let textual = ServiceReplies.textual.filter { $0.name != "RESP bulk" && $0.name != "FTP features" }
  static let binary = ServiceReplies.binary.filter {
    !["MQTT suback", "MQTT 5 suback", "MQTT publish", "MQTT 5 publish", "SMB 2", "OPC UA channel", "OPC UA endpoints"]
      .contains($0.name)
  }

  /// A DNS answer of the largest size: many records, each with a name that is a chain of pointers to the first label.
  static let pointers: [UInt8] = {
    var message: [UInt8] = [0, 1, 0x84, 0, 0, 0, 0x10, 0, 0, 0, 0, 0]
    // Record 1: a name, type NULL; its data is the chain.
    var chain: [UInt8] = []
    for link in 0..<8000 {
      let target = link == 0 ? 12 : 12 + 3 + 10 + 2 * (link - 1)
      chain += [0xc0 | UInt8(target >> 8), UInt8(target & 0xff)]
    }
    message += [1, 0x61, 0, 0, 10, 0, 1, 0, 0, 0, 0, UInt8(chain.count >> 8), UInt8(chain.count & 0xff)] + chain
    let last = 12 + 3 + 10 + 2 * 7999
    while message.count + 12 <= 65_507 {
      message += [0xc0 | UInt8(last >> 8), UInt8(last & 0xff), 0, 10, 0, 1, 0, 0, 0, 0, 0, 0]
    }
    return message
  }()

  /// RFC 8446 §4.1.3 and §6: a ServerHello and an alert.
  static let tls = [
    octets(hex: "16 03 03 00 2c 02 00 00 28 03 03") + [UInt8](repeating: 7, count: 32)
      + octets(hex: "00 c0 2f 00 00 00"),
    octets(hex: "15 03 01 00 02 02 28"),
    octets(hex: "ff fb 01 ff fd 18 ff fa 18 01 ff f0 6c 6f 67 69 6e 3a 20"),
  ]

  /// JSON as recorders answer it, and a certificate.
  static let documents = [
    Array(#"{"Ret":100,"SystemInfo":{"a":[1,-2.5e3,true,null,"\u3042\n"]},"b":{}}"#.utf8), ServiceReplies.certificate,
  ]

  /// A value takes no more than there is; what is missing is more than there is.
  static func check(_ replies: [ServiceReply], _ octets: [UInt8]) throws {
    for reply in replies {
      let used: Int
      do throws(WireError) {
        used = try reply.parse(octets)
      } catch .truncated(let needed, let available) {
        try promise(
          needed > available && available <= octets.count, "\(reply.name): \(needed) needed, \(available) there")
        continue
      } catch .malformed(let offset) {
        try promise(offset >= 0, "\(reply.name): malformed at \(offset)")
        continue
      } catch {
        continue
      }
      try promise(used >= 0 && used <= octets.count, "\(reply.name): \(used) octets of \(octets.count)")
    }
  }

  /// No octet is invented, and the division of the stream means nothing.
  static func checkTelnet(_ octets: [UInt8]) throws {
    var whole = TelnetStream()
    whole.receive(octets)
    var divided = TelnetStream()
    divided.receive(octets.pieces.0)
    divided.receive(octets.pieces.1)
    try promise(
      whole.text == divided.text && whole.negotiations == divided.negotiations
        && whole.violations == divided.violations, "another reading in pieces")
    try promise(
      whole.text.count + 3 * whole.negotiations.count + 2 * whole.violations <= octets.count, "invented octets")
    for negotiation in whole.negotiations {
      try promise(negotiation.refusal?.refusal == nil, "refusals that answer each other")
    }
  }
}
