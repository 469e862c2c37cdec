/// How wide a network is, and which country's rules it says it follows: by the elements of operation in its beacons.
public enum WiFiOperation {
  /// Megahertz: 20 to 320; nil where no element of operation says it.
  ///
  /// HT (IEEE 802.11-2020 §9.4.2.56), VHT (§9.4.2.158), HE in 6 GHz (IEEE 802.11ax-2021 §9.4.2.249), EHT (IEEE 802.11be-2024 §9.4.2.321).
  /// The widest counts: newer elements only ever add to older ones.
  public static func width(_ elements: [WiFiElement]) -> Int? {
    func body(_ identifier: WiFiElement.Identifier) -> [UInt8]? {
      elements.first { $0.identifier == identifier }?.body
    }
    let widths = [
      body(.highThroughputOperation).flatMap(highThroughput), body(.veryHighThroughputOperation).flatMap(veryHigh),
      body(.highEfficiencyOperation).flatMap(highEfficiency),
      body(.extremelyHighThroughputOperation).flatMap(extremelyHigh),
    ]
    return widths.compactMap(\.self).max()
  }

  /// Two capital letters, or nil where the element holds none (§9.4.2.8; ISO 3166-1).
  public static func country(_ elements: [WiFiElement]) -> String? {
    guard let body = elements.first(where: { $0.identifier == .country })?.body, body.count >= 3,
      body[0..<2].allSatisfy({ (0x41...0x5a).contains($0) })
    else { return nil }
    return String(decoding: body[0..<2], as: UTF8.self)
  }

  private static func highThroughput(_ body: [UInt8]) -> Int? {
    guard body.count >= 2 else { return nil }
    // A second channel above or below, and leave to use it.
    return body[1] & 4 != 0 && (body[1] & 3 == 1 || body[1] & 3 == 3) ? 40 : 20
  }

  private static func veryHigh(_ body: [UInt8]) -> Int? {
    guard body.count >= 3 else { return nil }
    switch body[0] {
    // As HT says.
    case 0: return nil
    // A second centre makes two halves of 80.
    case 1: return body[2] == 0 ? 80 : 160
    case 2, 3: return 160
    default: return nil
    }
  }

  private static func highEfficiency(_ body: [UInt8]) -> Int? {
    guard let place = highBandInformation(body), place + 1 < body.count else { return nil }
    return [20, 40, 80, 160][Int(body[place + 1] & 3)]
  }

  private static func extremelyHigh(_ body: [UInt8]) -> Int? {
    guard body.count >= 6, body[0] & 1 != 0 else { return nil }
    let widths = [20, 40, 80, 160, 320]
    let number = Int(body[5] & 7)
    return number < widths.count ? widths[number] : nil
  }

  /// Where the information of 6 GHz begins in HE's element: behind three fields, two of which may be absent.
  static func highBandInformation(_ body: [UInt8]) -> Int? {
    guard body.count >= 6, body[2] & 2 != 0 else { return nil }
    return 6 + (body[1] & 0x40 != 0 ? 3 : 0) + (body[1] & 0x80 != 0 ? 1 : 0)
  }
}
