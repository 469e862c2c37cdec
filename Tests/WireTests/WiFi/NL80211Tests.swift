import Addressing
import Testing

@testable import Wire

@Suite struct NL80211Tests {
  private static func message(_ octets: [UInt8]) throws -> NL80211Message {
    let messages = try NetlinkMessage.parse(octets.span)
    return try NL80211Message(parsing: try #require(messages.first), family: RecordedNL80211.family)
  }

  private static func network(_ octets: [UInt8]) throws -> NL80211Network {
    try NL80211Network(parsing: try message(octets))
  }

  @Test func `an interface is read`() throws {
    let interface = try NL80211Interface(parsing: try Self.message(RecordedNL80211.interface))
    #expect(interface.index == 22)
    #expect(interface.name == "wlan20")
    #expect(interface.wiphy == 20)
    #expect(!interface.isMonitor)
    #expect(interface.network == nil)
  }

  /// linux/nl80211.h: NL80211_ATTR_SSID is the 52nd attribute; the kernel gives it for a client that has joined a network.
  @Test func `the network that an interface has joined is read`() throws {
    var octets = RecordedNL80211.interface + [9, 0, 52, 0] + Array("plant".utf8) + [0, 0, 0]
    octets[0] = UInt8(octets.count & 0xff)
    octets[1] = UInt8(octets.count >> 8)
    #expect(try NL80211Interface(parsing: try Self.message(octets)).network == Array("plant".utf8))
  }

  /// linux/nl80211.h: NL80211_BSS_STATUS is the ninth part of a network, and 1 says that the interface is associated with it.
  @Test func `the network that another program has joined is told among those that were heard`() throws {
    var octets = RecordedNL80211.answering
    #expect(try !Self.network(octets).isJoined)
    let place = try #require(
      octets.indices.dropFirst(20).dropLast(4).first { place in
        octets[place + 2] == 47 && Int(octets[place]) | Int(octets[place + 1]) << 8 == octets.count - place
      })
    octets += [8, 0, 9, 0, 1, 0, 0, 0]
    for (place, count) in [(place, octets.count - place), (0, octets.count)] {
      octets[place] = UInt8(count & 0xff)
      octets[place + 1] = UInt8(count >> 8)
    }
    let network = try Self.network(octets)
    #expect(network.isJoined)
    let elements = try #require(network.answer?.elements)
    #expect(elements[0] == 0 && network.name == Array(elements[2..<2 + Int(elements[1])]))
    #expect(try Self.network(RecordedNL80211.hiding).name == nil)
  }

  /// What the radio and the rules of Germany say, as `iw phy` printed it there.
  @Test func `channels are read with what holds them back`() throws {
    let parts = [
      RecordedNL80211.interfaceTypes, RecordedNL80211.channel2412, RecordedNL80211.channel2484,
      RecordedNL80211.channel5260, RecordedNL80211.channel6435,
    ]
    let wiphy = try NL80211Wiphy(parsing: try parts.map(Self.message))
    #expect(wiphy.canMonitor)
    #expect(
      wiphy.channels == [
        NL80211Channel(frequency: 2412, isDisabled: false, isForListening: false),
        NL80211Channel(frequency: 2484, isDisabled: true, isForListening: true),
        NL80211Channel(frequency: 5260, isDisabled: false, isForListening: true),
        NL80211Channel(frequency: 6435, isDisabled: true, isForListening: false),
      ])
    #expect(wiphy.channels.map(\.band) == [.low, .low, .middle, .high])
    let nothing = try NL80211Wiphy(parsing: [])
    #expect(!nothing.canMonitor)
  }

  @Test func `a network that answers has a beacon and an answer`() throws {
    let network = try Self.network(RecordedNL80211.answering)
    #expect(network.address == MACAddress(rawValue: 0x0200_0000_0400))
    // Channel 6.
    #expect(network.frequency == 2437)
    #expect(network.signal == -30)
    // ESS, privacy, short slot.
    #expect(network.capabilities == 0x0411)
    let (beacon, answer) = (try #require(network.beacon), try #require(network.answer))
    #expect(beacon.clock != nil && answer.clock != nil && beacon.clock != answer.clock)
    for heard in [beacon, answer] {
      let (elements, isWhole) = WiFiElement.list(parsing: heard.elements)
      #expect(isWhole)
      #expect(elements.first { $0.identifier == .name }?.body == Array("radio-wps".utf8))
    }
    // WPS tells the serial number in answers only (WSC 2.0 §8.2.5).
    func setup(_ heard: NL80211Network.Heard) -> [UInt8] {
      WiFiElement.list(parsing: heard.elements).elements.filter { $0.vendorType == WiFiVendorType.wps }
        .flatMap(\.vendorBody)
    }
    #expect(try WPSElement(parsing: setup(beacon)).serialNumber == nil)
    #expect(try WPSElement(parsing: setup(answer)).serialNumber == "7")
  }

  @Test func `a network that hides was heard by its beacon only`() throws {
    let network = try Self.network(RecordedNL80211.hiding)
    #expect(network.address == MACAddress(rawValue: 0x0200_0000_0f00))
    #expect(network.frequency == 2412)
    #expect(network.answer == nil)
    let beacon = try #require(network.beacon)
    #expect(WiFiElement.list(parsing: beacon.elements).elements.first?.body == [])
  }

  @Test func `the end of a scan says on which channels it was`() throws {
    let message = try Self.message(RecordedNL80211.scanEnd)
    #expect(message.command == NL80211Message.Command.newScanResults)
    #expect(message.number(NL80211Message.Attribute.interfaceIndex) == 22)
    #expect(try message.numbers(NL80211Message.Attribute.scanFrequencies) == [2412, 2437])
    #expect(throws: WireError.self) { try NL80211Network(parsing: message) }
  }

  @Test func `another family is not read`() throws {
    let octets = RecordedNL80211.hiding
    let messages = try NetlinkMessage.parse(octets.span)
    let message = try #require(messages.first)
    #expect(throws: WireError.unsupported) { try NL80211Message(parsing: message, family: 0x21) }
  }

  /// Cut off anywhere, and with the length of the outer header made right again, the rest is refused or read without what is missing.
  @Test func `no prefix is read as more than it holds`() throws {
    for whole in [RecordedNL80211.answering, RecordedNL80211.hiding, RecordedNL80211.channel5260] {
      let complete = try? Self.network(whole)
      for count in 1..<whole.count {
        let prefix = Array(whole.prefix(count))
        #expect((try? NetlinkMessage.parse(prefix.span)) == nil, "\(count)")
        guard count >= 16 else { continue }
        var octets = prefix
        octets.replaceSubrange(0..<2, with: [UInt8(count & 0xff), UInt8(count >> 8)])
        guard let message = try? Self.message(octets) else { continue }
        // The network is one attribute: without its last octet it is gone.
        #expect((try? NL80211Network(parsing: message)) == nil)
        #expect(complete == nil || message[NL80211Message.Attribute.network] == nil)
        _ = try? NL80211Wiphy(parsing: [message])
      }
    }
  }
}

