public import Addressing
public import Records

/// Why something may not be sent, with the rule that says so.
public struct Refusal: Error, Hashable, Sendable {
  public enum Rule: Hashable, Sendable {
    case excluded(Scope.Exclusion)
    case outsideNetworks([AddressRange])
    case techniqueNotAllowed(Technique)
    case notYetValid(from: Timestamp)
    case expired(at: Timestamp)
    /// More addresses than one run takes.
    case tooManyAddresses(most: Int)
    /// Every address that was asked for is excluded.
    case everythingExcluded(by: String)
    /// The frame names no destination that could be judged.
    case unreadableDestination
    /// A multicast, broadcast or unspecified address: more devices than one, or none that is known.
    case groupAddress
    /// A port of an industrial control protocol, and ``Technique/otIdentify`` is not allowed.
    case industrialPort(UInt16)
    /// A port that never gets an octet of payload, whatever the scope says.
    case neverWrite(UInt16)
    /// A datagram without payload: one has stopped a TwinCAT controller's service (nmap PR #1862).
    case emptyDatagram
    /// No consent of an access administrator covers the device and the technique.
    case noConsent(Technique)
    /// One does, and is not valid now. Its group's name.
    case consentNotValid(String)
    /// Not private, not link-local, and no consent lists it by itself.
    case publicAddress
  }

  public let target: String
  public let rule: Rule

  public init(target: String, rule: Rule) {
    self.target = target
    self.rule = rule
  }
}

extension Refusal: CustomStringConvertible {
  public var description: String {
    switch rule {
    case .excluded(let exclusion):
      return "\(target) is refused: the scope excludes \(exclusion)"
    case .outsideNetworks(let networks):
      let list = networks.map(\.description).joined(separator: ", ")
      return "\(target) is refused: it lies outside the scope's networks (\(list.isEmpty ? "none" : list))"
    case .techniqueNotAllowed(let technique):
      return "\(target) is refused: the scope does not allow the technique \(technique.rawValue)"
    case .notYetValid(let from):
      return "\(target) is refused: the scope is valid only from \(from.rfc3339(offsetMinutes: Timestamp.jst))"
    case .expired(let end):
      return "\(target) is refused: the scope expired at \(end.rfc3339(offsetMinutes: Timestamp.jst))"
    case .tooManyAddresses(let most):
      return "\(target) is refused: one run takes at most \(most) addresses; divide it"
    case .everythingExcluded(let rule):
      return "\(target) is refused: the scope excludes all of it (\(rule))"
    case .unreadableDestination:
      return "\(target) is refused: its destination cannot be read"
    case .groupAddress:
      return "\(target) is refused: it is no address of one device (questions to every IPv6 node of a link need "
        + "\(AddressRange.linkLocal) in the scope's networks)"
    case .industrialPort(let port):
      return "\(target) is refused: port \(port) belongs to an industrial control protocol and the scope does not "
        + "allow the technique \(Technique.otIdentify.rawValue)"
    case .neverWrite(let port):
      return
        "\(target) is refused: port \(port) never gets payload, because devices print or execute what arrives there"
    case .emptyDatagram:
      return "\(target) is refused: a datagram without payload has stopped controllers"
    case .noConsent(let technique):
      return "\(target) is refused: no consent of an access administrator covers it for \(technique.rawValue)"
    case .consentNotValid(let name):
      return "\(target) is refused: the consent \u{201c}\(name)\u{201d} is not valid now"
    case .publicAddress:
      return "\(target) is refused: it is no private address, and no consent lists it by itself"
    }
  }
}
