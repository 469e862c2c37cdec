import Authority
import Documents
import Testing

@testable import ScopeFile

/// A scope file to damage, one line at a time.
enum Sample {
  static let text = """
    version: 1
    engagement:
      id: "2026-041"
      customer: Example Hospital
      site: Ward 3
      operator: A. Auditor
    valid:
      from: "2026-11-20T09:00:00+09:00"
      until: "2026-11-20T17:00:00+09:00"
    utcOffset: "+09:00"
    networks: [192.168.10.0/24]
    exclude: []
    techniques: [arp-discovery, tcp-syn]
    rates:
      perDevice: 50
      total: 1000

    """

  static func read(_ text: String) throws(DocumentError) -> Scope {
    try Scope(parsing: Array(text.utf8), file: "scope.yaml")
  }

  /// The sample with one part of it written otherwise.
  static func read(_ old: String, as new: String) throws -> Scope {
    let parts = text.split(separator: old, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "\(old) stands once in the sample")
    return try read(parts[0] + new + parts[1])
  }
}
