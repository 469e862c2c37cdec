import Addressing
import Engine
import LabSupport
import Records

/// What the tests of whole scans have in common.
enum Bench {
  static let start = ManualClock.start

  /// 10.1.x.y, 00:11:22:… by number.
  static func v4(_ number: Int) -> IPAddress { IPAddress(IPv4Address(rawValue: 0x0a01_0000 + UInt32(number))) }

  /// fe80::… by number.
  static func v6(_ number: Int) -> IPAddress {
    IPAddress(IPv6Address(high: 0xfe80_0000_0000_0000, low: 0x0211_22ff_fe00_0000 + UInt64(number)))
  }

  static func mac(_ number: Int) -> MACAddress { MACAddress(rawValue: 0x0011_2200_0000 + UInt64(number)) }

  static func device(
    _ number: Int = 5, v6: Bool = false, ports: @escaping (UInt16) -> VirtualDevice.Port = { _ in .closed }
  ) -> VirtualDevice {
    VirtualDevice(mac: mac(number), address: v6 ? Bench.v6(number) : v4(number), ports: ports)
  }

  /// Probes ports 1 … `count` of devices that are known already.
  static func scan(
    _ devices: [VirtualDevice], ports: Int, rate: Int = 100, inFlight: Int = 0, totalRate: Int = 0, seed: UInt64 = 7,
    change: (inout SegmentScan.Configuration) -> Void = { _ in }
  ) -> (VirtualScan, VirtualSegment) {
    let segment = VirtualSegment(clock: ManualClock(), devices: devices, seed: seed)
    var configuration = VirtualScan.configuration(
      segment, priority: [], rest: ports > 0 ? [UInt16](1...UInt16(ports)) : [], totalRate: totalRate)
    change(&configuration)
    var bench = VirtualScan(
      segment, configuration: configuration, limits: SegmentScan.Limits(rate: rate, inFlight: inFlight))
    for device in devices { bench.add(device) }
    return (bench, segment)
  }
}
