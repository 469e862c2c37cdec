import Records

/// What TLS services show, written by hand.
enum SampleCapture {
  private static let day: Int64 = 86_400 * 1_000_000_000

  private static func versions(_ spoken: Set<UInt16>) -> [TLSCapture.Version] {
    [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304].map { number in
      TLSCapture.Version(number: number, answer: spoken.contains(number) ? .accepted : .declined(how: "alert 70"))
    }
  }

  static func suites(_ version: UInt16, _ accepted: [UInt32], _ offered: String) -> TLSCapture.Suites {
    TLSCapture.Suites(version: version, accepted: accepted, offered: offered, end: .declined(how: "alert 40"))
  }

  private static func certificate(_ key: CertificateFacts.PublicKey, _ signature: String, days: Int64)
    -> CertificateFacts
  {
    CertificateFacts(
      sha256: String(repeating: "0", count: 64), version: 3, serial: "1", subject: "CN=d", issuer: "CN=d",
      notBefore: Timestamp(nanoseconds: 0), notAfter: Timestamp(nanoseconds: days * day), signatureAlgorithm: signature,
      publicKey: key, isSelfSigned: true)
  }

  private static let digest = String(repeating: "a", count: 64)

  /// TLS 1.2 with ECDHE and DHE of Mozilla's list, TLS 1.3 with all three suites of RFC 8446's must and should.
  static func modern(full: Bool) -> TLSCapture {
    var capture = TLSCapture(mode: full ? "full" : "audit")
    capture.versions = versions([0x0303, 0x0304])
    capture.suites =
      full
      ? [suites(0x0303, [0xc02b, 0xc02c, 0xcca9, 0x009e], "all"), suites(0x0304, [0x1301, 0x1302, 0x1303], "all")]
      : [suites(0x0303, [], "weak")]
    capture.preferred = TLSCapture.Choice(version: 0x0304, suite: 0x1301)
    capture.dhGroup = TLSCapture.DHGroup(bits: 2048, prime: "ff", known: "ffdhe2048 (RFC 7919)", isValueReused: false)
    capture.finiteField = .accepted
    capture.weakCurves = .declined(how: "alert 40")
    capture.curves = [29]
    capture.announcesSecureRenegotiation = true
    capture.hasExtendedMasterSecret = true
    capture.compresses = false
    capture.certificates = [
      certificate(
        CertificateFacts.PublicKey(algorithm: "ec", bits: 256, curve: "prime256v1", sha256: digest),
        "ecdsa-with-SHA256", days: 90)
    ]
    return capture
  }

  /// SSL 3 and TLS 1.0, all suites: RC4 with SHA and MD5, 3DES, AES with the server's key as key exchange.
  static var oldCamera: TLSCapture {
    var capture = TLSCapture(mode: "full")
    capture.versions = versions([0x0300, 0x0301])
    capture.suites = [
      suites(0x0301, [0x0005, 0x0004, 0x000a, 0x002f], "all"), suites(0x0300, [0x0005, 0x0004, 0x000a], "all"),
    ]
    capture.preferred = TLSCapture.Choice(version: 0x0301, suite: 0x0005)
    capture.finiteField = .declined(how: "alert 40")
    capture.weakCurves = .declined(how: "alert 40")
    capture.announcesSecureRenegotiation = false
    capture.compresses = false
    capture.certificates = [
      certificate(
        CertificateFacts.PublicKey(algorithm: "rsa", bits: 1024, exponent: "10001", sha256: digest),
        "sha1WithRSAEncryption", days: 3650)
    ]
    return capture
  }

  /// TLS 1.3 alone; whatever belongs to older versions was not asked.
  static var onlyTLS13: TLSCapture {
    var capture = TLSCapture(mode: "full")
    capture.versions = versions([0x0304])
    capture.suites = [suites(0x0304, [0x1302, 0x1303, 0x1301], "all")]
    capture.preferred = TLSCapture.Choice(version: 0x0304, suite: 0x1302)
    capture.certificates = [
      certificate(
        CertificateFacts.PublicKey(algorithm: "ec", bits: 384, curve: "secp384r1", sha256: digest),
        "ecdsa-with-SHA384", days: 90)
    ]
    return capture
  }

  /// Every version, with a weak suite in each, small groups and compression.
  static var everything: TLSCapture {
    var capture = modern(full: true)
    capture.versions = versions([0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304])
    capture.suites =
      [TLSCapture.Suites(version: 0x0002, accepted: [0x020080], offered: "all", end: .accepted)]
      + [0x0300, 0x0301, 0x0302, 0x0303].map { suites($0, [0x0014, 0x0018, 0x0002, 0x000a, 0x0009, 0x0005], "all") }
      + [suites(0x0304, [0x1301, 0xc0b4], "all")]
    capture.dhGroup = TLSCapture.DHGroup(bits: 1024, prime: "ff", known: nil, isValueReused: true)
    capture.weakCurves = .accepted
    capture.curves = [19, 23]
    capture.compresses = true
    return capture
  }

  /// The same with one answer inconclusive, or one fact not had; with what was taken away.
  static func withOneAnswerLess(_ capture: TLSCapture) -> [(TLSCapture, String)] {
    var all: [(TLSCapture, String)] = []
    func add(_ what: String, _ change: (inout TLSCapture) -> Void) {
      var less = capture
      change(&less)
      all.append((less, what))
    }
    let open = TLSCapture.Answer.inconclusive(reason: "control-failed")
    for place in capture.versions.indices {
      add("version \(place)") { $0.versions[place] = .init(number: $0.versions[place].number, answer: open) }
      add("no version \(place)") { $0.versions.remove(at: place) }
    }
    for place in capture.suites.indices {
      let suites = capture.suites[place]
      add("suites \(place)") {
        $0.suites[place] = .init(
          version: suites.version, accepted: suites.accepted, offered: suites.offered, end: open)
      }
      add("weak alone \(place)") {
        $0.suites[place] = .init(version: suites.version, accepted: [], offered: "weak", end: open)
      }
      add("no suites \(place)") { $0.suites.remove(at: place) }
    }
    add("all suites") { less in
      less.suites = less.suites.map { .init(version: $0.version, accepted: [], offered: $0.offered, end: open) }
    }
    add("finite field") { ($0.finiteField, $0.dhGroup) = (open, nil) }
    add("curves") { ($0.weakCurves, $0.curves) = (open, []) }
    add("pick") { $0.preferred = nil }
    add("certificate") { $0.certificates = [] }
    if capture.versions.contains(where: { $0.number < 0x0304 && $0.answer == .accepted }) {
      add("hello") {
        ($0.compresses, $0.announcesSecureRenegotiation, $0.hasExtendedMasterSecret) = (nil, nil, nil)
      }
    }
    return all
  }
}
