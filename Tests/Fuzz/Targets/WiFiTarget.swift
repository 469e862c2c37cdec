internal import Addressing
internal import WiFi
internal import Wire

extension FuzzTarget {
  /// What is heard on the air, and files of it: the first octet chooses the link type, and each parser gets the rest.
  static let wifi = FuzzTarget(
    "wifi",
    [
      "RadioHeader", "WiFiHeader", "WiFiManagementFrame", "WiFiElement", "WiFiSecurityElement",
      "WiFiSecurityExtension", "WiFiTransitionPair", "WPSElement", "WiFiHiddenProfile",
      "EAPOLMessage",
      "WiFiProtection", "ClassicCapture", "WiFiNeighbour",
    ],
    longest: 4096, seeds: WiFiSeeds.all
  ) { octets in
    guard let first = octets.first else { return }
    let rest = Array(octets.dropFirst())
    let types = RadioHeader.LinkType.allCases
    if let radio = try? RadioHeader(parsing: rest.span, types[Int(first) % types.count]) {
      try promise((0...rest.count).contains(radio.length), "a header longer than what was captured")
      try read(Array(rest.dropFirst(radio.length)))
    }
    try survey(rest, types[Int(first) % types.count])
    try survey(rest, of: types[Int(first) % types.count])
    try readFile(rest)
    try readElements(rest)
    _ = EAPOLMessage(body: rest.span)
    try promise(
      EAPOLMessage.clearKeyData(rest.span).count <= rest.count, "more elements than octets")
    _ = WiFiProtection(body: rest.span)
    _ = FrameCheckSequence.isRight(rest.span)
  }

  /// Nothing that came once is said to have come twice, and what came twice is the same as what came often.
  private static func survey(_ octets: [UInt8], _ type: RadioHeader.LinkType) throws {
    var survey = WiFiSurvey()
    survey.take(octets.span, type)
    try promise(
      survey.all.allSatisfy { $0.standing != .repeated },
      "a network that was heard twice by one frame")
    let single = survey.all.filter { $0.standing == .once }.flatMap { $0.findings.map(\.proof) }
    try promise(
      single.allSatisfy { $0 == .once }, "a verdict by one frame that nothing shows to be sound")
    survey.take(octets.span, type)
    let twice = survey.all.map {
      [$0.findings.map(\.finding.rawValue), [$0.security?.level.rawValue ?? ""]]
    }
    for _ in 0..<3 { survey.take(octets.span, type) }
    let often = survey.all.map {
      [$0.findings.map(\.finding.rawValue), [$0.security?.level.rawValue ?? ""]]
    }
    try promise(twice == often, "a network that changes by being repeated")
    try promise(survey.all.allSatisfy { $0.stations.count <= 1 }, "more stations than a frame has")
    for network in survey.all { _ = (network.facts, network.stations.map(\.choice)) }
  }

  /// Frames one behind the other, each with its length in front, on the air of a network that is known.
  private static func survey(_ octets: [UInt8], of type: RadioHeader.LinkType) throws {
    var (fast, slow) = (WiFiSurvey(), WiFiSurvey())
    slow.decodesEverything = true
    func take(_ frame: [UInt8], _ type: RadioHeader.LinkType) {
      fast.take(frame.span, type)
      slow.take(frame.span, type)
    }
    for _ in 0..<2 { take(WiFiSeeds.beacon, .plain) }
    let known = MACAddress(rawValue: 0x0200_0000_0001)
    let before = fast[known]?.description
    var decisions = Decisions(octets)
    var count = 0
    while !decisions.isAtEnd, count < 24 {
      let length = Int(decisions.octet())
      let frame = decisions.take(length)
      take(frame, type)
      count += 1
      if count == 1 {
        try promise(fast[known]?.description == before, "one frame changed what had come twice")
      }
      if length & 1 == 1 { take(frame, type) }
    }
    try promise(
      fast.all == slow.all && fast.noise == slow.noise, "what was passed over said something else")
    try promise(
      fast.all.reduce(0) { $0 + $1.stations.count } <= 2 * count, "more stations than frames have")
    let judgements = fast.judgements(WiFiDefaultNames([]))
    try promise(
      judgements.map(\.network.address) == fast.all.map(\.address),
      "a network without its judgement")
  }

  private static func read(_ frame: [UInt8]) throws {
    guard let header = try? WiFiHeader(parsing: frame.span) else { return }
    try promise((24...frame.count).contains(header.length), "a header longer than its frame")
    let body = Array(frame.dropFirst(header.length))
    guard case .management(let kind) = header.kind,
      let fixed = try? WiFiManagementFrame(parsing: body.span, kind)
    else {
      return
    }
    try promise(fixed.elementsOffset <= body.count, "elements behind the end of a frame")
    try readElements(Array(body.dropFirst(fixed.elementsOffset)))
  }

