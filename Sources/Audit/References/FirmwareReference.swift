public import Profiles
public import Records

/// The check `firmware.outdated`: what devices say of their firmware, held against what documents say of their family. Both
/// sources stay in the verdict, since neither is more than somebody's word.
public struct FirmwareReference: ReferenceCheck {
  /// The check's id, and the question of its rule.
  public static let question = "firmware.outdated"
  /// Proven beside it where the version is the latest that a document names; no check of its own.
  public static let latestQuestion = "firmware.latest"

  private let profiles: DeviceProfiles

  public init(_ profiles: DeviceProfiles) { self.profiles = profiles }

  /// None for a device that says no version.
  public func verdicts(of devices: [Device]) -> [ReferenceVerdict] {
    devices.flatMap { device in
      verdicts(device).map { ReferenceVerdict(device: device.id, verdict: $0) }
    }
  }

  private func verdicts(_ device: Device) -> [ProbeVerdict] {
    let said = device.claims.filter { $0.kind == .firmware }
    guard let verdict = verdict(device, said) else { return [] }
    return [verdict] + [latest(device, said, verdict)].compactMap(\.self)
  }

  /// The version that the device says itself is the one that a document calls the latest of its date.
  private func latest(_ device: Device, _ said: [Claim], _ verdict: ProbeVerdict) -> ProbeVerdict? {
    guard verdict.result == .refuted, let profile = profiles.match(DeviceProfile.Signs(of: device)) else { return nil }
    let models = device.claims.filter { $0.kind == .model }.map(\.value)
    let own = said.filter { $0.confidence > .low }.map { assess($0, profile, models) }
    guard let equal = own.first(where: \.isLatest) else { return nil }
    return ProbeVerdict(Self.latestQuestion, .proven, basis: equal.basis)
  }

  private func verdict(_ device: Device, _ said: [Claim]) -> ProbeVerdict? {
    guard let first = said.first else { return nil }
    guard let profile = profiles.match(DeviceProfile.Signs(of: device)) else {
      return ProbeVerdict(
        Self.question, .inconclusive(reason: "no-reference"),
        basis: LocalizedText(
          ja: "機器の申告は\(first.value)(\(first.source))です。機種を特定できないため、参照できる公開情報がありません。",
          en:
            "The device says \(first.value) (\(first.source)); which family it is of is not known, so there is no reference."
        ))
    }
    let models = device.claims.filter { $0.kind == .model }.map(\.value)
    let assessed = said.map { (claim: $0, assessment: assess($0, profile, models)) }
    return conclude(assessed)
  }

  /// By the model that says most: references for certain models are passed over for others.
  private func assess(_ claim: Claim, _ profile: DeviceProfile, _ models: [String]) -> FirmwareAssessment {
    let all = models.map { profile.assessFirmware(claim.value, model: $0, by: claim.source) }
    return all.min { $0.rank < $1.rank } ?? profile.assessFirmware(claim.value, model: nil, by: claim.source)
  }

  private func conclude(_ assessed: [(claim: Claim, assessment: FirmwareAssessment)]) -> ProbeVerdict? {
    guard let best = assessed.min(by: { $0.assessment.rank < $1.assessment.rank }) else { return nil }
    func verdict(_ result: ProbeVerdict.Result, _ basis: LocalizedText) -> ProbeVerdict {
      ProbeVerdict(Self.question, result, basis: basis)
    }
    switch best.assessment.outcome {
    case .outdated:
      if let other = assessed.first(where: { $0.assessment.outcome == .notOlder }) {
        let (one, two) = (best.assessment.basis, other.assessment.basis)
        return verdict(
          .inconclusive(reason: "contradictory"),
          LocalizedText(
            ja: "機器の申告が食い違っています。\(one.ja)。\(two.ja)。", en: "The device contradicts itself. \(one.en). \(two.en)."))
      }
      // What is only concluded is no statement of the device.
      guard best.claim.confidence > .low else {
        return verdict(.inconclusive(reason: "inferred"), best.assessment.basis)
      }
      return verdict(.proven, best.assessment.basis)
    case .notOlder: return verdict(.refuted, best.assessment.basis)
    case .incomparable: return verdict(.inconclusive(reason: "incomparable"), best.assessment.basis)
    case .noReference: return verdict(.inconclusive(reason: "no-reference"), best.assessment.basis)
    }
  }
}

extension FirmwareAssessment {
  /// Lower says more against the device, or more at all.
  fileprivate var rank: Int {
    switch outcome {
    case .outdated: 0
    case .notOlder: 1
    case .incomparable: 2
    case .noReference: 3
    }
  }
}
