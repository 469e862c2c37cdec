internal import Wire

/// The cookies of one login (RFC 6265), to the same service only, and forgotten with it.
struct LoginCookies: Hashable, Sendable {
  private struct Cookie: Hashable, Sendable {
    let name: String
    var value: String
  }

  private var cookies: [Cookie] = []
  private static let most = 16
  private static let longest = 2048

  var isEmpty: Bool { cookies.isEmpty }

  /// Takes what a response sets.
  /// - Returns: whether a cookie is new, or has another value.
  mutating func take(_ fields: [String]) -> Bool {
    var isChanged = false
    for field in fields {
      let parts = field.split(separator: ";", omittingEmptySubsequences: false)
      guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { continue }
      let name = Self.trimmed(pair[..<equals])
      let value = Self.trimmed(pair[pair.index(after: equals)...])
      guard !name.isEmpty, name.utf8.count + value.utf8.count <= Self.longest, Self.isPlain(name), Self.isPlain(value)
      else { continue }
      let place = cookies.firstIndex { $0.name == name }
      if value.isEmpty || Self.isOver(parts.dropFirst()) {
        if let place { cookies.remove(at: place) }
      } else if let place {
        isChanged = isChanged || cookies[place].value != value
        cookies[place].value = value
      } else if cookies.count < Self.most {
        cookies.append(Cookie(name: name, value: value))
        isChanged = true
      }
    }
    return isChanged
  }

  /// nil where there is none.
  var field: HeaderField? {
    isEmpty ? nil : HeaderField("Cookie", cookies.map { "\($0.name)=\($0.value)" }.joined(separator: "; "))
  }

  /// The cookie is taken back: machines here have no calendar, and servers write the beginning of time.
  private static func isOver(_ attributes: some Sequence<Substring>) -> Bool {
    attributes.contains { attribute in
      let text = trimmed(attribute).lowercased()
      if text.hasPrefix("max-age=") { return text.dropFirst(8).first == "-" || text.dropFirst(8) == "0" }
      return text.hasPrefix("expires=") && (text.contains("1970") || text.contains("1969"))
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    let front = text.drop { $0 == " " || $0 == "\t" }
    return String(front.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x3b } || text.isEmpty
  }
}
