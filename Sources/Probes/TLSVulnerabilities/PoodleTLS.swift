internal import Certificates
internal import Records

/// Whether a record with wrong padding is taken in TLS 1.0 to 1.2 (CVE-2014-8730; RFC 5246 §6.2.3.2 asks to check every octet of it).
///
/// After a whole handshake with AES in CBC mode one record of no octets is sent, so that nothing reaches the application. A right one has to be
/// taken and one with a wrong MAC refused, before it says anything that one with wrong padding is taken.
struct PoodleTLSExamination: FlawExamination {
  static let question = "tls.poodle-tls"

  private var order: [SessionClient.Sealing] = [.sound, .wrongMAC, .wrongPadding, .wrongPadding]
  private var words: [String] = []

  init(_ subject: FlawSubject) {}

  func begin() -> FlawStep { ask() }

  mutating func take(_ outcome: FlawOutcome) -> FlawStep {
    switch outcome {
    case .failed(let how): return lost(how)
    case .declined(let how):
      guard words.isEmpty else { return lost(how) }
      // Only an alert of the service says that it has none of these suites: everything else may be anybody's.
      guard how.hasPrefix("alert ") else { return lost(how) }
      return refuted(
        "CBCモードのAESのみを提示したハンドシェイクは受け付けられませんでした(\(how))。",
        "A handshake with nothing but AES in CBC mode was declined (\(how)).", control: true)
    case .went(_, let reactions):
      guard let reaction = reactions.last, !order.isEmpty else { return lost("no-record") }
      words.append(reaction.word)
      let sealing = order.removeFirst()
      return judge(sealing, reaction.isRefusal)
    }
  }

  private func judge(_ sealing: SessionClient.Sealing, _ isRefused: Bool) -> FlawStep {
    switch (sealing, isRefused) {
    case (.sound, true):
      return inconclusive(
        "control-failed", "正しいレコードも拒否されました(\(words[0]))。", "Even a right record was refused (\(words[0])).")
    case (.wrongMAC, false):
      return inconclusive(
        "control-failed", "MACの誤ったレコードへの拒否が確認できませんでした(\(words[1]))。",
        "A record with a wrong MAC was not seen to be refused (\(words[1])).")
    case (.wrongPadding, true):
      guard words.count == 3 else {
        return inconclusive(
          "unstable", "パディングの誤ったレコードへの応答が2回で異なりました(\(words[2])、\(words[3]))。",
          "A record with wrong padding was met differently twice (\(words[2]), \(words[3])).")
      }
      return refuted(
        "パディングの誤ったレコードは拒否されました(\(words[2]))。正しいレコードは受け付けられました。",
        "A record with wrong padding was refused (\(words[2])), and a right one taken.", control: false)
    default: break
    }
    guard order.isEmpty else { return ask() }
    return proven(
      "パディングの誤ったレコードが、正しいレコードと同様に受け付けられました(2回とも)。MACの誤ったレコードは拒否されました(\(words[1]))。",
      "A record with wrong padding was taken as a right one is, twice, while one with a wrong MAC was refused (\(words[1]))."
    )
  }

  private func ask() -> FlawStep {
    let sealing = order.first ?? .sound
    return .ask(
      FlawQuestion(
        opening: .session(.cbc),
        turns: { ground in
          let record = ground.session?.record(sealing) ?? []
          return record.isEmpty ? [] : [record]
        }))
  }
}
