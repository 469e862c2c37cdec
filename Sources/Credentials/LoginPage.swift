internal import Probes

/// What a page of a device offers, as far as a login needs it. Nothing of its scripts is carried out.
struct LoginPage: Sendable {
  /// A form with a field for a password.
  struct Form: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      /// A name may be written there.
      case text
      case password
      /// It has its value already: hidden, a box that is ticked, the button.
      case given
    }

    struct Field: Hashable, Sendable {
      let kind: Kind
      let name: [UInt8]
      let value: [UInt8]
    }

    /// Where it is sent, as written; nil where the page does not say.
    var action: String?
    var isPost = false
    var isMultipart = false
    fileprivate(set) var fields: [Field] = []
    /// A script of the page fills a hidden field.
    fileprivate var isFilledByScript = false
    fileprivate var hasButton = false

    var passwords: Int { fields.count { $0.kind == .password } }
    var passwordName: [UInt8]? { fields.first { $0.kind == .password }?.name }
  }

  private(set) var forms: [Form] = []
  /// Fields for a password outside of every form, which a script would read.
  private(set) var loosePasswords = 0
  /// A link to log out by, as written.
  private(set) var logout: String?
  /// Where the page leads a browser by itself, as written.
  private(set) var refresh: String?
  /// What people see of it, in small letters.
  private(set) var lines: [[UInt8]] = []

  private static let mostForms = 8
  private static let mostFields = 64
  private static let mostText = 64 * 1024
  /// A page as short as this is a message, whose text may stand in a script.
  private static let messageLimit = 2048

  /// A form with one field for a password: a login.
  var login: Form? { forms.first { $0.passwords == 1 } }
  var asksForLogin: Bool { login != nil || (loosePasswords == 1 && forms.isEmpty) }
  /// It wants a new password instead.
  var asksForNewPassword: Bool { !asksForLogin && (forms.contains { $0.passwords > 1 } || loosePasswords > 1) }

  init(_ octets: [UInt8]) {
    var tags = HTMLTags(octets)
    var form: Form?
    var text = 0
    var hasTags = false
    var link: (reference: String, isNamed: Bool)?
    while let tag = tags.next() {
      hasTags = true
      if text < Self.mostText {
        text += tag.textBefore.count
        lines += tag.textBefore.split { $0 == 0x0a || $0 == 0x0d }.map(Array.init)
      }
      switch tag.name {
      case "form":
        keep(form)
        form = Form(tag)
      case "/form":
        keep(form)
        form = nil
      case "input", "button":
        guard let field = Form.Field(tag, hasButton: form?.hasButton ?? true) else { break }
        if form == nil, field.kind == .password { loosePasswords += 1 }
        form?.add(field, isButton: tag.isButton)
      case "a": link = tag.written("href").map { ($0, Self.namesLogout($0)) }
      case "/a":
        if let link, logout == nil, link.isNamed || Self.saysLogout(tag.textBefore), !Self.isRisky(link.reference) {
          logout = String(decoding: Array(link.reference.utf8).withoutEntities, as: UTF8.self)
        }
        link = nil
      case "meta": if refresh == nil, tag.value(of: "http-equiv") == "refresh" { refresh = Self.target(tag) }
      default: break
      }
    }
    keep(form)
    let assigned = forms.isEmpty ? [] : ScriptAssignments.names(in: octets)
    for place in forms.indices {
      forms[place].isFilledByScript = forms[place].fields.contains {
        $0.kind == .given && $0.value.isEmpty && assigned.contains($0.name)
      }
    }
    if !hasTags || octets.count <= Self.messageLimit {
      lines += octets.prefix(Self.messageLimit).split { $0 == 0x0a || $0 == 0x0d }.map { $0.asciiLowercased }
    }
  }

  /// The value that a field of a form with a password has already; nil where there is none.
  func given(_ name: [UInt8]) -> [UInt8]? {
    forms.lazy.flatMap(\.fields).first { $0.kind == .given && $0.name == name }?.value
  }

  private mutating func keep(_ form: Form?) {
    guard let form, form.passwords > 0, forms.count < Self.mostForms else { return }
    forms.append(form)
  }

  /// `0; url=/login.html`
  private static func target(_ tag: HTMLTags.Tag) -> String? {
    guard let content = tag.written("content"), let semicolon = content.firstIndex(of: ";") else { return nil }
    let rest = content[content.index(after: semicolon)...].drop { $0 == " " }
    guard rest.lowercased().hasPrefix("url=") else { return nil }
    let target = rest.dropFirst(4).filter { $0 != "'" && $0 != "\"" }
    return target.isEmpty ? nil : String(target)
  }

  private static func namesLogout(_ reference: String) -> Bool {
    let text = reference.lowercased()
    return ["logout", "log_out", "log-out", "logoff", "signout", "sign_out", "sign-out"].contains { text.contains($0) }
  }

  private static func saysLogout(_ text: some Collection<UInt8>) -> Bool {
    LoginWords.says(["log out", "logout", "log off", "logoff", "sign out", "ログアウト", "ログオフ"], Array(text))
  }

  /// A mere GET restarts some devices.
  private static func isRisky(_ reference: String) -> Bool {
    let text = reference.lowercased()
    return ["reboot", "restart", "reset", "shutdown", "poweroff", "javascript:", "#"].contains { text.hasPrefix($0) }
      || ["reboot", "restart", "reset", "shutdown", "poweroff"].contains { text.contains($0) }
  }

  /// What people see here and did not see there.
  func text(beyond other: LoginPage?) -> [UInt8] {
    let known = Set(other?.lines ?? [])
    return Array(lines.filter { !known.contains($0) }.joined(separator: [0x0a]))
  }

  var text: [UInt8] { text(beyond: nil) }
}

