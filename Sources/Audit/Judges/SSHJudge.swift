public import Profiles
public import Records

/// The checks `ssh.*` of one service, from what its audit showed.
public struct SSHJudge: CaptureJudge {
  let rules: SSHRules

  public init(_ rules: SSHRules) { self.rules = rules }

  public func verdicts(on fact: Observation.Fact) -> [ProbeVerdict] {
    guard case .ssh(let capture) = fact else { return [] }
    return verdicts(on: capture)
  }

  /// One verdict for each question, in the order of the probe's.
  public func verdicts(on capture: SSHCapture) -> [ProbeVerdict] {
    [
      version1(capture), keyExchange(capture),
      list(
        .encryption, "ssh.weak-cipher", capture, capture.algorithms.encryptions,
        LocalizedText(ja: "暗号方式", en: "ciphers")),
      list(.mac, "ssh.weak-mac", capture, capture.algorithms.macs, LocalizedText(ja: "MAC方式", en: "MACs")),
      hostKeys(capture), knownKey(capture), software(capture),
    ] + openDoor(capture) + weakOnly(capture)
  }

  /// Only where it is so: whoever connects has no choice but a weak one.
  private func weakOnly(_ capture: SSHCapture) -> [ProbeVerdict] {
    let lists: [(SSHGuideline.Kind, [String], LocalizedText)] = [
      (.keyExchange, capture.algorithms.keyExchange, LocalizedText(ja: "鍵交換方式", en: "key exchange methods")),
      (.hostKey, capture.algorithms.hostKey, LocalizedText(ja: "ホスト鍵の方式", en: "host key algorithms")),
      (.encryption, capture.algorithms.encryptions, LocalizedText(ja: "暗号方式", en: "ciphers")),
      (.mac, capture.algorithms.macs, LocalizedText(ja: "MAC方式", en: "MACs")),
    ]
    let weak = lists.filter { Rating($0.1, $0.0, rules).isWeakOnly }
    guard !weak.isEmpty else { return [] }
    let ja = weak.map { "\($0.2.ja)(\($0.1.prefix(8).map { $0.cut(to: 64) }.joined(separator: "、")))" }
    let en = weak.map { "\($0.2.en) (\($0.1.prefix(8).map { $0.cut(to: 64) }.joined(separator: ", ")))" }
    return [
      ProbeVerdict(
        "ssh.weak-only", .proven,
        basis: LocalizedText(
          ja: "SSHが示す方式が、弱いものだけの種類があります: \(ja.joined(separator: "、"))。",
          en: "Of some kinds SSH shows nothing but weak ones: \(en.joined(separator: "; ")).")
      )
    ]
  }

  /// Only when it is: which methods a service lists for nobody says nothing of its accounts.
  private func openDoor(_ capture: SSHCapture) -> [ProbeVerdict] {
    guard capture.opensWithoutAuthentication == true else { return [] }
    return [
      ProbeVerdict(
        "cred.none", .proven,
        basis: LocalizedText(
          ja: "存在しない利用者名だけを送り、認証方式「none」を求めたところ、認証なしで接続が許可されました(RFC 4252 §5.2)。何も実行せずに切断しました。",
          en:
            "Given a name that nobody has and asked for the method none, it opened the session (RFC 4252 §5.2). The connection was ended without anything being run."
        ))
    ]
  }

  // MARK: The old version

