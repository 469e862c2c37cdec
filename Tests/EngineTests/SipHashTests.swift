import Addressing
import Engine
import LabSupport
import Testing

/// SipHash-2-4 for any length, written from the text of the paper: clarity before speed.
func slowSipHash(key0: UInt64, key1: UInt64, _ message: [UInt8]) -> UInt64 {
  // §2.1: v0 … v3 are the key and "somepseudorandomlygeneratedbytes".
  let words = Array("somepseudorandomlygeneratedbytes".utf8)
  var v = (0..<4).map { index in words[index * 8..<index * 8 + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
  for index in 0..<4 { v[index] ^= index % 2 == 0 ? key0 : key1 }
  func rotated(_ word: UInt64, _ by: UInt64) -> UInt64 { word << by | word >> (64 - by) }
  func round() {
    v[0] &+= v[1]
    v[2] &+= v[3]
    v[1] = rotated(v[1], 13) ^ v[0]
    v[3] = rotated(v[3], 16) ^ v[2]
    v[0] = rotated(v[0], 32)
    v[2] &+= v[1]
    v[0] &+= v[3]
    v[1] = rotated(v[1], 17) ^ v[2]
    v[3] = rotated(v[3], 21) ^ v[0]
    v[2] = rotated(v[2], 32)
  }
  // §2.2: the message, zeros, and its length as the very last octet.
  let zeros = (16 - (message.count + 1) % 8) % 8
  let padded = message + [UInt8](repeating: 0, count: zeros) + [UInt8(message.count % 256)]
  for start in stride(from: 0, to: padded.count, by: 8) {
    let word = padded[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    v[3] ^= word
    for _ in 0..<2 { round() }
    v[0] ^= word
  }
  v[2] ^= 0xff
  for _ in 0..<4 { round() }
  return v[0] ^ v[1] ^ v[2] ^ v[3]
}

struct SipHashTests {
  /// The key 00 01 … 0f of every published vector.
  static let key0: UInt64 = 0x0706_0504_0302_0100
  static let key1: UInt64 = 0x0f0e_0d0c_0b0a_0908

  @Test func `the slow hash gives the vector of the paper`() {
    // Aumasson, Bernstein, appendix A: the message 00 … 0e.
    #expect(slowSipHash(key0: Self.key0, key1: Self.key1, [UInt8](0..<15)) == 0xa129_ca61_49be_45e5)
  }

  @Test func `the slow hash gives the published vectors of other lengths`() {
    // The authors' vectors.h, lengths 0, 1, 7, 8 (octets 31 0e 0e dd … in little-endian order).
    let published: [(Int, UInt64)] = [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (7, 0xab02_00f5_8b01_d137),
      (8, 0x93f5_f579_9a93_2462),
    ]
    for (length, value) in published {
      #expect(slowSipHash(key0: Self.key0, key1: Self.key1, [UInt8](0..<UInt8(length))) == value)
    }
  }

  @Test func `16 octets give the published vector`() {
    // vectors.h, length 16: db 9b c2 57 7f cc 2a 3f.
    let hash = SipHash(key0: Self.key0, key1: Self.key1)
    #expect(hash.hash(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908) == 0x3f2a_cc7f_57c2_9bdb)
  }

  @Test func `random keys and messages agree with the slow hash`() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<500 {
      let (key0, key1) = (random.next(), random.next())
      let (first, second) = (random.next(), random.next())
      let message = [first, second].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
      #expect(SipHash(key0: key0, key1: key1).hash(first, second) == slowSipHash(key0: key0, key1: key1, message))
    }
  }
}

extension SipHashTests {
  @Test func `a message finished from a shared state agrees with the slow hash`() {
    var random = SeededRandom(seed: 8)
    for _ in 0..<100 {
      let hash = SipHash(key0: random.next(), key1: random.next())
      let front = (0..<4).map { _ in random.next() }
      var state = SipHash.State(hash)
      for word in front { state.absorb(word) }
      // Two endings of one state: finishing does not use it up.
      for ending in [UInt32.random(in: 0 ... .max, using: &random), 0] {
        let last = (0..<4).map { UInt8(truncatingIfNeeded: ending >> (8 * UInt32($0))) }
        let message = front.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } } + last
        let expected = slowSipHash(key0: hash.key0, key1: hash.key1, message)
        #expect(state.finish(last: 36 << 56 | UInt64(ending)) == expected)
      }
    }
  }
}

