import Addressing
import Testing
import WiFi
import Wire

struct WiFiStationTests {
  private static let beacon = WiFiFrames.beacon(WiFiFrames.rsn(4, [4], [2, 8], 0x80))
  private static let counterMode: [UInt8] = [1, 2, 0, 0x20, 0, 0, 0, 0]

  private static func network(_ frames: [[UInt8]]) throws -> WiFiSurvey.Network {
    try #require(WiFiFrames.survey([beacon, beacon] + frames)[MACAddress(rawValue: WiFiFrames.network)])
  }

  /// Key identifiers (PMKIDs) of 16 octets are part of a request; nothing of them is kept.
  @Test func `a station has chosen of what is offered`() throws {
    let body = WiFiFrames.rsn(4, [4], [8], 0x80)
    let identifiers = [48, UInt8(body.count - 2 + 18)] + body.dropFirst(2) + [1, 0] + [UInt8](repeating: 7, count: 16)
    let network = try Self.network([WiFiFrames.request(body), WiFiFrames.request(identifiers)])
    let station = try #require(network.stations.first)
    #expect(station.address == MACAddress(rawValue: WiFiFrames.station) && !station.hasRandomAddress)
    #expect(station.choice?.authentication == ["sae"] && station.choice?.pairwise == ["ccmp-128"])
    #expect(station.choice?.managementProtection == .capable && station.choice?.group == "ccmp-128")
    #expect(station.choiceStanding == .repeated && station.frames == 2)
  }

  @Test func `data show what protects a station, both ways`() throws {
    var answer = WiFiFrames.data(Self.counterMode)
    answer.replaceSubrange(1..<2, with: [0x42])
    answer.replaceSubrange(4..<16, with: WiFiFrames.octets(WiFiFrames.station) + WiFiFrames.octets(WiFiFrames.network))
    let station = try Self.network([WiFiFrames.data(Self.counterMode), answer]).stations.first
    #expect(station?.protection[.counterMode] == 2 && station?.clearFrames == 0)
  }

  /// The group bit (IEEE 802-2014 §8.2.2), and the network itself.
  @Test func `groups and the network are no stations, one frame makes none`() throws {
    for other in [0x0100_5e00_0001, 0xffff_ffff_ffff, WiFiFrames.network, 0] as [UInt64] {
      let frame = WiFiFrames.data(Self.counterMode, of: other)
      #expect(try Self.network([frame, frame]).stations.isEmpty, "\(other)")
    }
    #expect(try Self.network([WiFiFrames.data(Self.counterMode)]).stations.isEmpty)
    let random = WiFiFrames.data(Self.counterMode, of: 0x0600_0000_0001)
    #expect(try Self.network([random, random]).stations.first?.hasRandomAddress == true)
  }

  /// §9.3.3.11: algorithm, transaction, status; the station's first frame counts, a repetition (flag 0x08) does not.
  @Test func `ways of authentication are counted`() throws {
    func authentication(_ algorithm: UInt8, flags: UInt8 = 0, transaction: UInt8 = 1) -> [UInt8] {
      [0xb0, flags, 0, 0] + WiFiFrames.octets(WiFiFrames.network) + WiFiFrames.octets(WiFiFrames.station)
        + WiFiFrames.octets(WiFiFrames.network) + [0, 0, algorithm, 0, transaction, 0, 0, 0]
    }
    let frames =
      [(3, 0, 1), (3, 8, 1), (3, 0, 2), (0, 0, 1), (0, 0, 1), (200, 0, 1), (201, 0, 1)] as [(UInt8, UInt8, UInt8)]
    let network = try Self.network(frames.map { authentication($0.0, flags: $0.1, transaction: $0.2) })
    #expect(network.authentications == [.sae: 1, .open: 2, .other(.max): 2])
  }

  /// RFC 3748 §4, §5: response, type 1 is the identity; 25 is PEAP.
  @Test func `methods of EAP are named, an identity is a fact`() throws {
    func eap(_ code: UInt8, _ type: UInt8) -> [UInt8] {
      WiFiFrames.data(
        [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 1, 0, 0, 8, code, 1, 0, 8, type, 0x6a, 0x6f, 0x65], isProtected: false)
    }
    let network = try Self.network([eap(1, 1), eap(1, 25), eap(2, 25), eap(1, 13)])
    #expect(network.authenticationMethods == [25] && WiFiAuthenticationMethod.name(25) == "peap")
    #expect(!network.facts.contains(.showedIdentity) && WiFiAuthenticationMethod.name(99) == "eap-99")
    #expect(try Self.network([eap(2, 1)]).facts.contains(.showedIdentity))
  }

  @Test func `transition disable is read where it is in clear`() throws {
    let element: [UInt8] = [221, 5, 0x50, 0x6f, 0x9a, 0x20, 1]
    let clear = WiFiFrames.data(WiFiFrames.key(0x03ca, element), isProtected: false)
    #expect(try Self.network([clear]).facts.contains(.disablesTransition))
    let encrypted = WiFiFrames.data(WiFiFrames.key(0x13ca, element), isProtected: false)
    #expect(try !Self.network([encrypted]).facts.contains(.disablesTransition))
  }
}
