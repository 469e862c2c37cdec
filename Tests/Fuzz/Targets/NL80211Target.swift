internal import Wire

extension FuzzTarget {
  /// What the kernel tells of its radios: the first octet is the family, the rest a datagram.
  static let nl80211 = FuzzTarget(
    "nl80211", ["NL80211Message", "NL80211Interface", "NL80211Wiphy", "NL80211Network"], longest: 4096,
    seeds: NL80211Seeds.all
  ) { octets in
    guard let family = octets.first, let datagram = try? NetlinkMessage.parse(Array(octets.dropFirst()).span) else {
      return
    }
    let messages = datagram.compactMap { try? NL80211Message(parsing: $0, family: UInt16(family)) }
    for message in messages {
      _ = try? NL80211Interface(parsing: message)
      let frequencies = (try? message.numbers(NL80211Message.Attribute.scanFrequencies)) ?? []
      // An attribute with a number has eight octets.
      try promise(frequencies.count * 8 <= octets.count, "more numbers than octets")
    }
    if let wiphy = try? NL80211Wiphy(parsing: messages) {
      try promise(wiphy.channels.count * 8 <= octets.count, "more channels than octets")
    }
    let networks = messages.compactMap { try? NL80211Network(parsing: $0) }
    for network in networks {
      let count = (network.beacon?.elements.count ?? 0) + (network.answer?.elements.count ?? 0)
      try promise(count <= octets.count, "more elements than octets")
    }
    var sightings = NL80211Sightings()
    let first = sightings.take(networks, within: .max)
    try promise(first.count <= networks.count * 2, "more frames than were heard")
    // The same message again is the same frame, unless two messages quarrel over one network.
    if Set(networks.map(\.address)).count == networks.count {
      try promise(sightings.take(networks, within: .max).isEmpty, "one frame counted twice")
    }
  }
}

/// By linux/netlink.h and linux/nl80211.h, in the order of a little-endian machine.
private enum NL80211Seeds {
  static let all: [[UInt8]] = [
    [0x20] + message(34, attribute(47, network)), [0x20] + message(3, attribute(22, bands) + attribute(32, types)),
    [0x20]
      + message(
        7, attribute(1, number(1)) + attribute(3, number(2)) + attribute(4, [119, 0]) + attribute(5, number(6))),
    [0x20] + message(34, attribute(3, number(2)) + attribute(44, attribute(0, number(2412)))),
  ]

  private static let network: [UInt8] =
    attribute(1, [2, 0, 0, 0, 0, 1]) + attribute(2, number(2412)) + attribute(3, number(1) + number(0))
    + attribute(5, [0x11, 4]) + attribute(6, [0, 1, 0x61]) + attribute(7, number(UInt32(bitPattern: -3000)))
    + attribute(10, number(9)) + attribute(11, [0, 0]) + attribute(13, number(7) + number(0)) + attribute(14, [])
  private static let bands: [UInt8] =
    attribute(0, attribute(1, attribute(0, attribute(1, number(2412)) + attribute(3, []) + attribute(5, []))))
  private static let types: [UInt8] = attribute(2, []) + attribute(6, [])

  private static func number(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
    [UInt8(4 + value.count), 0, type, 0] + value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
  }

  private static func message(_ command: UInt8, _ attributes: [UInt8]) -> [UInt8] {
    number(UInt32(20 + attributes.count)) + [0x20, 0, 0, 0] + number(1) + number(0) + [command, 1, 0, 0] + attributes
  }
}
