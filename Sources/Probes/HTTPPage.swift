internal import Records

extension WebPage {
  private static let longestText = 200
  private static let mostChallenges = 8

  /// - Returns: nil when no status line came.
  init?(_ exchange: HTTPExchange, path: String) {
    guard let status = exchange.status else { return nil }
    self.init(path: path, status: status)
    location = exchange.values(of: "Location").first.map(Self.short)
    hasHSTS = !exchange.values(of: "Strict-Transport-Security").isEmpty
    challenges = exchange.values(of: "WWW-Authenticate").prefix(Self.mostChallenges).map(Self.schemeAndRealm)
    octets = exchange.body.count
    sketch = PageSketch(exchange.body)
    var tags = HTMLTags(exchange.body)
    while let tag = tags.next() {
      switch tag.name {
      case "/title" where title == nil:
        title = Self.short(Self.trimmed(String(decoding: tag.textBefore, as: UTF8.self)))
      case "input" where tag.value(of: "type") == "password": asksForPassword = true
      case "meta" where location == nil && tag.value(of: "http-equiv") == "refresh":
        location = tag.written("content").flatMap(Self.refreshTarget).map(Self.short)
      default: break
      }
    }
  }

  private static func short(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestText)))
  }

  private static func trimmed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// `0; url=https://…` (HTML Living Standard §4.2.5.3); nil where the page only reloads itself.
  private static func refreshTarget(_ content: String) -> String? {
    let words = content.drop { $0.isNumber || $0 == "." || $0.isWhitespace || $0 == ";" || $0 == "," }
    guard words.prefix(3).lowercased() == "url" else { return nil }
    var rest = words.dropFirst(3).drop(while: \.isWhitespace)
    guard rest.popFirst() == "=" else { return nil }
    rest = rest.drop(while: \.isWhitespace)
    let quote = rest.first
    guard quote == "\"" || quote == "'" else { return String(rest) }
    return String(rest.dropFirst().prefix { $0 != quote })
  }

  /// Without what is another one each time, such as the nonce of Digest (RFC 7616 §3.3).
  private static func schemeAndRealm(_ challenge: String) -> String {
    let small = challenge.lowercased()
    let scheme = String(small.prefix { $0 != " " && $0 != "," })
    guard let realm = small.firstRange(of: "realm=") else { return short(scheme) }
    let rest = small[realm.upperBound...]
    let value = rest.first == "\"" ? rest.dropFirst().prefix { $0 != "\"" } : rest.prefix { $0 != "," && $0 != " " }
    return short("\(scheme) \(value)")
  }
}
