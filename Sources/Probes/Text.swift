extension String {
  /// With its first letter as a capital, for the beginning of a sentence.
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }

  /// Without terminal control sequences (ECMA-48 CSI) and control characters.
  var withoutTerminalEscapes: String {
    var kept = ""
    var inside = false
    for scalar in unicodeScalars {
      if scalar == "\u{1b}" {
        inside = true
      } else if inside {
        inside = !("@"..."~").contains(scalar) || scalar == "["
      } else if scalar.value >= 0x20 {
        kept.unicodeScalars.append(scalar)
      }
    }
    return kept
  }
}
