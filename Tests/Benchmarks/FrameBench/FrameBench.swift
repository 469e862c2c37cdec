internal import Addressing
internal import Engine
internal import Wire

/// How fast this machine builds probes, without any system call: one line per measurement, name and
/// operations a second, the best of many short runs, so that other programs of the machine disturb
/// little. Printed for Scripts/bench.
@main struct FrameBench {
  static func main() {
    report("frames-ipv4", measure(framesIPv4))
    report("frames-ipv6", measure(framesIPv6))
    report("frames-batched", measure(framesBatched))
    report("permutation", measure(permutation))
  }

  private static let turns = 1 << 18
  private static let cookie = ProbeCookie(seed: ScanSeed(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210))
  private static let mac = MACAddress(rawValue: 0x0200_0000_0001)
  private static let sourcePort: UInt16 = 40_000

  /// A result that depends on every operation, so that the optimiser can leave none out.
  private struct Sample {
    var rate: Double
    var digest: UInt64
  }

  private static func measure(_ body: () -> UInt64) -> Sample {
    var best = Sample(rate: 0, digest: 0)
    for _ in 0..<300 {
      var digest: UInt64 = 0
      let elapsed = ContinuousClock().measure { digest = body() }
      let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
      best = Sample(rate: max(best.rate, Double(turns) / seconds), digest: best.digest &* 31 &+ digest)
    }
    return best
  }

  private static func report(_ name: String, _ sample: Sample) {
    print("\(name) \(Int(sample.rate)) \(String(sample.digest, radix: 16))")
  }

  /// A device as the scan holds it: where it is, and its share of the cookies.
  private struct Device<Address> {
    var address: Address
    var mac: MACAddress
    var cookies: ProbeCookie.Prepared
  }

  /// 256 devices, probed in turn as the scan does it: the next frame goes to another device.
  private static func devices<Address>(
    from source: IPAddress, _ address: (UInt32) -> (Address, IPAddress)
  ) -> [Device<Address>] {
    (0..<UInt32(256)).map { number in
      let (flat, target) = address(number)
      return Device(
        address: flat, mac: MACAddress(rawValue: 0x0200_0001_0000 | UInt64(number)),
        cookies: cookie.prepared(source: source, target: target, sourcePort: sourcePort))
    }
  }

  private static let source4 = IPv4Address(rawValue: 0x0a63_0001)

  private static func devicesIPv4() -> [Device<IPv4Address>] {
    devices(from: IPAddress(source4)) { number in
      let address = IPv4Address(rawValue: 0x0a63_0100 | number)
      return (address, IPAddress(address))
    }
  }

  private static func framesIPv4() -> UInt64 {
    let devices = devicesIPv4()
    var syn = SYNFrame(mac: mac, source: source4, sourcePort: sourcePort)
    var digest: UInt64 = 0
    for turn in 0..<turns {
      let device = devices[turn & 255]
      let port = UInt16(truncatingIfNeeded: turn >> 8)
      let sequence = device.cookies.sequence(port: port)
      syn.aim(at: device.address, mac: device.mac, port: port, sequence: sequence, timestamp: 1 + UInt32(turn & 1))
      digest = syn.withSpan { digest &+ UInt64($0[24]) &+ UInt64($0[50]) &+ UInt64($0[51]) }
    }
    return digest
  }

  private static func framesIPv6() -> UInt64 {
    let source = IPv6Address(linkLocalOf: mac)
    let devices = devices(from: IPAddress(source)) { number in
      let address = IPv6Address(linkLocalOf: MACAddress(rawValue: 0x0200_0001_0000 | UInt64(number)))
      return (address, IPAddress(address))
    }
    var syn = SYNFrame6(mac: mac, source: source, sourcePort: sourcePort)
    var digest: UInt64 = 0
    for turn in 0..<turns {
      let device = devices[turn & 255]
      let port = UInt16(truncatingIfNeeded: turn >> 8)
      let sequence = device.cookies.sequence(port: port)
      syn.aim(at: device.address, mac: device.mac, port: port, sequence: sequence, timestamp: 1 + UInt32(turn & 1))
      digest = syn.withSpan { digest &+ UInt64($0[70]) &+ UInt64($0[71]) }
    }
    return digest
  }

  /// With the copy into the block that the kernel reads.
  private static func framesBatched() -> UInt64 {
    let devices = devicesIPv4()
    var syn = SYNFrame(mac: mac, source: source4, sourcePort: sourcePort)
    var batch = FrameBatch()
    var digest: UInt64 = 0
    for turn in 0..<turns {
      let device = devices[turn & 255]
      let port = UInt16(truncatingIfNeeded: turn >> 8)
      let sequence = device.cookies.sequence(port: port)
      syn.aim(at: device.address, mac: device.mac, port: port, sequence: sequence, timestamp: 1 + UInt32(turn & 1))
      syn.withSpan { batch.append($0) }
      guard batch.isFull else { continue }
      digest = batch.withFrame(FrameBatch.limit - 1) { digest &+ UInt64($0[50]) &+ UInt64($0[51]) }
      batch.removeAll()
    }
    return digest
  }

  /// The order of 65,535 ports, position by position.
  private static func permutation() -> UInt64 {
    let permutation = Permutation(count: 65_535, seed: ScanSeed(high: 1, low: 2), tweak: 7)
    var digest: UInt64 = 0
    var position = 0
    for turn in 0..<turns {
      digest = digest &+ UInt64(permutation[position]) ^ UInt64(turn)
      position = position == 65_534 ? 0 : position + 1
    }
    return digest
  }
}
