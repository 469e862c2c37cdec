/// What a page lets its visitor do, as far as its forms say so beyond doubt. Words are compared in ASCII and UTF-8; pages
/// in other Japanese encodings are known by the ASCII names of their fields.
struct AdminPage: Hashable, Sendable {
  /// A form that only an administrator has a use for.
  enum Sign: Hashable, Sendable, CaseIterable {
    /// Takes a file and speaks of firmware.
    case firmware
    /// A button that restarts the device or resets it.
    case restart
    /// Two fields for a new password of an administrator.
    case password
  }

  private(set) var signs: [Sign] = []
  /// A form with one field for a password: a login.
  private(set) var asksForLogin = false
  /// What a browser loads by itself with the page, as written.
  private(set) var frames: [String] = []

  private static let mostFrames = 16
  /// Octets of a form that are looked at.
  private static let formLimit = 32 * 1024

  private struct Form {
    var passwords = 0
    var takesFile = false
    /// Names, values and text.
    var words: [UInt8] = []
    /// Those of its buttons, and where it is sent.
    var deeds: [UInt8] = []

    mutating func note(_ octets: ArraySlice<UInt8>, isDeed: Bool = false) {
      if words.count < formLimit { words += octets.prefix(4096) + [0x20] }
      if isDeed, deeds.count < formLimit { deeds += octets.prefix(4096) + [0x20] }
    }
  }

  /// - Parameter octets: of the page, or of its beginning.
  init(_ octets: [UInt8]) {
    var tags = HTMLTags(octets)
    var form: Form?
    while let tag = tags.next() {
      if form != nil { form?.note(tag.textBefore, isDeed: tag.name == "/button") }
      switch tag.name {
      case "form":
        if let form { judge(form) }
        form = Form()
        form?.note(tag.attributes, isDeed: true)
      case "/form":
        if let form { judge(form) }
        form = nil
      case "input":
        let type = tag.value(of: "type") ?? "text"
        if type == "password" { form?.passwords += 1 }
        // Some pages have their login outside of any form.
        if type == "password", form == nil { asksForLogin = true }
        if type == "file" { form?.takesFile = true }
        form?.note(tag.attributes, isDeed: ["submit", "button", "image"].contains(type))
      case "button": form?.note(tag.attributes, isDeed: true)
      case "frame", "iframe":
        if let place = tag.written("src"), !place.isEmpty, frames.count < Self.mostFrames { frames.append(place) }
      default: break
      }
    }
    if let form { judge(form) }
  }

  private mutating func judge(_ form: Form) {
    if form.passwords == 1 { asksForLogin = true }
    let found: [(Sign, Bool)] = [
      (.firmware, form.takesFile && Self.contains(Self.firmwareWords, form.words)),
      (.restart, form.passwords == 0 && Self.contains(Self.restartWords, form.deeds)),
      (.password, form.passwords >= 2 && Self.contains(Self.adminWords, form.words)),
    ]
    for (sign, isThere) in found where isThere && !signs.contains(sign) { signs.append(sign) }
  }

  private static let firmwareWords = words("firmware", "ファームウェア", "sysupgrade")
  private static let restartWords = words(
    "reboot", "再起動", "factory default", "factory reset", "factory_default", "工場出荷")
  private static let adminWords = words("admin", "管理者")

  private static func words(_ list: String...) -> [[UInt8]] { list.map { Array($0.utf8) } }

  private static func contains(_ words: [[UInt8]], _ text: [UInt8]) -> Bool {
    words.contains { word in
      var at = text.startIndex
      while let next = text[at...].firstIndex(of: word[0]) {
        if text[next...].starts(with: word) { return true }
        at = next + 1
      }
      return false
    }
  }
}
