internal import LabSupport
internal import Probes

/// Conversations that the probes expect, written as ``ProbeDrive`` reads them.
enum ProbeSeeds {
  static func seeds(_ cases: [ProbeCase]) -> [[UInt8]] {
    cases.enumerated().flatMap { place, probe -> [[UInt8]] in
      let told: [[UInt8]]
      if probe.sheet.fetches > 0 {
        told = web(probe.id)
      } else if probe.sheet.datagrams > 0 {
        told = (datagrams[probe.id] ?? []).map { received($0) + received($0) + received($0) }
      } else {
        // Opened; then each answer is the next, or the only one.
        let answers = streams[probe.id] ?? greetings
        told = answers.map { [0] + received($0) + [4, 0] + received($0) } + [[0] + answers.flatMap(received) + [4]]
      }
      let said = said[probe.id] ?? []
      return told.map { [UInt8(place)] + length(said) + said + $0 }
    }
  }

  static func length(_ octets: [UInt8]) -> [UInt8] { [UInt8(octets.count >> 8), UInt8(octets.count & 0xff)] }

  static func received(_ octets: [UInt8]) -> [UInt8] { [0] + length(octets) + octets }

  static func page(_ status: UInt8, _ head: String, _ body: [UInt8]) -> [UInt8] {
    let padding = (8 - head.utf8.count % 8) % 8
    let lines = Array(head.utf8) + [UInt8](repeating: 0x20, count: padding)
    return [0, status, 0, UInt8(lines.count / 8)] + lines + length(body) + body
  }

  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// What a probe's factory looks at.
  private static let said: [String: [UInt8]] = [
    "echonet": ServiceReplies.echonetInstances, "snmp": ServiceReplies.snmpReport,
    "telnet": text("BusyBox v1.19\r\n~ # "),
  ]

  /// One character for people, and 6001 octets.
  private static let marks = "a" + String(repeating: "\u{301}", count: 3000)

  private static let greetings = [
    text("SSH-2.0-dropbear_2019.78\r\n"), ServiceReplies.ftpGreeting, ServiceReplies.rfbGreeting,
    ServiceReplies.imap, octets(hex: "ff fb 01 ff fd 18 6c 6f 67 69 6e 3a 20"),
    octets(hex: "4a 00 00 00 0a 35 2e 37 2e 33 00 01 00 00 00"), text("HTTP/1.0 200 OK\r\nServer: x\r\n\r\n<html>"),
    octets(hex: "15 03 01 00 02 02 28"), ServiceReplies.mqttAccepted, ServiceReplies.redisPong,
  ]

  private static let streams: [String: [[UInt8]]] = [
    "redis": [ServiceReplies.redisPong, ServiceReplies.redisNoAuth, text("-DENIED \(marks)\r\n")],
    "ftp": [
      ServiceReplies.ftpGreeting, ServiceReplies.ftpFeatures, text("331 Please specify the password.\r\n"),
      text("220 \(marks)\r\n"), text("230 Login successful.\r\n"), text("221 Goodbye.\r\n"),
      text("530 Login incorrect.\r\n"),
    ],
    "mqtt": [
      ServiceReplies.mqttAccepted, ServiceReplies.mqttSubscribed, ServiceReplies.mqttPublish,
      ServiceReplies.mqttRefused,
      ServiceReplies.mqttAccepted5,
    ],
    "rtsp": [
      text("RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE\r\nServer: lab\r\n\r\n"),
      ServiceReplies.rtspDescription,
      text("RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n"),
    ],
    "vnc": [ServiceReplies.rfbGreeting, ServiceReplies.rfbNone, ServiceReplies.rfbPassword],
    "rdp": [ServiceReplies.rdpStandard, ServiceReplies.rdpTLS, ServiceReplies.rdpWantsCredSSP],
    "smb1": [ServiceReplies.smb1On, ServiceReplies.smb1Off, ServiceReplies.smb2Enabled],
    "adb": [ServiceReplies.adbConnected, ServiceReplies.adbAuthenticate],
    "modbus": [ServiceReplies.modbus, ServiceReplies.modbusException],
    "opcua": [
      OPCUAReplies.acknowledge, OPCUAReplies.channel,
      OPCUAReplies.endpoints([OPCUAReplies.open, OPCUAReplies.secured]),
    ],
    "telnet": [octets(hex: "ff fd 01 ff fb 03") + text("\r\nBusyBox v1.19\r\n~ # "), text("login: ")],
    "enip": [ServiceReplies.enip],
    "ssh-audit": [
      ServiceReplies.sshDropbear + ServiceReplies.sshDropbearLists,
      ServiceReplies.sshEd25519Reply + ServiceReplies.sshNewKeys,
      ServiceReplies.sshOpenSSH + ServiceReplies.sshLegacyLists, ServiceReplies.sshRSAReply, ServiceReplies.sshGroup,
      Array("SSH-1.99-OpenSSH_3.9\r\n".utf8) + ServiceReplies.sshVersion1Key,
    ],
  ]

