import Audit
import LabSupport
import Records
import Testing

/// How long a device is left alone between two connections.
struct ConnectionDistanceTests {
  private static let pong = Array("+PONG\r\n".utf8)

  /// A database, or a file server that leaves with its greeting: both are connected to twice, to be identified and to be asked.
  private static func distance(
    rate: Int, gap: Duration = .zero, endsFirst: Bool = false
  ) throws -> Duration {
    let port: UInt16 = endsFirst ? 21 : 6379
    let device = VirtualDevice(mac: "00:11:22:00:00:0c", address: "10.0.0.12", open: [port])
    if endsFirst {
      device.greetings[21] = Array("220 FTP server ready.\r\n".utf8)
      device.closing = [21]
    }
    device.replies[6379] = { _ in pong }
    var plan = try VirtualAudit.plan(ports: "\(port)")
    plan.deviceRate = rate
    plan.connectionGap = gap
    let audit = try VirtualAudit([device], plan)
    try audit.run.run()
    try #require(device.connectionsAt.count >= 2, "connected to \(device.connectionsAt.count) times")
    return device.connectionsAt[1] - device.connectionsAt[0]
  }

  @Test func `a small device that ended first is left alone for seconds, one that did not is not`() throws {
    #expect(try Self.distance(rate: 20, endsFirst: true) >= .milliseconds(2500))
    #expect(try Self.distance(rate: 20) < .milliseconds(2000))
    // Others have blocks enough.
    #expect(try Self.distance(rate: 100, endsFirst: true) < .milliseconds(2000))
  }

  @Test func `the user's gap is kept by everybody, from the end of a connection on`() throws {
    let without = try Self.distance(rate: 100)
    let with = try Self.distance(rate: 100, gap: .seconds(3))
    #expect(without < .seconds(3) && with >= .seconds(3), "\(without) and \(with)")
    // The connection itself comes on top.
    #expect(with > .milliseconds(3120))
    // The longer one counts.
    #expect(try Self.distance(rate: 20, gap: .seconds(4), endsFirst: true) >= .seconds(4))
  }
}
