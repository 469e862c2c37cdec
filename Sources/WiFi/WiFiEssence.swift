internal import Wire

/// The octets of a beacon or an answer that say what a description holds, so that the next frame that says the same need not be decoded.
///
/// Octets are compared, not a hash of them: what is the same here is the same decoded.
struct WiFiEssence: Hashable, Sendable {
  /// The elements that count, one behind the other, each with identifier and length.
  private let elements: [UInt8]
  private let capabilities: UInt16
  /// Where no element says the channel it is the one on which the frame was heard, else only its band counts.
  private let channel: WiFiChannel?
  private let saysChannel: Bool
  /// Networks that this one's beacons describe.
  let hidden: [UInt64]
  /// How much had changed in the survey when it was made.
  let changes: Int

  /// Privacy, and with or without an access point.
  private static let counted: UInt16 = 0x13

  init(_ octets: Span<UInt8>, _ capabilities: UInt16, _ channel: WiFiChannel?, hidden: [UInt64], _ changes: Int) {
    var elements: [UInt8] = []
    var says = false
    var offset = 0
    while offset + 2 <= octets.count {
      let end = offset + 2 + Int(octets[offset + 1])
      guard end <= octets.count else { break }
      if Self.counts(octets, offset, end) {
        for place in offset..<end { elements.append(octets[place]) }
        if octets[offset] == 3 || octets[offset] == 61, end > offset + 2 { says = true }
      }
      offset = end
    }
    self.elements = elements
    self.capabilities = capabilities & Self.counted
    self.channel = channel
    saysChannel = says
    (self.hidden, self.changes) = (hidden, changes)
  }

  /// The elements that count, and whether the list is whole. Nothing else can have a say in what a network is, since nothing else is read.
  static func list(_ octets: Span<UInt8>) -> (elements: [WiFiElement], isWhole: Bool) {
    var elements: [WiFiElement] = []
    elements.reserveCapacity(8)
    var offset = 0
    while offset + 2 <= octets.count {
      let end = offset + 2 + Int(octets[offset + 1])
      guard end <= octets.count else { return (elements, false) }
      if counts(octets, offset, end) {
        let id = octets[offset]
        guard id != 255 || end > offset + 2 else { return (elements, false) }
        let start = id == 255 ? offset + 3 : offset + 2
        var body: [UInt8] = []
        body.reserveCapacity(end - start)
        for place in start..<end { body.append(octets[place]) }
        let identifier = WiFiElement.Identifier(id, further: id == 255 ? octets[offset + 2] : nil)
        elements.append(WiFiElement(identifier: identifier, body: body))
      }
      offset = end
    }
    return (elements, offset == octets.count)
  }

  /// The elements say the same, to the last octet, and are whole.
  @inline(__always)
  func isSaid(by octets: Span<UInt8>, _ capabilities: UInt16, _ channel: WiFiChannel?) -> Bool {
    guard capabilities & Self.counted == self.capabilities else { return false }
    guard saysChannel ? channel?.band == self.channel?.band : channel == self.channel else { return false }
    let known = elements.span
    var (offset, place) = (0, 0)
    while offset &+ 2 <= octets.count {
      let count = 2 &+ Int(octets[offset &+ 1])
      let end = offset &+ count
      guard end <= octets.count else { return false }
      if Self.counts(octets, offset, end) {
        guard place &+ count <= known.count else { return false }
        if octets[offset] == 201 {
          guard Self.announcesTheSame(octets, offset, known, place, count) else { return false }
        } else {
          for step in 0..<count where octets[offset &+ step] != known[place &+ step] { return false }
        }
        place &+= count
      }
      offset = end
    }
    return offset == octets.count && place == known.count
  }

  /// The first octet of each entry of a neighbour report is a time that runs from beacon to beacon, which nobody reads
  /// (IEEE 802.11-2020 §9.4.2.170).
  private static func announcesTheSame(
    _ octets: Span<UInt8>, _ offset: Int, _ known: Span<UInt8>, _ place: Int, _ count: Int
  ) -> Bool {
    var times: Set<Int> = []
    var step = 2
    while step + 4 <= count {
      let (entries, length) = (Int(known[place + step] >> 4) + 1, Int(known[place + step + 1]))
      step += 4
      guard length > 0 else { break }
      for _ in 0..<entries where step + length <= count {
        times.insert(step)
        step += length
      }
    }
    return (0..<count).allSatisfy { times.contains($0) || octets[offset + $0] == known[place + $0] }
  }

  /// The element is one of those that a description, a name or another network's description is made of.
  @inline(__always)
  private static func counts(_ octets: Span<UInt8>, _ offset: Int, _ end: Int) -> Bool {
    switch octets[offset] {
    case 0, 3, 7, 48, 54, 61, 71, 192, 201, 244: return true
    // Operation in HE and EHT; an extension without its identifier is cut off.
    case 255: return end < offset &+ 3 || octets[offset &+ 2] == 36 || octets[offset &+ 2] == 106
    case 221:
      guard end >= offset &+ 6 else { return false }
      let type = (offset &+ 2..<offset &+ 6).reduce(UInt32(0)) { $0 << 8 | UInt32(octets[$1]) }
      switch type {
      case WiFiVendorType.wpa, WiFiVendorType.wps, WiFiVendorType.oweTransition, WiFiVendorType.rsnOverride,
        WiFiVendorType.rsnOverride2:
        return true
      default: return false
      }
    default: return false
    }
  }
}
