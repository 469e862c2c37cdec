public import Addressing

/// The channel on which a network says that it is, whatever channel its frame was heard on.
public struct WiFiChannel: Hashable, Sendable {
  public enum Band: Hashable, Sendable { case low, middle, high }

  /// 2.4, 5 or 6 GHz.
  public let band: Band
  public let number: UInt8

  public init(_ band: Band, _ number: UInt8) { (self.band, self.number) = (band, number) }

  /// - Parameter frequency: the centre of 20 MHz in MHz (IEEE 802.11-2020 annex E).
  public init?(frequency: Int) {
    switch frequency {
    case 2484: self.init(.low, 14)
    case 2412...2472 where (frequency - 2407).isMultiple(of: 5): self.init(.low, UInt8((frequency - 2407) / 5))
    case 5160...5885 where frequency.isMultiple(of: 5): self.init(.middle, UInt8((frequency - 5000) / 5))
    case 5935: self.init(.high, 2)
    case 5955...7115 where (frequency - 5950).isMultiple(of: 5): self.init(.high, UInt8((frequency - 5950) / 5))
    default: return nil
    }
  }

  /// By what a beacon or probe response says of itself: operation elements before the channel of 2.4 GHz.
  /// - Parameter frequency: on which it was heard, which tells the bands apart.
  public init?(_ elements: [WiFiElement], heardOn frequency: UInt16?) {
    let heard = frequency.flatMap { WiFiChannel(frequency: Int($0)) }
    func first(_ identifier: WiFiElement.Identifier) -> [UInt8]? {
      elements.first { $0.identifier == identifier }?.body
    }
    if let number = first(.highEfficiencyOperation).flatMap(Self.highBandChannel) {
      self.init(.high, number)
    } else if let number = (first(.highThroughputOperation) ?? first(.channel))?.first {
      self.init(heard?.band ?? (number <= 14 ? .low : .middle), number)
    } else if let heard {
      self = heard
    } else {
      return nil
    }
  }

  /// HE Operation (IEEE 802.11ax-2021 §9.4.2.249).
  private static func highBandChannel(_ body: [UInt8]) -> UInt8? {
    guard let place = WiFiOperation.highBandInformation(body), place < body.count else { return nil }
    return body[place]
  }
}

/// A network that has no beacons of its own and stands in those of another (IEEE 802.11-2020 §9.4.2.45, §11.1.3.8).
public struct WiFiHiddenProfile: Hashable, Sendable {
  public let network: MACAddress
  public let capabilities: UInt16
  /// Its own, and those that it inherits.
  public let elements: [WiFiElement]

  /// All that a beacon's elements hold.
  /// - Parameter transmitter: the network whose beacon it is.
  public static func list(_ elements: [WiFiElement], of transmitter: MACAddress) -> [WiFiHiddenProfile] {
    elements.filter { $0.identifier == .multipleNetworks }.flatMap { element -> [WiFiHiddenProfile] in
      guard let indicator = element.body.first, (1...8).contains(indicator) else { return [] }
      let body = Array(element.body.dropFirst())
      return WiFiElement.list(parsing: body.span).elements.filter { $0.identifier == .name }.compactMap {
        WiFiHiddenProfile($0.body, elements, transmitter, bits: Int(indicator))
      }
    }
  }

  private init?(_ body: [UInt8], _ inherited: [WiFiElement], _ transmitter: MACAddress, bits: Int) {
    let own = WiFiElement.list(parsing: body.span).elements
    guard let capability = own.first(where: { $0.identifier == .hiddenCapability })?.body, capability.count >= 2,
      let index = own.first(where: { $0.identifier == .hiddenIndex })?.body.first, index > 0
    else { return nil }
    // Its address is the transmitter's with the lowest bits counted on.
    let mask = UInt64(1) << UInt64(bits) - 1
    let low = (transmitter.rawValue & mask + UInt64(index)) & mask
    network = MACAddress(rawValue: transmitter.rawValue & ~mask | low)
    capabilities = UInt16(capability[0]) | UInt16(capability[1]) << 8
    let refused = own.first { $0.identifier == .nonInheritance }.map(Self.refusals) ?? []
    let names = Set(own.map(Self.kind))
    self.elements =
      own
      + inherited.filter {
        let kind = Self.kind($0)
        return $0.identifier != .multipleNetworks && $0.identifier != .name && !names.contains(kind)
          && !refused.contains($0.identifier)
      }
  }

  private struct Kind: Hashable {
    let identifier: WiFiElement.Identifier
    let vendor: UInt32?
  }

  private static func kind(_ element: WiFiElement) -> Kind {
    Kind(identifier: element.identifier, vendor: element.vendorType)
  }

  /// Two lists, each with its length in front (§9.4.2.240).
  private static func refusals(_ element: WiFiElement) -> Set<WiFiElement.Identifier> {
    guard let count = element.body.first.map(Int.init), element.body.count > count else { return [] }
    let plain = element.body.dropFirst().prefix(count).map { WiFiElement.Identifier($0) }
    let rest = element.body.dropFirst(1 + count)
    let further = rest.dropFirst().prefix(Int(rest.first ?? 0)).map { WiFiElement.Identifier(255, further: $0) }
    return Set(plain + further)
  }
}