  private static let datagrams: [String: [[UInt8]]] = [
    "snmp": [ServiceReplies.snmpIdentity, ServiceReplies.snmpNoSuchName, ServiceReplies.snmpReport],
    "tftp": [ServiceReplies.tftpData, ServiceReplies.tftpMissing], "coap": [ServiceReplies.coapLinks],
    "ntp-control": [ServiceReplies.ntpVariables, ServiceReplies.ntpTime],
    "open-resolver": [ServiceReplies.dnsAddress, ServiceReplies.dnsRefused],
    "echonet": [
      ServiceReplies.echonetAirConditioner, ServiceReplies.echonetInstances, ServiceReplies.echonetRefused,
    ],
    "ubnt": [ServiceReplies.ubiquiti, [1, 0, 0x17, 0x74, 12, 0x17, 0x71] + text(marks)],
    "bacnet": [ServiceReplies.bacnetName, ServiceReplies.bacnetIAm],
    "enip": [ServiceReplies.enip], "knx": [ServiceReplies.knx], "sadp": [XMLSeeds.sadp],
  ]

  /// Datagrams first, where the probe begins with one; then pages.
  private static func web(_ id: String) -> [[UInt8]] {
    switch id {
    case "upnp":
      return [
        received(ServiceReplies.ssdpAnswer) + [3] + page(0, "Content-Type: text/xml", XMLSeeds.description)
          + page(0, "", XMLSeeds.mapping)
      ]
    case "onvif":
      return [
        received(XMLSeeds.match) + [3] + page(0, "", XMLSeeds.information),
        received(XMLSeeds.match) + [3] + page(1, "", XMLSeeds.fault),
      ]
    case "ipp": return [page(0, "Content-Type: application/ipp", ServiceReplies.ipp)]
    default:
      let pages = [PageSeeds.login, PageSeeds.firmware, PageSeeds.frames]
      let challenge = page(1, "WWW-Authenticate: Basic realm=\"camera\"\nServer: thttpd", [])
      return pages.map { page(0, "Server: lab\nContent-Type: text/html", $0) + challenge + page(2, "", []) } + [
        challenge
      ]
    }
  }
}

enum PageSeeds {
  static let login = Array(
    """
    <html><head><title>Lab &amp; &#x43;amera</title></head><body><!-- a --><form action=/login method=post>\
    <input name=u><input type=password name=p></form></body></html>
    """.utf8)
  static let firmware = Array(
    """
    <form method=post action="/fw" enctype="multipart/form-data">Firmware: <INPUT TYPE=file name=image></form>\
    <form action=/sys><button name=act value=1>Reboot</button></form><script>if (a < b) x()</script>
    """.utf8)
  static let frames = Array(
    "<frameset><frame src='/top.htm'><frame src=main.htm?a=1></frameset><meta http-equiv=refresh content='0;url=/x'>"
      .utf8)
}

enum XMLSeeds {
  static let sadp = Array(
    """
    <?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Uuid>00000000-0000-8000-8000-74656E6B002A</Uuid><Types>inquiry</Types>\
    <DeviceDescription>DS-2CD2032-I</DeviceDescription><DeviceSN>S1</DeviceSN><SoftwareVersion>V5.6.2</SoftwareVersion>\
    <Activated>false</Activated></ProbeMatch>
    """.utf8)
  static let description = Array(
    """
    <?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><URLBase>http://10.77.0.23:5000/</URLBase><device>\
    <deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:2</deviceType><friendlyName>lab</friendlyName>\
    <manufacturer>Debian</manufacturer><modelName>router</modelName><serialNumber>1</serialNumber>\
    <UDN>uuid:b5f4c1a0-3d0e-4b7c-9a51-6ce4da100031</UDN><serviceList><service>\
    <serviceType>urn:schemas-upnp-org:service:WANIPConnection:2</serviceType><controlURL>/ctl/IPConn</controlURL></service>\
    </serviceList></device></root>
    """.utf8)
  static let mapping = Array(
    """
    <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:GetGenericPortMappingEntryResponse \
    xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewExternalPort>8080</NewExternalPort>\
    <NewProtocol>TCP</NewProtocol><NewInternalPort>80</NewInternalPort><NewInternalClient>10.0.0.32</NewInternalClient>\
    <NewEnabled>1</NewEnabled></u:GetGenericPortMappingEntryResponse></s:Body></s:Envelope>
    """.utf8)
  static let match = Array(
    """
    <e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" \
    xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header><a:RelatesTo>\
    urn:uuid:00000000-0000-8000-8000-74656e6b002a</a:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>\
    <d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/LAB</d:Scopes>\
    <d:XAddrs>http://10.77.0.23:8899/onvif/device_service</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>
    """.utf8)
  static let information = Array(
    """
    <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Body>\
    <tds:GetDeviceInformationResponse><tds:Manufacturer>LAB</tds:Manufacturer><tds:Model>CAM-1</tds:Model>\
    <tds:FirmwareVersion>1.2.3</tds:FirmwareVersion><tds:SerialNumber>S-1</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId>\
    </tds:GetDeviceInformationResponse></s:Body></s:Envelope>
    """.utf8)
  static let fault = Array(
    """
    <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>\
    <s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code></s:Fault></s:Body></s:Envelope>
    """.utf8)
  static let recog = Array(
    """
    <?xml version="1.0"?><fingerprints matches="http_header.server" protocol="http" preference="0.9"><fingerprint \
    pattern="^Lab/(\\d+\\.\\d+) ?(.*)$" flags="REG_ICASE"><description>Lab</description><example service.version="1.2">Lab/1.2 x\
    </example><param pos="0" name="service.vendor" value="Lab"/><param pos="1" name="service.version"/>\
    <param pos="0" name="service.cpe23" value="cpe:/a:lab:{service.version}"/></fingerprint></fingerprints>
    """.utf8)
}
