public import Addressing

/// A network as the kernel remembers it from scans (NL80211_CMD_NEW_SCAN_RESULTS in a dump): what its last beacon and its last answer said.
public struct NL80211Network: Hashable, Sendable {
  /// One frame that the kernel heard.
  public struct Heard: Hashable, Sendable {
    /// The network's own clock in that frame, in µs: another frame has another.
    public let clock: UInt64?
    public let elements: [UInt8]
  }

  public let address: MACAddress
  /// MHz.
  public let frequency: UInt32
  public let capabilities: UInt16
  /// dBm; nil where the radio knows no such unit.
  public let signal: Int8?
  /// How long ago the last of its frames came.
  public let millisecondsAgo: UInt32?
  public let beacon: Heard?
  public let answer: Heard?
  /// The interface that was asked about has joined it (NL80211_BSS_STATUS_ASSOCIATED).
  public let isJoined: Bool

  private enum Part {
    static let address: UInt16 = 1, frequency: UInt16 = 2, clock: UInt16 = 3, capabilities: UInt16 = 5
    static let elements: UInt16 = 6, signal: UInt16 = 7, status: UInt16 = 9, millisecondsAgo: UInt16 = 10,
      beaconElements: UInt16 = 11
    static let beaconClock: UInt16 = 13, isAnswer: UInt16 = 14
  }

  /// - Throws: `unsupported` for another message, `malformed` where the address or the frequency is missing, `truncated` and `malformed` where a length
  ///   leaves its surroundings.
  public init(parsing message: NL80211Message) throws(WireError) {
    guard message.command == NL80211Message.Command.newScanResults,
      let body = message[NL80211Message.Attribute.network]
    else { throw .unsupported }
    let parts = try NL80211Attributes.byType(body)
    guard let octets = parts[Part.address], octets.count == 6,
      let frequency = NL80211Attributes.number(parts[Part.frequency])
    else { throw .malformed(offset: 0) }
    address = MACAddress(rawValue: octets.span.bigEndian48(at: 0))
    self.frequency = frequency
    capabilities = parts[Part.capabilities].flatMap { $0.count == 2 ? $0.span.hostEndian16(at: 0) : nil } ?? 0
    // Hundredths of a dBm.
    signal = NL80211Attributes.number(parts[Part.signal]).map { Int8(clamping: Int32(bitPattern: $0) / 100) }
    millisecondsAgo = NL80211Attributes.number(parts[Part.millisecondsAgo])
    func heard(_ elements: UInt16, _ clock: UInt16) -> Heard? {
      parts[elements].map { Heard(clock: Self.clock(parts[clock]), elements: $0) }
    }
    // The elements are those of an answer where one came, else of the last beacon, which newer kernels give by itself as well.
    let isAnswer = parts[Part.isAnswer] != nil
    answer = isAnswer ? heard(Part.elements, Part.clock) : nil
    beacon = heard(Part.beaconElements, Part.beaconClock) ?? (isAnswer ? nil : heard(Part.elements, Part.clock))
    isJoined = NL80211Attributes.number(parts[Part.status]) == 1
  }

  /// Its name (IEEE 802.11 §9.4.2.2); nil where it says none: beacons of a network that hides, unlike its answers, hold an empty one or
  /// zeroes.
  public var name: [UInt8]? {
    for heard in [answer, beacon] {
      guard let elements = heard?.elements else { continue }
      var place = 0
      while place + 2 <= elements.count, place + 2 + Int(elements[place + 1]) <= elements.count {
        let value = elements[(place + 2)..<(place + 2 + Int(elements[place + 1]))]
        if elements[place] == 0, value.contains(where: { $0 != 0 }) { return Array(value) }
        place += 2 + value.count
      }
    }
    return nil
  }

  private static func clock(_ value: [UInt8]?) -> UInt64? {
    guard let value, value.count == 8 else { return nil }
    // In the order of this machine, as all numbers of netlink.
    return UInt64(bigEndian: value.span.bigEndian64(at: 0))
  }
}

/// One frame of a network, for a survey.
public struct NL80211Sighting: Hashable, Sendable {
  public let address: MACAddress
  public let capabilities: UInt16
  public let elements: [UInt8]
  public let frequency: UInt16?
  public let signal: Int8?
}

/// Tells what each scan has heard that was not known from the one before.
///
/// A survey believes what came in two frames. The kernel keeps the last beacon and the last answer of a network and shows both again after
/// every scan, whether they came again or not; shown twice they are still one frame. A frame's clock, which the network counts up in
/// microseconds, tells. So one active scan suffices where a beacon and an answer were heard; where only beacons were (a passive scan, a network that hides, a
/// channel for listening only), it takes two scans.
public struct NL80211Sightings: Sendable {
  private struct Frame: Hashable {
    let address: MACAddress
    let isAnswer: Bool
  }
  private var last: [Frame: NL80211Network.Heard] = [:]

  public init() {}

  /// - Parameters:
  ///   - networks: what the kernel remembers after a scan.
  ///   - milliseconds: since the scan began. What was heard before, for somebody else's scan, is left out.
  /// - Returns: frames that are new, beacons first.
  public mutating func take(_ networks: [NL80211Network], within milliseconds: UInt32) -> [NL80211Sighting] {
    var sightings: [NL80211Sighting] = []
    for network in networks where network.millisecondsAgo.map({ $0 <= milliseconds }) ?? true {
      for (heard, isAnswer) in [(network.beacon, false), (network.answer, true)] {
        guard let heard else { continue }
        let frame = Frame(address: network.address, isAnswer: isAnswer)
        // Where the kernel gives no clock, what was shown before proves nothing.
        guard last[frame] != heard else { continue }
        last[frame] = heard
        sightings.append(
          NL80211Sighting(
            address: network.address, capabilities: network.capabilities, elements: heard.elements,
            frequency: UInt16(exactly: network.frequency), signal: network.signal))
      }
    }
    return sightings
  }
}
