internal import Probes

/// The fields of a form in their order, with name and password still to be put in.
struct LoginForm: Sendable {
  typealias Field = (name: [UInt8], value: LoginMessage)

  let fields: [Field]
  let hasName: Bool
  /// `multipart/form-data` in place of `application/x-www-form-urlencoded`.
  let isMultipart: Bool

  /// As it stands in a page.
  init(_ form: LoginPage.Form) {
    let account = form.account
    fields = form.fields.enumerated().compactMap { place, field in
      guard !field.name.isEmpty else { return nil }
      let value: LoginMessage = field.kind == .password ? .password : place == account ? .account : .octets(field.value)
      return (field.name, value)
    }
    hasName = account != nil
    isMultipart = form.isMultipart
  }

  /// As a recipe has it.
  /// - Returns: nil where the page lacks a field that is to be kept.
  init?(_ recipe: HTTPFormRecipe, on page: LoginPage) {
    var fields: [Field] = []
    func add(_ name: String, _ value: LoginMessage, _ part: HTTPFormRecipe.Part) {
      fields.append((Array(name.utf8), recipe.base64.contains(part) ? .base64(value) : value))
    }
    if let account = recipe.account { add(account, .account, .account) }
    add(recipe.password, .password, .password)
    fields += recipe.fixed.map { (Array($0.name.utf8), .text($0.value)) }
    for name in recipe.keep {
      guard let value = page.given(Array(name.utf8)) else { return nil }
      fields.append((Array(name.utf8), .octets(value)))
    }
    self.fields = fields
    hasName = recipe.account != nil
    isMultipart = recipe.send == .multipart
  }

  /// As a browser would send it (HTML Living Standard §4.10.22.7, §4.10.22.8).
  /// - Parameter boundary: octets that no field holds.
  func body(boundary: String) -> LoginRequest.Body {
    guard isMultipart else {
      return LoginRequest.Body(contentType: "application/x-www-form-urlencoded", message: urlencoded)
    }
    return LoginRequest.Body(contentType: "multipart/form-data; boundary=\(boundary)", message: multipart(boundary))
  }

  private var urlencoded: LoginMessage {
    var parts: [LoginMessage] = []
    for field in fields {
      if !parts.isEmpty { parts.append(.text("&")) }
      parts += [.percentEncoded(.octets(field.name)), .text("="), .percentEncoded(field.value)]
    }
    return .joined(parts)
  }

  /// RFC 7578 §4.
  private func multipart(_ boundary: String) -> LoginMessage {
    let parts = fields.flatMap { field -> [LoginMessage] in
      [
        .text("--\(boundary)\r\nContent-Disposition: form-data; name=\""), .octets(field.name.flatMap(Self.escaped)),
        .text("\"\r\n\r\n"), field.value, .text("\r\n"),
      ]
    }
    return .joined(parts + [.text("--\(boundary)--\r\n")])
  }

  /// HTML Living Standard §4.10.22.8: quotes and line ends of a name.
  private static func escaped(_ octet: UInt8) -> [UInt8] {
    switch octet {
    case 0x22: Array("%22".utf8)
    case 0x0d: Array("%0D".utf8)
    case 0x0a: Array("%0A".utf8)
    default: [octet]
    }
  }
}
