/// The least a real service of the kind answers: enough to be recognised, and to the question that was asked.
struct UDPAnswer: Hashable {
  var octets: [UInt8]
  /// Multicast DNS answers a question from its own port to everyone (RFC 6762 §6), unless asked not to.
  var joinsGroup = false

  /// Nil where the service stays silent: the payload is not its protocol.
  init?(_ daemon: Daemon, to payload: [UInt8], device name: String) {
    switch daemon {
    case .emulatedDNS: self.init(dns: payload)
    case .emulatedMDNS: self.init(mdns: payload, name)
    case .emulatedSNMP: self.init(snmp: payload, name)
    case .emulatedSSDP: self.init(ssdp: payload, name)
    case .emulatedCoAP: self.init(coap: payload)
    default: return nil
    }
  }

  // MARK: DNS (RFC 1035 §4.1)

  /// The end of the one question after the header; nil when there is no whole one.
  private static func questionEnd(_ message: [UInt8]) -> Int? {
    guard message.count >= 17, message[2] & 0x80 == 0, message.number16(at: 4) == 1 else { return nil }
    var index = 12
    while index < message.count, message[index] != 0 {
      guard message[index] < 64 else { return nil }
      index += Int(message[index]) + 1
    }
    return index + 5 <= message.count ? index + 5 : nil
  }

  /// A record that points at the question's name.
  private static func record(type: UInt16, _ data: [UInt8]) -> [UInt8] {
    var record: [UInt8] = [0xc0, 12]
    record.append16(type)
    record += [0, 1, 0, 0, 0, 60]
    record.append16(UInt16(data.count))
    return record + data
  }

  private init?(dns query: [UInt8]) {
    guard let end = Self.questionEnd(query) else { return nil }
    let isAddress = query.number16(at: end - 4) == 1 && query.number16(at: end - 2) == 1
    octets = Array(query[0..<2]) + [0x80 | query[2] & 0x79, 0x80, 0, 1, 0, isAddress ? 1 : 0, 0, 0, 0, 0]
    octets += query[12..<end] + (isAddress ? Self.record(type: 1, [192, 0, 2, 1]) : [])
  }

  private init?(mdns query: [UInt8], _ name: String) {
    guard let end = Self.questionEnd(query) else { return nil }
    let type = query.number16(at: end - 4)
    guard type == 12 || type == 255 else { return nil }
    joinsGroup = query.number16(at: end - 2) & 0x8000 == 0
    let target = [5] + Array("_http".utf8) + [4] + Array("_tcp".utf8) + [5] + Array("local".utf8) + [0]
    octets = Array(query[0..<2]) + [0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]
    octets += query[12..<end] + Self.record(type: 12, target.map { UInt8($0) })
  }

  // MARK: SNMP (RFC 1157 §4, RFC 3416 §3)

  /// An element of BER with a short or two-octet length.
  private static func element(_ message: [UInt8], _ index: inout Int) -> (tag: UInt8, content: [UInt8])? {
    guard index + 2 <= message.count else { return nil }
    let tag = message[index]
    var length = Int(message[index + 1])
    index += 2
    if length >= 0x80 {
      let count = length - 0x80
      guard (1...2).contains(count), index + count <= message.count else { return nil }
      length = message[index..<(index + count)].reduce(0) { $0 << 8 | Int($1) }
      index += count
    }
    guard index + length <= message.count else { return nil }
    defer { index += length }
    return (tag, Array(message[index..<(index + length)]))
  }