  private func version1(_ capture: SSHCapture) -> ProbeVerdict {
    let question = "ssh.v1"
    let said = LocalizedText(
      ja: "識別文字列は\(capture.shownIdentification)です。", en: "The identification is \(capture.shownIdentification).")
    if let key = capture.hostKeys.first(where: { $0.type == "rsa1" }) {
      let bits = key.bits ?? 0
      return ProbeVerdict(
        question, .proven,
        basis: said
          + LocalizedText(
            ja: "SSHバージョン1で名乗ったところ、バージョン1の公開鍵(\(bits)ビット)が返りました。",
            en: "Introduced in version 1, it answered with its public key of version 1 (\(bits) bits)."))
    }
    guard capture.identification.hasPrefix("SSH-1") else {
      return ProbeVerdict(
        question, .refuted,
        basis: said
          + LocalizedText(
            ja: "RFC 4253 §5.1では、バージョン1にも対応するサーバーは1.99と名乗ります。",
            en: "A server that speaks version 1 as well says 1.99 (RFC 4253 §5.1)."))
    }
    let reason = capture.missingHostKeys["rsa1"] ?? "no-answer"
    guard capture.identification.hasPrefix("SSH-1.99") else {
      return ProbeVerdict(
        question, .proven,
        basis: said + LocalizedText(ja: "バージョン2には対応していません。", en: "It does not speak version 2."))
    }
    return ProbeVerdict(
      question, .inconclusive(reason: "announced-only"),
      basis: said
        + LocalizedText(
          ja: "バージョン1への対応を示していますが、バージョン1の公開鍵は得られませんでした(\(reason))。",
          en: "That announces version 1, but its public key of version 1 could not be had (\(reason))."))
  }

  // MARK: Lists

  private func keyExchange(_ capture: SSHCapture) -> ProbeVerdict {
    let (question, what) = ("ssh.weak-kex", LocalizedText(ja: "鍵交換方式", en: "key exchange methods"))
    let names = capture.algorithms.keyExchange
    guard !names.isEmpty else { return unseen(question, capture) }
    var rating = Rating(names, .keyExchange, rules)
    guard names.contains(where: { $0.hasPrefix("diffie-hellman-group-exchange-") }) else {
      return rating.verdict(question, what)
    }
    guard let group = capture.smallestGroup else {
      rating.open.append("group-size-unknown")
      return rating.verdict(question, what)
    }
    if let least = rules.baseline.groups, group.bits < least.below {
      let text = LocalizedText(
        ja: "群交換で得られた群が\(group.bits)ビット(\(group.asked)ビットを要求; \(least.source))",
        en: "a group of \(group.bits) bits in a group exchange (\(group.asked) were asked for; \(least.source))")
      if least.isVerified { rating.weak.append(text) } else { rating.unverified.append(text) }
    } else {
      rating.notes.append(
        LocalizedText(
          ja: "\(group.asked)ビットを要求した群交換では\(group.bits)ビットの群が返りました。",
          en: "Asked for a group of \(group.asked) bits, it gave one of \(group.bits)."))
    }
    return rating.verdict(question, what)
  }

  private func list(
    _ kind: SSHGuideline.Kind, _ question: String, _ capture: SSHCapture, _ names: [String], _ what: LocalizedText
  ) -> ProbeVerdict {
    guard !capture.algorithms.keyExchange.isEmpty else { return unseen(question, capture) }
    return Rating(names, kind, rules).verdict(question, what)
  }

  private func hostKeys(_ capture: SSHCapture) -> ProbeVerdict {
    let question = "ssh.weak-hostkey"
    guard !capture.algorithms.hostKey.isEmpty else { return unseen(question, capture) }
    var rating = Rating(capture.algorithms.hostKey, .hostKey, rules)
    for key in capture.hostKeys {
      guard let bits = key.bits, let least = rules.baseline.leastSize(of: key.type), bits < least.below else {
        continue
      }
      let text = LocalizedText(
        ja: "\(key.type)のホスト鍵が\(bits)ビット(\(least.source))",
        en: "a host key \(key.type) of \(bits) bits (\(least.source))")
      if least.isVerified { rating.weak.append(text) } else { rating.unverified.append(text) }
    }
    let shown = capture.hostKeys.filter { $0.type != "rsa1" }.map { key in
      key.type + (key.bits.map { " \($0)" } ?? "")
    }
    if !shown.isEmpty {
      rating.notes.append(
        LocalizedText(
          ja: "得られたホスト鍵: \(shown.joined(separator: "、"))。",
          en: "Host keys that were shown: \(shown.joined(separator: ", ")).")
      )
    }
    // What the service lists and declined to show it does not have; what could not be asked may be anything.
    if let (type, reason) = capture.unsettledKeys.first {
      rating.open.append("host-key-missing")
      rating.notes.append(
        LocalizedText(
          ja: "\(type)のホスト鍵は得られませんでした(\(reason))。", en: "The host key \(type) could not be had (\(reason))."))
    }
    return rating.verdict(question, LocalizedText(ja: "ホスト鍵の方式", en: "host key algorithms"))
  }

