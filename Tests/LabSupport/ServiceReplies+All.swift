internal import Wire

extension ServiceReplies {
  public static let all: [ServiceReply] = textual + binary + datagrams + ssh

  /// Lines of text.
  public static let textual = [
    reply("RESP pong", redisPong, .incomplete) { span throws(WireError) in
      if case .simple(let text) = try RESP.reply(parsing: span) { text.unicodeScalars.count } else { 0 }
    },
    reply("RESP bulk", Array("$4\r\nPONG\r\n".utf8), .incomplete) { span throws(WireError) in
      if case .bulk(let content?) = try RESP.reply(parsing: span) { content.count } else { 0 }
    },
    reply("FTP greeting", ftpGreeting, .incomplete) { span throws(WireError) in
      try ReplyLines(parsing: span).length
    },
    reply("FTP features", ftpFeatures, .incomplete) { span throws(WireError) in
      try ReplyLines(parsing: span).length
    },
    reply("IMAP", imap, .incomplete) { span throws(WireError) in
      if case .imap(_, let text, let words) = try MailGreeting(parsing: span) {
        text.unicodeScalars.count + words.joined().unicodeScalars.count
      } else {
        0
      }
    },
    reply("POP3", pop3, .incomplete) { span throws(WireError) in
      if case .pop3(let text, _) = try MailGreeting(parsing: span) { text.unicodeScalars.count } else { 0 }
    },
    reply("RTSP", rtspDescription, .incomplete) { span throws(WireError) in
      try RTSPResponse(parsing: span).length
    },
    reply("SSDP", ssdpAnswer, .free) { span throws(WireError) in
      try SSDPAnswer(parsing: span).fields.count
    },
    reply("SDP", Array(sessionDescription.utf8), .free) { span throws(WireError) in
      try SessionDescription(parsing: span).media.reduce(0) { $0 + $1.formats.count }
    },
    reply("link format", Array(coapText.utf8), .free) { span throws(WireError) in
      try LinkFormat.links(parsing: span).reduce(0) { $0 + 2 + $1.attributes.count }
    },
  ]

  /// Of streams.
  public static let binary =
    [
      ("MQTT connack", mqttAccepted, MQTTRequest.Version.v311), ("MQTT 5 connack", mqttAccepted5, .v5),
      ("MQTT suback", mqttSubscribed, .v311), ("MQTT 5 suback", mqttSubscribed5, .v5),
      ("MQTT publish", mqttPublish, .v311), ("MQTT 5 publish", mqttPublish5, .v5),
    ].map { name, golden, version in
      reply(name, golden, .incomplete) { span throws(WireError) in
        try MQTTPacket(parsing: span, version: version).length
      }
    } + [
      reply("RFB greeting", rfbGreeting, .incomplete) { span throws(WireError) in
        _ = try RFBHandshake.Version(parsing: span)
        return 12
      },
      reply("RFB types", octets([3, 1, 2, 19]), .incomplete) { span throws(WireError) in
        let greeting = rfbGreeting
        switch try RFBHandshake.Offer(parsing: span, version: RFBHandshake.Version(parsing: greeting.span)) {
        case .types(let types): return types.count
        case .refused(let reason): return reason.unicodeScalars.count
        }
      },
      reply("RDP", rdpStandard, .incomplete) { span throws(WireError) in
        _ = try RDPNegotiation.answer(parsing: span)
        return 11
      },
      reply("SMB 1", smb1On, .incomplete) { span throws(WireError) in
        _ = try SMBNegotiateAnswer(parsing: span)
        return 39
      },
      reply("SMB 2", smb2Enabled, .incomplete) { span throws(WireError) in
        _ = try SMBNegotiateAnswer(parsing: span)
        return 39
      },
      reply("ADB", adbConnected, .incomplete) { span throws(WireError) in
        let message = try ADBMessage(parsing: span)
        _ = message.properties
        return 24 + message.data.count
      },
      reply("DHIP", dhip, .incomplete) { span throws(WireError) in 32 + (try DHIPMessage(parsing: span)).json.count },
      reply("DVRIP", dvrip, .incomplete) { span throws(WireError) in 20 + (try DVRIPMessage(parsing: span)).json.count
      },
      reply("Modbus", modbus, .incomplete) { span throws(WireError) in
        if case .objects(let objects, _) = try ModbusIdentification.answer(parsing: span, transaction: 1) {
          objects.values.reduce(0) { $0 + $1.count }
        } else {
          0
        }
      },
      reply("EtherNet/IP", enip, .incomplete) { span throws(WireError) in
        _ = try EtherNetIPIdentity(parsing: span)
        return 24
      },
      reply("IPP", ipp, .incomplete) { span throws(WireError) in
        try IPPMessage(parsing: span).attributes.flatMap(\.values).reduce(0) { $0 + $1.octets.count }
      },
      reply("OPC UA acknowledge", OPCUAReplies.acknowledge, .incomplete, opcua),
      reply("OPC UA channel", OPCUAReplies.channel, .incomplete, opcua),
      reply("OPC UA endpoints", OPCUAReplies.endpoints([OPCUAReplies.open, OPCUAReplies.secured]), .incomplete, opcua),
    ]

