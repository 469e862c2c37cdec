internal import Addressing
internal import Records

/// Orders names as people do: `JSSEC-2.1` before `JSSEC-14.2`.
func comesNaturallyBefore(_ left: String, _ right: String) -> Bool {
  let pairs = zip(runs(of: left), runs(of: right))
  for (one, other) in pairs where one != other {
    if let first = Int(one), let second = Int(other), first != second { return first < second }
    return one < other
  }
  return left.utf8.count < right.utf8.count
}

/// The text cut where digits begin and end.
private func runs(of text: String) -> [String] {
  var runs: [String] = []
  var isNumber = false
  for character in text {
    let digit = character.isASCII && character.isNumber
    if runs.isEmpty || digit != isNumber { runs.append("") }
    runs[runs.count - 1].append(character)
    isNumber = digit
  }
  return runs
}

/// Orders devices by their first address, those without one last.
func isListedBefore(_ left: Device, _ right: Device) -> Bool {
  let (one, other) = (left.addresses.first, right.addresses.first)
  return one == other ? left.id < right.id : isLower(one, other)
}

/// An address that is not there comes last.
func isLower(_ left: IPAddress?, _ right: IPAddress?) -> Bool {
  guard let left else { return false }
  guard let right else { return true }
  return left < right
}
