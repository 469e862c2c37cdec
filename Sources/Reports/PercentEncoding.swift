/// A path as a relative reference (RFC 3986 §2.1, §4.2), octet by octet; only unreserved characters and slashes stay.
public func percentEncoded(_ path: String) -> String {
  let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
  return path.utf8.map { octet in
    if kept.contains(octet) { return String(UnicodeScalar(octet)) }
    let digits = String(octet, radix: 16, uppercase: true)
    return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
  }.joined()
}
