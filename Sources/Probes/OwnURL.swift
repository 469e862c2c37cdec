package import Addressing
internal import Records
internal import Wire

/// A place on the device itself that the device has named. A URL of any other host comes to nothing: what one device
/// says must not make this program ask another.
package struct OwnURL: Hashable, Sendable {
  package let secure: Bool
  package let port: UInt16
  /// In origin form, without fragment.
  package let path: String

  static let longest = 1024

  private init(secure: Bool, port: UInt16, path: String) {
    self.secure = secure
    self.port = port
    self.path = path
  }

  /// - Parameter text: an absolute URL (RFC 3986 §3) whose host is `address`, written as an address; names are not
  ///   looked up.
  package init?(_ text: some StringProtocol, of address: IPAddress) {
    guard text.utf8.count <= Self.longest else { return nil }
    let text = String(text)
    let secure: Bool
    var rest: Substring
    if text.lowercased().hasPrefix("http://") {
      (secure, rest) = (false, text.dropFirst(7))
    } else if text.lowercased().hasPrefix("https://") {
      (secure, rest) = (true, text.dropFirst(8))
    } else {
      return nil
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    rest = rest.dropFirst(authority.count)
    guard let (host, port) = Self.split(authority), IPAddress(host) == address else { return nil }
    let start = rest.hasPrefix("/") ? rest : "/" + rest
    guard let path = Self.path(start) else { return nil }
    self.init(secure: secure, port: port ?? (secure ? 443 : 80), path: path)
  }

  /// Host and port; nil for what has a user's name in it, or a port that is none.
  private static func split(_ authority: Substring) -> (host: Substring, port: UInt16?)? {
    guard !authority.contains("@") else { return nil }
    var host = authority
    var tail: Substring = ""
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      // The zone of a link-local address (RFC 6874) is the other side's affair.
      host = authority[authority.index(after: authority.startIndex)..<end].prefix { $0 != "%" }
      tail = authority[authority.index(after: end)...]
    } else if let colon = authority.firstIndex(of: ":") {
      (host, tail) = (authority[..<colon], authority[colon...])
    }
    if tail.isEmpty || tail == ":" { return (host, nil) }
    guard tail.hasPrefix(":"), let port = UInt16(tail.dropFirst()), port > 0 else { return nil }
    return (host, port)
  }

  private static func path(_ text: Substring) -> String? {
    let path = text.prefix { $0 != "#" }
    guard path.hasPrefix("/"), path.utf8.count <= longest, path.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    return String(path)
  }

  /// What a reference in a document from here means (RFC 3986 §5.2); nil when it leads to another host.
  package func resolving(_ reference: some StringProtocol, of address: IPAddress) -> OwnURL? {
    if let absolute = OwnURL(reference, of: address) { return absolute }
    let text = Substring(reference)
    guard !text.isEmpty, !text.hasPrefix("//"), !text.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else {
      return nil
    }
    let folder = path.prefix { $0 != "?" }
    let base = text.hasPrefix("/") ? "" : folder[...(folder.lastIndex(of: "/") ?? folder.startIndex)]
    guard let path = Self.path(Substring(base + text)) else { return nil }
    return OwnURL(secure: secure, port: port, path: path)
  }

  func request(_ method: HTTPRequest.Method = .get, headers: [HeaderField] = []) -> HTTPRequest {
    HTTPRequest(method, port: port, path: path, secure: secure, headers: headers)
  }
}

extension OwnURL: CustomStringConvertible {
  /// As a finding shows it.
  package var description: String { "\(secure ? "https" : "http"):\(port)\(path.prefix(80))" }
}
