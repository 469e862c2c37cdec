internal import Records
internal import Wire

/// What a capture says about each weakness: a question each.
enum TLSJudgement {
  static func verdicts(on capture: TLSCapture) -> [ProbeVerdict] {
    let common = versions(capture) + families(capture) + [forwardSecrecy(capture), group(capture)]
    // DTLS is not asked to compress, so nothing is said of it.
    return common + (capture.isOverDatagrams ? [] : [compression(capture)]) + [renegotiation(capture)]
  }

  // MARK: Versions

  private static let versions: [(question: String, version: TLSVersion)] = [
    ("tls.sslv2", .ssl2), ("tls.sslv3", .ssl3), ("tls.1.0", .tls10), ("tls.1.1", .tls11),
  ]

  private static let versionsOverDatagrams: [(question: String, version: TLSVersion)] = [("tls.dtls-1.0", .dtls10)]

  private static func versions(_ capture: TLSCapture) -> [ProbeVerdict] {
    (capture.isOverDatagrams ? versionsOverDatagrams : versions).map { question, version in
      let answer = capture.answer(to: version)
      return ProbeVerdict(question, result(answer), basis: basis(of: answer, to: "\(version)", capture))
    }
  }

  private static func result(_ answer: TLSCapture.Answer) -> ProbeVerdict.Result {
    switch answer {
    case .accepted: .proven
    case .declined: .refuted
    case .inconclusive(let reason): .inconclusive(reason: reason)
    case .notAsked: .inconclusive(reason: "not-asked")
    }
  }

  private static func basis(of answer: TLSCapture.Answer, to what: String, _ capture: TLSCapture) -> LocalizedText {
    switch answer {
    case .accepted:
      LocalizedText(
        ja: "\(what)のClientHelloに対し、ServerHelloが返りました。\(versionsShown(capture).ja)",
        en: "A ClientHello of \(what) was answered with a ServerHello. \(versionsShown(capture).en)")
    case .declined(let how):
      LocalizedText(
        ja: "\(what)のClientHelloは受け付けられませんでした(\(how))。その前後の別のClientHelloには応答がありました。",
        en: "A ClientHello of \(what) was declined (\(how)), while another one was answered beside it.")
    case .inconclusive(let reason):
      LocalizedText(
        ja: "\(what)のClientHelloを送信しましたが、受け付けるかどうかは確かめられませんでした(\(reason))。",
        en: "A ClientHello of \(what) was sent, but whether it is taken could not be settled (\(reason)).")
    case .notAsked:
      LocalizedText(ja: "\(what)は問い合わせていません。", en: "\(what) was not asked for.")
    }
  }

  private static func versionsShown(_ capture: TLSCapture) -> LocalizedText {
    let spoken = capture.spoken.map { "\($0)" }.joined(separator: ", ")
    return LocalizedText(ja: "受け付けた版: \(spoken)。", en: "It takes \(spoken).")
  }

  // MARK: Suites

  private static let families: [(question: String, weakness: CipherSuite.Weakness, name: LocalizedText)] = [
    ("tls.null", .null, LocalizedText(ja: "暗号化しない暗号スイート", en: "suites without encryption")),
    ("tls.anon", .anonymous, LocalizedText(ja: "サーバーを認証しない暗号スイート", en: "suites without authentication of the server")),
    ("tls.export", .export, LocalizedText(ja: "輸出用の弱い暗号スイート", en: "export suites")),
    ("tls.des", .des, LocalizedText(ja: "DESまたはRC2の暗号スイート", en: "suites with single DES or RC2")),
    ("tls.rc4", .rc4, LocalizedText(ja: "RC4の暗号スイート", en: "suites with RC4")),
    (
      "tls.3des", .tripleDES,
      LocalizedText(ja: "64ビットブロック暗号(3DES、IDEA)の暗号スイート", en: "suites with a 64-bit block cipher (3DES, IDEA)")
    ),
  ]

  private static func families(_ capture: TLSCapture) -> [ProbeVerdict] {
    families.map { question, weakness, name in
      let shown = capture.suites.flatMap { suites in
        suites.accepted.map(CipherSuite.init(rawValue:)).filter { $0.weaknesses.contains(weakness) }
          .map { "\($0.shown) (\(TLSVersion(rawValue: suites.version)))" }
      }
      if !shown.isEmpty {
        let list = listed(shown)
        return ProbeVerdict(
          question, .proven,
          basis: LocalizedText(
            ja: "\(name.ja)だけを提示したClientHelloに対し、次が選択されました: \(list)。",
            en: "Offered \(name.en) among weak ones only, the service picked \(list)."))
      }
      return notShown(question, name, capture)
    }
  }

