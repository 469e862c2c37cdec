/// Makes text that a device supplied harmless wherever it is shown: on a terminal, in HTML, in a
/// right-to-left trick, in XML.
///
/// Terminal sequences are taken out whole (ECMA-48 §5.4, §5.6), line ends and tabs become spaces,
/// other control characters and everything that is invisible or turns the direction of writing
/// (general category Cf) is taken out, and characters that are none become U+FFFD. What the device
/// really sent stands octet for octet in the evidence pack.
public func inert(_ text: String) -> String {
  // Nearly every text of a report: looking each character up took a fifth of the time.
  if text.unicodeScalars.allSatisfy(isPlain) { return text }
  var result = String.UnicodeScalarView()
  var marks = 0
  for scalar in withoutTerminalSequences(Array(text.unicodeScalars)) {
    guard let safe = replacement(for: scalar) else { continue }
    // More than a few accents on one letter paint over the lines above and below.
    marks = isMark(safe) ? marks + 1 : 0
    if marks <= 4 { result.append(safe) }
  }
  return String(result)
}

/// Printable ASCII and the letters of Japanese: assigned, visible, no marks, from left to right (Unicode 14).
private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x20...0x7e, 0x3001...0x3029, 0x3041...0x3096, 0x30a1...0x30ff, 0x4e00...0x9fff, 0xff01...0xff60: true
  default: false
  }
}

/// nil for what is taken out.
private func replacement(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
  switch scalar.value {
  case 0x09...0x0d, 0x85: return " "
  case 0x115f, 0x1160, 0x3164, 0xffa0: return nil  // letters that are blank
  default: break
  }
  switch scalar.properties.generalCategory {
  case .control, .format: return nil
  case .lineSeparator, .paragraphSeparator: return " "
  case .unassigned, .surrogate: return "\u{fffd}"
  default: return scalar
  }
}

private func isMark(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark: return true
  default: return false
  }
}

private func withoutTerminalSequences(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
  var kept: [Unicode.Scalar] = []
  var position = 0
  while position < scalars.count {
    if let end = endOfTerminalSequence(in: scalars, at: position) {
      position = end
    } else {
      kept.append(scalars[position])
      position += 1
    }
  }
  return kept
}

/// Where the sequence that begins at `start` ends, or nil when none begins there. Of a sequence that
/// does not end, only the introduction goes: a device must not be able to hide the text after it.
private func endOfTerminalSequence(in scalars: [Unicode.Scalar], at start: Int) -> Int? {
  var body = start + 1
  let introducer: UInt32
  switch scalars[start].value {
  case 0x1b:
    guard body < scalars.count else { return body }
    introducer = scalars[body].value
    body += 1
  case 0x90...0x9f: introducer = scalars[start].value - 0x40  // the 8-bit forms of ESC @ … ESC _
  default: return nil
  }
  switch introducer {
  case 0x5b:  // CSI: parameters and intermediates, then a final character
    let end = scalars[body...].firstIndex { !(0x20...0x3f).contains($0.value) }
    guard let end, (0x40...0x7e).contains(scalars[end].value) else { return body }
    return end + 1
  case 0x5d, 0x50, 0x58, 0x5e, 0x5f:  // OSC, DCS, SOS, PM, APC: up to ST or BEL
    let end = scalars[body...].firstIndex { [0x07, 0x1b, 0x9c].contains($0.value) }
    guard let end else { return body }
    let isST = scalars[end].value == 0x1b && end + 1 < scalars.count && scalars[end + 1] == "\\"
    return isST ? end + 2 : end + (scalars[end].value == 0x1b ? 0 : 1)
  default: return body
  }
}
