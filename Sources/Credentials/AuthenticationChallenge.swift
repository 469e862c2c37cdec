internal import Probes

/// A challenge of WWW-Authenticate (RFC 9110 §11.6.1), as HTTP and RTSP have it, and the answer to it.
struct AuthenticationChallenge: Hashable, Sendable {
  /// In small letters.
  let scheme: String
  /// By their names in small letters; of two with one name the first.
  private(set) var parameters: [String: String] = [:]

  private init(scheme: String) { self.scheme = scheme }

  private static let mostChallenges = 8
  private static let longestValue = 4096

  /// The challenges of a message's fields, in their order. A field may hold several, and each of those several parameters,
  /// with commas between all of them.
  static func all(in values: [String]) -> [AuthenticationChallenge] {
    var challenges: [AuthenticationChallenge] = []
    for value in values where value.utf8.count <= longestValue {
      var isFirst = true
      for part in parts(Array(value.utf8)) {
        var rest = part
        let word = takeToken(&rest)
        let afterBlanks = rest.drop(while: isBlank)
        if afterBlanks.first == UInt8(ascii: "="), !isFirst {
          challenges[challenges.count - 1].note(word, afterBlanks.dropFirst())
          continue
        }
        guard !word.isEmpty, challenges.count < mostChallenges else { break }
        challenges.append(AuthenticationChallenge(scheme: word))
        isFirst = false
        rest = afterBlanks
        let name = takeToken(&rest)
        let value = rest.drop(while: isBlank)
        if value.first == UInt8(ascii: "=") { challenges[challenges.count - 1].note(name, value.dropFirst()) }
      }
    }
    return challenges
  }

  private mutating func note(_ name: String, _ value: ArraySlice<UInt8>) {
    guard !name.isEmpty, parameters[name] == nil else { return }
    let value = value.drop(while: Self.isBlank)
    guard value.first == UInt8(ascii: "\"") else {
      parameters[name] = String(decoding: value.reversed().drop(while: Self.isBlank).reversed(), as: UTF8.self)
      return
    }
    var text: [UInt8] = []
    var isEscaped = false
    for octet in value.dropFirst() {
      if !isEscaped, octet == UInt8(ascii: "\"") { break }
      isEscaped = !isEscaped && octet == UInt8(ascii: "\\")
      if !isEscaped { text.append(octet) }
    }
    parameters[name] = String(decoding: text, as: UTF8.self)
  }

  /// What stands between commas outside of quotation marks, without blanks before it.
  private static func parts(_ octets: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var (start, isQuoted, isEscaped) = (0, false, false)
    for (index, octet) in octets.enumerated() {
      if isEscaped {
        isEscaped = false
      } else if octet == UInt8(ascii: "\\") {
        isEscaped = isQuoted
      } else if octet == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if octet == UInt8(ascii: ","), !isQuoted {
        parts.append(octets[start..<index].drop(while: isBlank))
        start = index + 1
      }
    }
    parts.append(octets[start...].drop(while: isBlank))
    return parts.filter { !$0.isEmpty }
  }

  private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  /// Its small letters.
  private static func takeToken(_ rest: inout ArraySlice<UInt8>) -> String {
    let token = rest.prefix { !isBlank($0) && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") }
    rest = rest.dropFirst(token.count)
    return String(decoding: token, as: UTF8.self).lowercased()
  }
}

// The answer.
extension AuthenticationChallenge {
  private struct Digest {
    let hash: LoginMessage.Hash
    /// The first part is hashed with the nonces once more (RFC 7616 §3.4.2).
    let isSession: Bool
    let algorithm: String?
  }