  private static func ber(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
    return [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xff)] + content
  }

  private init?(snmp request: [UInt8], _ device: String) {
    var index = 0
    guard let message = Self.element(request, &index), message.tag == 0x30 else { return nil }
    index = 0
    guard let version = Self.element(message.content, &index), version.tag == 2, [[0], [1]].contains(version.content),
      let community = Self.element(message.content, &index), community.content == Array("public".utf8),
      let request = Self.element(message.content, &index), request.tag == 0xa0 || request.tag == 0xa1
    else { return nil }
    index = 0
    guard let identifier = Self.element(request.content, &index), identifier.tag == 2 else { return nil }
    guard let name = Self.boundName(request.content, after: index) else { return nil }
    let (errorStatus, binding) = Self.value(
      of: name, isNext: request.tag == 0xa1, isFirstVersion: version.content == [0], description: "tenken lab \(device)"
    )
    let response =
      Self.ber(2, identifier.content) + Self.ber(2, [errorStatus]) + Self.ber(2, [min(errorStatus, 1)])
      + Self.ber(0x30, Self.ber(0x30, binding))
    octets = Self.ber(
      0x30, Self.ber(2, version.content) + Self.ber(4, community.content) + Self.ber(0xa2, response))
  }

  /// The object of the first binding, after error status and index.
  private static func boundName(_ request: [UInt8], after start: Int) -> [UInt8]? {
    var index = start
    guard element(request, &index)?.tag == 2, element(request, &index)?.tag == 2,
      let list = element(request, &index), list.tag == 0x30
    else { return nil }
    index = 0
    guard let binding = element(list.content, &index), binding.tag == 0x30 else { return nil }
    index = 0
    guard let name = element(binding.content, &index), name.tag == 6 else { return nil }
    return name.content
  }

  /// Two objects of RFC 3418, sysDescr.0 and sysUpTime.0; what comes next is always the first. An error status, or 0,
  /// and the binding.
  private static func value(
    of name: [UInt8], isNext: Bool, isFirstVersion: Bool, description: String
  ) -> (UInt8, [UInt8]) {
    let system: [UInt8] = [0x2b, 6, 1, 2, 1, 1]
    if isNext || name == system + [1, 0] { return (0, ber(6, system + [1, 0]) + ber(4, Array(description.utf8))) }
    if name == system + [3, 0] { return (0, ber(6, name) + ber(0x43, [0x12, 0x34])) }
    // noSuchName with the null it came with, or the exception noSuchObject.
    return isFirstVersion ? (2, ber(6, name) + [5, 0]) : (0, ber(6, name) + [0x80, 0])
  }

  // MARK: SSDP (UPnP Device Architecture 2.0 §1.3)

  private init?(ssdp search: [UInt8], _ name: String) {
    let lines = String(decoding: search, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard lines.first == "M-SEARCH * HTTP/1.1" else { return nil }
    let wanted = lines.first { $0.uppercased().hasPrefix("ST:") }?.dropFirst(3) ?? "ssdp:all"
    let target = wanted.drop { $0 == " " }
    let kind = target == "ssdp:all" ? "upnp:rootdevice" : target
    octets = Array(
      ("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://\(name).local/description.xml\r\n"
        + "SERVER: Linux/3.10 UPnP/1.0 lab/1.0\r\nST: \(kind)\r\n"
        + "USN: uuid:7e9a0001-0000-4000-8000-000000000017::\(kind)\r\n\r\n").utf8)
  }

  // MARK: CoAP (RFC 7252 §3)

  private init?(coap request: [UInt8]) {
    guard request.count >= 4, request[0] >> 6 == 1 else { return nil }
    let kind = request[0] >> 4 & 3
    let tokenLength = Int(request[0] & 0xf)
    guard kind < 2, tokenLength <= 8, request.count >= 4 + tokenLength else { return nil }
    let identifier = request[2..<4]
    // An empty confirmable message is a ping; its answer is a reset (§4.3).
    guard request[1] != 0 else {
      guard kind == 0 else { return nil }
      octets = [0x70, 0] + identifier
      return
    }
    guard request[1] == 1 else { return nil }
    // 2.05 Content, Content-Format 40 (application/link-format).
    octets = [(kind == 0 ? 0x60 : 0x50) | UInt8(tokenLength), 0x45] + identifier
    octets += request[4..<(4 + tokenLength)] + [0xc1, 40, 0xff] + Array("</state>;rt=\"sensor\"".utf8)
  }
}
