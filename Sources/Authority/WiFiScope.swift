public import Addressing

/// Which Wi-Fi networks the customer allowed to be judged: by their names (SSIDs) and their access points' addresses (BSSIDs).
///
/// Deny wins, and what nobody named is out of scope: it is counted, and neither kept nor named.
public struct WiFiScope: Hashable, Sendable {
  /// Networks by name and address.
  public struct Networks: Hashable, Sendable {
    /// SSIDs as they go over the air, at most 32 octets each, of any encoding (IEEE 802.11-2020 §9.4.2.2).
    public let names: Set<[UInt8]>
    public let addresses: Set<MACAddress>

    public init(names: Set<[UInt8]> = [], addresses: Set<MACAddress> = []) {
      (self.names, self.addresses) = (names, addresses)
    }

    public var isEmpty: Bool { names.isEmpty && addresses.isEmpty }

    func contains(_ address: MACAddress, _ name: [UInt8]?) -> Bool {
      addresses.contains(address) || name.map(names.contains) ?? false
    }
  }

  public let included: Networks
  public let excluded: Networks

  public init(included: Networks = Networks(), excluded: Networks = Networks()) {
    (self.included, self.excluded) = (included, excluded)
  }

  /// Whether a network may be judged. One whose address is named is, whatever it calls itself, unless that name is excluded.
  /// - Parameter name: nil while it is not known.
  public func contains(_ address: MACAddress, name: [UInt8]?) -> Bool {
    !excluded.contains(address, name) && included.contains(address, name)
  }
}
