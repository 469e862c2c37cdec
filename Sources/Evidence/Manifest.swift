/// A line of a manifest (RFC 8493 §2.1.3).
package struct ManifestEntry: Hashable {
  /// Relative to the pack, decoded.
  package let path: String
  /// 64 lower-case hexadecimal digits.
  package let digest: String
}

/// The text of a manifest, in the one form that `sha256sum` prints and this program accepts:
/// 64 lower-case digits, two spaces, the path, a line feed; the lines in the order of their paths' octets. RFC 8493 would allow more forms; one
/// form means that no octet of a manifest can change unnoticed.
package enum Manifest {
  package static func text(_ entries: [ManifestEntry]) -> String {
    entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
      .map { "\($0.digest)  \(PayloadPath.encoded($0.path))\n" }.joined()
  }

  /// A line that is not of the form, with the reason as a clause.
  package struct Fault: Error, Hashable {
    package let line: Int
    package let reason: String
  }

  package static func parse(_ octets: [UInt8]) -> (entries: [ManifestEntry], faults: [Fault]) {
    var entries: [ManifestEntry] = []
    var faults: [Fault] = []
    let lines = octets.split(separator: 0x0a, omittingEmptySubsequences: false)
    for (index, line) in lines.dropLast().enumerated() {
      switch entry(line) {
      case .success(let entry):
        if let last = entries.last, entry.path.utf8.lexicographicallyPrecedes(last.path.utf8) {
          faults.append(Fault(line: index + 1, reason: "is not in the order of the paths"))
        }
        entries.append(entry)
      case .failure(let fault): faults.append(Fault(line: index + 1, reason: fault.reason))
      }
    }
    if octets.last != 0x0a { faults.append(Fault(line: lines.count, reason: "does not end with a line feed")) }
    return (entries, faults)
  }

  private static func entry(_ line: ArraySlice<UInt8>) -> Result<ManifestEntry, Fault> {
    func fault(_ reason: String) -> Result<ManifestEntry, Fault> { .failure(Fault(line: 0, reason: reason)) }
    let digest = line.prefix(2 * SHA256.octets)
    let rest = line.dropFirst(2 * SHA256.octets)
    guard digest.count == 2 * SHA256.octets, digest.allSatisfy(isLowerHexadecimal) else {
      return fault("does not begin with 64 lower-case hexadecimal digits")
    }
    guard rest.starts(with: [0x20, 0x20]), rest.dropFirst(2).first != 0x20 else {
      return fault("does not have exactly two spaces after the digest")
    }
    guard let shown = String(validating: rest.dropFirst(2), as: UTF8.self), let path = PayloadPath.decoded(shown)
    else { return fault("has a path that is not UTF-8 or not encoded as RFC 8493 §2.1.3 says") }
    if let objection = PayloadPath.objection(to: path) { return fault("has a path that \(objection)") }
    return .success(ManifestEntry(path: path, digest: String(decoding: digest, as: UTF8.self)))
  }

  private static func isLowerHexadecimal(_ octet: UInt8) -> Bool {
    (0x30...0x39).contains(octet) || (0x61...0x66).contains(octet)
  }
}
