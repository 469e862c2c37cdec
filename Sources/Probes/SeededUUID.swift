/// A UUID (RFC 9562 §5.8, version 8) that another target or run does not have.
///
/// - Returns: upper case, 36 characters.
func seededUUID(_ seed: UInt64) -> String {
  let digits = String(seed, radix: 16, uppercase: true)
  let whole = String(repeating: "0", count: 16 - digits.count) + digits
  return "\(whole.prefix(8))-\(whole.dropFirst(8).prefix(4))-8000-8000-74656E6B\(whole.suffix(4))"
}
