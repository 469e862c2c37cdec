public import Records

/// JSSEC-15.3.a, "updated to the latest version" (checklist.md §2.4), as far as the device says its version and a document
/// names one to compare it with. It never passes: that a version is not older than a document's says nothing of today.
public struct FirmwareRule: DeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.3.a"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed }
    guard let said = facts.verdicts(of: ["firmware.outdated"]).first?.verdict else {
      return [
        verdict(
          .notTested, facts, in: context, reason: .noReferenceData,
          LocalizedText(
            ja: "ファームウェアの版を示す応答が得られなかったため、判断していません。",
            en: "Nothing the device said shows the version of its firmware, so this item was not answered."))
      ]
    }
    switch said.result {
    case .proven, .refuted: return [verdict(.needsReview, facts, in: context, polarity: .supports, said.basis)]
    case .inconclusive:
      return [verdict(.needsReview, facts, in: context, reason: .noReferenceData, polarity: .neutral, said.basis)]
    }
  }
}
