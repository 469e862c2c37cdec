internal import Addressing
internal import CLinux
internal import CPcap
internal import Engine
internal import Glibc
internal import Records

/// What passes a filter on one interface.
protocol FrameCapture: AnyObject {
  var filter: String { get }
  /// Readable when frames wait.
  var descriptor: CInt { get }

  /// Hands over at most `limit` frames that wait. The octets are gone after `body` returned.
  /// - Parameter own: the interface's address, by which frames of this host are known.
  /// - Throws: ``LinkError/Code/interfaceDown``.
  func receive(limit: Int, own: MACAddress, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(LinkError)

  /// Frames that passed the filter, and frames that were dropped before they could be read.
  func counters() -> (received: Int, dropped: Int)
}

extension FrameCapture {
  /// What a capture keeps of a frame. LAN frames are at most 1514 octets; larger ones come from
  /// segmentation offload and are cut, which their original length shows.
  static var snapLength: CInt { 2048 }

  /// Frames of this host are not captured from now on. A kernel that cannot do so (before 4.20) goes on.
  func ignoreOutgoing() { _ = CLinux_ignore_outgoing(descriptor) }

  static func isFrom(_ own: MACAddress, _ frame: Span<UInt8>) -> Bool {
    guard frame.count >= 12 else { return false }
    var source: UInt64 = 0
    for index in 6..<12 { source = source << 8 | UInt64(frame[index]) }
    return source == own.rawValue
  }

  static func failure(_ interface: String, _ problem: String) -> LinkError {
    LinkError(
      code: .system, interface: interface,
      text: LocalizedText(ja: "キャプチャを開始できません：\(problem)", en: "cannot capture: \(problem)"))
  }
}

/// A live libpcap capture (safe to use: the handle lives exactly as long as the object): non-blocking,
/// through a TPACKET_V3 ring, with nanosecond timestamps where the kernel has them
/// (Docs/Decisions/0005-receive-ring.md).
@safe final class PacketCapture: FrameCapture {
  let filter: String
  let descriptor: CInt
  private let interface: String
  private let handle: OpaquePointer
  private let nanosecond: Bool
  /// 32 blocks of 256 KiB hold about 64,000 answers to SYN frames; drops are counted and reported.
  private static let bufferOctets: CInt = 8 << 20
  /// After so many milliseconds the kernel hands over a block that is not full. Frames wait as long at
  /// most, and a reader that pauses for 32 times as long loses none, however few arrive.
  private static let handOver: CInt = 4

  init(interface: String, filter: String) throws(LinkError) {
    self.interface = interface
    self.filter = filter
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = unsafe pcap_create(interface, &message) else {
      throw Self.failure(interface, text(message))
    }
    unsafe self.handle = handle
    _ = unsafe pcap_set_snaplen(handle, Self.snapLength)
    _ = unsafe pcap_set_timeout(handle, Self.handOver)
    _ = unsafe pcap_set_buffer_size(handle, Self.bufferOctets)
    nanosecond = unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0
    let status = unsafe pcap_activate(handle)
    guard status >= 0 else {
      let problem = unsafe String(cString: pcap_geterr(handle))
      unsafe pcap_close(handle)
      let denied = status == PCAP_ERROR_PERM_DENIED
      throw denied
        ? .opening(EPERM, interface, ja: "キャプチャを開始できません", en: "cannot capture")
        : Self.failure(interface, problem)
    }
    descriptor = unsafe pcap_get_selectable_fd(handle)
    try unsafe Self.apply(filter, to: handle, interface)
    _ = unsafe pcap_setnonblock(handle, 1, &message)
  }

  deinit { unsafe pcap_close(handle) }

  private static func apply(_ filter: String, to handle: OpaquePointer, _ interface: String) throws(LinkError) {
    var program = unsafe bpf_program()
    defer { unsafe pcap_freecode(&program) }
    guard unsafe pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0,
      unsafe pcap_setfilter(handle, &program) == 0
    else {
      let problem = unsafe String(cString: pcap_geterr(handle))
      throw failure(interface, "\(problem), \(filter)")
    }
  }

  func receive(limit: Int, own: MACAddress, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(LinkError) {
    for _ in 0..<limit {
      var header: UnsafeMutablePointer<pcap_pkthdr>?
      var octets: UnsafePointer<UInt8>?
      switch unsafe pcap_next_ex(handle, &header, &octets) {
      case 1:
        guard let header = unsafe header, let octets = unsafe octets else { return }
        let info = unsafe header.pointee
        let buffer = unsafe UnsafeBufferPointer(start: octets, count: Int(info.caplen))
        // The octets stay valid until the next call of pcap_next_ex, which is after `body` returned.
        let frame = unsafe Span(_unsafeElements: buffer)
        body(frame, captured(info, outbound: Self.isFrom(own, frame)))
      case 0:
        return
      default:
        // The only errors of a capture that was running: the interface went down or disappeared.
        throw .down(interface)
      }
    }
  }

  private func captured(_ header: pcap_pkthdr, outbound: Bool) -> CapturedFrameInfo {
    let fraction = Int64(header.ts.tv_usec) * (nanosecond ? 1 : 1000)
    return CapturedFrameInfo(
      at: Timestamp(nanoseconds: Int64(header.ts.tv_sec) * 1_000_000_000 + fraction), outbound: outbound,
      originalLength: Int(header.len))
  }

  func counters() -> (received: Int, dropped: Int) {
    var statistics = pcap_stat()
    guard unsafe pcap_stats(handle, &statistics) == 0 else { return (0, 0) }
    return (Int(statistics.ps_recv), Int(statistics.ps_drop) + Int(statistics.ps_ifdrop))
  }
}

private func text(_ message: [CChar]) -> String {
  String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