struct ProbeCookieTests {
  let cookie = ProbeCookie(seed: ScanSeed(high: 1, low: 2))
  let source = IPAddress(IPv4Address(rawValue: 0x0a00_0002))
  let target = IPAddress(IPv4Address(rawValue: 0x0a00_0017))

  private var prepared: ProbeCookie.Prepared { cookie.prepared(source: source, target: target, sourcePort: 40_000) }

  private func isValid(_ number: UInt32, _ port: UInt16, from other: IPAddress? = nil, to local: UInt16 = 40_000)
    -> Bool
  {
    cookie.prepared(source: source, target: other ?? target, sourcePort: local)
      .isValid(acknowledging: number, port: port)
  }

  @Test func `the acknowledgement of every port is recognised`() {
    let wrong = stride(from: UInt16.min, through: .max, by: 7).count {
      !prepared.isValid(acknowledging: prepared.sequence(port: $0) &+ 1, port: $0)
    }
    #expect(wrong == 0)
  }

  @Test func `the echo of a timestamp names the try`() {
    for number in 0..<ProbeCookie.maximumTries {
      #expect(ProbeCookie.tryNumber(echo: ProbeCookie.timestamp(try: number)) == number)
    }
    // 0 is what a stack echoes that had nothing to echo (RFC 7323 §3.2).
    for echo: UInt32 in [0, 5, 0x1234_5678, .max] { #expect(ProbeCookie.tryNumber(echo: echo) == nil) }
  }

  @Test func `a quoted sequence number is recognised`() {
    let quoted = prepared.sequence(port: 443)
    #expect(prepared.isValid(sequence: quoted, port: 443))
    #expect(!prepared.isValid(sequence: quoted ^ 4, port: 443))
  }

  @Test func `an acknowledgement with any wrong bit is rejected`() {
    for bit in 0..<32 as Range<UInt32> { #expect(!isValid((prepared.sequence(port: 80) ^ 1 << bit) &+ 1, 80)) }
  }

  @Test func `an acknowledgement of one port says nothing about another`() {
    let number = prepared.sequence(port: 80) &+ 1
    #expect(isValid(number, 80))
    #expect(!isValid(number, 81))
    let others = [
      IPAddress(IPv4Address(rawValue: 0x0a00_0018)), IPAddress(IPv4Address(rawValue: 0x0b00_0017)),
      IPAddress(IPv6Address(high: 0, low: 0x0a00_0017)), IPAddress(IPv6Address(high: 1, low: 0xffff_0a00_0017)),
    ]
    for other in others { #expect(!isValid(number, 80, from: other)) }
    #expect(!isValid(number, 80, to: 40_001))
    let stranger = ProbeCookie(seed: ScanSeed(high: 1, low: 3))
    #expect(
      !stranger.prepared(source: source, target: target, sourcePort: 40_000).isValid(acknowledging: number, port: 80))
  }

  @Test func `the cookie is SipHash over both addresses and both ports`() {
    // The key and the message as the documentation has them, hashed by the slow function.
    let words: [UInt64] = [0, 0xffff_0a00_0002, 0, 0xffff_0a00_0017]
    let ports: [UInt8] = [80, 0, 0x40, 0x9c]
    let message = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } } + ports
    let keyed = slowSipHash(key0: 1 ^ 0x636f_6f6b_6965, key1: 2, message)
    #expect(prepared.sequence(port: 80) == UInt32(truncatingIfNeeded: keyed))
  }

  @Test func `IPv6 addresses that differ in one bit have cookies of their own`() {
    let target = IPv6Address(high: 0xfe80_0000_0000_0000, low: 0x17)
    func sequence(_ address: IPv6Address) -> UInt32 {
      cookie.prepared(source: source, target: IPAddress(address), sourcePort: 40_000).sequence(port: 80)
    }
    var seen: Set = [sequence(target)]
    for bit in 0..<64 {
      seen.insert(sequence(IPv6Address(high: target.high ^ 1 << UInt64(bit), low: target.low)))
      seen.insert(sequence(IPv6Address(high: target.high, low: target.low ^ 1 << UInt64(bit))))
    }
    #expect(seen.count == 129)
  }

  @Test func `blind guesses are not accepted`() {
    var random = SeededRandom(seed: 4)
    var accepted = 0
    for _ in 0..<20_000 where isValid(UInt32.random(in: 0 ... .max, using: &random), 80) { accepted += 1 }
    // One of 2^32 numbers is valid.
    #expect(accepted == 0)
  }

  @Test func `a seed prints all of its digits`() {
    #expect(ScanSeed(high: 0xab, low: 1).description == "00000000000000ab0000000000000001")
  }
}
