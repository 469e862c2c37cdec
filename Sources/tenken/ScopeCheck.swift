internal import Authority
internal import Documents
internal import Evidence
internal import Records
internal import ScopeFile

/// The scope in a pack, held against the run that it was given for.
enum ScopeCheck {
  static let path = "scope/scope.yaml"

  /// What `evidence verify` says: that of the manifests, and that of the scope.
  static func verified(_ verification: PackVerification, _ pack: String) -> PackVerification {
    // Of a pack that was changed nothing else can be said.
    guard verification.isIntact else { return verification }
    return verification.adding(problems(verification, pack), of: .scope, at: "data/\(path)")
  }

  private static func problems(_ verification: PackVerification, _ pack: String) -> [String] {
    let facts = verification.bagInfo.map { (label: $0.label, value: $0.value) }
    do {
      let reader = PackReader(pack)
      guard let octets = try reader.octets(of: path) else {
        // A copy for others and a recorded checklist have none of their own, and name the packs in which it is.
        return namesParent(verification) ? [] : ["The pack holds no scope, so nothing says who allowed the run."]
      }
      guard let summary = try reader.octets(of: "run.json") else { return ["The pack holds no data/run.json."] }
      let run = try ResumedRun.decode(RunSummary.self, summary, "data/run.json")
      let scope = try Scope(parsing: octets, file: "data/\(path)")
      return ScopeRecord.objections(
        scope, digest: SHA256.hex(SHA256.digest(of: octets)), run: run, facts: facts,
        readsCaptures: try readsCaptures(reader))
    } catch let error as DocumentError {
      return ["The scope cannot be read: \(error)."]
    } catch let failure as CommandFailure {
      return [failure.message]
    } catch {
      return ["\(error)"]
    }
  }

  /// A pack of `tenken wifi --read`, of files alone: what is judged was heard at another time, by whomever.
  private static func readsCaptures(_ reader: PackReader) throws -> Bool {
    guard let octets = try reader.octets(of: "wifi/networks.json") else { return false }
    let tree = try ResumedRun.decode(JSONTree.self, octets, "data/wifi/networks.json")
    guard case .array(let sources) = tree["coverage"]?["sources"], !sources.isEmpty else { return false }
    return sources.allSatisfy { $0["kind"]?.string == "file" }
  }

  private static func namesParent(_ verification: PackVerification) -> Bool {
    verification.bagInfo.contains { $0.label == "Tenken-Parent" }
  }

  /// It was made by `evidence redact`.
  static func isCopy(_ verification: PackVerification) -> Bool {
    verification.bagInfo.contains { $0.label == DerivedPack.audienceLabel }
  }
}
