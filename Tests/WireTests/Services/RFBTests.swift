import LabSupport
import Testing
import Wire

struct RFBTests {
  static let version8 = version("RFB 003.008\n")
  private static func version(_ text: String) -> RFBHandshake.Version {
    guard let version = try? RFBHandshake.Version(parsing: Array(text.utf8)) else {
      preconditionFailure("\(text) is no version")
    }
    return version
  }

  /// RFC 6143 §7.1.1: the client's version is none that the server does not have.
  @Test(arguments: [
    ("RFB 003.003\n", "RFB 003.003\n"), ("RFB 003.005\n", "RFB 003.003\n"), ("RFB 003.007\n", "RFB 003.007\n"),
    ("RFB 003.008\n", "RFB 003.008\n"), ("RFB 003.889\n", "RFB 003.008\n"), ("RFB 004.001\n", "RFB 003.008\n"),
  ]) func `a visitor answers with a version that the server has`(greeting: String, reply: String) {
    #expect(Self.version(greeting).reply == Array(reply.utf8))
  }

  @Test(arguments: ["RFB 003.0x8\n", "RFB 003.008\r\n", "SSH-2.0-x"]) func `other greetings are refused`(text: String) {
    #expect(throws: WireError.self) { try RFBHandshake.Version(parsing: Array(text.utf8)) }
  }

  @Test func `TigerVNC's offers are read`() throws {
    typealias Offer = RFBHandshake.Offer
    #expect(try Offer(parsing: ServiceReplies.rfbNone, version: Self.version8) == .types([.none]))
    #expect(try Offer(parsing: ServiceReplies.rfbPassword, version: Self.version8) == .types([.vncAuthentication]))
    let version3 = Self.version("RFB 003.003\n")
    #expect(try Offer(parsing: ServiceReplies.rfbNone33, version: version3) == .types([.none]))
  }

  /// RFC 6143 §7.1.2: no types, then the reason.
  @Test func `a refusal has its reason`() throws {
    let refusal = octets(hex: "00 00 00 00 04 66 75 6c 6c")
    #expect(
      try RFBHandshake.Offer(parsing: refusal, version: Self.version8) == .refused(reason: "full"))
    #expect(throws: WireError.self) {
      try RFBHandshake.Offer(parsing: octets(hex: "00 7f ff ff ff"), version: Self.version8)
    }
  }
}
