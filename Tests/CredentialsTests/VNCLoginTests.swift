import Credentials
import Probes
import Testing

struct VNCLoginTests {
  private static let challenge = [UInt8](1...16)

  /// - Parameters:
  ///   - version: what it greets with (RFC 6143 §7.1.1).
  ///   - offer: what follows the visitor's version: its list, or with 3.3 its decision.
  private func service(
    _ result: [FakeService.Says], version: String = "003.008", offer: [UInt8] = [1, 2]
  ) -> FakeService {
    FakeService { came in
      switch came {
      case .connection: [.text("RFB \(version)\n")]
      case .octets([2]): [.octets(Self.challenge)]
      case .octets: [.octets(offer)]
      case .entered: result
      }
    }
  }

  /// RFC 6143 §7.1.3, and its "too many" of RFB 3.7.
  @Test(
    arguments: [
      ([0, 0, 0, 0], LoginOutcome.accepted(passwordAsked: true)), ([0, 0, 0, 1], .refused),
      ([0, 0, 0, 1, 0, 0, 0, 5, 0x57, 0x72, 0x6f, 0x6e, 0x67], .refused), ([0, 0, 0, 2], .lockedOut),
      ([0, 0, 0, 1, 0, 0, 0, 22] + Array("Too many auth failures".utf8), .lockedOut),
      ([9, 9, 9, 9], .inconclusive("other-answer")),
    ] as [([UInt8], LoginOutcome)])
  func `the result decides, and no screen is asked for`(_ result: [UInt8], _ outcome: LoginOutcome) {
    let course = service([.octets(result)]).play(VNCLogin(port: 5900))
    #expect(course.outcome == outcome && course.entered == [.vncResponse(challenge: Self.challenge)])
    #expect(course.sent == [Array("RFB 003.008\n".utf8), [2]])
  }

  @Test func `before 3_7 the server decides`() {
    let course = service([.octets([0, 0, 0, 0])], version: "003.003", offer: [0, 0, 0, 2] + Self.challenge).play(
      VNCLogin(port: 5900))
    #expect(course.outcome == .accepted(passwordAsked: true) && course.sent.count == 1)
  }

  @Test func `nothing is entered where no password is asked for`() {
    for (offer, reason) in [
      ([1, 1], "no-authentication"), ([2, 1, 2], "no-authentication"), ([1, 18], "no-password-authentication"),
    ]
      as [([UInt8], String)]
    {
      let course = service([], offer: offer).play(VNCLogin(port: 5900))
      #expect(course.outcome == .inconclusive(reason) && course.entered.isEmpty)
    }
    let words = Array("Too many security failures".utf8)
    let locked = service([], offer: [0, 0, 0, 0, UInt8(words.count)] + words).play(VNCLogin(port: 5900))
    #expect(locked.outcome == .lockedOut && locked.entered.isEmpty)
    #expect(service([], version: "000.000").play(VNCLogin(port: 5900)).outcome == .inconclusive("other-answer"))
  }

  @Test func `an end after the response decides nothing`() {
    #expect(service([.end(.closed)]).play(VNCLogin(port: 5900)).outcome == .inconclusive("closed"))
    #expect(service([.octets([0, 0])]).play(VNCLogin(port: 5900)).outcome == .inconclusive("no-answer"))
  }

  @Test func `noise neither stops it nor makes it enter anything twice`() {
    let said = Array("RFB 003.008\n".utf8) + [1, 2] + Self.challenge + [0, 0, 0, 0]
    for octets in Noise.variants(of: said) {
      let course = FakeService { _ in [.octets(octets)] }.play(VNCLogin(port: 5900))
      #expect(course.outcome != nil && course.entered.count <= 1 && course.elapsed < VNCLogin.sheet.duration)
    }
  }
}
