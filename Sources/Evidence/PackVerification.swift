/// What the check of a pack came to.
public struct PackVerification: Hashable, Sendable {
  /// Something that a sealed, unchanged pack does not have.
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong. More kinds may come.
    public struct Kind: RawRepresentable, Hashable, Sendable {
      public let rawValue: String

      public init(rawValue: String) { self.rawValue = rawValue }

      /// The path is no folder that can be read.
      public static let unreadable = Kind(rawValue: "unreadable")
      /// The run ended before it sealed the pack.
      public static let notSealed = Kind(rawValue: "not-sealed")
      public static let missing = Kind(rawValue: "missing")
      /// There, but in no manifest.
      public static let unlisted = Kind(rawValue: "unlisted")
      /// The octets are not those of the manifest.
      public static let changed = Kind(rawValue: "changed")
      /// A tag file is not of the one form that is accepted.
      public static let malformed = Kind(rawValue: "malformed")
      public static let duplicate = Kind(rawValue: "duplicate")
      /// A symbolic link, device, pipe, socket, or a name that can mislead.
      public static let unsafe = Kind(rawValue: "unsafe")
      /// A line of `data/run.jsonl` does not follow the one before it, or its end is not the one that was sealed.
      public static let chain = Kind(rawValue: "chain")
      /// The signature, or what it is about.
      public static let signature = Kind(rawValue: "signature")
      /// The time stamp.
      public static let timestamp = Kind(rawValue: "timestamp")
      /// The scope in the pack does not allow the run, or is another.
      public static let scope = Kind(rawValue: "scope")
      /// `Payload-Oxum` is not the payload's.
      public static let count = Kind(rawValue: "count")
    }

    /// Relative to the pack, control characters escaped; `.` for the pack as a whole.
    public let path: String
    public let kind: Kind
    /// A sentence for the person who holds the pack.
    public let message: String

    public var description: String { "\(path): \(message)" }
  }

  /// Sorted by path.
  public internal(set) var problems: [Problem] = []
  /// Payload files whose digest was compared.
  public internal(set) var files = 0
  /// Their octets.
  public internal(set) var octets = 0
  /// SHA-256 of `tagmanifest-sha256.txt`, in hexadecimal: the one line that stands for the whole
  /// pack. nil when that file is missing.
  public internal(set) var packDigest: String?
  /// The lines of `bag-info.txt`, in order.
  public internal(set) var bagInfo: [BagFact] = []

  /// Who signed it; nil when nobody did, or the signature is wrong.
  public internal(set) var seal: Seal?

  /// Who signed a pack, and when that was stamped.
  public struct Seal: Hashable, Sendable {
    public struct Stamp: Hashable, Sendable {
      /// Since 1970.
      public let seconds: Int64
      public let authority: String
      /// The authority is one of those that were named.
      public let isChecked: Bool
    }

    /// The key's fingerprint, `SHA256:…`.
    public let signer: String
    /// The key is one of those that were named: otherwise anybody's.
    public let isKnown: Bool
    public internal(set) var stamp: Stamp?

    init(signer: String, isKnown: Bool) {
      self.signer = signer
      self.isKnown = isKnown
    }
  }

  /// A line of `bag-info.txt`.
  public struct BagFact: Hashable, Sendable {
    public let label: String
    public let value: String
  }

  /// The pack is sealed, and every octet of it is what was sealed.
  ///
  /// Someone who can write the folder can also seal it anew; against that stands the
  /// ``packDigest`` noted elsewhere at the time.
  public var isIntact: Bool { problems.isEmpty }

  /// The same with further problems, found by those who can read what the pack holds.
  public func adding(_ messages: [String], of kind: Problem.Kind, at path: String) -> PackVerification {
    var more = self
    more.problems += messages.map { Problem(path: path, kind: kind, message: $0) }
    return more
  }
}
