public import Addressing
public import Records

/// What the access administrator of a group of devices agreed to, on paper.
///
/// Entering somebody's password is lawful only with the consent of whoever administers the access, who need not be the
/// customer: leased and carrier-managed devices have another one. So consent is given per group of devices.
public struct Consent: Hashable, Sendable {
  /// A device, by address or by itself.
  public enum Member: Hashable, Sendable {
    case addresses(AddressRange)
    case device(MACAddress)
  }

  /// Who may give the consent.
  public struct Administrator: Hashable, Sendable {
    public let name: String
    public let organisation: String

    public init(name: String, organisation: String) {
      self.name = name
      self.organisation = organisation
    }
  }

  /// The signed paper: a scan or photograph beside the scope file.
  public struct Paper: Hashable, Sendable {
    /// Relative to the scope file's folder.
    public let file: String
    /// 64 hexadecimal digits in small letters.
    public let sha256: String

    public init(file: String, sha256: String) {
      self.file = file
      self.sha256 = sha256
    }
  }

  /// What the group is called.
  public let name: String
  public let members: [Member]
  public let administrator: Administrator
  public let techniques: Set<Technique>
  public let validFrom: Timestamp
  public let validUntil: Timestamp
  public let paper: Paper

  public init(
    name: String, members: [Member], administrator: Administrator, techniques: Set<Technique>, validFrom: Timestamp,
    validUntil: Timestamp, paper: Paper
  ) {
    self.name = name
    self.members = members
    self.administrator = administrator
    self.techniques = techniques
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.paper = paper
  }

  public func isValid(at moment: Timestamp) -> Bool { validFrom <= moment && moment < validUntil }

  /// - Parameter mac: the device behind the address, when it is known.
  public func covers(_ address: IPAddress, mac: MACAddress?) -> Bool {
    members.contains { member in
      switch member {
      case .addresses(let range): range.contains(address)
      case .device(let device): device == mac || device == address.v6?.embeddedMAC
      }
    }
  }

  /// The address stands there by itself, not as a part of a range.
  func lists(_ address: IPAddress) -> Bool { members.contains(.addresses(AddressRange(address))) }
}

extension Consent.Member: CustomStringConvertible {
  public var description: String {
    switch self {
    case .addresses(let range): "\(range)"
    case .device(let mac): "\(mac)"
    }
  }
}

extension Scope {
  /// Judges the wish to enter a password: what every other technique needs, and beside it a consent for the device that
  /// is valid now. An address that is neither private nor link-local has to be listed by itself.
  /// - Returns: nil when it is allowed.
  public func refusal(
    ofLoginTo address: IPAddress, mac: MACAddress?, technique: Technique, at moment: Timestamp
  ) -> Refusal? {
    if let refusal = refusal(of: address, mac: mac, for: technique, at: moment) { return refusal }
    let covering = consents.filter { $0.techniques.contains(technique) && $0.covers(address, mac: mac) }
    guard !covering.isEmpty else { return Refusal(target: "\(address)", rule: .noConsent(technique)) }
    let valid = covering.filter { $0.isValid(at: moment) }
    guard !valid.isEmpty else { return Refusal(target: "\(address)", rule: .consentNotValid(covering[0].name)) }
    guard address.isPrivate || valid.contains(where: { $0.lists(address) }) else {
      return Refusal(target: "\(address)", rule: .publicAddress)
    }
    return nil
  }
}

extension IPAddress {
  /// RFC 1918 §3, RFC 3927 §2.1, RFC 4193 §3.1, RFC 4291 §2.5.6. Neither shared address space (RFC 6598), which belongs to
  /// a carrier, nor anything else.
  var isPrivate: Bool {
    if isLinkLocal { return true }
    guard let v4 = v4?.rawValue else { return words.0 >> 57 == 0x7e }
    return v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8
  }
}
