public import Records

/// What the owner of the network allowed, as the page shows it: the scope file in words.
public struct ScopeStatement: Hashable, Sendable {
  public struct Exclusion: Hashable, Sendable {
    /// Addresses or a MAC address.
    public let target: String
    /// In the customer's words; nil where the file gives none.
    public let reason: String?

    public init(target: String, reason: String?) {
      self.target = target
      self.reason = reason
    }
  }

  /// What the access administrator of a group of devices agreed to on paper.
  public struct Consent: Hashable, Sendable {
    public let group: String
    public let members: [String]
    public let administrator: String
    public let organisation: String
    public let techniques: [String]
    public let from: Timestamp
    public let until: Timestamp
    /// The paper's file name and SHA-256.
    public let paper: String
    public let paperDigest: String

    public init(
      group: String, members: [String], administrator: String, organisation: String, techniques: [String],
      from: Timestamp, until: Timestamp, paper: String, paperDigest: String
    ) {
      self.group = group
      self.members = members
      self.administrator = administrator
      self.organisation = organisation
      self.techniques = techniques
      self.from = from
      self.until = until
      self.paper = paper
      self.paperDigest = paperDigest
    }
  }

  public let from: Timestamp
  public let until: Timestamp
  public let networks: [String]
  public let exclusions: [Exclusion]
  /// Names of techniques as scope files write them, in the order in which an audit uses them.
  public let techniques: [String]
  public let consents: [Consent]
  /// Frames a second; 0 for no ceiling.
  public let perDevice: Int
  public let total: Int

  public init(
    from: Timestamp, until: Timestamp, networks: [String], exclusions: [Exclusion], techniques: [String],
    consents: [Consent], perDevice: Int, total: Int
  ) {
    self.from = from
    self.until = until
    self.networks = networks
    self.exclusions = exclusions
    self.techniques = techniques
    self.consents = consents
    self.perDevice = perDevice
    self.total = total
  }
}

/// Which sealed pack a page was made from.
public struct PackStatement: Hashable, Sendable {
  /// SHA-256 of `tagmanifest-sha256.txt`, hexadecimal.
  public let digest: String
  /// The fingerprint of the key that signed it, `SHA256:…`; nil without a signature.
  public let signer: String?

  public init(digest: String, signer: String?) {
    self.digest = digest
    self.signer = signer
  }
}

/// What a page shows besides the result.
struct PageParts {
  var services: [TLSServiceComparison] = []
  /// nil where nobody listened to networks.
  var networks: NetworkReport?
  /// nil where only the rows with verdicts are shown.
  var sheet: SheetTable?
  /// nil where the page is not made by a scope file.
  var scope: ScopeStatement?
  /// nil where nothing is known of other runs.
  var history: RunHistory?
  /// nil in the page that lies in the pack itself.
  var pack: PackStatement?
  var audience = Audience.auditor
  /// From the page to the pack's folder `data/`.
  var evidence = "../"
}