  private func unseen(_ question: String, _ capture: SSHCapture) -> ProbeVerdict {
    let isOld = capture.identification.hasPrefix("SSH-1") && !capture.identification.hasPrefix("SSH-1.99")
    let reason = isOld ? "version-1-only" : "no-lists"
    return ProbeVerdict(
      question, .inconclusive(reason: reason),
      basis: LocalizedText(
        ja: "識別文字列\(capture.shownIdentification)の後に、方式の一覧(SSH_MSG_KEXINIT)は得られませんでした(\(reason))。",
        en:
          "No lists of algorithms (SSH_MSG_KEXINIT) came after the identification \(capture.shownIdentification) (\(reason))."
      ))
  }

  // MARK: Keys that are known

  private func knownKey(_ capture: SSHCapture) -> ProbeVerdict {
    let question = "ssh.known-key"
    for key in capture.hostKeys {
      guard let known = rules.knownKeys[key.fingerprint] else { continue }
      return ProbeVerdict(
        question, .proven,
        basis: LocalizedText(
          ja:
            "ホスト鍵\(key.type)(SHA256:\(key.fingerprint))は、\(known.device)に共通の公開済みの鍵です(\(rules.knownKeySource.title))。\(key.holding.ja)",
          en:
            "The host key \(key.type) (SHA256:\(key.fingerprint)) is the published one of \(known.device) (\(rules.knownKeySource.title)). \(key.holding.en)"
        ))
    }
    let prints = capture.hostKeys.map { "SHA256:\($0.fingerprint)" }
    guard !prints.isEmpty, capture.unsettledKeys.isEmpty else {
      let reason = prints.isEmpty ? "no-host-key" : "host-key-missing"
      return ProbeVerdict(
        question, .inconclusive(reason: reason),
        basis: LocalizedText(
          ja: "すべてのホスト鍵を得ることはできませんでした(\(reason))。", en: "Not every host key could be had (\(reason))."))
    }
    return ProbeVerdict(
      question, .refuted,
      basis: LocalizedText(
        ja: "ホスト鍵(\(prints.joined(separator: "、")))は、既知の\(rules.knownKeys.count)個の鍵のいずれとも異なります。",
        en: "The host keys (\(prints.joined(separator: ", "))) are none of the \(rules.knownKeys.count) that are known."
      ))
  }
}

extension SSHCapture {
  var shownIdentification: String { identification.cut(to: 120) }

  /// Types of host keys that the service lists, was asked for, and neither showed nor declined.
  var unsettledKeys: [(type: String, reason: String)] {
    missingHostKeys.filter { $0.key != "rsa1" && !$0.value.hasPrefix("declined") }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }
}

extension SSHCapture.HostKey {
  /// Whether who shows the key also has its private half.
  var holding: LocalizedText {
    switch isHeld {
    case true?:
      LocalizedText(
        ja: "サービスはこの鍵で鍵交換に署名し、秘密鍵を所持していることを示しました。",
        en: "The service signed the key exchange with it, which shows that it has the private half.")
    case false?:
      LocalizedText(
        ja: "ただし、鍵交換の署名はこの鍵によるものではありませんでした。", en: "The signature of the key exchange was not by it, however.")
    case nil:
      LocalizedText(
        ja: "秘密鍵を所持しているかは確かめていません。", en: "Whether the service has its private half was not tried.")
    }
  }
}

extension SSHCapture.Algorithms {
  /// Of both directions, each once.
  var encryptions: [String] { Self.once(encryptionClientToServer + encryptionServerToClient) }
  var macs: [String] { Self.once(macClientToServer + macServerToClient) }

  private static func once(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

extension LocalizedText {
  static func + (left: LocalizedText, right: LocalizedText) -> LocalizedText {
    LocalizedText(ja: left.ja + right.ja, en: left.en + " " + right.en)
  }
}
