import Addressing
import LabSupport
import Testing
import Wire

/// Damaged input: no trap, and what is accepted lies inside what was given.
struct MutationTests {
  /// One to four octets changed, sometimes cut or lengthened.
  static func mutate(_ golden: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var octets = golden
    let word = random.next()
    for turn in 0..<Int(1 + word & 3) {
      let bits = word >> UInt64(4 + 14 * turn)
      // The interesting fields stand at the front; half of the changes go there.
      let reach = bits & 1 == 0 ? octets.count : min(octets.count, 48)
      let value: UInt8
      switch bits >> 1 & 3 {
      case 0: value = 0xff
      case 1: value = 0
      default: value = UInt8(truncatingIfNeeded: random.next())
      }
      octets[Int(bits >> 3 & 0x7ff) % reach] = value
    }
    switch word >> 61 {
    case 0: return Array(octets.prefix(Int(random.next() % UInt64(octets.count + 1))))
    case 1: return octets + octets.prefix(Int(word >> 50 & 0x1f))
    default: return octets
    }
  }

  @Test func `mutated frames never trap and ranges stay inside`() {
    var random = SeededRandom(seed: 2026)
    let corpus = Golden.all
    var accepted = 0
    var outside = 0
    for turn in 0..<150_000 {
      let octets = Self.mutate(corpus[turn % corpus.count], &random)
      _ = try? destination(octets)
      guard let frame = try? inbound(octets) else { continue }
      accepted += 1
      if let payload = payload(of: frame), payload.lowerBound < 42 || payload.upperBound > octets.count {
        outside += 1
      }
      if case .tcp(let header, let payload) = frame.content {
        _ = header.timestampValue(in: octets.span, payload: payload)
        if payload.lowerBound < 34 + header.length { outside += 1 }
      }
    }
    #expect(outside == 0)
    // Most changes leave a readable frame: the loop must not only see the first guard.
    #expect(accepted > 20_000)
  }

  @Test func `mutated netlink answers never trap`() {
    var random = SeededRandom(seed: 2027)
    let corpus = NetlinkTests.all
    var routes = 0
    var links = 0
    var unequal = 0
    for turn in 0..<30_000 {
      let octets = Self.mutate(corpus[turn % corpus.count], &random)
      guard let messages = try? netlink(octets) else { continue }
      if messages.reduce(0, { $0 + 16 + $1.body.count }) > octets.count { unequal += 1 }
      for message in messages {
        _ = message.errorNumber
        if (try? RouteMessage(parsing: message)) != nil { routes += 1 }
        if (try? LinkMessage(parsing: message)) != nil { links += 1 }
      }
    }
    #expect(unequal == 0)
    #expect(routes > 1000)
    #expect(links > 1000)
  }

  @Test func `mutated telnet streams never trap and no octet is invented`() {
    var random = SeededRandom(seed: 2028)
    var invented = 0
    for _ in 0..<30_000 {
      let octets = Self.mutate(TelnetStreamTests.greeting, &random)
      var stream = TelnetStream()
      let cut = Int(random.next() % UInt64(octets.count + 1))
      stream.receive(octets[..<cut])
      stream.receive(octets[cut...])
      if stream.text.count + 3 * stream.negotiations.count + 2 * stream.violations > octets.count { invented += 1 }
    }
    #expect(invented == 0)
  }
}
