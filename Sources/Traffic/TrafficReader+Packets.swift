internal import Addressing
internal import Checklist
internal import Records
internal import Wire

extension TrafficReader {
  /// The flows that a packet belongs to: that of the device that sent it, that of the device it went to, or both.
  private mutating func countFlows(
    _ passage: Passage, _ transport: Transport, serverPort: UInt16, isToServer: Bool
  ) -> [FlowTable.Key] {
    guard !passage.packet.isToGroup else { return [] }
    let evidence = evidence
    var keys: [FlowTable.Key] = []
    if let from = passage.from {
      keys.append(
        FlowTable.Key(
          device: from.index, peer: passage.destination, transport: transport, port: serverPort,
          isIncoming: !isToServer))
      flows.count(
        keys[keys.count - 1], octets: passage.length, isOut: true, at: passage.at, isByAddress: from.isByAddress,
        evidence: evidence)
    }
    if let to = passage.to {
      keys.append(
        FlowTable.Key(
          device: to.index, peer: passage.source, transport: transport, port: serverPort, isIncoming: isToServer))
      flows.count(
        keys[keys.count - 1], octets: passage.length, isOut: false, at: passage.at, isByAddress: to.isByAddress,
        evidence: evidence)
    }
    return keys
  }

  /// The name by which the device's side came to the address.
  private mutating func addName(_ keys: [FlowTable.Key], _ passage: Passage, isToServer: Bool) {
    let (client, server) =
      isToServer ? (passage.source, passage.destination) : (passage.destination, passage.source)
    guard let name = names[NameKey(client: client, address: server)] else { return }
    for key in keys where !key.isIncoming { flows.note(key) { $0.name = $0.name ?? name } }
  }

  // MARK: UDP

  mutating func takeUDP(_ passage: Passage, _ header: UDPHeader, _ payload: Span<UInt8>) {
    let octets = payload.indices.prefix(4096).map { payload[$0] }
    let isToServer = isToServer(passage, header)
    let port = isToServer ? header.destinationPort : header.sourcePort
    readUDP(passage, header, payload, octets)
    let keys = countFlows(passage, .udp, serverPort: port, isToServer: isToServer)
    guard !octets.isEmpty else { return }
    let (name, protection) = Self.recognise(octets, port)
    let evidence = evidence
    for key in keys {
      var outcome = Conversation.Outcome()
      (outcome.protocolName, outcome.protection, outcome.carriedData) = (name, protection, true)
      flows.note(key, outcome, evidence: evidence)
    }
    addName(keys, passage, isToServer: isToServer)
  }

  /// The port of a known protocol is the server's; otherwise whoever was asked first is.
  private mutating func isToServer(_ passage: Passage, _ header: UDPHeader) -> Bool {
    let to =
      ClearProtocol.name(.udp, header.destinationPort) != nil || header.destinationPort == Conversation.secureLogPort
    let from = ClearProtocol.name(.udp, header.sourcePort) != nil || header.sourcePort == Conversation.secureLogPort
    if to != from { return to }
    let pair = Pair(
      client: passage.source, clientPort: header.sourcePort, server: passage.destination,
      serverPort: header.destinationPort)
    let back = Pair(
      client: pair.server, clientPort: pair.serverPort, server: pair.client, serverPort: pair.clientPort)
    if serverPorts[back] != nil { return false }
    if serverPorts.count < FlowTable.mostFlows { serverPorts[pair] = true }
    return true
  }

  private static func recognise(_ octets: [UInt8], _ port: UInt16) -> (ProtocolName?, TrafficFacts.Protection) {
    if let dtls = ClearProtocol.dtls(octets) { return (.dtls, .tls(version: dtls.version)) }
    if port == 443, ClearProtocol.isQUIC(octets) { return (ProtocolName(rawValue: "quic"), .tls(version: 0x0304)) }
    let known = ClearProtocol.name(.udp, port)
    if known != nil || ClearProtocol.isText(octets) { return (known, .none) }
    return (nil, .opaque)
  }

  /// What single datagrams tell.
  private mutating func readUDP(
    _ passage: Passage, _ header: UDPHeader, _ payload: Span<UInt8>, _ octets: [UInt8]
  ) {
    if header.sourcePort == 53, let answer = try? DNSAnswer(parsing: payload), let name = answer.name,
      Self.isPlain(name)
    {
      for address in answer.addresses { remember(name, of: IPAddress(address), for: passage.destination) }
      for address in answer.addresses6 { remember(name, of: IPAddress(address), for: passage.destination) }
    }
    switch header.destinationPort {
    case 514: takeSyslog(octets, passage, isDatagram: true)
    case Conversation.secureLogPort:
      if ClearProtocol.dtls(octets)?.type == 23 { addLog(.encrypted, passage, isClear: false, isDatagram: false) }
    case 162: takeTrap(octets, passage)
    case 161:
      if passage.to != nil, octets.first == 0x30, polls.count < 1024 || polls[passage.source] != nil {
        polls[passage.source, default: 0] += 1
      }
    case 2055, 4739, 9995, 9996:
      // NetFlow 5 and 9 (RFC 3954 §5.1), IPFIX (RFC 7011 §3.1): the version comes first.
      if octets.count >= 16, octets[0] == 0, [5, 9, 10].contains(octets[1]) {
        addWatching(.flowExport, passage.source)
      }
    default: break
    }
  }

