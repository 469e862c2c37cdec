/// Builds the frames an emulated device sends: whole Ethernet frames with their checksums.
struct FrameWriter: Hashable {
  static let broadcast = [UInt8](repeating: 0xff, count: 6)

  let mac: [UInt8]
  let address: UInt32
  let timeToLive: UInt8
  private var identification: UInt16 = 0

  init(mac: [UInt8], address: UInt32, timeToLive: UInt8) {
    self.mac = mac
    self.address = address
    self.timeToLive = timeToLive
  }

  /// An ARP reply (RFC 826): `address` is at `mac`.
  func arpReply(to station: [UInt8], _ target: UInt32) -> [UInt8] {
    arp(operation: 2, to: station, targetMAC: station, target)
  }

  /// An announcement (RFC 5227 §3): a broadcast request for the device's own address.
  func arpAnnouncement() -> [UInt8] {
    arp(operation: 1, to: Self.broadcast, targetMAC: [0, 0, 0, 0, 0, 0], address)
  }

  private func arp(operation: UInt16, to station: [UInt8], targetMAC: [UInt8], _ target: UInt32) -> [UInt8] {
    var frame = station + mac
    for number: UInt16 in [0x0806, 1, 0x0800, 0x0604, operation] { frame.append16(number) }
    frame += mac
    frame.append32(address)
    frame += targetMAC
    frame.append32(target)
    return frame + [UInt8](repeating: 0, count: 18)
  }

  mutating func ipv4(
    _ protocolNumber: UInt8, _ payload: [UInt8], to destination: UInt32, at station: [UInt8], from source: UInt32? = nil
  ) -> [UInt8] {
    identification &+= 1
    var header: [UInt8] = [0x45, 0]
    header.append16(UInt16(20 + payload.count))
    header.append16(identification)
    header += [0x40, 0, timeToLive, protocolNumber, 0, 0]
    header.append32(source ?? address)
    header.append32(destination)
    header.put16(header.checksum(0..<20), at: 10)
    let frame = station + mac + [0x08, 0x00] + header + payload
    // The least an Ethernet frame carries (IEEE 802.3): 60 octets before its check sequence.
    return frame + [UInt8](repeating: 0, count: max(0, 60 - frame.count))
  }

  mutating func tcp(_ segment: TCPSegment, to destination: UInt32, at station: [UInt8]) -> [UInt8] {
    var octets = segment.octets
    let sum = pseudoHeaderSum(
      source: address, destination: destination, protocolNumber: 6, length: octets.count)
    octets.put16(octets.checksum(0..<octets.count, from: sum), at: 16)
    return ipv4(6, octets, to: destination, at: station)
  }

  mutating func udp(
    _ payload: [UInt8], from sourcePort: UInt16, to destination: UInt32, port: UInt16, at station: [UInt8],
    from source: UInt32? = nil
  ) -> [UInt8] {
    var octets: [UInt8] = []
    for number in [sourcePort, port, UInt16(8 + payload.count), 0] { octets.append16(number) }
    octets += payload
    let sum = pseudoHeaderSum(
      source: source ?? address, destination: destination, protocolNumber: 17, length: octets.count)
    let checksum = octets.checksum(0..<octets.count, from: sum)
    octets.put16(checksum == 0 ? 0xffff : checksum, at: 6)
    return ipv4(17, octets, to: destination, at: station, from: source)
  }

  /// An ICMP message (RFC 792): `rest` is the second half of its header.
  mutating func icmp(
    type: UInt8, code: UInt8, rest: [UInt8], _ payload: [UInt8], to destination: UInt32, at station: [UInt8]
  ) -> [UInt8] {
    var message = [type, code, 0, 0] + rest + payload
    message.put16(message.checksum(0..<message.count), at: 2)
    return ipv4(1, message, to: destination, at: station)
  }

  /// DHCPDISCOVER (RFC 2131 §4.4.1), as a device sends it that has just started.
  mutating func dhcpDiscover(transaction: UInt32, hostName: String) -> [UInt8] {
    var message: [UInt8] = [1, 1, 6, 0]
    message.append32(transaction)
    message += [0, 0, 0x80, 0] + [UInt8](repeating: 0, count: 16)
    message += mac + [UInt8](repeating: 0, count: 10 + 64 + 128)
    message += [0x63, 0x82, 0x53, 0x63, 53, 1, 1]
    message += [12, UInt8(hostName.utf8.count)] + Array(hostName.utf8) + [55, 3, 1, 3, 6, 255]
    return udp(message, from: 68, to: 0xffff_ffff, port: 67, at: Self.broadcast, from: 0)
  }
}
