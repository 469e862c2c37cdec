internal import Addressing
internal import Certificates
internal import Checklist
internal import Records

/// How a server's certificate looks to whoever reads along.
struct PeerCertificateJudge {
  /// nil where this computer keeps no list of authorities.
  let authorities: PublicAuthorities?

  /// - Parameters:
  ///   - chain: DER, the server's own first.
  ///   - name: the name that was asked for; nil where the client said none, so that no name can be wrong.
  /// - Returns: nil where it cannot be read, or nobody says which authorities clients know.
  func judge(_ chain: [[UInt8]], name: String?, at moment: Timestamp) -> TrafficFacts.PeerCertificate? {
    guard let first = chain.first, let facts = CertificateReader.facts(der: first) else { return nil }
    if facts.isSelfSigned == true { return .selfSigned }
    if let end = facts.notAfter, end < moment { return .expired }
    if let begin = facts.notBefore, moment < begin { return .expired }
    if let name, !Self.names(facts, name) { return .wrongName }
    guard let authorities else { return nil }
    return authorities.authority(above: chain) == nil ? .privateAuthority : .valid
  }

  /// RFC 9525 §6.3: the names of the extension; one asterisk stands for the whole first label.
  private static func names(_ facts: CertificateFacts, _ name: String) -> Bool {
    facts.names.contains { candidate in
      switch candidate {
      case .dns(let pattern): matches(pattern.lowercased(), name.lowercased())
      case .address(let address): IPAddress(address) != nil && IPAddress(address) == IPAddress(name)
      case .other: false
      }
    }
  }

  private static func matches(_ pattern: String, _ name: String) -> Bool {
    guard pattern.hasPrefix("*.") else { return pattern == name }
    guard let point = name.firstIndex(of: ".") else { return false }
    return point > name.startIndex && name[point...] == pattern.dropFirst(1)
  }
}
