internal import Certificates
internal import LabSupport
internal import Records
internal import Wire

extension FuzzTarget {
  /// Certificates of devices, and what a TLS 1.3 server sends: both go through OpenSSL.
  static let certificates = FuzzTarget(
    "certificates", ["CertificateReader", "HandshakeClient", "DistinguishedName"], longest: 4096,
    seeds: CertificateSeeds.all
  ) { octets in
    if let facts = CertificateReader.facts(der: octets) {
      try promise(facts.sha256.utf8.count == 64, "a digest of \(facts.sha256.utf8.count) digits")
      try promise(facts.names.count <= 1000, "\(facts.names.count) names")
      try promise(facts.subject.utf8.count <= 64 * (octets.count + 1), "a subject longer than its certificate")
      try promise(facts == CertificateReader.facts(der: octets), "a certificate reads otherwise the second time")
      if let modulus = facts.publicKey?.modulus {
        _ = ModulusTest.hasClosePrimes(modulus)
        try promise(ModulusTest.commonFactors(among: [modulus, modulus]).isEmpty, "a key shares primes with itself")
      }
    }
    let client = HandshakeClient()
    try promise(!client.start().isEmpty, "no hello")
    let (front, rest) = octets.pieces
    for piece in [Array(front), Array(rest)] {
      if case .going(let send) = client.take(piece) {
        try promise(send.count <= 1 << 14, "\(send.count) octets at once")
      }
    }
  }
}
