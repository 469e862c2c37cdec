internal import Records

/// Whether a page without TLS is the one inside TLS. The first answer of each decides; a redirect of the plain one is followed as far
/// as its page was fetched.
enum PageComparison: Hashable {
  case same(LocalizedText)
  /// It is another one, there is none, or it leads to the one inside TLS.
  case differs(LocalizedText)
  case open(String, LocalizedText)

  /// Resemblance from which two bodies are one page with other numbers in it.
  static let alike = 0.8
  /// Resemblance below which they have nothing but a frame in common.
  static let unlike = 0.4

  var text: LocalizedText {
    switch self {
    case .same(let text), .differs(let text), .open(_, let text): text
    }
  }

  /// - Parameter onward: the answer to the path that `plain` leads to, where it was fetched.
  init(secure: WebPage, plain: WebPage, onward: WebPage?) {
    if let place = plain.place {
      self = Self.redirected(secure, plain, place, onward)
    } else if secure.isRedirect {
      self = Self.behindRedirect(secure)
    } else {
      self = Self.pages(secure, plain)
    }
  }

  /// The plain answer leads somewhere else.
  private static func redirected(_ secure: WebPage, _ plain: WebPage, _ place: PagePlace, _ onward: WebPage?) -> Self {
    if place.isSecure {
      return .differs(
        LocalizedText(ja: "HTTPSへ転送します(\(plain.status))", en: "redirects to HTTPS (\(plain.status))"))
    }
    guard let onward else {
      return .open(
        "redirect", LocalizedText(ja: "別の場所へ転送します(\(place.path))", en: "redirects elsewhere (\(place.path))"))
    }
    if onward.place?.isSecure == true {
      return .differs(
        LocalizedText(ja: "\(place.path)を経てHTTPSへ転送します", en: "redirects to HTTPS by way of \(place.path)"))
    }
    guard secure.isRedirect else { return pages(secure, onward) }
    guard let other = secure.place, !other.leadsToPlain else {
      return behindRedirect(secure)
    }
    guard other.path == place.path, onward.isPage || onward.status == 401 else {
      return .open(
        "redirect",
        LocalizedText(
          ja: "転送先が異なります(\(place.path)、TLSの中では\(other.path))",
          en: "redirects to \(place.path), and inside TLS to \(other.path)"))
    }
    return .same(
      LocalizedText(
        ja: "TLSの中と同じ\(place.path)へ転送し、そのページをTLSなしで返します(\(onward.status))",
        en: "redirects to \(place.path) as inside TLS, and answers that without TLS (\(onward.status))"))
  }

  /// What the page inside TLS is in the end was not fetched.
  private static func behindRedirect(_ secure: WebPage) -> Self {
    let place = secure.place
    guard place?.leadsToPlain != true else {
      return .open(
        "leads-to-plain",
        LocalizedText(ja: "TLSの中のページからTLSなしのページへ転送されます", en: "is where the page inside TLS redirects to"))
    }
    return .open(
      "redirect",
      LocalizedText(
        ja: "TLSの中では転送されるため(\(place?.path ?? "?"))、比べられません",
        en: "cannot be compared, since the one inside TLS redirects (\(place?.path ?? "?"))"))
  }

  private static func pages(_ secure: WebPage, _ plain: WebPage) -> Self {
    if plain.status >= 400, plain.status != 401 {
      return .differs(
        LocalizedText(ja: "ページがありません(\(plain.status))", en: "has no page there (\(plain.status))"))
    }
    if secure.status == 401 { return challenges(secure, plain) }
    guard secure.isPage else {
      return .open(
        "status-\(secure.status)", LocalizedText(ja: "比べるページがTLSの中にありません", en: "has nothing to be compared with"))
    }
    guard plain.status != 401 else {
      return .differs(
        LocalizedText(ja: "認証を求め、ページを返しません(401)", en: "asks for authentication instead of showing it (401)"))
    }
    guard !secure.sketch.isEmpty, !plain.sketch.isEmpty else {
      return .open("empty-page", LocalizedText(ja: "ページに比べられる内容がありません", en: "has no words to compare"))
    }
    return bodies(secure, plain)
  }

