internal import Certificates
internal import Records
internal import Wire

/// Whether the service tells rightly padded RSA blocks from others (H. Böck, J. Somorovsky, C. Young, "Return Of Bleichenbacher's Oracle Threat",
/// 2017; RFC 5246 §7.4.7.1 asks for no difference).
///
/// Five blocks, one of them right, are each sent on a connection of their own with a ChangeCipherSpec and a Finished that is nonsense, so that no
/// handshake is ever completed; where all are met alike, once more without these two. A difference counts when it comes again the same.
struct RobotExamination: FlawExamination {
  static let question = "tls.robot"

  enum Block: Int, CaseIterable, Sendable { case right, wrongStart, lateZero, noZero, wrongVersion }

  private let subject: FlawSubject
  /// Without ChangeCipherSpec and Finished.
  private var isShort = false
  private var words: [String] = []
  /// Of the first round, when there is a second.
  private var before: [String]?

  init(_ subject: FlawSubject) { self.subject = subject }

  static let suites = CipherSuite.beforeTLS13.filter {
    $0.name.map { $0.hasPrefix("RSA_WITH_") && !$0.contains("NULL") } == true
  }

  func begin() -> FlawStep { ask() }

  mutating func take(_ outcome: FlawOutcome) -> FlawStep {
    switch outcome {
    case .failed(let how): return lost(how)
    case .declined(let how):
      guard words.isEmpty, before == nil, !isShort else { return lost(how) }
      return refuted(
        "RSA鍵交換の暗号スイートのみのClientHelloは受け付けられませんでした(\(how))。",
        "A ClientHello with nothing but key exchange by RSA was declined (\(how)).", control: true)
    case .went(let ground, let reactions):
      guard let hello = ground.hello, Self.suites.contains(hello.suite) else { return lost("other-answer") }
      guard let reaction = reactions.last else {
        return inconclusive(
          "no-key", "証明書のRSA鍵を利用できませんでした。", "Nothing can be encrypted with the key of the certificate.")
      }
      words.append(reaction.word)
      return words.count < Block.allCases.count ? ask() : judge()
    }
  }

  private mutating func judge() -> FlawStep {
    let round = words
    words = []
    let isSame = Set(round).count == 1
    if let before {
      guard before == round else {
        return inconclusive(
          "unstable", "応答に違いがありましたが、2回の確認で一致しませんでした(1回目: \(shown(before))、2回目: \(shown(round)))。",
          "There was a difference, but not the same in two rounds (\(shown(before)); then \(shown(round))).")
      }
      return proven(
        "RSAで暗号化したブロックの形式によって応答が異なりました(2回とも同じ)。正しい形式を先頭に、順に: \(shown(round))。",
        "The service reacts differently to RSA blocks of different form, the same in two rounds. In order, the right one first: \(shown(round))."
      )
    }
    if !isSame {
      before = round
      return ask()
    }
    guard isShort else {
      isShort = true
      return ask()
    }
    return refuted(
      "形式の異なる5種類のRSAブロックへの応答に違いはありませんでした(\(round[0])、FinishedなしとFinishedありの両方)。",
      "Five RSA blocks of different form were met alike, with a Finished behind them and without (\(round[0])).",
      control: true)
  }

  private func shown(_ words: [String]) -> String { words.joined(separator: " / ") }

  private func ask() -> FlawStep {
    let (isShort, seed) = (isShort, subject.seed)
    let kind = Block(rawValue: words.count) ?? .right
    return .ask(
      FlawQuestion(
        opening: .hello(TLSHellos.only(.tls12, Self.suites)),
        turns: { ground in
          guard let flight = ground.flight, let version = ground.hello?.version,
            let message = Self.message(kind, flight, seed: seed)
          else { return [] }
          var octets = TLSRecord(22, version, message).octets
          if !isShort {
            let nonsense = seededOctets(seed ^ 0x524f_424f_545f_5f5f, count: 64)
            octets += TLSRecord(20, version, [1]).octets + TLSRecord(22, version, nonsense).octets
          }
          return [octets]
        }))
  }

  /// ClientKeyExchange (RFC 5246 §7.4.7.1) with a block; nil when the certificate has no key for it.
  private static func message(_ kind: Block, _ flight: TLSServerFlight, seed: UInt64) -> [UInt8]? {
    guard let key = flight.certificates.first.flatMap({ CertificateReader.facts(der: $0) })?.publicKey,
      let modulus = key.modulus, let exponent = key.exponent
    else { return nil }
    let block = block(kind, count: (modulus.utf8.count + 1) / 2, seed: seed)
    guard let sealed = PublicKeyOperation.apply(to: block, modulus: modulus, exponent: exponent) else { return nil }
    func two(_ count: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)] }
    // Who is asked for a certificate and has none says so (RFC 5246 §7.4.6).
    let none: [UInt8] = flight.asksForCertificate ? [11, 0, 0, 3, 0, 0, 0] : []
    return none + [16, 0] + two(sealed.count + 2) + two(sealed.count) + sealed
  }

  /// A block as PKCS #1 v1.5 pads it (RFC 8017 §7.2.1): 00 02, random octets that are not zero, 00, and here the premaster secret: the version
  /// of the hello and 46 octets (RFC 5246 §7.4.7.1). All but `right` are wrong in one thing.
  /// - Parameter count: octets of the modulus, at least 64.
  static func block(_ kind: Block, count: Int, seed: UInt64) -> [UInt8] {
    let size = max(count, 64)
    var octets = seededOctets(seed ^ 0x504b_4353_2331_5f31, count: (size + 7) / 8 * 8).prefix(size).map {
      $0 == 0 ? 1 : $0
    }
    (octets[0], octets[1]) = (0, 2)
    let end = size - 49
    octets[end] = 0
    (octets[end + 1], octets[end + 2]) = (3, 3)
    switch kind {
    case .right: break
    case .wrongStart: (octets[0], octets[1]) = (0x41, 0x17)
    // The padding ends where only one octet is left for the secret.
    case .lateZero: (octets[end], octets[size - 2]) = (0x11, 0)
    case .noZero: octets[end] = 0x11
    case .wrongVersion: (octets[end + 1], octets[end + 2]) = (2, 2)
    }
    return octets
  }
}
