internal import Addressing
internal import CPcap
internal import Engine
internal import Records

/// A live libpcap capture (safe to use: the handle lives exactly as long as the object): non-blocking, immediate, with nanosecond timestamps where the kernel has them.
@safe final class PacketCapture {
  let filter: String
  let descriptor: CInt
  private let interface: String
  private let handle: OpaquePointer
  private let nanosecond: Bool
  /// What the capture keeps of a frame. LAN frames are at most 1514 octets; larger ones come from
  /// segmentation offload and are cut, which their original length shows.
  private static let snapLength: CInt = 2048
  /// 16 MiB hold about 50,000 small frames; drops are counted and reported.
  private static let bufferOctets: CInt = 16 << 20

  init(interface: String, filter: String) throws(LinkError) {
    self.interface = interface
    self.filter = filter
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = unsafe pcap_create(interface, &message) else {
      throw LinkError(code: .system, interface: interface, message: "cannot capture: \(text(message))")
    }
    unsafe self.handle = handle
    _ = unsafe pcap_set_snaplen(handle, Self.snapLength)
    _ = unsafe pcap_set_immediate_mode(handle, 1)
    _ = unsafe pcap_set_buffer_size(handle, Self.bufferOctets)
    nanosecond = unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0
    let status = unsafe pcap_activate(handle)
    guard status >= 0 else {
      let problem = unsafe String(cString: pcap_geterr(handle))
      unsafe pcap_close(handle)
      let denied = status == PCAP_ERROR_PERM_DENIED
      throw denied
        ? EthernetLink.error(1, interface, "cannot capture")
        : LinkError(code: .system, interface: interface, message: "cannot capture: \(problem)")
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
      throw LinkError(code: .system, interface: interface, message: "capture filter \"\(filter)\": \(problem)")
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
        throw LinkError(
          code: .interfaceDown, interface: interface,
          message: "capture ended: \(unsafe String(cString: pcap_geterr(handle)))")
      }
    }
  }

  private static func isFrom(_ own: MACAddress, _ frame: Span<UInt8>) -> Bool {
    guard frame.count >= 12 else { return false }
    var source: UInt64 = 0
    for index in 6..<12 { source = source << 8 | UInt64(frame[index]) }
    return source == own.rawValue
  }

  private func captured(_ header: pcap_pkthdr, outbound: Bool) -> CapturedFrameInfo {
    let fraction = Int64(header.ts.tv_usec) * (nanosecond ? 1 : 1000)
    return CapturedFrameInfo(
      at: Timestamp(nanoseconds: Int64(header.ts.tv_sec) * 1_000_000_000 + fraction), outbound: outbound,
      originalLength: Int(header.len))
  }

  /// Frames that passed the filter, and frames that were dropped before they could be read.
  func counters() -> (received: Int, dropped: Int) {
    var statistics = pcap_stat()
    guard unsafe pcap_stats(handle, &statistics) == 0 else { return (0, 0) }
    return (Int(statistics.ps_recv), Int(statistics.ps_drop) + Int(statistics.ps_ifdrop))
  }
}

private func text(_ message: [CChar]) -> String {
  String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