  /// No suite of the family was picked: what that is worth.
  private static func notShown(_ question: String, _ name: LocalizedText, _ capture: TLSCapture) -> ProbeVerdict {
    let asked = capture.suites.filter { $0.version != TLSVersion.ssl2.rawValue }
    let open = asked.compactMap { suites -> String? in
      if case .inconclusive(let reason) = suites.end { reason } else { nil }
    }
    if let reason = open.first {
      return ProbeVerdict(
        question, .inconclusive(reason: reason),
        basis: LocalizedText(
          ja: "\(name.ja)を提示しましたが、受け付けるかどうかは確かめられませんでした(\(reason))。",
          en: "Whether the service takes \(name.en) could not be settled (\(reason))."))
    }
    let versions = asked.map { "\(TLSVersion(rawValue: $0.version))" }.joined(separator: ", ")
    guard !versions.isEmpty else {
      // TLS 1.3 has none of them (RFC 8446 §B.4); what a service is that answered no version is not known.
      let isNew = capture.speaksOnlyTLS13
      guard isNew else { return notAsked(question, capture) }
      return ProbeVerdict(
        question, .refuted,
        basis: LocalizedText(
          ja: "TLS 1.3だけが受け付けられ、この版に\(name.ja)はありません。",
          en: "The service takes TLS 1.3 only, which has no \(name.en)."))
    }
    return ProbeVerdict(
      question, .refuted,
      basis: LocalizedText(
        ja: "\(versions)で\(name.ja)を提示しましたが、選択されませんでした。",
        en: "Offered in \(versions), none of the \(name.en) was picked."))
  }

  /// It did not come to this question.
  private static func notAsked(_ question: String, _ capture: TLSCapture) -> ProbeVerdict {
    guard capture.spoken.isEmpty else {
      return ProbeVerdict(
        question, .inconclusive(reason: "not-asked"),
        basis: LocalizedText(
          ja: "サービスが応答しなくなったため、問い合わせていません。", en: "It was not asked, because the service no longer answered."))
    }
    return ProbeVerdict(
      question, .inconclusive(reason: "no-version"),
      basis: LocalizedText(ja: "どの版のClientHelloにも応答がありませんでした。", en: "No ClientHello of any version was answered."))
  }

  private static func listed(_ names: [String]) -> String {
    let unique = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return unique.prefix(6).joined(separator: ", ") + (unique.count > 6 ? " … (\(unique.count))" : "")
  }

  // MARK: Key exchange

  private static func forwardSecrecy(_ capture: TLSCapture) -> ProbeVerdict {
    let question = "tls.no-forward-secrecy"
    guard let preferred = capture.preferred else {
      return notAsked(question, capture)
    }
    let suite = CipherSuite(preferred.suite)
    let version = TLSVersion(rawValue: preferred.version)
    let isSafe = suite.hasForwardSecrecy
    return ProbeVerdict(
      question, isSafe ? .refuted : .proven,
      basis: LocalizedText(
        ja:
          "一時鍵による鍵交換(ECDHE、DHE)を優先して提示したところ、\(version)の\(suite.shown)が選択されました。"
          + (isSafe ? "" : "サーバーの秘密鍵が漏れると、記録された過去の通信も解読できます。"),
        en:
          "Offered ephemeral key exchange (ECDHE, DHE) before all else, the service picked \(suite.shown) in \(version)."
          + (isSafe ? "" : " Whoever gets the server's key later reads what was recorded before.")))
  }

  private static func group(_ capture: TLSCapture) -> ProbeVerdict {
    let question = "tls.weak-dh"
    let weakCurves = capture.curves.filter { CurveName.isWeak($0) }.map(CurveName.shown)
    if let group = capture.dhGroup, group.bits < 2048 {
      let known = group.known.map { " (\($0))" } ?? ""
      return ProbeVerdict(
        question, .proven,
        basis: LocalizedText(
          ja: "DHEの鍵交換で\(group.bits)ビットの素数が使われました\(known)。",
          en: "Its finite-field key exchange uses a prime of \(group.bits) bits\(known)."))
    }
    if !weakCurves.isEmpty {
      return ProbeVerdict(
        question, .proven,
        basis: LocalizedText(
          ja: "ECDHEの鍵交換で弱い曲線が使われました: \(weakCurves.joined(separator: ", "))。",
          en: "Its elliptic key exchange uses a weak curve: \(weakCurves.joined(separator: ", "))."))
    }
    guard capture.preferred != nil else {
      return notAsked(question, capture)
    }
    guard capture.settlesGroups || capture.speaksOnlyTLS13 else {
      return ProbeVerdict(
        question, .inconclusive(reason: "not-settled"),
        basis: LocalizedText(
          ja: "鍵交換のパラメータは確かめられませんでした。", en: "The parameters of its key exchange could not be settled."))
    }
    let seen = capture.dhGroup.map { "DHE \($0.bits)" } ?? "-"
    return ProbeVerdict(
      question, .refuted,
      basis: LocalizedText(
        ja: "2048ビット未満の素数や弱い曲線は使われませんでした(DHE: \(seen))。",
        en: "Neither a prime below 2048 bits nor a weak curve was used (finite field: \(seen))."))
  }

