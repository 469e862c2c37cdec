public import Addressing
public import Authority
internal import CLinux
internal import CPcap
public import Engine
internal import Glibc
internal import Records

/// One Ethernet interface: raw frames out through AF_PACKET, frames in through libpcap.
///
/// Every outgoing frame is judged by the gate from its own octets; there is no way around it.
public final class EthernetLink: FrameDevice {
  public let interface: String
  public let mac: MACAddress
  public let source: IPv4Address
  /// Reserved for the answers to raw SYN frames as long as this object lives.
  public let sourcePort: UInt16
  /// Frames that the gate refused. Anything but 0 means a defect above; nothing was sent.
  public private(set) var refusals: [Refusal] = []

  private let gate: TransmissionGate
  private let transmitter: OwnedDescriptor
  private let reservation: OwnedDescriptor
  private let capture: PacketCapture

  /// - Parameters:
  ///   - index, interface, mac: the interface as the kernel describes it.
  ///   - source: this host's address on the targets' segment.
  public init(index: Int32, interface: String, mac: MACAddress, source: IPv4Address, gate: TransmissionGate)
    throws(LinkError)
  {
    self.interface = interface
    self.mac = mac
    self.source = source
    self.gate = gate
    let descriptor = CLinux_open_packet_socket(index)
    guard descriptor >= 0 else { throw Self.error(-descriptor, interface, "cannot open a raw socket") }
    transmitter = OwnedDescriptor(adopting: descriptor)
    var port: UInt16 = 0
    let reserved = unsafe CLinux_reserve_tcp_port(source.rawValue.bigEndian, &port)
    guard reserved >= 0 else { throw Self.error(-reserved, interface, "cannot reserve a TCP port on \(source)") }
    reservation = OwnedDescriptor(adopting: reserved)
    sourcePort = port
    // Our own probes are counted when they are sent; seeing them again would double the load.
    let filter =
      "arp or ((icmp or tcp) and host \(source) and not (src host \(source) and tcp src port \(port) and tcp[13] = 2))"
    capture = try PacketCapture(interface: interface, filter: filter)
  }

  /// The filter that the kernel applies to what is captured.
  public var captureFilter: String { capture.filter }

  /// Readable when frames wait.
  public var descriptor: CInt { capture.descriptor }

  public func transmit(_ frame: Span<UInt8>) throws(LinkError) -> Bool {
    if let refusal = gate.refusal(ofFrame: frame, at: SystemClock.wall) {
      refusals.append(refusal)
      throw LinkError(code: .refusedByScope, interface: interface, message: "\(refusal)")
    }
    let sent = unsafe frame.withUnsafeBufferPointer { buffer in
      unsafe send(transmitter.rawValue, buffer.baseAddress, buffer.count, 0)
    }
    guard sent < 0 else { return true }
    switch CLinux_errno() {
    case ENOBUFS, EAGAIN, EINTR: return false
    case ENETDOWN, ENXIO, ENODEV:
      throw LinkError(
        code: .interfaceDown, interface: interface,
        message: "the interface went down; check the cable or the switch port, then start again")
    case let number: throw Self.error(number, interface, "cannot send")
    }
  }

  public func receive(limit: Int, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(LinkError) {
    try capture.receive(limit: limit, own: mac, body)
  }

  public func receiveDrops() -> Int { capture.counters().dropped }

  /// Frames that passed the capture filter since the start.
  public func receivedFrames() -> Int { capture.counters().received }

  static func error(_ number: CInt, _ interface: String, _ what: String) -> LinkError {
    guard number == EPERM || number == EACCES else {
      return LinkError(code: .system, interface: interface, message: "\(what): \(errorText(number))")
    }
    return LinkError(
      code: .notPermitted, interface: interface,
      message: "\(what): raw sockets need CAP_NET_RAW; run tenken with sudo, or once: "
        + "sudo setcap cap_net_raw,cap_net_admin=eip $(command -v tenken)")
  }
}
