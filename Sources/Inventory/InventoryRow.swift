public import Addressing
public import Records

/// A device of the inventory: everything that was seen of it, in however many runs and under however many
/// addresses. Made by ``IdentityResolver``.
public struct InventoryRow: Hashable, Sendable {
  /// Why two records are taken for one device, or are not although something speaks for it.
  public enum Note: Hashable, Sendable {
    /// Records were joined; `by` is the kind of what they have in common.
    case joined(by: Claim.Kind, value: String)
    /// Runs saw the same address without a MAC address; whether it was the same device is not known.
    case sameAddressOnly
    /// The MAC address answers for this many IPv4 addresses: a relay (proxy ARP, RFC 1027) or a router; what is behind
    /// it may be several devices.
    case relay(addresses: Int)
    /// The other record bears the same value, but too many or contradicting devices do.
    case notJoined(by: Claim.Kind, value: String)
  }

  /// Values of one kind that cannot all be true.
  public struct Contradiction: Hashable, Sendable {
    public let kind: Claim.Kind
    /// The best believed first.
    public let claims: [Claim]
  }

  /// The least of ``records``.
  public let id: DeviceID
  /// The devices of the runs' inventories that this one is made of, ascending.
  public let records: [DeviceID]
  /// The runs in which it was seen, ascending.
  public let runs: [String]
  /// Ascending.
  public let macs: [MACAddress]
  /// Ascending.
  public let addresses: [IPAddress]
  /// The services that answered or were found closed, by endpoint; the last run's state wins.
  public let services: [Service]
  /// Each once; within a kind the best believed first.
  public let claims: [Claim]
  public let deviceClass: Attribution?
  public let notes: [Note]

  public init(
    id: DeviceID, records: [DeviceID], runs: [String], macs: [MACAddress], addresses: [IPAddress],
    services: [Service], claims: [Claim], deviceClass: Attribution?, notes: [Note]
  ) {
    self.id = id
    self.records = records
    self.runs = runs
    self.macs = macs
    self.addresses = addresses
    self.services = services
    self.claims = claims
    self.deviceClass = deviceClass
    self.notes = notes
  }

  public var openServices: [Service] { services.filter { $0.state == .open } }

  public func claims(_ kind: Claim.Kind) -> [Claim] { claims.filter { $0.kind == kind } }

  /// The claim of a kind that is believed most; nil when nothing was said.
  public func best(_ kind: Claim.Kind) -> Claim? { claims.first { $0.kind == kind } }

  /// The MAC address answers for so many addresses, or is of such a kind, that it is no single device.
  public var isRelay: Bool {
    notes.contains { if case .relay = $0 { true } else { false } }
  }

  /// Kinds of which two claims exclude each other. What is only concluded (confidence low), such as the holder
  /// of the MAC address's block, contradicts nothing: modules are built into other makers' devices.
  public var contradictions: [Contradiction] {
    [Claim.Kind.vendor, .model, .firmware, .serial].compactMap { kind in
      let stated = claims(kind).filter { $0.confidence > .low }
      let disagree = stated.indices.contains { first in
        stated[first...].dropFirst().contains {
          Folded.compare(stated[first].value, $0.value, whole: kind == .serial || kind == .firmware) == .differ
        }
      }
      return disagree ? Contradiction(kind: kind, claims: stated) : nil
    }
  }
}