  // MARK: Extensions

  private static func compression(_ capture: TLSCapture) -> ProbeVerdict {
    let sent = LocalizedText(ja: "圧縮方式DEFLATEを提示しました。", en: "DEFLATE was offered as a compression method.")
    return byHello(
      "tls.compression", capture.compresses, capture, sent,
      yes: LocalizedText(ja: "サーバーは圧縮を選択しました。", en: "The service agreed to compress."),
      no: LocalizedText(ja: "サーバーは圧縮を選択しませんでした。", en: "The service did not compress."))
  }

  private static func renegotiation(_ capture: TLSCapture) -> ProbeVerdict {
    let sent = LocalizedText(
      ja: "再ネゴシエーションの保護(RFC 5746)の合図を送信しました。", en: "The signal of secure renegotiation (RFC 5746) was sent.")
    return byHello(
      "tls.renegotiation", capture.announcesSecureRenegotiation.map { !$0 }, capture, sent,
      yes: LocalizedText(
        ja: "サーバーは対応を示しませんでした。再ネゴシエーション自体は試していません。",
        en: "The service did not announce it. Renegotiation itself was not tried."),
      no: LocalizedText(ja: "サーバーは対応を示しました。", en: "The service announced it."))
  }

  /// For what the ServerHello of TLS 1.2 and below shows.
  private static func byHello(
    _ question: String, _ fact: Bool?, _ capture: TLSCapture, _ sent: LocalizedText, yes: LocalizedText,
    no: LocalizedText
  ) -> ProbeVerdict {
    guard let fact else {
      let only13 = capture.speaksOnlyTLS13
      return ProbeVerdict(
        question, only13 ? .refuted : .inconclusive(reason: "no-answer"),
        basis: only13
          ? LocalizedText(
            ja: "TLS 1.3だけが受け付けられ、この版にはありません。", en: "The service takes TLS 1.3 only, which does not have it.")
          : LocalizedText(ja: "\(sent.ja)判断できる応答はありませんでした。", en: "\(sent.en) No answer decides it."))
    }
    let meaning = fact ? yes : no
    return ProbeVerdict(
      question, fact ? .proven : .refuted,
      basis: LocalizedText(ja: sent.ja + meaning.ja, en: "\(sent.en) \(meaning.en)"))
  }
}

extension TLSCapture {
  func answer(to version: TLSVersion) -> Answer {
    versions.first { $0.number == version.rawValue }?.answer ?? .notAsked
  }

  var isOverDatagrams: Bool { transport == "udp" }

  /// Every older version was declined.
  var speaksOnlyTLS13: Bool {
    spoken == [.tls13]
      && TLSVersion.all.dropLast().allSatisfy { if case .declined = answer(to: $0) { true } else { false } }
  }

  /// Both ways of key exchange were looked at, as far as the service has them.
  var settlesGroups: Bool {
    switch (finiteField, weakCurves) {
    case (.accepted, .accepted), (.accepted, .declined), (.declined, .accepted), (.declined, .declined): true
    // SSL 3 has no curves.
    case (.accepted, .notAsked), (.declined, .notAsked): spoken.allSatisfy { $0 <= .ssl3 }
    default: false
    }
  }

  /// From the oldest to the newest.
  var spoken: [TLSVersion] {
    versions.filter { $0.answer == .accepted }.map { TLSVersion(rawValue: $0.number) }.sorted()
  }
}

/// Groups of elliptic curves by IANA's number.
enum CurveName {
  static func isWeak(_ number: UInt16) -> Bool { TLSClientHello.weakCurves.contains(number) }

  static func shown(_ number: UInt16) -> String { names[number] ?? "\(number)" }

  /// IANA "TLS Supported Groups".
  private static let names: [UInt16: String] = [
    1: "sect163k1", 2: "sect163r1", 3: "sect163r2", 4: "sect193r1", 5: "sect193r2", 15: "secp160k1", 16: "secp160r1",
    17: "secp160r2", 18: "secp192k1", 19: "secp192r1", 23: "secp256r1", 24: "secp384r1", 25: "secp521r1", 29: "x25519",
    30: "x448",
  ]
}
