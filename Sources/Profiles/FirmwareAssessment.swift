public import Records

/// What a device says of its firmware, held against what a document says: the answer to
/// `firmware.outdated`. Both sources are kept, since neither is more than somebody's word.
public struct FirmwareAssessment: Hashable, Sendable {
  public enum Outcome: Hashable, Sendable {
    /// The reference is newer, or names the version as affected by a published weakness.
    case outdated
    /// The reference knows nothing newer. That is no statement about today.
    case notOlder
    /// The order of the two cannot be told.
    case incomparable(FirmwareVersion.Obstacle)
    /// No document that was read names a version for this model and branch.
    case noReference
  }

  public let outcome: Outcome
  /// As the device says it.
  public let reported: FirmwareVersion
  /// Where it says so, such as `http server field`.
  public let reportedBy: String
  /// nil only when there is none.
  public let reference: DeviceProfile.FirmwareReference?
}

extension DeviceProfile {
  /// Holds a version against the family's references.
  ///
  /// Of several the one for the longest branch counts; of those, one that finds the version old. A
  /// reference for certain models is passed over when the model is not known.
  /// - Parameters:
  ///   - reported: what the device says, in any form.
  ///   - model: the model, as far as it is known.
  ///   - source: where the device says so; kept beside the reference's source.
  public func assessFirmware(_ reported: String, model: String?, by source: String) -> FirmwareAssessment {
    let version = FirmwareVersion(reported)
    let fitting = firmware.filter {
      DeviceProfile.fits(model, $0.models) && ($0.branch.map(version.belongs(to:)) ?? true)
    }
    let longest = fitting.map { $0.branch?.components.count ?? 0 }.max() ?? 0
    let judged = fitting.filter { ($0.branch?.components.count ?? 0) == longest }
      .map { (reference: $0, outcome: $0.judge(version)) }
    let chosen =
      judged.first { $0.outcome == .outdated } ?? judged.first { $0.outcome == .notOlder } ?? judged.first
    return FirmwareAssessment(
      outcome: chosen?.outcome ?? .noReference, reported: version, reportedBy: source, reference: chosen?.reference)
  }
}

extension DeviceProfile.FirmwareReference {
  func judge(_ reported: FirmwareVersion) -> FirmwareAssessment.Outcome {
    switch reported.compared(to: version) {
    case .older: return .outdated
    case .same: return relation == .affected ? .outdated : .notOlder
    case .newer: return .notOlder
    case .incomparable(let obstacle): return .incomparable(obstacle)
    }
  }
}

extension FirmwareAssessment {
  /// The version is the one that the reference calls the latest on its date.
  public var isLatest: Bool {
    guard outcome == .notOlder, let reference, reference.relation == .latest else { return false }
    return reported.compared(to: reference.version) == .same
  }

  /// The answer with both its sources, for reports.
  public var basis: LocalizedText {
    let said = (ja: "機器の申告は\(reported.text)（\(reportedBy)）", en: "The device says \(reported.text) (\(reportedBy))")
    guard let reference else {
      return LocalizedText(
        ja: "\(said.ja)。この機種と系列について参照できる公開情報がありません", en: "\(said.en); no document read names a version to compare with")
    }
    let day = reference.date ?? reference.source.retrieved
    let other = (
      ja: "参照は\(reference.version.text)（\(reference.source.title)、\(day)）",
      en: "the reference is \(reference.version.text) (\(reference.source.title), \(day))"
    )
    return LocalizedText(
      ja: "\(said.ja)、\(other.ja)。\(verdict(reference).ja)", en: "\(said.en); \(other.en): \(verdict(reference).en)")
  }

  private func verdict(_ reference: DeviceProfile.FirmwareReference) -> LocalizedText {
    switch outcome {
    case .outdated where reference.relation == .affected:
      return LocalizedText(
        ja: "公開された脆弱性の影響を受けるとされる版、またはそれより古い版です",
        en: "the version is one that is named as affected by a published weakness, or an older one")
    case .outdated:
      return LocalizedText(ja: "申告された版はこれより古い版です", en: "the version that the device says is older")
    case .notOlder:
      return LocalizedText(ja: "参照より古い版ではありません", en: "the version is not older than the reference")
    case .incomparable(let obstacle):
      return LocalizedText(ja: "比較できません：\(obstacle.text.ja)", en: "they cannot be compared, since \(obstacle.text.en)")
    case .noReference: return LocalizedText(ja: "", en: "")
    }
  }
}
