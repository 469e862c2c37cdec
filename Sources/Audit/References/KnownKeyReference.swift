public import Records

/// Public keys whose private halves are published, by the SHA-256 of their SubjectPublicKeyInfo.
///
/// As text a line each: 64 hexadecimal digits, a blank, and where the key is from; `#` begins a comment. `tenken profile import-keys`
/// writes it from a collection that its user has: no collection with a licence to pass it on is known, so that none is shipped.
public struct KnownKeys: Hashable, Sendable {
  public private(set) var origins: [String: String] = [:]

  /// More than any collection has.
  private static let mostKeys = 1_000_000

  public struct Fault: Error, Hashable, Sendable {
    public let line: Int
    public let text: LocalizedText
  }

  public init(_ origins: [String: String]) { self.origins = origins }

  /// - Throws: ``Fault`` with the first line that is neither.
  public init(text: String) throws(Fault) {
    var number = 0
    // A carriage return and the line feed behind it are one character.
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace)
      guard let digest = words.first, !digest.hasPrefix("#") else { continue }
      guard digest.utf8.count == 64, digest.utf8.allSatisfy(Self.isDigit), origins.count < Self.mostKeys else {
        throw Fault(
          line: number,
          text: LocalizedText(
            ja: "SHA-256(16進64桁)と出所を1行に1つずつ書いてください",
            en: "write a SHA-256 (64 hexadecimal digits) and its origin on each line"))
      }
      let origin = words.count > 1 ? String(words[1].unicodeScalars.prefix(120)) : ""
      origins[digest.lowercased()] = origin
    }
  }

  private static func isDigit(_ octet: UInt8) -> Bool {
    (0x30...0x39).contains(octet) || (0x41...0x46).contains(octet) || (0x61...0x66).contains(octet)
  }

  /// Sorted, so that the same keys give the same file.
  public var text: String {
    origins.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
  }
}

/// The check `tls.known-key`: keys of TLS services, held against published ones. Nothing is sent for it.
public struct KnownKeyReference: ReferenceCheck {
  /// The check's id, and the question of its rule.
  public static let question = "tls.known-key"

  private let known: KnownKeys?

  /// - Parameter known: nil when the run was given none.
  public init(_ known: KnownKeys?) { self.known = known }

  public func verdicts(of devices: [Device]) -> [ReferenceVerdict] { [] }

  /// One for each TLS service that showed a key.
  public func verdicts(of devices: [Device], observations: [Observation]) -> [ReferenceVerdict] {
    TLSKeys(devices, observations).sightings.map { sighting in
      ReferenceVerdict(
        device: sighting.device, service: sighting.service, verdict: verdict(sighting.key), evidence: sighting.evidence)
    }
  }

  private func verdict(_ key: CertificateFacts.PublicKey) -> ProbeVerdict {
    guard let known else {
      return ProbeVerdict(
        Self.question, .inconclusive(reason: "no-reference"),
        basis: LocalizedText(
          ja: "公開済みの鍵の一覧が与えられていないため、照合していません(tenken profile import-keys)。",
          en: "No list of published keys was given, so that nothing was compared (tenken profile import-keys)."))
    }
    guard let origin = known.origins[key.sha256] else {
      return ProbeVerdict(
        Self.question, .refuted,
        basis: LocalizedText(
          ja: "証明書の公開鍵は、与えられた公開済みの鍵の一覧(\(known.origins.count)件)にありません。",
          en:
            "The public key of the certificate is not in the list of published keys that was given (\(known.origins.count))."
        ))
    }
    return ProbeVerdict(
      Self.question, .proven,
      basis: LocalizedText(
        ja: "証明書の公開鍵(SHA-256 \(key.sha256))は、秘密鍵が公開されている鍵の一覧にあります(出所: \(origin))。",
        en:
          "The public key of the certificate (SHA-256 \(key.sha256)) is in the list of keys whose private half is published (origin: \(origin))."
      ))
  }
}
