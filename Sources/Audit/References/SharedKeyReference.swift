internal import Certificates
internal import Probes
public import Records

/// The check `tls.shared-key`: one public key on services of two devices of the run; and, for `tls.cert-weak-key`, RSA moduli that
/// have a prime in common, which no single device shows. Nothing is sent for either.
///
/// One device under several addresses, or with several services, has its key once: what is one device, Inventory decides,
/// for which a certificate alone makes no two records one.
public struct SharedKeyReference: ReferenceCheck {
  /// The check's id, and the question of its rule.
  public static let question = "tls.shared-key"

  public init() {}

  public func verdicts(of devices: [Device]) -> [ReferenceVerdict] { [] }

  /// One for each TLS service that showed a key; a further one where its modulus has a common prime.
  public func verdicts(of devices: [Device], observations: [Observation]) -> [ReferenceVerdict] {
    let keys = TLSKeys(devices, observations)
    let bearers = Dictionary(grouping: keys.sightings, by: \.key.sha256)
    let owners = Set(keys.sightings.map(\.owner)).count
    let shared = keys.sightings.map { sighting in
      let others = (bearers[sighting.key.sha256] ?? []).filter { $0.owner != sighting.owner }
      return said(of: sighting, Self.verdict(others.named(devices), owners: owners))
    }
    return shared + commonFactors(keys.sightings, devices)
  }

  private func said(of sighting: TLSKeys.Sighting, _ verdict: ProbeVerdict) -> ReferenceVerdict {
    ReferenceVerdict(
      device: sighting.device, service: sighting.service, verdict: verdict, evidence: sighting.evidence)
  }

  private static func verdict(_ others: String, owners: Int) -> ProbeVerdict {
    if !others.isEmpty {
      return ProbeVerdict(
        question, .proven,
        basis: LocalizedText(
          ja: "証明書の公開鍵は、別の機器のものと同じです(\(others))。一方の秘密鍵を知る者は、もう一方にもなりすませます。",
          en:
            "The public key of the certificate is that of another device too (\(others)): whoever knows the private key of one can pose as the other."
        ))
    }
    guard owners > 1 else {
      return ProbeVerdict(
        question, .inconclusive(reason: "nothing-to-compare"),
        basis: LocalizedText(
          ja: "TLSの鍵を示した機器が他になく、比べられません。", en: "No other device showed a TLS key to compare with."))
    }
    return ProbeVerdict(
      question, .refuted,
      basis: LocalizedText(
        ja: "TLSの鍵を示した\(owners)台の機器の中で、この公開鍵を使うのはこの機器だけです。",
        en: "Among \(owners) devices that showed TLS keys this one alone has this public key."))
  }

  /// A key twice is `tls.shared-key`; here the moduli differ and a prime is the same.
  private func commonFactors(_ sightings: [TLSKeys.Sighting], _ devices: [Device]) -> [ReferenceVerdict] {
    let found = ModulusTest.commonFactors(among: sightings.compactMap(\.key.modulus))
    let affected = sightings.filter { $0.key.modulus.map(found.contains) == true }
    return affected.map { sighting in
      let partners = partners(of: sighting, among: affected).named(devices)
      return said(
        of: sighting,
        ProbeVerdict(
          CertificateJudgement.weakKey, .proven,
          basis: LocalizedText(
            ja: "証明書のRSA鍵は、別のサービスの鍵と素数を共有しています(\(partners))。両方の公開鍵を見た者は、秘密鍵を直ちに計算できます。",
            en:
              "The RSA key of the certificate has a prime in common with the key of another service (\(partners)): whoever sees both public keys computes the private ones at once."
          )))
    }
  }

  /// More of them than are named: who answers with hundreds of keys must not cost a comparison of each with each.
  private func partners(of sighting: TLSKeys.Sighting, among others: [TLSKeys.Sighting]) -> [TLSKeys.Sighting] {
    var partners: [TLSKeys.Sighting] = []
    for other in others where partners.count <= 8 {
      let pair = [sighting.key.modulus, other.key.modulus].compactMap(\.self)
      if ModulusTest.commonFactors(among: pair).count == 2 { partners.append(other) }
    }
    return partners
  }
}
