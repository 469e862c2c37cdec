/// Why a document was not read. Nothing of it is used then: half a description is not a description.
public struct XMLError: Error, Hashable, Sendable {
  /// What kind of fault it is. A struct, so that adding one breaks no caller.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Longer than `XMLLimits.octets`; no octet was looked at.
    public static let tooLarge = Code(rawValue: "too-large")
    /// Elements inside elements beyond `XMLLimits.depth`.
    public static let tooDeep = Code(rawValue: "too-deep")
    /// More elements than `XMLLimits.elements`.
    public static let tooManyElements = Code(rawValue: "too-many-elements")
    /// An attribute's value, or the attributes of one element, beyond `XMLLimits.attributeOctets`.
    public static let attributeTooLong = Code(rawValue: "attribute-too-long")
    /// A document type declaration: the only place where entities come from, so none is ever expanded.
    public static let documentType = Code(rawValue: "document-type")
    /// The encoding is none of UTF-8, UTF-16, ISO-8859-1 and US-ASCII.
    public static let encoding = Code(rawValue: "encoding")
    /// Not well-formed: unclosed, invalid characters or octets, an unbound prefix, an unknown entity.
    public static let malformed = Code(rawValue: "malformed")
  }

  public let code: Code
  /// Where it was noticed, counted from 1; 0 when the document was not begun.
  public let line: Int
  /// In words, for a log.
  public let problem: String

  public init(_ code: Code, line: Int, problem: String) {
    self.code = code
    self.line = line
    self.problem = problem
  }
}

extension XMLError: CustomStringConvertible {
  public var description: String { "line \(line): \(problem)" }
}

/// What a document may at most be.
public struct XMLLimits: Hashable, Sendable {
  /// The whole document.
  public var octets: Int
  /// Elements inside each other, the outermost counted.
  public var depth: Int
  public var elements: Int
  /// The values of the attributes of one element together, in octets of UTF-8.
  public var attributeOctets: Int

  public init(octets: Int, depth: Int, elements: Int, attributeOctets: Int) {
    self.octets = octets
    self.depth = depth
    self.elements = elements
    self.attributeOctets = attributeOctets
  }

  /// For what a device sends: ample for a UPnP or ONVIF description (a few kilobytes, seven levels deep).
  public static let answer = XMLLimits(octets: 262_144, depth: 64, elements: 16_384, attributeOctets: 16_384)
  /// For files that the user names.
  public static let file = XMLLimits(octets: 33_554_432, depth: 64, elements: 1_000_000, attributeOctets: 262_144)
}
