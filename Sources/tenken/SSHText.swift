internal import Records
internal import Reports

/// What an SSH service showed, in rows of a table for people.
struct SSHText {
  private let capture: SSHCapture
  private let language: Language

  init(_ capture: SSHCapture, _ language: Language) {
    self.capture = capture
    self.language = language
  }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  var rows: [(String, String)] {
    let lists = capture.algorithms
    var rows = [(say("識別", "identification"), inert(capture.identification))]
    rows += list(say("鍵交換", "key exchange"), lists.keyExchange)
    rows += list(say("ホスト鍵の方式", "host key algorithms"), lists.hostKey)
    rows += list(say("暗号", "ciphers"), both(lists.encryptionClientToServer, lists.encryptionServerToClient))
    rows += list("MAC", both(lists.macClientToServer, lists.macServerToClient))
    rows += list(say("圧縮", "compression"), both(lists.compressionClientToServer, lists.compressionServerToClient))
    for key in capture.hostKeys {
      let bits = key.bits.map { " \($0)" } ?? ""
      let held = key.isHeld == false ? say(" 署名不一致", " signature not by it") : ""
      rows.append((say("ホスト鍵", "host key"), "\(inert(key.type))\(bits) SHA256:\(key.fingerprint)\(held)"))
    }
    for (type, reason) in capture.missingHostKeys.sorted(by: { $0.key < $1.key }) {
      rows.append((say("未確認のホスト鍵", "host key not had"), "\(inert(type)) (\(inert(reason)))"))
    }
    if let group = capture.smallestGroup {
      rows.append((say("最小の群", "smallest group"), "\(group.bits) bit"))
    }
    rows += list(say("認証方式", "authentication"), capture.authenticationMethods ?? [])
    if capture.opensWithoutAuthentication == true {
      rows.append((say("認証方式", "authentication"), say("なし: 名前だけで接続できました", "none: a name alone opened a session")))
    }
    rows.append((say("接続数", "connections"), "\(capture.connections)"))
    return rows
  }

  /// What either direction has, the first one's order kept.
  private func both(_ one: [String], _ other: [String]) -> [String] { one + other.filter { !one.contains($0) } }

  private func list(_ title: String, _ names: [String]) -> [(String, String)] {
    names.isEmpty ? [] : [(title, inert(names.joined(separator: ", ")))]
  }
}
