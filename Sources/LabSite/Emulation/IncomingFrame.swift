/// A frame as an emulated device reads it. Checksums are verified: what a real stack would throw away is `malformed`.
struct IncomingFrame: Hashable {
  enum Content: Hashable {
    case arp(ARPPacket)
    case icmp(Header, message: [UInt8])
    case tcp(Header, TCPSegment)
    case udp(Header, Datagram)
    /// An IPv4 packet of another protocol, or a fragment.
    case otherIPv4(Header)
    /// Neither ARP nor IPv4.
    case other
    case malformed
  }

  /// ARP over Ethernet (RFC 826).
  struct ARPPacket: Hashable {
    var isRequest: Bool
    var senderMAC: [UInt8]
    var sender: UInt32
    var target: UInt32
  }

  /// What an answer needs of an IPv4 header (RFC 791), and the packet's first octets for an ICMP error (RFC 792).
  struct Header: Hashable {
    var source: UInt32
    var destination: UInt32
    var front: [UInt8]
  }

  struct Datagram: Hashable {
    var sourcePort: UInt16
    var destinationPort: UInt16
    var payload: [UInt8]
  }

  var sourceMAC: [UInt8]
  /// To a broadcast or multicast MAC: on a radio, sent once and acknowledged by nobody.
  var isGroup: Bool
  var content: Content

  /// Nil when the frame is for another station, or too short to be one.
  init?(_ octets: [UInt8], for mac: [UInt8]) {
    guard octets.count >= 14 else { return nil }
    isGroup = octets[0] & 1 == 1
    guard isGroup || Array(octets[0..<6]) == mac else { return nil }
    sourceMAC = Array(octets[6..<12])
    switch octets.number16(at: 12) {
    case 0x0806: content = Self.arp(octets)
    case 0x0800: content = Self.ipv4(octets)
    default: content = .other
    }
  }

  private static func arp(_ octets: [UInt8]) -> Content {
    guard octets.count >= 42, octets.number32(at: 14) == 0x0001_0800, octets.number16(at: 18) == 0x0604 else {
      return .malformed
    }
    let operation = octets.number16(at: 20)
    guard operation == 1 || operation == 2 else { return .malformed }
    return .arp(
      ARPPacket(
        isRequest: operation == 1, senderMAC: Array(octets[22..<28]), sender: octets.number32(at: 28),
        target: octets.number32(at: 38)))
  }

  private static func ipv4(_ octets: [UInt8]) -> Content {
    let start = 14
    guard octets.count >= start + 20, octets[start] >> 4 == 4 else { return .malformed }
    let headerLength = Int(octets[start] & 0xf) * 4
    let total = Int(octets.number16(at: start + 2))
    guard headerLength >= 20, total >= headerLength, octets.count >= start + total,
      octets.checksum(start..<(start + headerLength)) == 0
    else { return .malformed }
    let header = Header(
      source: octets.number32(at: start + 12), destination: octets.number32(at: start + 16),
      front: Array(octets[start..<(start + min(total, headerLength + 8))]))
    guard octets.number16(at: start + 6) & 0x3fff == 0 else { return .otherIPv4(header) }
    let payload = Array(octets[(start + headerLength)..<(start + total)])
    let protocolNumber = octets[start + 9]
    let sum = pseudoHeaderSum(
      source: header.source, destination: header.destination, protocolNumber: protocolNumber, length: payload.count)
    switch protocolNumber {
    case 1:
      guard payload.count >= 8, payload.checksum(0..<payload.count) == 0 else { return .malformed }
      return .icmp(header, message: payload)
    case 6:
      guard let segment = TCPSegment(payload), payload.checksum(0..<payload.count, from: sum) == 0 else {
        return .malformed
      }
      return .tcp(header, segment)
    case 17: return udp(payload, header, sum)
    default: return .otherIPv4(header)
    }
  }

  private static func udp(_ payload: [UInt8], _ header: Header, _ sum: UInt32) -> Content {
    guard payload.count >= 8, payload.number16(at: 4) == payload.count,
      payload.number16(at: 6) == 0 || payload.checksum(0..<payload.count, from: sum) == 0
    else { return .malformed }
    return .udp(
      header,
      Datagram(
        sourcePort: payload.number16(at: 0), destinationPort: payload.number16(at: 2), payload: Array(payload[8...])))
  }
}

/// A TCP segment (RFC 9293 §3.1) with the two options the emulated stacks know.
struct TCPSegment: Hashable {
  struct Flags: OptionSet, Hashable {
    var rawValue: UInt8
    static let fin = Flags(rawValue: 1)
    static let syn = Flags(rawValue: 2)
    static let reset = Flags(rawValue: 4)
    static let push = Flags(rawValue: 8)
    static let acknowledgement = Flags(rawValue: 16)
  }

  var sourcePort: UInt16
  var destinationPort: UInt16
  var sequence: UInt32
  var acknowledgement: UInt32 = 0
  var flags: Flags
  var window: UInt16 = 0
  /// RFC 7323 §3: the sender's clock and what it last saw of ours.
  var timestamp: (value: UInt32, echo: UInt32)? {
    get { timestampValue.map { ($0, timestampEcho) } }
    set {
      timestampValue = newValue?.value
      timestampEcho = newValue?.echo ?? 0
    }
  }
  var maximumSegmentSize: UInt16?
  var payload: [UInt8] = []
  private var timestampValue: UInt32?
  private var timestampEcho: UInt32 = 0

  init(from sourcePort: UInt16, to destinationPort: UInt16, sequence: UInt32, flags: Flags) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.sequence = sequence
    self.flags = flags
  }

  /// Nil when the header does not fit.
  init?(_ octets: [UInt8]) {
    guard octets.count >= 20 else { return nil }
    let headerLength = Int(octets[12] >> 4) * 4
    guard headerLength >= 20, octets.count >= headerLength else { return nil }
    self.init(
      from: octets.number16(at: 0), to: octets.number16(at: 2), sequence: octets.number32(at: 4),
      flags: Flags(rawValue: octets[13]))
    acknowledgement = octets.number32(at: 8)
    window = octets.number16(at: 14)
    payload = Array(octets[headerLength...])
    var index = 20
    while index < headerLength, octets[index] != 0 {
      guard octets[index] != 1 else {
        index += 1
        continue
      }
      guard index + 1 < headerLength, octets[index + 1] >= 2, index + Int(octets[index + 1]) <= headerLength else {
        return
      }
      let length = Int(octets[index + 1])
      if octets[index] == 2, length == 4 { maximumSegmentSize = octets.number16(at: index + 2) }
      if octets[index] == 8, length == 10 {
        timestamp = (octets.number32(at: index + 2), octets.number32(at: index + 6))
      }
      index += length
    }
  }

  /// How far the segment moves the sequence number on.
  var sequenceLength: UInt32 {
    UInt32(payload.count) + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
  }

  /// Header, options and payload; the checksum is still 0.
  var octets: [UInt8] {
    var options: [UInt8] = []
    if let maximumSegmentSize {
      options += [2, 4]
      options.append16(maximumSegmentSize)
    }
    if let timestamp {
      options += [1, 1, 8, 10]
      options.append32(timestamp.value)
      options.append32(timestamp.echo)
    }
    var result: [UInt8] = []
    result.append16(sourcePort)
    result.append16(destinationPort)
    result.append32(sequence)
    result.append32(acknowledgement)
    result += [UInt8(5 + options.count / 4) << 4, flags.rawValue]
    result.append16(window)
    result += [0, 0, 0, 0]
    return result + options + payload
  }
}
