import Evidence
import Testing

/// Messages and digests of NIST's "Secure Hash Standard" examples and the SHA test vectors.
private let vectors: [(String, String)] = [
  ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  (
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  ),
]

@Test(arguments: vectors)
func `the digests are those that NIST publishes`(message: String, digest: String) {
  #expect(SHA256.hex(SHA256.digest(of: Array(message.utf8))) == digest)
}

@Test func `a million letters hashed in uneven parts give NIST's digest`() {
  var hash = SHA256()
  var rest = 1_000_000
  var part = 1
  while rest > 0 {
    hash.update([UInt8](repeating: 0x61, count: min(part, rest)))
    rest -= min(part, rest)
    part = part * 2 + 1
  }
  let digest = SHA256.hex(hash.finish())
  #expect(digest == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
}

@Test func `a file's digest is that of its octets`() throws {
  let folder = try TemporaryFolder()
  let octets = (0..<200_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
  try folder.put(octets, at: "file")
  #expect(try SHA256.digest(ofFile: folder.path + "/file") == SHA256.digest(of: octets))
  #expect(throws: PackError.self) { try SHA256.digest(ofFile: folder.path + "/none") }
}
