import Addressing
import Testing
import WiFi
import Wire

/// On what a description rests, and what one frame can do (Docs/Decisions/0017).
struct WiFiStandingTests {
  private static let good = WiFiFrames.beacon(WiFiFrames.rsn(4, [4], [2], 0xc0))
  private static let other = WiFiFrames.beacon(WiFiFrames.rsn(2, [2], [2]), name: "tesT")

  private static func network(_ frames: [[UInt8]], _ type: RadioHeader.LinkType = .plain) throws -> WiFiSurvey.Network {
    try #require(WiFiFrames.survey(frames, type)[MACAddress(rawValue: WiFiFrames.network)])
  }

  @Test func `a right check sequence makes a frame sound, a wrong one does not`() throws {
    let sound = try Self.network([WiFiFrames.checked(Self.good)])
    #expect(sound.standing == .sound && sound.nameStanding == .sound && sound.security?.level == .wpa2)
    // Its last four octets are no element.
    #expect(sound.description == (try Self.network([Self.good])).description)
    var broken = WiFiFrames.checked(Self.good)
    broken[30] ^= 1
    #expect(WiFiFrames.survey([broken]).all.allSatisfy { $0.standing == .once })
    // Radiotap: flags 0x10, it is there; 0x00, the receiver checked it and took it off.
    let head: [UInt8] = [0, 0, 9, 0, 2, 0, 0, 0]
    #expect(try Self.network([head + [0x10] + WiFiFrames.checked(Self.good)], .radiotap).standing == .sound)
    #expect(try Self.network([head + [0] + Self.good], .radiotap).standing == .sound)
    #expect(try Self.network([[0, 0, 8, 0, 0, 0, 0, 0] + Self.good], .radiotap).standing == .once)
  }

  @Test func `what one sound frame said stands until something else came twice, and that is no change`() throws {
    let (good, other) = (WiFiFrames.checked(Self.good), WiFiFrames.checked(Self.other))
    #expect(try Self.network([good, other]).security?.level == .wpa2)
    let replaced = try Self.network([good, other, other])
    #expect(replaced.standing == .repeated && replaced.security?.pairwise == ["tkip"] && replaced.earlier.isEmpty)
    #expect(!replaced.findings.contains { $0.finding == .changed })
    // A frame that may be broken is replaced by one that is not.
    #expect(try Self.network([Self.other, good]).security?.pairwise == ["ccmp-128"])
  }

  @Test func `two frames that contradict each other say nothing`() throws {
    let network = try Self.network([Self.good, Self.other])
    #expect(network.standing == nil && network.security == nil && network.findings.isEmpty && network.name == nil)
    #expect(try Self.network([Self.good, Self.other, Self.good]).standing == .repeated)
  }

  /// Whatever one frame says, sound or not, it changes nothing that was heard twice: each octet of a beacon with each bit.
  @Test func `no single frame changes what stands`() throws {
    for place in 24..<Self.good.count {
      for bit in 0..<8 {
        var forged = Self.good
        forged[place] ^= 1 << bit
        let network = try Self.network([Self.good, Self.good, WiFiFrames.checked(forged)])
        #expect(network.security?.level == .wpa2 && network.name == Array("test".utf8), "\(place) \(bit)")
        #expect(network.standing == .repeated && network.findings.isEmpty && network.earlier.isEmpty)
      }
    }
  }

  @Test func `what a client chose supports what was offered once`() throws {
    let offer = WiFiFrames.beacon(WiFiFrames.rsn(2, [4, 2], [2, 6], 0x80))
    let choice = WiFiFrames.request(WiFiFrames.rsn(2, [4], [6], 0x80))
    let network = try Self.network([offer, choice])
    #expect(network.standing == .supported && network.findings.allSatisfy { $0.proof == .said })
    // Of what is beside RSN it says nothing.
    let setup: [UInt8] = [221, 9, 0, 0x50, 0xf2, 4, 0x10, 0x44, 0, 1, 2]
    let wps = try Self.network([
      WiFiFrames.beacon(WiFiFrames.rsn(4, [4], [2], 0xc0) + setup),
      WiFiFrames.request(WiFiFrames.rsn(4, [4], [2], 0xc0)),
    ])
    #expect(wps.findings.map(\.finding) == [.setup] && wps.findings.map(\.proof) == [.once])
    // What the network does not offer supports nothing.
    for wrong in [
      WiFiFrames.rsn(4, [4], [6]), WiFiFrames.rsn(2, [8], [6]), WiFiFrames.rsn(2, [4], [8]), WiFiFrames.wpa(2),
    ] {
      #expect(try Self.network([offer, WiFiFrames.request(wrong)]).standing == .once)
    }
    // Of two beacons that differ, the one that the client read.
    let settled = try Self.network([Self.good, offer, choice])
    #expect(settled.standing == .supported && settled.security?.group == "tkip")
  }

  /// Key information: 0x010a message 2, 0x03ca message 3 in clear, 0x13ca with its key data encrypted (§12.7.2).
  @Test func `messages of a handshake repeat what was offered`() throws {
    let beacon = WiFiFrames.beacon(WiFiFrames.wpa(2))
    for (number, isSupported) in [(0x010a, true), (0x03ca, true), (0x13ca, false)] as [(UInt16, Bool)] {
      let message = WiFiFrames.data(WiFiFrames.key(number, WiFiFrames.wpa(2)), isProtected: false)
      #expect(try Self.network([beacon, message]).standing == (isSupported ? .supported : .once), "\(number)")
    }
  }

  @Test func `data that are protected by WEP, and data in clear, support what was said once`() throws {
    let wep = WiFiFrames.data([1, 2, 3, 0, 9, 9, 9, 9])
    let beacon = WiFiFrames.beacon([])
    #expect(try Self.network([beacon, wep]).standing == .once)
    let network = try Self.network([beacon, wep, wep])
    #expect(network.standing == .supported && network.findings.map(\.finding) == [.wep])
    #expect(network.findings.map(\.proof) == [.seen])
    let clear = WiFiFrames.data([0xaa, 0xaa, 3, 0, 0, 0, 8, 0, 1], isProtected: false)
    #expect(try Self.network([WiFiFrames.beacon([], capabilities: 1), clear, clear]).standing == .supported)
    // Data in clear do not show WEP, and WEP's do not show an open network.
    #expect(try Self.network([beacon, clear, clear]).standing == .once)
    #expect(try Self.network([WiFiFrames.beacon([], capabilities: 1), wep, wep]).standing == .once)
  }
}
