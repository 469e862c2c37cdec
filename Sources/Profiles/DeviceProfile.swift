public import Records

/// What is publicly known of a family of devices: a file of Profiles/devices/<maker>.
///
/// Every fact names its source. What nobody documents is absent, and its absence says nothing about the device.
public struct DeviceProfile: Hashable, Sendable {
  /// Where a fact was read.
  public struct Source: Hashable, Sendable {
    /// By this the file's facts refer to it.
    public let id: String
    public let title: String
    /// With the scheme https; nil for a manual that is named by its number only.
    public let url: String?
    /// The number the publisher gave the document, with a page where there is one.
    public let document: String?
    /// The day on which it was read, `2026-11-25`.
    public let retrieved: String
  }

  /// Who makes the family.
  public struct Maker: Hashable, Sendable {
    public let name: LocalizedText
    /// Words with which the IEEE registry's names of the maker begin; empty where its devices carry
    /// the address of another company's network module.
    public let organisations: [String]
    /// Numbers of the IANA registry of private enterprises under which its sysObjectIDs lie.
    public let enterprises: [UInt32]
  }

  /// A service that the maker's documents name: an entry of the allow-list.
  public struct Service: Hashable, Sendable {
    public let endpoint: ServiceEndpoint
    public let protocolName: ProtocolName
    /// Whether the device comes with it switched on; nil where the source does not say.
    public let isOnByDefault: Bool?
    /// What it is for.
    public let why: LocalizedText
    public let source: Source
  }

  /// A path on the device's own web server.
  public struct WebPath: Hashable, Sendable {
    /// What the answer holds.
    public enum Purpose: String, Hashable, Sendable, CaseIterable {
      /// A page to log in or to configure.
      case management
      case snapshot, configuration, log, status
      /// Model, serial number or firmware.
      case identity
    }

    public let purpose: Purpose
    public let isSecure: Bool
    public let port: UInt16
    /// Origin form (RFC 9112 §3.2.1). A GET of it changes nothing, by the source.
    public let path: String
    public let source: Source
  }

  /// When the maker's support ends, as far as a document says so.
  public struct EndOfLife: Hashable, Sendable {
    /// Models meant, `*` for any characters; empty for the whole family.
    public let models: [String]
    /// The leading numbers of the versions meant; nil for all.
    public let branch: FirmwareVersion?
    /// `2020-04-30`; nil where the source gives none.
    public let date: String?
    public let statement: LocalizedText
    public let source: Source
  }

  /// A version that a device's own can be held against.
  public struct FirmwareReference: Hashable, Sendable {
    /// What the source says of the version.
    public enum Relation: String, Hashable, Sendable, CaseIterable {
      /// The newest one on the reference's date.
      case latest
      /// The first in which a published weakness is repaired.
      case fixed
      /// It is named as affected by a published weakness.
      case affected
    }

    /// Models meant, `*` for any characters; empty for the whole family.
    public let models: [String]
    public let version: FirmwareVersion
    public let relation: Relation
    /// The leading numbers of the versions it may be held against; nil for all.
    public let branch: FirmwareVersion?
    /// When the version was published or the source said so, `2025-09-15`.
    public let date: String?
    public let source: Source
  }

  /// What the device does after wrong passwords. Read before any attempt is planned.
  public struct Lockout: Hashable, Sendable {
    /// Wrong passwords until it locks, nil where the source gives no number.
    public let attempts: Int?
    /// For how long, in seconds; nil where the source gives no number.
    public let seconds: Int?
    public let statement: LocalizedText
    public let source: Source
  }

  /// Which of the family's roles some of its models have.
  public struct RoleOfModels: Hashable, Sendable {
    /// `*` for any characters.
    public let models: [String]
    public let role: String
    public let source: Source
  }

  /// How much the family is trusted to bear.
  public struct Fragility: Hashable, Sendable {
    public let deviceClass: DeviceClass
    /// A controller of a plant or building: nothing is sent to it unless the scope names `ot-identify`.
    public let isOT: Bool
    public let why: LocalizedText
  }

  /// The file's place without its ending, `yamaha/rtx`.
  public let id: String
  public let maker: Maker
  public let family: LocalizedText
  /// Names of the vocabulary, the most usual one first.
  public let roles: [String]
  /// Not nil where a device of the family has one of ``roles`` only: what its model tells of which. The first entry
  /// that fits counts; empty where no document tells the models apart.
  public let rolesOfModels: [RoleOfModels]?
  public let fragility: Fragility
  /// Any of them is enough.
  public let clauses: [Clause]
  /// Signs that must lead to this family, and that must not.
  public let examples: [Signs]
  public let counterexamples: [Signs]
  /// nil where no document lists services. What is not in a list is not proven to be needless, unless
  /// ``servicesAreComplete``.
  public let services: [Service]?
  /// True where the source says that nothing else is ever open.
  public let servicesAreComplete: Bool
  public let management: [WebPath]
  /// Paths worth one look without a login.
  public let unauthenticated: [WebPath]
  public let endOfLife: [EndOfLife]
  public let firmware: [FirmwareReference]
  public let lockout: [Lockout]
  public let notes: LocalizedText?
  public let sources: [Source]
}

extension DeviceProfile {
  /// What the allow-list says of an open port.
  public enum PortExpectation: Hashable, Sendable {
    /// The maker's documents name it; ``Service/isOnByDefault`` tells whether someone had to switch it on.
    case listed(Service)
    /// The documents that were read do not name it. A question for the owner, not a finding.
    case unlisted
    /// The documents say that nothing but the list is open, and this port is not in it.
    case excluded
    /// No document lists the family's services.
    case noAllowList
  }

  /// What the allow-list says of an open port.
  public func expectation(of endpoint: ServiceEndpoint) -> PortExpectation {
    guard let services else { return .noAllowList }
    if let service = services.first(where: { $0.endpoint == endpoint }) { return .listed(service) }
    return servicesAreComplete ? .excluded : .unlisted
  }

  /// What a device of the family is for, as far as that is known of its models.
  public func role(models: [String]) -> String? {
    guard let rolesOfModels else { return roles.first }
    return rolesOfModels.first { entry in models.contains { DeviceProfile.fits($0, entry.models) } }?.role
  }

  /// What documents say about the end of support of a model with a firmware, as far as both are known.
  public func endOfLife(model: String?, firmware: String?) -> [EndOfLife] {
    endOfLife.filter { statement in
      guard DeviceProfile.fits(model, statement.models) else { return false }
      guard let branch = statement.branch else { return true }
      return firmware.map { FirmwareVersion($0).belongs(to: branch) } ?? false
    }
  }

  /// True when the model is one of the patterns, or there are none. A model that is not known fits none.
  static func fits(_ model: String?, _ patterns: [String]) -> Bool {
    if patterns.isEmpty { return true }
    guard let model = model?.lowercased() else { return false }
    return patterns.contains { glob(Array($0.lowercased().utf8)[...], Array(model.utf8.prefix(256))[...]) }
  }
}
