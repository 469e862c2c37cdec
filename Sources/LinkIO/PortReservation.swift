internal import Addressing
internal import CLinux
internal import Glibc

/// A port that no other program of this host can use: bound, never read.
///
/// The kernel then has a socket for what answers raw frames, so that another program gets no stray
/// answer, and a device is not told that the port it answered to is closed.
struct PortReservation: ~Copyable {
  let port: UInt16
  private let ipv4: OwnedDescriptor?
  private let ipv6: OwnedDescriptor?

  /// Finding one number that is free in both families takes one attempt, but for bad luck.
  private static let attempts = 16

  /// - Parameters:
  ///   - stream: a TCP port, else a UDP port.
  ///   - source: reserves the port on this IPv4 address.
  ///   - ipv6: reserves the same number on every IPv6 address.
  init(stream: Bool, source: IPv4Address?, ipv6 wantsIPv6: Bool, _ interface: String) throws(LinkError) {
    var lastError: CInt = EADDRNOTAVAIL
    for _ in 0..<Self.attempts {
      var number: UInt16 = 0
      var descriptors: (CInt, CInt) = (-1, -1)
      if let source {
        var address = source.rawValue.bigEndian
        descriptors.0 = unsafe CLinux_reserve_port(stream ? 1 : 0, &address, &number)
        guard descriptors.0 >= 0 else {
          lastError = -descriptors.0
          break
        }
      }
      let first = descriptors.0 >= 0 ? OwnedDescriptor(adopting: descriptors.0) : nil
      if wantsIPv6 {
        descriptors.1 = unsafe CLinux_reserve_port(stream ? 1 : 0, nil, &number)
        guard descriptors.1 >= 0 else {
          lastError = -descriptors.1
          guard lastError == EADDRINUSE else { break }
          continue
        }
      }
      let second = descriptors.1 >= 0 ? OwnedDescriptor(adopting: descriptors.1) : nil
      guard number != 0 else { break }
      port = number
      ipv4 = first
      ipv6 = second
      return
    }
    throw .system(
      lastError, interface, ja: "応答を受けるポートを予約できません", en: "cannot reserve a port for the answers")
  }
}
