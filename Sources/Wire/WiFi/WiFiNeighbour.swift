public import Addressing

/// A network that another one's beacons announce (reduced neighbour report, IEEE 802.11-2020 §9.4.2.170): as a rule its own sibling in 6 GHz,
/// which a radio without that band cannot hear.
public struct WiFiNeighbour: Hashable, Sendable {
  /// nil where the report gives only a digest of the name, or nothing.
  public let network: MACAddress?
  public let channel: WiFiChannel
  /// It says that it has the announcing network's name; nil where it does not say.
  public let hasSameName: Bool?

  /// Reads the body of an element. What is cut off at the end, and channels of other bands, are left out.
  public static func list(parsing body: [UInt8]) -> [WiFiNeighbour] {
    var list: [WiFiNeighbour] = []
    var offset = 0
    while offset + 4 <= body.count {
      let (count, length) = (Int(body[offset] >> 4) + 1, Int(body[offset + 1]))
      let band = band(ofClass: body[offset + 2])
      let number = body[offset + 3]
      // Type 0 is the one that is defined; what a further type holds is not known.
      let isKnown = body[offset] & 3 == 0
      offset += 4
      guard length > 0 else { return list }
      for _ in 0..<count {
        guard offset + length <= body.count else { return list }
        if isKnown, let band {
          list.append(WiFiNeighbour(Array(body[offset..<offset + length]), WiFiChannel(band, number)))
        }
        offset += length
      }
    }
    return list
  }

  /// - Parameter entry: of 1, 2, 5 to 9 or 11 octets and more, by what is in it (table 9-281).
  private init(_ entry: [UInt8], _ channel: WiFiChannel) {
    self.channel = channel
    let hasAddress = (7...9).contains(entry.count) || entry.count >= 11
    network =
      hasAddress ? MACAddress(rawValue: entry[1..<7].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) : nil
    let place: Int? =
      switch entry.count {
      case 2: 1
      case 6: 5
      case 8, 9: 7
      case 12...: 11
      default: nil
      }
    hasSameName = place.map { entry[$0] & 2 != 0 }
  }

  /// Global operating classes (annex E, table E-4; 6 GHz by IEEE 802.11ax-2021 and 802.11be-2024).
  private static func band(ofClass number: UInt8) -> WiFiChannel.Band? {
    switch number {
    case 81...84: .low
    case 115...130: .middle
    case 131...137: .high
    default: nil
    }
  }
}
