public import Authority
public import Records

/// Whether a run kept to the time for which its scope was given, by what its pack says.
public enum ScopeRecord {
  /// What the pack's own papers say against each other, each as a sentence with both sides.
  /// - Parameters:
  ///   - digest: SHA-256 of the scope file in the pack, hexadecimal.
  ///   - facts: the lines of `bag-info.txt`.
  ///   - readsCaptures: nothing was sent or heard: captures of another time were read, which needs no allowance for the day of reading.
  public static func objections(
    _ scope: Scope, digest: String, run: RunSummary, facts: [(label: String, value: String)],
    readsCaptures: Bool = false
  ) -> [String] {
    func time(_ moment: Timestamp) -> String { moment.rfc3339(offsetMinutes: run.offsetMinutes) }
    func fact(_ label: String) -> String { facts.first { $0.label == label }?.value ?? "" }
    var found: [String] = []
    let window = "valid from \(time(scope.validFrom)) until \(time(scope.validUntil))"
    if !readsCaptures, run.started < scope.validFrom || run.started >= scope.validUntil {
      found.append("The run began at \(time(run.started)), and the scope is \(window).")
    }
    if !readsCaptures, run.ended < scope.validFrom || run.ended > scope.validUntil {
      found.append("The run ended at \(time(run.ended)), and the scope is \(window).")
    }
    if run.ended < run.started {
      found.append("The run ended at \(time(run.ended)), before it began at \(time(run.started)).")
    }
    for (label, moment) in [("Tenken-Started", run.started), ("Tenken-Ended", run.ended)]
    where fact(label) != time(moment) {
      found.append("bag-info.txt gives \(label) as \(fact(label)), run.json as \(time(moment)).")
    }
    if digest != run.scopeDigest {
      found.append("The scope file in the pack has the digest \(digest), run.json names \(run.scopeDigest).")
    }
    if digest != fact("Tenken-Scope-Digest") {
      found.append(
        "The scope file in the pack has the digest \(digest), bag-info.txt names \(fact("Tenken-Scope-Digest")).")
    }
    return found
  }
}
