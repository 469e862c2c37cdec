public import Addressing
public import Wire

/// Frames in which networks describe themselves, kept as proof: the first and the latest that said something new. No frame of a client is
/// among them, and no data.
public struct WiFiFrames: Hashable, Sendable {
  public struct Frame: Hashable, Sendable {
    /// With the capture's header in front.
    public let octets: [UInt8]
    public let type: RadioHeader.LinkType
    /// Since 1970; 0 where the source does not say.
    public let nanoseconds: Int64
  }

  /// Frames that are kept of a network: its first ones, and the one that came last.
  static let mostOfOne = 4
  /// Networks of which frames are kept; frames of further ones are counted.
  static let most = 4096
  /// Longer ones are none of a network's (IEEE 802.11-2020 §9.2.4.7.1: 2304 octets of body), whatever header is before them.
  static let longest = 4096

  private var frames: [MACAddress: [Frame]] = [:]
  public private(set) var left = 0

  public init() {}

  public subscript(_ network: MACAddress) -> [Frame] { frames[network] ?? [] }

  mutating func keep(
    _ octets: Span<UInt8>, _ type: RadioHeader.LinkType, of network: MACAddress, at nanoseconds: Int64?
  ) {
    guard octets.count <= Self.longest, frames[network] != nil || frames.count < Self.most else {
      left += 1
      return
    }
    var copy: [UInt8] = []
    copy.reserveCapacity(octets.count)
    for index in octets.indices { copy.append(octets[index]) }
    var kept = frames[network] ?? []
    if kept.count == Self.mostOfOne { kept.removeLast() }
    kept.append(Frame(octets: copy, type: type, nanoseconds: nanoseconds ?? 0))
    frames[network] = kept
  }

  /// A capture of the frames of these networks, by address (draft-ietf-opsawg-pcapng): an interface for each kind of header.
  public func capture(of networks: [MACAddress], software: String) -> [UInt8]? {
    let chosen = networks.sorted().flatMap { network in self[network].map { (network, $0) } }
    guard !chosen.isEmpty else { return nil }
    let types = RadioHeader.LinkType.allCases.filter { type in chosen.contains { $0.1.type == type } }
    var file = PcapNG.sectionHeader(application: software)
    for type in types {
      file += PcapNG.interfaceDescription(
        name: "wifi-\(type)", snapLength: 0, linkType: PcapNG.LinkType(rawValue: type.rawValue))
    }
    for (network, frame) in chosen {
      let captured = CapturedFrame(nanoseconds: frame.nanoseconds, octets: frame.octets, outbound: false)
      file += PcapNG.enhancedPacket(
        captured, interface: UInt32(types.firstIndex(of: frame.type) ?? 0), comment: "\(network)")
    }
    return file
  }
}