  private static func opcua(_ span: Span<UInt8>) throws(WireError) -> Int {
    try OPCUAMessage.read(parsing: span).length
  }

  /// Pointers make one octet stand in many names, so that only the header is counted.
  private static func serviceRecords(_ span: Span<UInt8>) throws(WireError) -> Int {
    _ = try ServiceRecords(parsing: span)
    return 12
  }

  public static let datagrams =
    [
      ("SNMP identity", snmpIdentity), ("SNMP no such name", snmpNoSuchName), ("SNMP report", snmpReport),
    ].map { name, golden in
      reply(name, golden, .refused) { span throws(WireError) in
        try SNMPMessage(parsing: span).bindings.reduce(0) { $0 + 2 + $1.object.arcs.count / 2 }
      }
    } + [
      reply("CoAP", coapLinks, .free) { span throws(WireError) in
        let message = try CoAPMessage(parsing: span)
        return 4 + message.token.count + message.options.reduce(0) { $0 + $1.value.count } + message.payload.count
      },
      reply("TFTP", tftpData, .free) { span throws(WireError) in
        if case .data(_, let content) = try TFTPPacket(parsing: span) { 4 + content.count } else { 2 }
      },
      reply("NTP", ntpTime, .refused) { span throws(WireError) in
        _ = try NTPMessage(parsing: span)
        return 48
      },
      reply("NTP variables", ntpVariables, .free) { span throws(WireError) in
        let message = try NTPControlMessage(parsing: span)
        _ = NTPControlMessage.variables(in: message.data)
        return 12 + message.data.count
      },
      reply("DNS", dnsAddress, .refused) { span throws(WireError) in
        12 + 4 * (try DNSAnswer(parsing: span)).addresses.count
      },
      reply("DNS-SD types", serviceTypes, .refused, serviceRecords),
      reply("DNS-SD instances", serviceInstances, .refused, serviceRecords),
      reply("ECHONET Lite", echonetAirConditioner, .refused) { span throws(WireError) in
        let frame = try ECHONETLiteFrame(parsing: span)
        for property in frame.properties {
          _ = try? ECHONETLiteProperties.map(parsing: property.value.span)
          _ = try? ECHONETLiteProperties.instances(parsing: property.value.span)
        }
        return 12 + frame.properties.reduce(0) { $0 + 2 + $1.value.count }
      },
      reply("Ubiquiti", ubiquiti, .refused) { span throws(WireError) in
        let answer = try UbiquitiDiscovery(parsing: span)
        _ = (answer.macAddress, answer.firmware)
        return 4 + answer.fields.reduce(0) { $0 + 3 + $1.value.count }
      },
      reply("BACnet property", bacnetName, .refused) { span throws(WireError) in
        if case .property(_, _, let values) = try BACnetMessage(parsing: span) { values.count } else { 0 }
      },
      reply("BACnet I-Am", bacnetIAm, .refused) { span throws(WireError) in
        _ = try BACnetMessage(parsing: span)
        return 6
      },
      reply("KNXnet/IP", knx, .refused) { span throws(WireError) in
        6 + 2 * (try KNXnetIPDescription(parsing: span)).families.count
      },
    ]

  private static func octets(_ octets: [UInt8]) -> [UInt8] { octets }
}