  private static func challenges(_ secure: WebPage, _ plain: WebPage) -> Self {
    guard plain.status == 401 else {
      return .open(
        "hidden-page",
        LocalizedText(
          ja: "ページを返しますが、TLSの中のページは認証の先にあり、比べられません",
          en: "shows a page, while the one inside TLS is behind a login and cannot be compared"))
    }
    guard !secure.challenges.isEmpty, secure.challenges == plain.challenges else {
      return .open(
        "another-login", LocalizedText(ja: "別の認証を求めます(401)", en: "asks for another authentication (401)"))
    }
    return .same(
      LocalizedText(
        ja: "TLSの中と同じ認証を求めます(401、\(secure.challenges[0]))",
        en: "asks for the same authentication as inside TLS (401, \(secure.challenges[0]))"))
  }

  private static func bodies(_ secure: WebPage, _ plain: WebPage) -> Self {
    let resemblance = secure.sketch.resemblance(to: plain.sketch)
    let isOneLogin =
      secure.asksForPassword && plain.asksForPassword && secure.title != nil && secure.title == plain.title
    let login =
      plain.asksForPassword
      ? LocalizedText(ja: "(パスワード入力欄を含む)", en: " (with its field for a password)") : LocalizedText(ja: "", en: "")
    if resemblance >= alike || isOneLogin && resemblance >= unlike {
      return .same(
        LocalizedText(
          ja: "同じページ\(login.ja)をTLSなしで返します(\(plain.status)、\(plain.octets)バイト)",
          en: "shows the same page\(login.en) without TLS (\(plain.status), \(plain.octets) octets)"))
    }
    if secure.asksForPassword, plain.asksForPassword {
      return .open(
        "another-login",
        LocalizedText(
          ja: "どちらもパスワードを求めますが、ページは同じではありません", en: "asks for a password too, on a page that is not the same"))
    }
    guard resemblance < unlike else {
      return .open(
        "similar-page", LocalizedText(ja: "似たページを返しますが、同じとは言えません", en: "shows a page that is similar, not the same"))
    }
    return .differs(
      LocalizedText(ja: "別のページを返します(\(plain.status))", en: "shows another page there (\(plain.status))"))
  }
}

/// Where a Location or a refresh leads to.
struct PagePlace: Hashable {
  /// `https`, `http`, or nil for a reference within the scheme.
  let scheme: String?
  /// Without the fragment.
  let path: String

  var isSecure: Bool { scheme == "https" }
  var leadsToPlain: Bool { scheme == "http" }

  /// - Returns: nil for what is no place of the web, such as `about:blank`.
  init?(_ reference: String) {
    let small = reference.lowercased()
    var rest = reference[...]
    scheme = ["https", "http"].first { small.hasPrefix($0 + "://") }
    if let scheme {
      rest = rest.dropFirst(scheme.count + 3)
      rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    } else if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    } else if rest.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") {
      return nil
    }
    let path = rest.prefix { $0 != "#" }
    guard !path.isEmpty else { return nil }
    // The reference is relative to `/` (RFC 3986 §5.2).
    self.path = path.hasPrefix("/") ? String(path) : "/" + String(path.hasPrefix("./") ? path.dropFirst(2) : path)
  }
}

extension WebPage {
  /// Where it leads to; nil for a page that stays, be it by loading itself again.
  var place: PagePlace? {
    guard let place = location.flatMap(PagePlace.init), place.scheme != nil || place.path != path else { return nil }
    return place
  }

  fileprivate var isRedirect: Bool { place != nil }
  fileprivate var isPage: Bool { (200..<300).contains(status) }
}
