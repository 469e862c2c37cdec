internal import Addressing
internal import Authority
internal import Profiles
public import Records
internal import WiFi
internal import Wire

/// How far the hearing went. Networks out of scope are numbers here.
public struct WiFiCoverageReport: Encodable, Sendable {
  public struct Source: Encodable, Sendable {
    public let kind: String
    public let name: String
    /// Frames by link type: `plain`, `prism`, `radiotap`, `avs`, `ppi`.
    public let linkTypes: [String: Int]
    /// Frames of link types that are not 802.11's, by number: passed over.
    public let otherLinkTypes: [String: Int]
    /// Frames that a radio heard and the kernel had no room for.
    public let droppedFrames: Int
    /// nil for what was read or heard to its end.
    public let brokenOff: BrokenOff?
  }

  public struct BrokenOff: Encodable, Sendable {
    /// `truncated`, `malformed` or `interrupted`.
    public let reason: String
    /// Octets from the file's beginning to the record that could not be read.
    public let offset: Int?
  }

  public struct Networks: Encodable, Sendable {
    public let inScope: Int
    /// Counted, and neither kept nor named.
    public let outOfScope: Int
    /// Of all: those that a single frame described, of which nothing shows that it came as it was sent.
    public let heardOnce: Int
    /// Let go for want of room.
    public let dropped: Int
  }

  public struct Channel: Encodable, Sendable {
    /// `2.4`, `5` or `6`; nil for a frequency of none of them.
    public let band: String?
    public let number: Int?
    public let megahertz: Int
    public let frames: Int
    /// The least for which somebody listened there.
    public let seconds: Double
  }

  public struct Limitation: Encodable, Sendable {
    public let code: NotTestedReason
    /// `2.4`, `5` or `6`.
    public let band: String
    public let text: LocalizedText
  }

  /// What the scope names and nobody heard.
  public struct NotHeard: Encodable, Sendable {
    public let ssids: [String]
    public let bssids: [String]
  }

  public let sources: [Source]
  public let frames: Int
  public let noise: Int
  public let from: String?
  public let until: String?
  public let networks: Networks
  public let notHeard: NotHeard
  public let channels: [Channel]
  /// Sound frames of which the source does not say on which channel they came.
  public let framesWithoutChannel: Int
  public let limitations: [Limitation]

  init(
    _ hearing: WiFiHearing, _ scope: WiFiScope, inScope: [WiFiReading], of heard: [WiFiSurvey.Network],
    _ wording: Wording
  ) {
    let (survey, coverage) = (hearing.survey, hearing.coverage)
    sources = hearing.sources.map(Source.init)
    (frames, noise) = (survey.frames, survey.noise)
    func text(_ time: Int64?) -> String? { time.map { Timestamp(nanoseconds: $0).rfc3339() } }
    (from, until) = (text(coverage.firstTime), text(coverage.lastTime))
    networks = Networks(
      inScope: inScope.count, outOfScope: heard.count - inScope.count,
      heardOnce: heard.count { !WiFiReading.isJudged($0) }, dropped: survey.dropped)
    let names = Set(inScope.compactMap(\.network.name))
    let addresses = Set(inScope.map(\.network.address))
    notHeard = NotHeard(
      ssids: scope.included.names.subtracting(names).map { "\(WiFiName($0))" }.sorted(),
      bssids: scope.included.addresses.subtracting(addresses).sorted().map(\.description))
    channels = coverage.channels.sorted { $0.key < $1.key }.map(Channel.init)
    framesWithoutChannel = coverage.framesWithoutChannel
    limitations = Self.limitations(coverage, heard, wording)
  }

  private static let bands: [(band: WiFiChannel.Band, name: String)] = [(.low, "2.4"), (.middle, "5"), (.high, "6")]

  static func name(_ band: WiFiChannel.Band) -> String? { bands.first { $0.band == band }?.name }