  private static func readElements(_ octets: [UInt8]) throws {
    let (elements, isWhole) = WiFiElement.list(parsing: octets.span)
    let count = elements.reduce(0) {
      $0 + 2 + $1.body.count + ($1.identifier.further == nil ? 0 : 1)
    }
    try promise(
      isWhole ? count == octets.count : count < octets.count,
      "elements of other octets than there are")
    for element in elements {
      _ = try? WiFiSecurityElement(parsing: element.body)
      _ = try? WiFiSecurityExtension(parsing: element.body)
      _ = try? WPSElement(parsing: element.vendorBody)
      _ = try? WiFiTransitionPair(parsing: element.vendorBody)
      try promise(
        WiFiNeighbour.list(parsing: element.body).count <= element.body.count, "more neighbours than octets")
    }
    _ = WiFiChannel(elements, heardOn: nil)
    _ = WiFiOperation.country(elements)
    try promise([nil, 20, 40, 80, 160, 320].contains(WiFiOperation.width(elements)), "a width that there is none of")
    let hidden = WiFiHiddenProfile.list(elements, of: MACAddress(rawValue: 0x0200_0000_0001))
    try promise(hidden.count <= octets.count, "more networks than octets")
  }

  private static func readFile(_ octets: [UInt8]) throws {
    guard let file = try? ClassicCapture(parsing: octets.span) else { return }
    var offset = ClassicCapture.headerLength
    while let record = try? file.record(in: octets.span, at: offset) {
      try promise(
        record.frame.lowerBound > offset && record.frame.upperBound <= octets.count,
        "a frame outside its file")
      offset = record.frame.upperBound
    }
  }
}

/// Octets by the standards, written by hand.
private enum WiFiSeeds {
  static let all: [[UInt8]] = [
    [0] + beacon, [2] + [0, 0, 9, 0, 2, 0, 0, 0, 0x10] + beacon,
    [2] + [0, 0, 12, 0, 8, 0, 0, 0, 0x6c, 9, 0xa0, 0] + beacon,
    [0] + file,
    [4, 0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0] + [UInt8](repeating: 0, count: 20) + beacon,
    [0] + elements,
    [0, 0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 2, 3, 0, 95, 2, 0, 0x8a]
      + [UInt8](repeating: 0, count: 92),
    [3, 0x80, 0x21, 0x10, 2, 0, 0, 0, 64] + [UInt8](repeating: 0, count: 56) + beacon,
    [0] + sequence,
  ]

  private static func head(_ control: UInt8, _ flags: UInt8) -> [UInt8] {
    [control, flags, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0x5e, 0, 0x53, 1, 2, 0, 0, 0, 0, 1, 0, 0]
  }
  private static let rsn: [UInt8] = [
    48, 20, 1, 0, 0, 15, 0xac, 4, 1, 0, 0, 15, 0xac, 4, 1, 0, 0, 15, 0xac, 2, 0xc0, 0,
  ]
  /// A request, an authentication, a message of a handshake, data by CCMP, WEP and in clear, an identity, a beacon.
  private static let sequence: [UInt8] = [
    head(0, 0) + [0x11, 0, 10, 0, 0, 4, 0x74, 0x65, 0x73, 0x74] + rsn,
    head(0xb0, 0) + [3, 0, 1, 0, 0, 0],
    head(8, 1) + [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 2, 3, 0, 117, 2, 1, 10]
      + [UInt8](repeating: 0, count: 90) + [0, 22] + rsn,
    head(8, 0x41) + [1, 2, 0, 0x20, 0, 0, 0, 0], head(8, 0x41) + [1, 2, 3, 0, 9],
    head(8, 1) + [0xaa, 0xaa, 3, 0],
    head(8, 1) + [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 1, 0, 0, 7, 2, 1, 0, 7, 1, 0x6a, 0x6f],
    beacon,
  ].flatMap { [UInt8($0.count)] + $0 }

  private static let elements: [UInt8] = [
    0, 4, 0x74, 0x65, 0x73, 0x74, 3, 1, 6, 48, 20, 1, 0, 0, 15, 0xac, 4, 1, 0, 0, 15, 0xac, 4, 1, 0,
    0, 15, 0xac, 2,
    0xc0, 0,
    221, 9, 0, 0x50, 0xf2, 4, 0x10, 0x44, 0, 1, 2, 221, 13, 0x50, 0x6f, 0x9a, 0x1c, 2, 0, 0, 0, 0,
    9, 2, 0x67, 0x68,
    244, 1,
    0x20, 71, 14, 3, 0, 11, 83, 2, 0x11, 0, 0, 2, 0x67, 0x68, 85, 1, 3, 255, 2, 36, 0,
  ]
  static let beacon: [UInt8] =
    [0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 0]
    + [UInt8](repeating: 0, count: 8) + [100, 0, 0x11, 4] + elements
  private static let file: [UInt8] =
    [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 12) + [105, 0, 0, 0]
    + [1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0x80, 0, 0, 0]
}
