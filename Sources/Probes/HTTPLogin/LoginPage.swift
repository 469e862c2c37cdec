/// Finds out whether a page asks for a password: an `input` of type `password` that is neither commented out nor part of
/// a script.
struct LoginPage: Hashable, Sendable {
  private(set) var asksForPassword = false
  /// A form is sent to an address inside TLS.
  private(set) var sendsToTLS = false

  /// - Parameter octets: of the page, or of its beginning. Only ASCII matters here.
  init(_ octets: [UInt8]) {
    var page = HTMLTags(octets)
    while let tag = page.next() {
      if tag.name == "input", tag.value(of: "type") == "password" { asksForPassword = true }
      if tag.name == "form", tag.value(of: "action")?.hasPrefix("https:") == true { sendsToTLS = true }
    }
  }
}
