internal import CLinux
internal import CPcap
internal import Glibc
internal import Wire

/// What a monitor interface hears, by libpcap (safe to use: the handle lives exactly as long as the object). It is only read from.
///
/// LinkIO's capture is another: it filters for this host's own answers on Ethernet and cuts frames short, where the check sequence is at a frame's
/// end here.
@safe final class MonitorCapture {
  private let interface: String
  private let handle: OpaquePointer
  private let descriptor: CInt
  private let type: RadioHeader.LinkType
  /// An aggregate of data has at most 7935 octets (IEEE 802.11-2020 §9.2.4.7.1), and there is the radio's header.
  private static let snapLength: CInt = 8192
  private static let bufferOctets: CInt = 16 << 20
  /// After so many milliseconds the kernel hands over a block that is not full.
  private static let handOver: CInt = 10

  init(_ interface: String) throws(RadioError) {
    self.interface = interface
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = unsafe pcap_create(interface, &message) else {
      throw RadioError(ENOMEM, interface, .capturing)
    }
    unsafe self.handle = handle
    _ = unsafe pcap_set_snaplen(handle, Self.snapLength)
    _ = unsafe pcap_set_timeout(handle, Self.handOver)
    _ = unsafe pcap_set_buffer_size(handle, Self.bufferOctets)
    let status = unsafe pcap_activate(handle)
    let kind = status >= 0 ? unsafe pcap_datalink(handle) : 0
    guard status >= 0, let type = RadioHeader.LinkType(rawValue: UInt16(clamping: kind)) else {
      let text = unsafe String(cString: pcap_geterr(handle))
      unsafe pcap_close(handle)
      throw status == PCAP_ERROR_PERM_DENIED
        ? RadioError(EPERM, interface, .capturing)
        : RadioError(
          .system, interface, ja: "受信を開始できません：\(text)（リンク層の種類 \(kind)）",
          en: "cannot capture: \(text) (link type \(kind))")
    }
    self.type = type
    descriptor = unsafe pcap_get_selectable_fd(handle)
    _ = unsafe pcap_setnonblock(handle, 1, &message)
  }

  deinit { unsafe pcap_close(handle) }

  func wait(milliseconds: Int64) {
    guard milliseconds > 0 else { return }
    var waited = descriptor
    unsafe CLinux_wait(&waited, 1, milliseconds * 1_000_000)
  }

  /// Hands over what waits, some thousand frames at most.
  func receive(_ body: (Span<UInt8>, RadioHeader.LinkType) -> Void) throws(RadioError) {
    for _ in 0..<4096 {
      var header: UnsafeMutablePointer<pcap_pkthdr>?
      var octets: UnsafePointer<UInt8>?
      switch unsafe pcap_next_ex(handle, &header, &octets) {
      case 1:
        guard let header = unsafe header, let octets = unsafe octets else { return }
        let info = unsafe header.pointee
        let buffer = unsafe UnsafeBufferPointer(start: octets, count: Int(info.caplen))
        // The octets stay valid until the next call of pcap_next_ex, which is after `body` returned.
        let frame = unsafe Span(_unsafeElements: buffer)
        body(frame, type)
      case 0: return
      default: throw RadioError(ENETDOWN, interface, .capturing)
      }
    }
  }

  var dropped: Int {
    var statistics = pcap_stat()
    guard unsafe pcap_stats(handle, &statistics) == 0 else { return 0 }
    return Int(statistics.ps_drop) + Int(statistics.ps_ifdrop)
  }
}
