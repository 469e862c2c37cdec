/// A set of ports as one bit each: asked for every frame, so that a hash would cost more than the
/// rest of the judgement.
struct PortSet: Sendable {
  private var words = [UInt64](repeating: 0, count: 1024)

  init(_ ports: Set<UInt16>) {
    for port in ports { words[Int(port >> 6)] |= 1 << UInt64(port & 63) }
  }

  func contains(_ port: UInt16) -> Bool { words[Int(port >> 6)] >> UInt64(port & 63) & 1 != 0 }
}
