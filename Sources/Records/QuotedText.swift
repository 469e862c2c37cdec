// What others wrote, as part of a sentence of ours.
extension StringProtocol {
  /// The first `count` Unicode scalars. Characters are no bound, because a single one may carry any number of marks.
  public func cut(to count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }

  /// With `?` for each scalar that a terminal would obey, that turns the text around it, or that is seen by nobody.
  public var withoutControls: String {
    let shown = unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: "?"
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(shown))
  }
}
