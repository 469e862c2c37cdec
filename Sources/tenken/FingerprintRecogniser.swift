internal import Audit
internal import Documents
internal import Evidence
internal import Fingerprints
internal import Records

/// Fingerprints as a run uses them. A file that turns out to be faulty says nothing; the run goes on without it and says so.
struct FingerprintRecogniser: TextRecogniser {
  let set: FingerprintSet

  func recognise(_ text: SpokenText, at source: String) -> TextReading {
    do throws(DocumentError) {
      let result = try set.result(FingerprintKind(rawValue: text.kind.rawValue), text.octets)
      return TextReading(claims: result.claims(at: source), undecided: result.undecided)
    } catch {
      return TextReading(undecided: ["\(error)"])
    }
  }
}

/// A folder of fingerprints beside the rule data's own, as a run is tied to it.
struct AdditionalFingerprints {
  let directory: String
  /// SHA-256 over names and contents.
  let digest: String

  /// - Throws: `DocumentError` when the folder or a file in it is not readable.
  init(directory: String) throws(DocumentError) {
    var hash = SHA256()
    for (name, octets) in try FingerprintSet.contents(of: directory) {
      hash.update(Array("\(name)\n\(octets.count)\n".utf8))
      hash.update(octets)
    }
    self.directory = directory
    digest = SHA256.hex(hash.finish())
  }
}
