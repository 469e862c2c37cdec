import LabSupport
import Testing
import Wire

/// Every parser of replies, against what an unkind device may send.
struct HostileReplyTests {
  @Test func `a reply is read, and takes no more than there is`() throws {
    for reply in ServiceReplies.all {
      let used = try reply.parse(reply.golden)
      #expect(used <= reply.golden.count, "\(reply.name)")
    }
  }

  @Test func `every shorter prefix asks for more, or is refused`() {
    for reply in ServiceReplies.all {
      for count in 0..<reply.golden.count {
        let prefix = Array(reply.golden.prefix(count))
        do throws(WireError) {
          let used = try reply.parse(prefix)
          if reply.prefixes != .free { Issue.record("\(reply.name): \(count) octets were enough") }
          #expect(used <= count, "\(reply.name): \(count)")
        } catch .truncated(let needed, let available) {
          #expect(available <= count && needed > available, "\(reply.name): \(count)")
        } catch {
          // Only a datagram may be refused otherwise: of a stream, the rest is still to come.
          if reply.prefixes == .incomplete { Issue.record("\(reply.name): \(count) octets: \(error)") }
        }
      }
    }
  }

  @Test(arguments: ServiceReplies.all.indices)
  func `mutated replies never trap and nothing is invented`(index: Int) {
    let reply = ServiceReplies.all[index]
    var random = SeededRandom(seed: 4000 + UInt64(index))
    var accepted = 0
    var invented = 0
    for _ in 0..<20_000 {
      let octets = MutationTests.mutate(reply.golden, &random)
      guard let used = try? reply.parse(octets) else { continue }
      accepted += 1
      if used > octets.count { invented += 1 }
    }
    #expect(invented == 0, "\(reply.name)")
    // A parser that refused everything would have seen its first guard only. Of a greeting of twelve fixed octets
    // few survive.
    #expect(accepted > 20, "\(reply.name): \(accepted)")
  }

  @Test func `random octets never trap`() {
    var random = SeededRandom(seed: 4999)
    for _ in 0..<2_000 {
      let octets = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      for reply in ServiceReplies.all {
        if let used = try? reply.parse(octets) { #expect(used <= octets.count, "\(reply.name)") }
      }
    }
  }
}
