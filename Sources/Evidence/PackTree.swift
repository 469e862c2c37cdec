/// What stands in a pack's folder.
enum PackTree {
  struct Entry {
    /// Relative to the pack; nil when the name is not UTF-8.
    let path: String?
    /// The path for people: octets that are not UTF-8 replaced, control characters as `\u{..}`.
    let shown: String
    let kind: FileKind
  }

  /// Everything that is not a folder, and every empty folder, sorted by name.
  /// - Parameter folder: relative to the pack; empty for the whole pack.
  static func entries(of pack: String, below folder: String) throws(PackError) -> [Entry] {
    let absolute = folder.isEmpty ? pack : pack + "/" + folder
    let prefix = folder.isEmpty ? "" : folder + "/"
    var entries: [Entry] = []
    for name in try Folder.names(in: absolute) {
      guard let text = String(validating: name, as: UTF8.self) else {
        entries.append(Entry(path: nil, shown: prefix + String(decoding: name, as: UTF8.self), kind: .special))
        continue
      }
      let path = prefix + text
      guard let kind = FileKind(at: absolute + "/" + text) else {
        throw PackError(.read, path: absolute + "/" + text, problem: "vanished while the pack was read")
      }
      let inside = kind == .folder ? try self.entries(of: pack, below: path) : []
      if inside.isEmpty { entries.append(Entry(path: path, shown: shown(path), kind: kind)) }
      entries += inside
    }
    return entries
  }

  static func shown(_ path: String) -> String {
    var text = ""
    for scalar in path.unicodeScalars {
      text += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return text
  }
}
