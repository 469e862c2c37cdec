internal import Addressing
internal import Records

// What devices answer to what reached them.
extension VirtualSegment {
  func probed(_ device: VirtualDevice, _ packet: SentPacket) {
    if packet.flags == 0x04 { return reset(device, packet) }
    precondition(packet.flags == 0x02, "only SYN and RST frames leave raw")
    let port = packet.destinationPort
    let address = packet.destination
    count(device, address, port, packet.dataLength)
    guard isHeard(by: device) else { return }
    let number = packet.sequence &+ 1
    switch device.ports(port) {
    case .open:
      device.halfOpen[VirtualDevice.Place(address: address, port: port)] = number
      device.mostHalfOpen = max(device.mostHalfOpen, device.halfOpen.count)
      answer(device, segment(device, packet, flags: 0x12, acknowledging: number), toProbe: true)
    case .closed:
      guard device.resetLimit?.allows(at: clock.now) != false else { return }
      answer(device, segment(device, packet, flags: 0x14, acknowledging: number), toProbe: true)
    case .forged:
      answer(device, segment(device, packet, flags: 0x12, acknowledging: packet.sequence ^ 0x1000))
    case .prohibited:
      guard device.unreachableLimit?.allows(at: clock.now) != false else { return }
      answer(
        device, VirtualFrames.unreachable(ends(from: device, address), isPort: false, quoting: packet.octets),
        toProbe: true)
    case .silent: break
    }
  }

  /// A half-open connection ends by a reset with the very number that is expected next (RFC 5961 §3.2).
  private func reset(_ device: VirtualDevice, _ packet: SentPacket) {
    let place = VirtualDevice.Place(address: packet.destination, port: packet.destinationPort)
    precondition(device.probes[place.port] != nil, "a reset of a port that was never asked left")
    device.payloadOctets += packet.dataLength
    device.resets[place, default: []].append(clock.now)
    guard isHeard(by: device), device.halfOpen[place] == packet.sequence else { return }
    device.halfOpen[place] = nil
  }

  private func count(_ device: VirtualDevice, _ address: IPAddress, _ port: UInt16, _ data: Int) {
    if device.probes[port] == nil { device.firstProbes.append(port) }
    device.probes[port, default: []].append(clock.now)
    device.probesByAddress[address, default: [:]][port, default: 0] += 1
    device.probeCount += 1
    device.payloadOctets += data
    if let most = device.diesAfterSYNs, device.probeCount > most { device.isExhausted = true }
  }

  private func segment(
    _ device: VirtualDevice, _ packet: SentPacket, flags: UInt8, acknowledging number: UInt32
  ) -> [UInt8] {
    VirtualFrames.tcp(
      ends(from: device, packet.destination), ports: (packet.destinationPort, packet.sourcePort),
      acknowledging: number, flags: flags, window: flags == 0x12 ? device.window : 0)
  }

  /// A UDP question.
  func asked(_ device: VirtualDevice, _ packet: SentPacket) {
    let payload = Array(packet.octets[(packet.transport + 8)...])
    let (address, port) = (packet.destination, packet.destinationPort)
    device.received.append(
      VirtualDevice.Datagram(at: clock.now, address: address, port: port, payload: payload))
    guard isHeard(by: device) else { return }
    switch device.datagrams(port, payload) {
    case .closed:
      guard device.unreachableLimit?.allows(at: clock.now) != false else { return }
      answer(device, VirtualFrames.unreachable(ends(from: device, address), isPort: true, quoting: packet.octets))
    case .octets(let octets, let from):
      answer(
        device,
        VirtualFrames.udp(ends(from: device, address), ports: (from ?? port, packet.sourcePort), data: octets))
    case .silent: break
    }
  }

  /// ICMP: echo requests and neighbour solicitations.
  func control(_ device: VirtualDevice, _ packet: SentPacket) {
    switch packet.octets[packet.transport] {
    case 8 where packet.isIPv4, 128 where !packet.isIPv4:
      device.echoRequests += 1
      guard device.answersEcho, isHeard(by: device) else { return }
      let length = packet.isIPv4 ? packet.octets.word16(16) - 20 : packet.octets.word16(18)
      let request = packet.octets[packet.transport..<packet.transport + length]
      answer(device, VirtualFrames.echoReply(ends(from: device, packet.destination), to: request))
    case 135 where !packet.isIPv4:
      device.linkPolls += 1
      solicited(device, packet)
    default: break
    }
  }

  private func solicited(_ device: VirtualDevice, _ packet: SentPacket) {
    let target = packet.address(packet.transport + 8)
    precondition(packet.octets[21] == 255, "a solicitation with another hop limit is ignored (RFC 4861 §7.1.1)")
    guard device.owns(target), !device.isOffLink, device.answersLinkQuestions, isHeard(by: device) else { return }
    answer(device, VirtualFrames.advertisement(ends(from: device, target), of: target))
  }

  /// A packet to an IPv6 group: a solicitation, or a question to all nodes.
  func reachedGroup(_ packet: SentPacket) {
    for device in devicesOnLink() {
      guard let own = device.addresses.first(where: { $0.v6 != nil }) else { continue }
      switch packet.octets[packet.transport] {
      case 135: solicited(device, packet)
      case 128 where packet.destination == IPAddress(.allNodes):
        guard device.answersEcho, isHeard(by: device) else { continue }
        answer(device, VirtualFrames.echoReply(ends(from: device, own), to: packet.octets[packet.transport...]))
      default: break
      }
    }
  }
}
