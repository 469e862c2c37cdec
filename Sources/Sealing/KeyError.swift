/// Why a key cannot be used: what, where, and what to do.
public struct KeyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was wrong. More codes may come.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The octets are no key of a form that is read.
    public static let unreadable = Code(rawValue: "unreadable")
    /// A key of another kind than Ed25519.
    public static let otherKind = Code(rawValue: "other-kind")
    /// A passphrase is needed, or the one given is wrong.
    public static let passphrase = Code(rawValue: "passphrase")
    /// A public key where a private one is needed, or the other way round.
    public static let otherHalf = Code(rawValue: "other-half")
    /// OpenSSL refused.
    public static let failed = Code(rawValue: "failed")
  }

  public let code: Code
  /// A clause such as "is an RSA key".
  public let problem: String
  /// A sentence; empty where nothing is known.
  public let advice: String

  init(_ code: Code, _ problem: String, _ advice: String = "") {
    self.code = code
    self.problem = problem
    self.advice = advice
  }

  public var description: String { advice.isEmpty ? problem : "\(problem). \(advice)" }
}
