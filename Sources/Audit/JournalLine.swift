public import Addressing
public import Records

/// A line of `data/run.jsonl`, as far as a continuation of the run needs it.
///
/// Lines of other types are read as ``Content/other``: they say what happened, not what is known.
public struct JournalLine: Sendable, Decodable {
  public enum Content: Sendable {
    case found(FoundLine)
    /// A device that said something unasked.
    case sighted(IPAddress?, MACAddress)
    case deviceClass(IPAddress, DeviceClass)
    case open(IPAddress, port: UInt16)
    /// An ordinary connection to the port is over, with or without success.
    case visited(IPAddress, port: UInt16)
    /// A probe of this name is over, after so many HTTP requests.
    case probed(IPAddress, ServiceEndpoint, probe: String, requests: Int)
    /// The device was in distress meanwhile: the probe begins anew.
    case brokenOff(IPAddress, ServiceEndpoint, probe: String, requests: Int)
    case datagram(IPAddress, port: UInt16, probe: String, isAnswer: Bool)
    case answersEverything(IPAddress)
    case distress([IPAddress], Distress)
    case observation(Observation)
    case finding(Finding)
    case omitted(Coverage.Omission)
    case coverage(DeviceCoverage)
    case done(IPAddress, DeviceID)
    case ended(framesSent: Int)
    case other
  }

  /// From 1, without gaps.
  public let sequence: Int
  public let at: Timestamp
  public let type: String
  public let content: Content

  private enum Key: String, CodingKey {
    case sequence = "seq"
    case mac
    case at, type, address, addresses, transport, port, probe, isAnswer, deviceClass, distress, device, framesSent
    case requests
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    sequence = try container.decode(Int.self, forKey: .sequence)
    at = try container.decode(Timestamp.self, forKey: .at)
    type = try container.decode(String.self, forKey: .type)
    content = try Self.content(type, container, decoder)
  }

  private static func content(
    _ type: String, _ container: KeyedDecodingContainer<Key>, _ decoder: any Decoder
  ) throws -> Content {
    func address() throws -> IPAddress { try container.decode(IPAddress.self, forKey: .address) }
    func port() throws -> UInt16 { try container.decode(UInt16.self, forKey: .port) }
    func probe() throws -> String { try container.decode(String.self, forKey: .probe) }
    func endpoint() throws -> ServiceEndpoint {
      ServiceEndpoint(transport: try container.decode(Transport.self, forKey: .transport), port: try port())
    }
    // Runs of earlier versions do not say.
    func requests() throws -> Int { try container.decodeIfPresent(Int.self, forKey: .requests) ?? 0 }
    switch type {
    case "device.found": return .found(try FoundLine(from: decoder))
    case "device.sighted":
      return .sighted(
        try container.decodeIfPresent(IPAddress.self, forKey: .address),
        try container.decode(MACAddress.self, forKey: .mac))
    case "device.class":
      return .deviceClass(try address(), try container.decode(DeviceClass.self, forKey: .deviceClass))
    case "port.open": return .open(try address(), port: try port())
    case "session.closed", "session.failed": return .visited(try address(), port: try port())
    case "probe.done", "probe.given-up":
      return .probed(try address(), try endpoint(), probe: try probe(), requests: try requests())
    case "probe.broken-off":
      return .brokenOff(try address(), try endpoint(), probe: try probe(), requests: try requests())
    case "datagram.answered":
      return .datagram(
        try address(), port: try port(), probe: try probe(),
        isAnswer: try container.decode(Bool.self, forKey: .isAnswer))
    case "device.answers-everything": return .answersEverything(try address())
    case "device.distress":
      return .distress(
        try container.decode([IPAddress].self, forKey: .addresses),
        try container.decode(Distress.self, forKey: .distress))
    case "observation": return .observation(try Observation(from: decoder))
    case "finding": return .finding(try Finding(from: decoder))
    case "target.omitted": return .omitted(try Coverage.Omission(from: decoder))
    case "coverage": return .coverage(try DeviceCoverage(from: decoder))
    case "device.done": return .done(try address(), try container.decode(DeviceID.self, forKey: .device))
    case "run.ended": return .ended(framesSent: try container.decode(Int.self, forKey: .framesSent))
    default: return .other
    }
  }

  /// A device that answered for the first time.
  public struct FoundLine: Sendable, Decodable {
    public let address: IPAddress
    /// nil behind a gateway.
    public let mac: MACAddress?
    public let vendor: String?
    public let vendorSource: String?
    public let deviceClass: DeviceClass

    var attribution: Attribution? {
      guard let vendor, let vendorSource else { return nil }
      return Attribution(name: vendor, source: vendorSource)
    }
  }
}