@Suite struct NL80211SightingsTests {
  private static func network(_ octets: [UInt8]) throws -> NL80211Network {
    let messages = try NetlinkMessage.parse(octets.span)
    return try NL80211Network(
      parsing: try NL80211Message(parsing: try #require(messages.first), family: RecordedNL80211.family))
  }

  /// The recorded message with the clock of one frame counted on, as the next beacon has it.
  private static func later(_ octets: [UInt8], _ part: UInt8) throws -> [UInt8] {
    // An attribute of 12 octets with the part's number: NL80211_BSS_TSF is 3, NL80211_BSS_BEACON_TSF 13.
    let place = try #require(
      octets.indices.dropLast(12).first { Array(octets[$0..<$0 + 4]) == [12, 0, part, 0] && $0 > 40 })
    var changed = octets
    changed[place + 4] &+= 1
    return changed
  }

  @Test func `a beacon and an answer are two frames`() throws {
    var sightings = NL80211Sightings()
    let network = try Self.network(RecordedNL80211.answering)
    let frames = sightings.take([network], within: 60_000)
    #expect(frames.map(\.elements) == [network.beacon?.elements, network.answer?.elements])
    #expect(frames.allSatisfy { $0.frequency == 2437 && $0.signal == -30 && $0.capabilities == 0x0411 })
  }

  @Test func `what the kernel shows again without having heard it again is no second frame`() throws {
    var sightings = NL80211Sightings()
    let network = try Self.network(RecordedNL80211.hiding)
    #expect(sightings.take([network], within: 60_000).count == 1)
    #expect(sightings.take([network], within: 60_000).isEmpty)
    let again = try Self.network(try Self.later(RecordedNL80211.hiding, 13))
    #expect(again.beacon?.elements == network.beacon?.elements)
    #expect(sightings.take([again], within: 60_000).count == 1)
  }

  @Test func `each frame of a network has its own clock`() throws {
    var sightings = NL80211Sightings()
    _ = sightings.take([try Self.network(RecordedNL80211.answering)], within: 60_000)
    let again = try Self.network(try Self.later(RecordedNL80211.answering, 3))
    let frames = sightings.take([again], within: 60_000)
    #expect(frames.map(\.elements) == [again.answer?.elements])
  }

  @Test func `what was heard before the scan began is left out`() throws {
    var sightings = NL80211Sightings()
    let network = try Self.network(RecordedNL80211.hiding)
    let ago = try #require(network.millisecondsAgo)
    #expect(ago > 0)
    #expect(sightings.take([network], within: ago - 1).isEmpty)
    #expect(sightings.take([network], within: ago).count == 1)
  }
}
