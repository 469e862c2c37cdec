internal import Addressing
internal import CLinux
internal import CPcap
internal import Engine
internal import Glibc
internal import Records

/// A capture for the few frames of a single service: a packet socket without a ring, read frame by frame
/// (Docs/Decisions/0005-receive-ring.md).
///
/// The kernel waits until none of its processors uses the old ring wherever one is made or taken away, some 10 ms each, and
/// hands a ring's block over 4 ms after its first frame: more than the questions to one service take.
final class RinglessCapture: FrameCapture {
  let filter: String
  private let interface: String
  private let socket: PacketDescriptor
  /// Room for a frame and the VLAN tag that is put back into it.
  private var octets = [UInt8](repeating: 0, count: Int(snapLength) + 4)
  private var counted = (received: 0, dropped: 0)
  /// Octets that may wait, as the kernel counts them: about 2500 answers to SYN frames.
  private static let room: CInt = 1 << 20

  init(index: Int32, interface: String, filter: String) throws(LinkError) {
    self.filter = filter
    self.interface = interface
    let descriptor = try unsafe Self.withCompiled(filter, interface) {
      unsafe CLinux_open_capture(index, $0.bf_insns, UInt16(clamping: $0.bf_len), Self.room)
    }
    guard descriptor >= 0 else {
      throw .opening(-descriptor, interface, ja: "キャプチャを開始できません", en: "cannot capture")
    }
    socket = PacketDescriptor(adopting: descriptor)
  }

  var descriptor: CInt { socket.rawValue }

  private static func withCompiled(
    _ filter: String, _ interface: String, _ body: (bpf_program) -> CInt
  ) throws(LinkError) -> CInt {
    guard let handle = unsafe pcap_open_dead(DLT_EN10MB, snapLength) else {
      throw .system(ENOMEM, interface, ja: "キャプチャを開始できません", en: "cannot capture")
    }
    defer { unsafe pcap_close(handle) }
    var program = unsafe bpf_program()
    guard unsafe pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
      throw failure(interface, unsafe String(cString: pcap_geterr(handle)) + ", " + filter)
    }
    defer { unsafe pcap_freecode(&program) }
    return unsafe body(program)
  }

  func receive(limit: Int, own: MACAddress, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(LinkError) {
    for _ in 0..<limit {
      var heard = CLinux_heard()
      switch unsafe CLinux_take_frame(descriptor, &octets, UInt32(octets.count), &heard) {
      case 1:
        let frame = octets.span.extracting(first: Int(heard.stored))
        body(
          frame,
          CapturedFrameInfo(
            at: Timestamp(nanoseconds: heard.at), outbound: Self.isFrom(own, frame), originalLength: Int(heard.original)
          ))
      case 0: return
      default: throw .down(interface)
      }
    }
  }

  func counters() -> (received: Int, dropped: Int) {
    var passed: UInt32 = 0
    var lost: UInt32 = 0
    // Each answer counts from the one before.
    if unsafe CLinux_count_frames(descriptor, &passed, &lost) == 0 {
      counted.received += Int(passed)
      counted.dropped += Int(lost)
    }
    return counted
  }
}
