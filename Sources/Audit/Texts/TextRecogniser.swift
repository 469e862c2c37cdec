public import Records

/// Knows devices by what their services say. Fingerprints are files, so whoever reads them is given to the run.
public protocol TextRecogniser {
  /// - Parameter source: where the text was said, for the claims: `tcp/80`.
  func recognise(_ text: SpokenText, at source: String) -> TextReading
}

/// What a text came to.
public struct TextReading: Hashable, Sendable {
  public var claims: [Claim]
  /// Rules of which it is not known whether they match, each with its place and the reason.
  public var undecided: [String]

  public init(claims: [Claim] = [], undecided: [String] = []) {
    self.claims = claims
    self.undecided = undecided
  }
}
