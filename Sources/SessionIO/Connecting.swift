internal import Addressing
internal import CLinux
internal import Glibc

extension CLinux_address {
  init(_ address: IPAddress) {
    let (high, low) = address.words
    // The kernel's structures of IPv4 know 32 bits only.
    self.init(high: address.isIPv4 ? 0 : high, low: address.isIPv4 ? low & 0xffff_ffff : low, is_ipv4: address.isIPv4)
  }
}

/// Begins a TCP connection; the handshake is done by the kernel while this program goes on.
/// - Returns: a descriptor, or a negative error number: nothing left this host then.
func beginConnect(
  to address: IPAddress, zone: Int32?, port: UInt16, from source: IPAddress?, receiveBuffer: CInt, reportICMP: Bool
) -> CInt {
  if let source, source.isIPv4 != address.isIPv4 { return -EAFNOSUPPORT }
  return CLinux_begin_connect(
    CLinux_address(address), UInt32(bitPattern: zone ?? 0), port, CLinux_address(source ?? address), source != nil,
    receiveBuffer, reportICMP)
}

/// The text of an error number.
func errorText(_ number: CInt) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