  private var digest: Digest? {
    guard scheme == "digest", parameters["nonce"] != nil else { return nil }
    let algorithm = parameters["algorithm"]
    switch (algorithm ?? "MD5").uppercased() {
    case "MD5": return Digest(hash: .md5, isSession: false, algorithm: algorithm)
    case "MD5-SESS": return Digest(hash: .md5, isSession: true, algorithm: algorithm)
    case "SHA-256": return Digest(hash: .sha256, isSession: false, algorithm: algorithm)
    case "SHA-256-SESS": return Digest(hash: .sha256, isSession: true, algorithm: algorithm)
    default: return nil
    }
  }

  /// nil where the server leaves it out (RFC 2069), `false` in the second where it wants one that is not spoken here.
  private var protection: (isAuth: Bool, isKnown: Bool) {
    guard let offered = parameters["qop"], !offered.isEmpty else { return (false, true) }
    let words = offered.lowercased().split { $0 == "," || $0 == " " }
    return (true, words.contains("auth"))
  }

  /// How well the password is kept; nil where nobody here can answer.
  private var strength: Int? {
    if scheme == "basic" { return 1 }
    guard let digest, protection.isKnown, values.allSatisfy(Self.canBeSaidAgain) else { return nil }
    return digest.hash == .sha256 ? 3 : 2
  }

  /// Whatever of it is said again in the answer, or goes into the digest.
  private var values: [String] {
    ["realm", "nonce", "opaque", "algorithm"].compactMap { parameters[$0] }
  }

  /// A realm in another encoding than UTF-8 is not what it was; the digest over it would be wrong, and the device would count
  /// that as a wrong password.
  private static func canBeSaidAgain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0 != "\u{fffd}" }
  }

  /// The one that keeps the password best; nil where there is none that can be answered.
  static func best(of challenges: [AuthenticationChallenge]) -> AuthenticationChallenge? {
    var best: (challenge: AuthenticationChallenge, strength: Int)?
    for challenge in challenges {
      guard let strength = challenge.strength, strength > best?.strength ?? 0 else { continue }
      best = (challenge, strength)
    }
    return best?.challenge
  }

  /// A word for records.
  var word: String {
    guard let digest else { return scheme == "basic" ? "Basic" : "unknown" }
    return "Digest \(digest.hash == .sha256 ? "SHA-256" : "MD5")"
  }

  /// The password was not wrong, only too old a nonce used (RFC 7616 §3.3).
  var isStale: Bool { parameters["stale"]?.lowercased() == "true" }

  /// The value of Authorization (RFC 7617 §2, RFC 7616 §3.4); nil where nobody here can answer.
  /// - Parameter cnonce: hexadecimal digits.
  func answer(_ method: String, _ target: String, cnonce: String) -> LoginMessage? {
    guard strength != nil else { return nil }
    guard let digest, let nonce = parameters["nonce"] else {
      return .joined([.text("Basic "), .base64(.joined([.account, .text(":"), .password]))])
    }
    func hashed(_ parts: LoginMessage...) -> LoginMessage { .hexadecimal(.hash(digest.hash, .joined(parts))) }
    let realm = parameters["realm"] ?? ""
    let isAuth = protection.isAuth
    var who = hashed(.account, .text(":\(realm):"), .password)
    if digest.isSession { who = hashed(who, .text(":\(nonce):\(cnonce)")) }
    let what = hashed(.text("\(method):\(target)"))
    let between = isAuth ? ":\(nonce):00000001:\(cnonce):auth:" : ":\(nonce):"
    var further = ""
    if let algorithm = digest.algorithm { further += ", algorithm=\(algorithm)" }
    if let opaque = parameters["opaque"] { further += ", opaque=\(Self.quoted(opaque))" }
    if isAuth { further += ", qop=auth, nc=00000001" }
    if isAuth || digest.isSession { further += ", cnonce=\"\(cnonce)\"" }
    return .joined([
      .text("Digest username=\""), .account,
      .text("\", realm=\(Self.quoted(realm)), nonce=\(Self.quoted(nonce)), uri=\"\(target)\", response=\""),
      hashed(who, .text(between), what), .text("\"" + further),
    ])
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
  }
}
