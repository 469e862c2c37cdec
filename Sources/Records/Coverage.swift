public import Addressing

/// From where was looked.
public struct Vantage: Hashable, Sendable, Codable {
  public let interface: String
  public let address: IPAddress

  public init(interface: String, address: IPAddress) {
    self.interface = interface
    self.address = address
  }
}

/// `coverage.json`: what was looked at, and what was not.
public struct Coverage: Hashable, Sendable, Codable {
  /// An address that was not probed, and the reason.
  public struct Omission: Hashable, Sendable, Codable {
    public let addresses: String
    public let reason: NotTestedReason
    public let detail: LocalizedText

    public init(addresses: String, reason: NotTestedReason, detail: LocalizedText) {
      self.addresses = addresses
      self.reason = reason
      self.detail = detail
    }
  }

  public var devices: [DeviceCoverage]
  /// Addresses asked by ARP, neighbour solicitation, echo or SYN.
  public var addressesAsked: Int
  public var addressesAnswered: Int
  /// The addresses asked that never answered anything, as ranges separated by commas; empty when all did.
  public var neverResolved: String
  public var omitted: [Omission]
  /// Frames that the kernel dropped before this program read them; 0 or the figures above are suspect.
  public var receiveDrops: Int
  /// The run was interrupted.
  public var partial: Bool

  public init(
    devices: [DeviceCoverage], addressesAsked: Int, addressesAnswered: Int, omitted: [Omission],
    receiveDrops: Int, partial: Bool, neverResolved: String = ""
  ) {
    self.devices = devices
    self.addressesAsked = addressesAsked
    self.addressesAnswered = addressesAnswered
    self.neverResolved = neverResolved
    self.omitted = omitted
    self.receiveDrops = receiveDrops
    self.partial = partial
  }
}
