internal import Records
internal import Wire

/// Whether a ChangeCipherSpec is taken before keys are agreed on (CVE-2014-0224).
///
/// That it is met with silence proves nothing: some stacks drop it, or look at it later. The next record tells: one of a handshake message
/// that does not exist. Who has taken the ChangeCipherSpec tries to decrypt it and complains of its MAC; who has not complains of the message,
/// as it does on the connection where only that record is sent.
struct EarlyChangeCipherSpecExamination: FlawExamination {
  static let question = "tls.ccs-injection"

  private enum Phase {
    case first
    case without(String)
    case again(with: String, without: String)
  }

  private let subject: FlawSubject
  private let nonsense: [UInt8]
  private var phase = Phase.first

  /// bad_record_mac and decryption_failed (RFC 5246 §7.2.2), which only a record is answered with that was decrypted.
  private static let ofDecryption: Set<String> = ["alert 20", "alert 21"]

  init(_ subject: FlawSubject) {
    self.subject = subject
    // Message type 99 is nobody's (IANA "TLS HandshakeType"); 60 octets of body fill four blocks of AES and eight of DES.
    nonsense = [99, 0, 0, 60] + seededOctets(subject.seed ^ 0x4343_535f_4343_535f, count: 64).prefix(60)
  }

  func begin() -> FlawStep { ask(early: true) }

  mutating func take(_ outcome: FlawOutcome) -> FlawStep {
    switch (outcome, phase) {
    case (.failed(let how), _), (.declined(let how), _): return lost(how)
    case (.went(_, let reactions), .first):
      guard let reaction = reactions.last else { return lost("no-answer") }
      guard reactions.count > 1 else { return refused(reaction) }
      phase = .without(reaction.word)
      return ask(early: false)
    case (.went(_, let reactions), .without(let with)):
      let without = reactions.last?.word ?? "silence"
      guard Self.ofDecryption.contains(with), without != with else { return undecided(with, without) }
      phase = .again(with: with, without: without)
      return ask(early: true)
    case (.went(_, let reactions), .again(let with, let without)):
      guard reactions.count > 1, reactions.last?.word == with else { return undecided(with, without) }
      return proven(
        "鍵交換より前のChangeCipherSpecが受け入れられました。続く平文のレコードは復号の失敗として拒否されました(\(with)、2回とも)。ChangeCipherSpecを送信しない接続では異なる応答でした(\(without))。",
        "A ChangeCipherSpec before the key exchange was taken: the plain record behind it was refused as one that cannot be decrypted (\(with), twice), and otherwise (\(without)) on a connection without it."
      )
    }
  }

  private func refused(_ reaction: FlawReaction) -> FlawStep {
    guard reaction.isRefusal else { return undecided(reaction.word, "-") }
    return refuted(
      "鍵交換より前のChangeCipherSpecは拒否されました(\(reaction.word))。",
      "A ChangeCipherSpec before the key exchange was refused (\(reaction.word)).", control: reaction.alert == nil)
  }

  private func undecided(_ with: String, _ without: String) -> FlawStep {
    if with == without, with.hasPrefix("alert ") {
      return refuted(
        "鍵交換より前のChangeCipherSpecは無視されました。続くレコードへの応答は、送信しない場合と同じでした(\(with))。",
        "A ChangeCipherSpec before the key exchange had no effect: the record behind it was answered as without it (\(with)).",
        control: false)
    }
    return inconclusive(
      "no-proof",
      "鍵交換より前のChangeCipherSpecは拒否されませんでしたが、受け入れられたかどうかは確かめられませんでした(送信した場合: \(with)、しない場合: \(without))。",
      "A ChangeCipherSpec before the key exchange was not refused, but whether it was taken did not show (with it: \(with), without: \(without))."
    )
  }

  private func ask(early: Bool) -> FlawStep {
    let nonsense = nonsense
    return .ask(
      FlawQuestion(
        opening: .hello(subject.hello),
        turns: { ground in
          let version = ground.hello?.version ?? .tls12
          let last = TLSRecord(22, version, nonsense).octets
          return early ? [TLSRecord(20, version, [1]).octets, last] : [last]
        }))
  }
}