  /// A band on which nothing was heard is a band of which nothing is known.
  private static func limitations(
    _ coverage: WiFiCoverage, _ heard: [WiFiSurvey.Network], _ wording: Wording
  ) -> [Limitation] {
    // Where a capture names no channels, what believed networks say of theirs shows that the band was heard.
    let judged = coverage.framesWithoutChannel > 0 ? heard.filter(WiFiReading.isJudged) : []
    let said = judged.compactMap { $0.description?.channel?.band }
    let listened = Set(coverage.channels.keys.compactMap { WiFiChannel(frequency: Int($0))?.band } + said)
    let label = wording[NotTestedReason.radio].label
    return bands.filter { !listened.contains($0.band) }.map { band in
      Limitation(
        code: .radio, band: band.name,
        text: LocalizedText(
          ja: "\(band.name) GHz帯は受信していません(\(label.ja))。この帯域のネットワークについては何も言えません。",
          en: "The \(band.name) GHz band was not heard (\(label.en)): nothing can be said of networks in it."))
    }
  }

  private enum CodingKeys: String, CodingKey {
    case sources, frames, noise, from, until, networks, notHeard, channels, framesWithoutChannel, limitations
  }

  /// What is not known is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(sources, forKey: .sources)
    try container.encode(frames, forKey: .frames)
    try container.encode(noise, forKey: .noise)
    try container.encode(from, forKey: .from)
    try container.encode(until, forKey: .until)
    try container.encode(networks, forKey: .networks)
    try container.encode(notHeard, forKey: .notHeard)
    try container.encode(channels, forKey: .channels)
    try container.encode(framesWithoutChannel, forKey: .framesWithoutChannel)
    try container.encode(limitations, forKey: .limitations)
  }
}

extension WiFiCoverageReport.Source {
  fileprivate init(_ source: WiFiSource) {
    let brokenOff: WiFiCoverageReport.BrokenOff? =
      switch source.end {
      case .whole: nil
      case .truncated(let offset): WiFiCoverageReport.BrokenOff(reason: "truncated", offset: offset)
      case .malformed(let offset): WiFiCoverageReport.BrokenOff(reason: "malformed", offset: offset)
      case .interrupted: WiFiCoverageReport.BrokenOff(reason: "interrupted", offset: nil)
      }
    self.init(
      kind: source.kind.rawValue, name: source.name,
      linkTypes: Dictionary(uniqueKeysWithValues: source.frames.map { ("\($0.key)", $0.value) }),
      otherLinkTypes: Dictionary(uniqueKeysWithValues: source.otherFrames.map { ("\($0.key)", $0.value) }),
      droppedFrames: source.dropped, brokenOff: brokenOff)
  }

  private enum CodingKeys: String, CodingKey { case kind, name, linkTypes, otherLinkTypes, droppedFrames, brokenOff }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(name, forKey: .name)
    try container.encode(linkTypes, forKey: .linkTypes)
    try container.encode(otherLinkTypes, forKey: .otherLinkTypes)
    try container.encode(droppedFrames, forKey: .droppedFrames)
    try container.encode(brokenOff, forKey: .brokenOff)
  }
}

extension WiFiCoverageReport.BrokenOff {
  private enum CodingKeys: String, CodingKey { case reason, offset }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(reason, forKey: .reason)
    try container.encode(offset, forKey: .offset)
  }
}

extension WiFiCoverageReport.Channel {
  fileprivate init(_ frequency: UInt16, _ listening: WiFiCoverage.Listening) {
    let channel = WiFiChannel(frequency: Int(frequency))
    // Thousandths are enough, and are written without a tail of digits.
    let milliseconds = listening.nanoseconds / 1_000_000
    self.init(
      band: channel.flatMap { WiFiCoverageReport.name($0.band) }, number: channel.map { Int($0.number) },
      megahertz: Int(frequency), frames: listening.frames, seconds: Double(milliseconds) / 1000)
  }

  private enum CodingKeys: String, CodingKey { case band, number, megahertz, frames, seconds }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(band, forKey: .band)
    try container.encode(number, forKey: .number)
    try container.encode(megahertz, forKey: .megahertz)
    try container.encode(frames, forKey: .frames)
    try container.encode(seconds, forKey: .seconds)
  }
}
