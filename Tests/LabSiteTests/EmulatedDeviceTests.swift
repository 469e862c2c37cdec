import Testing

@testable import LabSite

/// The emulated stack against octets that were put together with Python's `struct`, and against its own specification
/// in made-up time.
struct EmulatedDeviceTests {
  static let arpRequest = octets(
    "ffffffffffff0200000000fa0806 0001 0800 06 04 0001 0200000000fa 0a0001fa 000000000000 0a00010b")
  /// SYN from 10.0.1.250:40000 to port 80 and 81, sequence 0x01020304, MSS 1460.
  static let synTo80 = octets(
    "0004a31001110200000000fa0800 4500002c00014000400623c70a0001fa0a00010b"
      + "9c40 0050 01020304 00000000 6002 0400 dc8b 0000 020405b4")
  static let synTo81 = octets(
    "0004a31001110200000000fa0800 4500002c00014000400623c70a0001fa0a00010b"
      + "9c40 0051 01020304 00000000 6002 0400 dc8a 0000 020405b4")
  static let datagram = octets(
    "0004a31001110200000000fa0800 4500002100024000401123c60a0001fa0a00010b 9c41 270f 000d e1ac 68656c6c6f")
  static let echo = octets(
    "0004a31001110200000000fa0800 4500002300030000400163d30a0001fa0a00010b 0800 66ca 0007 0001 61626364656667")

  private func emulated(_ name: String = "syn-death", configure: (inout Victim) -> Void = { _ in }) throws
    -> EmulatedDevice
  {
    let device = try #require(try Site.make(.victims, only: [name]).devices.first)
    var victim = try #require(device.victim)
    configure(&victim)
    return EmulatedDevice(device, victim, address: try #require(device.address), at: 0)
  }

  @Test func `an ARP request is answered as RFC 826 says`() throws {
    var device = try emulated()
    device.receive(Self.arpRequest, at: 1)
    #expect(
      device.takeDue(at: 1) == [
        octets(
          "0200000000fa0004a31001110806 0001 0800 06 04 0002 0004a3100111 0a00010b 0200000000fa 0a0001fa"
            + "000000000000000000000000000000000000")
      ])
  }

