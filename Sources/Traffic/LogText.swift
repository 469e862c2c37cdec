internal import Addressing
internal import Wire

/// What a record's text tells, as far as it may be kept: that a login failed, which addresses it names, and whether something in it
/// has the form of a secret. The text itself is forgotten.
struct LogText: Hashable {
  let tellsFailedLogin: Bool
  /// At most four.
  let addresses: [IPAddress]
  /// `password`, `token`, `session` or `mail address`; nil for none.
  let sensitive: String?

  private static let failures = [
    "authentication fail", "auth fail", "failed password", "failed login", "login fail", "login incorrect",
    "logon fail", "invalid user", "invalid password", "incorrect password", "bad password", "wrong password",
    "access denied for user", "login attempt fail", "ログイン失敗", "ログインに失敗", "認証失敗", "認証に失敗", "認証エラー",
  ]
  /// Names in front of `=` or `:`, and what stands behind is.
  private static let secrets: [(word: String, kind: String)] = [
    ("password", "password"), ("passwd", "password"), ("passphrase", "password"), ("pwd", "password"),
    ("パスワード", "password"), ("token", "token"), ("api_key", "token"), ("apikey", "token"), ("api-key", "token"),
    ("secret", "token"), ("bearer", "token"), ("session", "session"), ("sessionid", "session"),
    ("session_id", "session"), ("cookie", "session"),
  ]

  init(_ text: String) {
    let lower = text.lowercased()
    tellsFailedLogin = Self.failures.contains { lower.contains($0) }
    addresses = Self.addresses(lower)
    sensitive = Self.secret(lower) ?? (Self.hasMailAddress(lower) ? "mail address" : nil)
  }

  private static func addresses(_ text: String) -> [IPAddress] {
    var found: [IPAddress] = []
    for token in text.split(whereSeparator: { !($0.isHexDigit || $0 == "." || $0 == ":") }) {
      // `192.0.2.7:51234` and a full stop behind an address.
      let bare = token.drop { $0 == ":" || $0 == "." }
      var end = bare
      while let last = end.last, last == "." || last == ":" { end.removeLast() }
      let address = IPAddress(end) ?? end.split(separator: ":").first.flatMap { IPAddress($0) }
      guard let address, end.contains(".") || end.filter({ $0 == ":" }).count >= 2 else { continue }
      if !found.contains(address) { found.append(address) }
      if found.count == 4 { break }
    }
    return found
  }

  private static func secret(_ text: String) -> String? {
    let octets = Array(text.utf8)
    for (word, kind) in secrets {
      let wanted = Array(word.utf8)
      var start = 0
      while let place = octets[start...].firstRange(of: wanted) {
        if isGiven(octets[place.upperBound...]) { return kind }
        start = place.upperBound
      }
    }
    return nil
  }

  /// An equals sign or colon, and something that is no placeholder: `=********`, `: (hidden)`.
  private static func isGiven(_ rest: ArraySlice<UInt8>) -> Bool {
    func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x22 || octet == 0x27 }
    let sign = rest.drop(while: isBlank)
    guard let first = sign.first, first == 0x3d || first == 0x3a else { return false }
    let value = sign.dropFirst().drop(while: isBlank).prefix { !isBlank($0) && $0 != 0x2c && $0 != 0x3b && $0 != 0x26 }
    guard value.count >= 2, value.first != 0x28, value.first != 0x3c, value.first != 0x5b else { return false }
    return !Set(value).isSubset(of: [0x2a, 0x78, 0x2e, 0x2d])
  }

  private static func hasMailAddress(_ text: String) -> Bool {
    let octets = Array(text.utf8)
    func isName(_ octet: UInt8) -> Bool {
      (0x61...0x7a).contains(octet) || (0x30...0x39).contains(octet) || [0x2d, 0x2e, 0x5f, 0x2b].contains(octet)
    }
    return octets.indices.contains { place in
      guard octets[place] == 0x40, place > 0, isName(octets[place - 1]) else { return false }
      let host = octets[(place + 1)...].prefix { isName($0) && $0 != 0x5f && $0 != 0x2b }
      let labels = host.split(separator: 0x2e, omittingEmptySubsequences: true)
      guard labels.count >= 2, let top = labels.last, (2...24).contains(top.count) else { return false }
      return top.allSatisfy { (0x61...0x7a).contains($0) }
    }
  }
}
