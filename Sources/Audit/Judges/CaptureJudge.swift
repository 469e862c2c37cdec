public import Records

/// Judges what a service showed by itself, as soon as it was seen: nothing is sent for it. What takes several devices is a
/// ``ReferenceCheck``.
public protocol CaptureJudge: Sendable {
  /// - Returns: none for a fact of another kind.
  func verdicts(on fact: Observation.Fact) -> [ProbeVerdict]
}