  @Test func `a closed port resets, acknowledging the SYN`() throws {
    var device = try emulated()
    device.receive(Self.synTo81, at: 1)
    #expect(
      device.takeDue(at: 1) == [
        octets(
          "0200000000fa0004a31001110800 4500002800014000ff0664ca0a00010b0a0001fa"
            + "0051 9c40 00000000 01020305 5014 0000 f833 0000 000000000000")
      ])
  }

  @Test func `a closed UDP port is reported with the packet's front`() throws {
    var device = try emulated()
    device.receive(Self.datagram, at: 1)
    #expect(
      device.takeDue(at: 1) == [
        octets(
          "0200000000fa0004a31001110800 4500003800014000ff0164bf0a00010b0a0001fa 0303 57f2 00000000"
            + "4500002100024000401123c60a0001fa0a00010b 9c41 270f 000d e1ac")
      ])
  }

  @Test func `an echo comes back with its identifier, number and data`() throws {
    var device = try emulated()
    device.receive(Self.echo, at: 1)
    let reply = try #require(device.takeDue(at: 1).first)
    #expect(Array(reply[34..<36]) == [0, 0])
    #expect(Array(reply[38..<49]) == Array(Self.echo[38..<49]))
  }

  @Test(arguments: [arpRequest, synTo80, datagram, echo])
  func `a frame that is cut short, or changed in one bit, is never answered as if it were whole`(
    _ frame: [UInt8]
  ) throws {
    for length in 0..<frame.count {
      var device = try emulated()
      device.receive(Array(frame[..<length]), at: 1)
      #expect(device.takeDue(at: 1).isEmpty, "\(length)")
    }
    // From the IPv4 header on, every octet is under a checksum that finds single bits. ARP has none.
    guard frame != Self.arpRequest else { return }
    for bit in (14 * 8)..<(frame.count * 8) {
      var changed = frame
      changed[bit / 8] ^= 1 << (bit % 8)
      var device = try emulated()
      device.receive(changed, at: 1)
      #expect(device.takeDue(at: 1).isEmpty, "\(bit)")
    }
  }

  @Test func `a frame for another station or address is nobody's probe, and a group opens no connection`() throws {
    var device = try emulated()
    var elsewhere = Self.synTo80
    elsewhere[5] ^= 1
    device.receive(elsewhere, at: 1)
    #expect(device.state == EmulatorState())
    var everyone = Self.synTo80
    everyone.replaceSubrange(0..<6, with: FrameWriter.broadcast)
    device.receive(everyone, at: 1)
    var asked = Self.arpRequest
    asked[41] ^= 1
    device.receive(asked, at: 1)
    #expect(device.takeDue(at: 1).isEmpty)
    #expect(device.state.syns == 0)
  }

  // MARK: Weaknesses

  private func syn(_ number: Int, to port: UInt16 = 80) -> [UInt8] {
    var writer = FrameWriter(mac: [2, 0, 0, 0, 0, 0xfa], address: 0x0a00_01fa, timeToLive: 64)
    let segment = TCPSegment(from: UInt16(30_000 + number), to: port, sequence: 7, flags: .syn)
    return writer.tcp(segment, to: 0x0a00_010b, at: [0x00, 0x04, 0xa3, 0x10, 0x01, 0x11])
  }

  @Test func `forty half-open connections kill, thirty-nine do not, and nothing revives`() throws {
    var device = try emulated()
    for number in 0..<39 { device.receive(syn(number), at: .milliseconds(30 * number)) }
    #expect(device.state.alive)
    #expect(device.state.halfOpenPeak == 39)
    device.receive(syn(39), at: .milliseconds(30 * 39))
    #expect(!device.state.alive)
    #expect(device.state.harm?.cause == "40 half-open connections")
    _ = device.takeDue(at: .seconds(2))
    device.receive(Self.arpRequest, at: .seconds(3600))
    #expect(device.takeDue(at: .seconds(3600)).isEmpty)
  }

  @Test func `forty SYNs to closed ports kill only within one second`() throws {
    var quick = try emulated()
    var slow = try emulated()
    for number in 0..<40 {
      quick.receive(syn(number, to: 9), at: .milliseconds(25 * number))
      slow.receive(syn(number, to: 9), at: .milliseconds(26 * number))
    }
    #expect(!quick.state.alive)
    #expect(slow.state.alive)
    #expect(slow.state.synPeakPerSecond == 39)
  }

  @Test func `a full pool drops SYNs and is a lost service after three seconds, not before`() throws {
    var device = try emulated {
      $0.synDeath = nil
      $0.pool = Victim.ConnectionPool(
        size: 8, heldAfterClose: .seconds(5), whenExhausted: .dropsSYNs(lostAfter: .seconds(3)))
    }
    for number in 0..<9 { device.receive(syn(number), at: 0) }
    #expect(device.takeDue(at: 0).count == 8)
    #expect(device.state.synsDropped == 1)
    device.pass(to: .seconds(3))
    #expect(!device.state.serviceLost)
    device.pass(to: .seconds(3) + 1)
    #expect(device.state.serviceLost)
  }

  @Test func `a pool that restarts is silent for four seconds, then announces itself`() throws {
    var device = try emulated {
      $0.synDeath = nil
      $0.uptime = 5000
      $0.pool = Victim.ConnectionPool(size: 9, heldAfterClose: 0, whenExhausted: .restarts)
    }
    for number in 0..<9 { device.receive(syn(number), at: 0) }
    #expect(device.state.restarts == 0)
    #expect(device.timestamp(at: .seconds(1)) == 6000)
    device.receive(syn(9), at: .seconds(1))
    #expect(device.state.restarts == 1)
    device.receive(Self.arpRequest, at: .seconds(5) - 1)
    #expect(device.takeDue(at: .seconds(5) - 1).isEmpty)
    device.pass(to: .seconds(5))
    let frames = device.takeDue(at: .seconds(5))
    // DHCPDISCOVER to everyone, and two announcements: broadcast ARP requests whose target is their sender.
    #expect(frames.map { $0[12..<14].map { $0 } } == [[8, 0], [8, 6], [8, 6]])
    #expect(frames.allSatisfy { $0[0..<6].allSatisfy { $0 == 0xff } })
    #expect(frames[1][28..<32] == frames[1][38..<42])
    #expect(device.timestamp(at: .seconds(5)) == 0)
    device.receive(Self.arpRequest, at: .seconds(6))
    #expect(device.takeDue(at: .seconds(6)).count == 1)
  }

  @Test func `a backlog holds 200 for a minute; the 201st hangs the service`() throws {
    func filled(with count: Int) throws -> EmulatedDevice {
      var device = try emulated {
        $0.synDeath = nil
        $0.backlog = 200
        $0.halfOpenLifetime = .seconds(60)
      }
      for number in 0..<count { device.receive(syn(number), at: 0) }
      return device
    }
    var full = try filled(with: 200)
    #expect(!full.state.serviceLost)
    full.pass(to: .seconds(60) - 1)
    #expect(full.state.halfOpen == 200)
    full.pass(to: .seconds(60))
    #expect(full.state.halfOpen == 0)
    #expect(try filled(with: 201).state.serviceLost)
  }

  @Test func `resets come from a bucket of a hundred that fills at a hundred a second`() throws {
    var device = try emulated {
      $0.synDeath = nil
      $0.resetsPerSecond = 100
    }
    for number in 0..<150 { device.receive(syn(number, to: 9), at: 0) }
    #expect(device.takeDue(at: 0).count == 100)
    for number in 0..<150 { device.receive(syn(number, to: 9), at: .milliseconds(500)) }
    #expect(device.takeDue(at: .milliseconds(500)).count == 50)
    #expect(device.state.resetsWithheld == 150)
  }

  @Test func `an ARP storm is 200 replies to the request and 500 a second for ten seconds`() throws {
    var device = try emulated {
      $0.arpStorm = Victim.ARPStorm(replies: 200, perSecond: 500, lasts: .seconds(10))
    }
    device.receive(Self.arpRequest, at: 0)
    #expect(device.takeDue(at: 0).count == 200)
    device.pass(to: .seconds(60))
    #expect(device.takeDue(at: .seconds(60)).count == 5000)
  }

  @Test func `a radio answers late, in order, and misses three broadcasts in ten`() throws {
    var device = try emulated("power-save")
    let request = Array(Self.arpRequest.dropLast(4)) + [10, 0, 1, 25]
    for number in 0..<1000 {
      let now = Nanoseconds.seconds(number)
      device.receive(request, at: now)
      #expect(device.takeDue(at: now + .milliseconds(100) - 1).isEmpty)
      #expect(device.takeDue(at: now + .milliseconds(300)).count <= 1)
    }
    // 300 ± 5 standard deviations of a binomial of 1000 with 0.3 (14.5 each).
    #expect((228...372).contains(device.state.broadcastsMissed))
  }

  @Test func `a device restarts once, at the packet it was told`() throws {
    var device = try emulated {
      $0.synDeath = nil
      $0.restartsAfterProbes = 3
    }
    for instant in 0..<3 { device.receive(Self.echo, at: .milliseconds(instant)) }
    #expect(device.state.restarts == 1)
    for instant in 10..<20 { device.receive(Self.echo, at: .seconds(instant)) }
    #expect(device.state.restarts == 1)
    #expect(device.takeDue(at: .seconds(20)).count == 3 + 10)
  }
}

/// Octets from hexadecimal text; spaces are for the reader.
private func octets(_ hexadecimal: String) -> [UInt8] {
  let digits = Array(hexadecimal.filter { $0 != " " })
  return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0..<($0 + 2)]), radix: 16) }
}