extension LoginPage.Form {
  fileprivate init(_ tag: HTMLTags.Tag) {
    action = tag.written("action").map { String(decoding: Array($0.utf8).withoutEntities, as: UTF8.self) }
    isPost = tag.value(of: "method") == "post"
    isMultipart = tag.value(of: "enctype") == "multipart/form-data"
  }

  private static let mostFields = 64

  fileprivate mutating func add(_ field: Field, isButton: Bool) {
    if isButton { hasButton = true }
    if fields.count < Self.mostFields { fields.append(field) }
  }

  /// The field for the name: the last one before the password that may be written in.
  var account: Int? {
    guard let password = fields.firstIndex(where: { $0.kind == .password }) else { return nil }
    return fields[..<password].lastIndex { $0.kind == .text }
  }

  /// Why it cannot be sent without its script, or without a person; nil where it can.
  var obstacle: String? {
    if !isPost { return "form-by-get" }
    let target = (action ?? "").lowercased()
    if target.hasPrefix("javascript:") || target.hasPrefix("#") { return "form-by-script" }
    if fields.contains(where: { $0.kind == .password && $0.name.isEmpty }) { return "form-by-script" }
    let names = fields.map { String(decoding: $0.name, as: UTF8.self).lowercased() }
    if names.contains(where: { name in ["captcha", "vcode", "verifycode", "checkcode"].contains { name.contains($0) } })
    {
      return "captcha"
    }
    // A place for what a script makes of the password: as it stands here it would be refused, whatever the password is.
    if isFilledByScript { return "form-by-script" }
    let written = fields.filter { $0.kind != .given }.map(\.name)
    for (field, name) in zip(fields, names) where field.kind == .given && field.value.isEmpty {
      if Self.scriptWords.contains(where: { name.contains($0) }) { return "form-by-script" }
      // `userid` beside `userid_work`: what is written there goes here.
      if field.name.count >= 3, written.contains(where: { $0.count > field.name.count && $0.starts(with: field.name) })
      {
        return "form-by-script"
      }
    }
    return nil
  }

  private static let scriptWords = ["md5", "sha256", "hash", "encrypt", "encoded", "pass", "pwd"]
}

extension LoginPage.Form.Field {
  /// - Returns: nil for what is not sent.
  fileprivate init?(_ tag: HTMLTags.Tag, hasButton: Bool) {
    let type = tag.value(of: "type") ?? (tag.name == "button" ? "submit" : "text")
    name = tag.octets(of: "name").withoutEntities
    let value = tag.octets(of: "value").withoutEntities
    switch type {
    case "password":
      kind = .password
      self.value = []
    case "hidden":
      kind = .given
      self.value = value
    case "checkbox", "radio":
      guard tag.has("checked") else { return nil }
      kind = .given
      self.value = value.isEmpty ? Array("on".utf8) : value
    case "submit":
      // The first button is the one that the return key presses.
      guard !hasButton else { return nil }
      kind = .given
      self.value = value
    case "button", "reset", "image", "file": return nil
    default:
      kind = .text
      self.value = value
    }
  }
}

extension HTMLTags.Tag {
  fileprivate var isButton: Bool {
    name == "button" || (name == "input" && value(of: "type") == "submit")
  }

  /// The attribute is there, with a value or without.
  fileprivate func has(_ word: String) -> Bool {
    attributes.split { $0 == 0x20 || (0x09...0x0d).contains($0) || $0 == 0x2f }.contains {
      $0.elementsEqual(word.utf8) || $0.starts(with: (word + "=").utf8)
    }
  }
}

extension Collection<UInt8> {
  fileprivate var asciiLowercased: [UInt8] { map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 } }
}

extension [UInt8] {
  private static let entities: [(name: [UInt8], octet: UInt8)] = [
    ("amp", 0x26), ("lt", 0x3c), ("gt", 0x3e), ("quot", 0x22), ("apos", 0x27), ("nbsp", 0x20),
  ].map { (Array($0.0.utf8), $0.1) }

  /// With character references put in: the few with names that tokens hold, and those by number.
  var withoutEntities: [UInt8] {
    guard contains(0x26) else { return self }
    var kept: [UInt8] = []
    var rest = self[...]
    while let octet = rest.popFirst() {
      guard octet == 0x26, let end = rest.prefix(10).firstIndex(of: 0x3b) else {
        kept.append(octet)
        continue
      }
      guard let meant = Self.meant(rest[rest.startIndex..<end]) else {
        kept.append(octet)
        continue
      }
      kept += meant
      rest = rest[(end + 1)...]
    }
    return kept
  }

  private static func meant(_ name: ArraySlice<UInt8>) -> [UInt8]? {
    if let known = entities.first(where: { name.elementsEqual($0.name) }) { return [known.octet] }
    guard name.first == UInt8(ascii: "#") else { return nil }
    let digits = String(decoding: name.dropFirst(), as: UTF8.self)
    let number =
      digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(Unicode.Scalar.init).map { Array(String($0).utf8) }
  }
}
