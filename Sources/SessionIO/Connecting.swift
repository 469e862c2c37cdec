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

extension IPAddress {
  init(_ address: CLinux_address) {
    self =
      address.is_ipv4
      ? IPAddress(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.low)))
      : IPAddress(IPv6Address(high: address.high, low: address.low))
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

/// What a read of a connection came to.
enum Received {
  case octets([UInt8])
  /// Nothing is there yet.
  case nothing
  /// FIN.
  case closed
  /// RST, or the connection failed otherwise.
  case broken
}

/// Reads at most `octets` octets without waiting.
func receive(_ descriptor: CInt, atMost octets: Int) -> Received {
  var buffer = [UInt8](repeating: 0, count: octets)
  let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
  if count > 0 { return .octets(Array(buffer.prefix(count))) }
  if count == 0 { return .closed }
  return [EAGAIN, EINTR].contains(CLinux_errno()) ? .nothing : .broken
}

/// What a write to a connection came to.
enum Transmitted {
  /// The kernel has taken this many octets, fewer than offered when the device is slow.
  case taken(Int)
  case full
  case broken
}

/// Hands octets to the kernel without waiting, and without the signal that a broken connection raises.
func transmit(_ descriptor: CInt, _ octets: [UInt8]) -> Transmitted {
  let count = unsafe send(descriptor, octets, octets.count, CInt(MSG_NOSIGNAL))
  if count >= 0 { return .taken(count) }
  return [EAGAIN, EINTR, ENOBUFS].contains(CLinux_errno()) ? .full : .broken
}

/// The handshake was completed, and the connection ended before this program looked: a RST during
/// the handshake is "connection refused" (RFC 9293 §3.10.7.3), one afterwards "reset" or "broken pipe".
func wasOpen(_ error: CInt) -> Bool { error == 0 || error == ECONNRESET || error == EPIPE }

/// The text of an error number.
func errorText(_ number: CInt) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
