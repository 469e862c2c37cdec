internal import Sealing

extension FuzzTarget {
  /// Keys, envelopes and time stamps that anybody may have put into a pack.
  static let sealing = FuzzTarget(
    "sealing", ["VerificationKey", "SigningKey", "Envelope"], longest: 8192, seeds: SealingSeeds.all
  ) { octets in
    if let key = try? VerificationKey(parsing: octets) {
      try promise(try VerificationKey(parsing: key.pem) == key, "a key reads back as another")
    }
    if let key = try? SigningKey(parsing: octets) {
      try promise(try SigningKey(parsing: key.pem()).publicKey == key.publicKey, "a private key reads back as another")
    }
    _ = try? SigningKey(parsing: octets, passphrase: "secret")
    if let envelope = Envelope(parsing: octets) {
      try promise(!envelope.signatures.isEmpty, "an envelope without a signature")
      try promise(
        SealingSeeds.stranger.map { envelope.isSigned(by: $0) } == false, "a signature by a key that never signed")
    }
    let digest = [UInt8](repeating: 7, count: 32)
    for request in [nil, octets] {
      guard case .stamped = TimeStamp.check(octets, digest: digest, request: request, authorities: octets) else {
        continue
      }
      try promise(false, "a stamp of octets that nobody stamped")
    }
  }
}

private enum SealingSeeds {
  /// It signs nothing here.
  static let stranger = key(2)?.publicKey

  static let all: [[UInt8]] = [
    key(1).flatMap { try? $0.pem() }, key(1).flatMap { try? $0.pem(passphrase: "secret") }, key(1)?.publicKey.pem,
    Array("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me\n".utf8),
    key(1).flatMap { try? Envelope(signing: Array("{}".utf8), type: Envelope.inTotoType, by: $0, keyID: "k").json },
    TimeStamp.request(digest: [UInt8](repeating: 7, count: 32), nonce: [1, 2, 3, 4, 5, 6, 7, 8]),
  ].compactMap(\.self)

  private static func key(_ octet: UInt8) -> SigningKey? {
    try? SigningKey(rawSeed: [UInt8](repeating: octet, count: 32))
  }
}
