/// Primes for finite-field Diffie-Hellman that standards name. Whoever breaks one reads the sessions of all who share it, which
/// was thought possible for 1024 bits (weakdh.org, 2015).
enum PublishedPrimes {
  private struct Prime {
    let bits: Int
    /// The first and the last 16 octets in front of any final row of ones, hexadecimal; together with the size no two are alike.
    let head: String
    let tail: String
    let name: String
  }

  /// - Parameter prime: big-endian, no leading zeros.
  static func name(of prime: [UInt8]) -> String? {
    guard prime.count >= 32 else { return nil }
    let head = Hexadecimal.number(Array(prime.prefix(16)))
    var back = prime[...]
    if back.suffix(8).allSatisfy({ $0 == 0xff }) { back = back.dropLast(8) }
    let tail = Hexadecimal.number(Array(back.suffix(16)))
    return all.first { $0.bits == prime.count * 8 && $0.head == head && $0.tail == tail }?.name
  }

  private static let pi = "ffffffffffffffffc90fdaa22168c234"
  private static let e = "ffffffffffffffffadf85458a2bb4a9a"

  private static let all: [Prime] = [
    Prime(bits: 768, head: pi, tail: "e485b576625e7ec6f44c42e9a63a3620", name: "Oakley group 1 (RFC 2409)"),
    Prime(bits: 1024, head: pi, tail: "ae9f24117c4b1fe649286651ece65381", name: "Oakley group 2 (RFC 2409)"),
    Prime(bits: 1536, head: pi, tail: "670c354e4abc9804f1746c08ca237327", name: "group 5 (RFC 3526)"),
    Prime(bits: 2048, head: pi, tail: "15d2261898fa051015728e5a8aacaa68", name: "group 14 (RFC 3526)"),
    Prime(bits: 3072, head: pi, tail: "43db5bfce0fd108e4b82d120a93ad2ca", name: "group 15 (RFC 3526)"),
    Prime(bits: 4096, head: pi, tail: "86ffb7dc90a6c08f4df435c934063199", name: "group 16 (RFC 3526)"),
    Prime(bits: 6144, head: pi, tail: "12bf2d5b0b7474d6e694f91e6dcc4024", name: "group 17 (RFC 3526)"),
    Prime(bits: 8192, head: pi, tail: "c81f56e880b96e7160c980dd98edd3df", name: "group 18 (RFC 3526)"),
    Prime(bits: 2048, head: e, tail: "c6f34a26c1b2effa886b423861285c97", name: "ffdhe2048 (RFC 7919)"),
    Prime(bits: 3072, head: e, tail: "3c1b20ee3fd59d7c25e41d2b66c62e37", name: "ffdhe3072 (RFC 7919)"),
    Prime(bits: 4096, head: e, tail: "4db5a851f44182e1c68a007e5e655f6a", name: "ffdhe4096 (RFC 7919)"),
    Prime(bits: 6144, head: e, tail: "a41d570d7938dad4a40e329cd0e40e65", name: "ffdhe6144 (RFC 7919)"),
    Prime(bits: 8192, head: e, tail: "011e2a94838ff88cd68c8bb7c5c6424c", name: "ffdhe8192 (RFC 7919)"),
    Prime(
      bits: 1024, head: "b10b8f96a080e01dde92de5eae5d54ec", tail: "e68cfda76d4da708df1fb2bc2e4a4371",
      name: "group 22 (RFC 5114)"),
    Prime(
      bits: 2048, head: "ad107e1e9123a9d0d660faa79559c51f", tail: "cf9de5384e71b81c0ac4dffe0c10e64f",
      name: "group 23 (RFC 5114)"),
    Prime(
      bits: 2048, head: "87a8e61db4b6663cffbbd19c65195999", tail: "693877fad7ef09cadb094ae91e1a1597",
      name: "group 24 (RFC 5114)"),
  ]
}
