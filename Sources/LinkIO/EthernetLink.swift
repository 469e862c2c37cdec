public import Addressing
public import Authority
internal import CLinux
public import Engine
internal import Glibc
internal import Records
internal import Wire

/// One Ethernet interface: raw frames out through AF_PACKET, frames in through libpcap, or, where few
/// are expected, without its ring.
///
/// Every outgoing frame is judged by the gate from its own octets; there is no way around it.
public final class EthernetLink: FrameDevice {
  public let index: Int32
  public let interface: String
  public let mac: MACAddress
  /// This host's address on the targets' segment, nil where it has none.
  public let source: IPv4Address?
  /// This host's link-local address on the interface, nil where it has none.
  public let linkLocal: IPv6Address?
  /// Reserved for the answers to raw SYN frames as long as this object lives, on every address.
  public let sourcePort: UInt16
  /// The same for the answers to raw UDP datagrams.
  public let datagramPort: UInt16
  /// Further UDP ports that are held for answers, because questions must leave from them.
  public var fixedDatagramPorts: Set<UInt16> { Set(fixedReservations.map(\.port)) }
  /// UDP ports that were asked for and that another program uses.
  public let takenPorts: Set<UInt16>
  /// Frames that the gate refused. Anything but 0 means a defect above; nothing was sent.
  public private(set) var refusals: [Refusal] = []

  private let gate: TransmissionGate
  private let transmitter: PacketDescriptor
  /// nil where the order of frames counts, or a second thread gains nothing.
  private let senders: FrameSenders?
  private let streamReservation: PortReservation
  private let datagramReservation: PortReservation
  private let fixedReservations: [PortReservation]
  private let capture: any FrameCapture
  private let watch: LinkWatch

  /// - Parameters:
  ///   - index, interface, mac: the interface as the kernel describes it.
  ///   - source, linkLocal: this host's addresses on it; at least one of them.
  ///   - fixedPorts: UDP ports that questions must leave from. One that another program uses is no error:
  ///     ``takenPorts`` names it.
  ///   - sharesSending: two threads send a full batch together, and its frames leave in no fixed order. For runs whose
  ///     rate has no ceiling; otherwise the wire waits for the budgets, not for the kernel.
  ///   - isBrief: a few hundred frames are expected and no more, so that they are heard without a ring.
  public init(
    index: Int32, interface: String, mac: MACAddress, source: IPv4Address?, linkLocal: IPv6Address? = nil,
    fixedPorts: Set<UInt16> = [], sharesSending: Bool = false, isBrief: Bool = false, gate: TransmissionGate
  ) throws(LinkError) {
    self.index = index
    self.interface = interface
    self.mac = mac
    self.source = source
    self.linkLocal = linkLocal
    self.gate = gate
    watch = try LinkWatch(index: index, interface: interface)
    let descriptor = CLinux_open_packet_socket(index)
    guard descriptor >= 0 else {
      throw .opening(-descriptor, interface, ja: "rawソケットを開けません", en: "cannot open a raw socket")
    }
    transmitter = PacketDescriptor(adopting: descriptor)
    let joined = CLinux_receive_multicast(descriptor, index)
    guard joined == 0 else {
      throw .system(-joined, interface, ja: "マルチキャストを受信できません", en: "cannot receive multicast frames")
    }
    senders = sharesSending ? try FrameSenders(index: index, interface: interface) : nil
    streamReservation = try PortReservation(stream: true, source: source, ipv6: linkLocal != nil, interface)
    datagramReservation = try PortReservation(stream: false, source: source, ipv6: linkLocal != nil, interface)
    sourcePort = streamReservation.port
    datagramPort = datagramReservation.port
    var held: [PortReservation] = []
    var taken: Set<UInt16> = []
    for port in fixedPorts.sorted() {
      if let reservation = try PortReservation(datagrams: port, source: source, ipv6: linkLocal != nil, interface) {
        held.append(reservation)
      } else {
        taken.insert(port)
      }
    }
    fixedReservations = held
    takenPorts = taken
    let filter = CaptureFilter(
      source: source, linkLocal: linkLocal, streamPort: sourcePort, datagramPort: datagramPort,
      fixedPorts: held.map(\.port))
    capture =
      isBrief
      ? try RinglessCapture(index: index, interface: interface, filter: filter.expression)
      : try PacketCapture(interface: interface, filter: filter.expression)
  }

  /// The filter that the kernel applies to what is captured.
  public var captureFilter: String { capture.filter }

  /// Readable when frames wait.
  public var descriptor: CInt { capture.descriptor }

  /// Sends the frames of a batch from number `first` on.
  ///
  /// The gate is asked about every one of them before the first leaves.
  /// - Returns: how many the kernel took, at most ``FrameBatch/limit``.
  /// - Throws: ``LinkError/Code/refusedByScope`` when the gate refused one of them, and then none of them was
  ///   sent; ``LinkError/Code/interfaceDown``.
  public func transmit(_ batch: borrowing FrameBatch, from first: Int) throws(LinkError) -> Int {
    let moment = SystemClock.wall
    for index in first..<batch.count {
      if let refusal = batch.withFrame(index, { gate.refusal(ofFrame: $0, at: moment) }) {
        refusals.append(refusal)
        throw LinkError(
          code: .refusedByScope, interface: interface, text: LocalizedText(ja: "\(refusal)", en: "\(refusal)"))
      }
    }
    guard first < batch.count else { return 0 }
    let taken = take(batch, from: first)
    switch -taken {
    case ENOBUFS, EAGAIN, EINTR: return 0
    case ENETDOWN, ENXIO, ENODEV: throw .down(interface)
    case let number where number > 0: throw .system(number, interface, ja: "送信できません", en: "cannot send")
    default: return Int(taken)
    }
  }

  private func take(_ batch: borrowing FrameBatch, from first: Int) -> CInt {
    // What began shared is continued shared: the senders know which frames have left.
    if let senders, batch.count >= FrameSenders.leastFrames, batch.count <= FrameBatch.limit {
      return senders.send(batch, from: first)
    }
    return unsafe CLinux_send_frames(
      transmitter.rawValue, batch.octets, batch.ends, CInt(first), CInt(batch.count))
  }

  public func receive(limit: Int, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(LinkError) {
    try capture.receive(limit: limit, own: mac, body)
  }

  public func ignoreOutgoing() { capture.ignoreOutgoing() }

  public func receiveDrops() -> Int { capture.counters().dropped }

  /// Frames that passed the capture filter since the start.
  public func receivedFrames() -> Int { capture.counters().received }

  /// Whether the interface is up and has a carrier now.
  public func linkIsUp() throws(LinkError) -> Bool { try watch.isUp() }

  /// - Throws: ``LinkError/Code/interfaceDown``, which ends the run.
  public func checkLink() throws(LinkError) { try watch.check() }
}