  /// Names of hosts, which do nothing to a terminal.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
  }

  private mutating func addWatching(_ kind: TrafficFacts.Watching.Kind, _ from: IPAddress) {
    guard watching.count < 256 else { return }
    watching.insert(TrafficFacts.Watching(kind, from: from))
  }

  // MARK: Logs

  private mutating func takeSyslog(_ octets: [UInt8], _ passage: Passage, isDatagram: Bool) {
    guard let message = try? SyslogMessage(parsing: octets.span) else { return }
    let text = LogText(message.text)
    addLog(.syslog(severity: message.severity), passage, isClear: true, isDatagram: isDatagram) { record in
      record.failedLogin = text.tellsFailedLogin
      record.named = text.addresses
      record.sensitive = text.sensitive
    }
    addWatching(.syslog, passage.destination)
  }

  /// An SNMP trap or inform of any version (RFC 1157 §4.1.6, RFC 3416 §4.2.6 and §4.2.7), perhaps encrypted (RFC 3412 §6.4).
  private mutating func takeTrap(_ octets: [UInt8], _ passage: Passage) {
    guard octets.first == 0x30 else { return }
    do throws(WireError) {
      let message = try SNMPMessage(parsing: octets.span)
      guard [0xa6, 0xa7].contains(message.kind.rawValue) else { return }
      addLog(.trap, passage, isClear: true, isDatagram: true)
    } catch .unsupported {
      // Version 1, whose traps have a form of their own, or version 3 with encryption.
      let isEncrypted = Self.snmpVersion(octets) == 3
      addLog(isEncrypted ? .encrypted : .trap, passage, isClear: !isEncrypted, isDatagram: true)
    } catch {}
  }

  /// The number behind the outer sequence's head.
  private static func snmpVersion(_ octets: [UInt8]) -> UInt8? {
    guard octets.count >= 2 else { return nil }
    let head = octets[1] < 0x80 ? 2 : 2 + Int(octets[1] & 0x7f)
    guard octets.count > head + 2, octets[head] == 2, octets[head + 1] == 1 else { return nil }
    return octets[head + 2]
  }

  private mutating func addLog(
    _ kind: TrafficFacts.LogRecord.Kind, _ passage: Passage, isClear: Bool, isDatagram: Bool,
    _ change: (inout TrafficFacts.LogRecord) -> Void = { _ in }
  ) {
    // A relay's MAC address is not enough to say whose record it is.
    guard let from = passage.from, from.isByAddress || !passage.packet.isToGroup else { return }
    guard logs.count < Self.mostLogs else {
      unfollowed += 1
      return
    }
    var record = TrafficFacts.LogRecord(
      device: subjects[from.index].id, collector: passage.destination, at: passage.at, kind: kind, isClear: isClear,
      evidence: [evidence.text])
    record.isDatagram = isDatagram
    change(&record)
    logs.append(record)
  }

  // MARK: TCP

  mutating func takeTCP(_ passage: Passage, _ header: TCPHeader, _ payload: Span<UInt8>) {
    let forth = Pair(
      client: passage.source, clientPort: header.sourcePort, server: passage.destination,
      serverPort: header.destinationPort)
    let back = Pair(
      client: forth.server, clientPort: forth.serverPort, server: forth.client, serverPort: forth.clientPort)
    let isToServer = isToServer(header, forth, back)
    let pair = isToServer ? forth : back
    let keys = countFlows(passage, .tcp, serverPort: pair.serverPort, isToServer: isToServer)
    guard !keys.isEmpty else { return }
    if header.flags.contains(.syn), isToServer, conversations[pair] != nil {
      conversations[pair] = Conversation(port: pair.serverPort)
    }
    // Out of the table while it is read on, so that its buffers are not copied.
    var conversation = takeOut(pair)
    let before = conversation.encryptedRecords
    let records = conversation.take(
      header, payload, from: isToServer ? .client : .server, at: passage.at, judge)
    let encrypted = conversation.encryptedRecords
    conversations[pair] = conversation
    for record in records { takeSyslog(record, passage, isDatagram: false) }
    if pair.serverPort == Conversation.secureLogPort, isToServer, encrypted > before {
      addLog(.encrypted, passage, isClear: false, isDatagram: false)
    }
    let evidence = evidence
    for key in keys { flows.note(key, conversation.outcome, evidence: evidence) }
    addName(keys, passage, isToServer: isToServer)
  }

  private func isToServer(_ header: TCPHeader, _ forth: Pair, _ back: Pair) -> Bool {
    if header.flags.contains(.syn) { return !header.flags.contains(.ack) }
    if conversations[forth] != nil { return true }
    if conversations[back] != nil { return false }
    let to = ClearProtocol.name(.tcp, header.destinationPort) != nil
    let from = ClearProtocol.name(.tcp, header.sourcePort) != nil
    return to != from ? to : header.destinationPort <= header.sourcePort
  }

  /// That of the pair, or a new one; the oldest make room.
  private mutating func takeOut(_ pair: Pair) -> Conversation {
    if let known = conversations.removeValue(forKey: pair) { return known }
    if conversations.count >= Self.mostConnections {
      let gone = order.prefix(Self.mostConnections / 4)
      for pair in gone { conversations[pair] = nil }
      order.removeFirst(gone.count)
      unfollowed += gone.count
    }
    order.append(pair)
    return Conversation(port: pair.serverPort)
  }
}
