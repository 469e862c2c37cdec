import LabSupport
import Testing
import Wire

/// OPC 10000-6 §5.2 (encoding), §6.7 and §7.1 (messages).
struct OPCUATests {
  private typealias Replies = OPCUAReplies

  private func read(_ octets: [UInt8]) throws(WireError) -> (message: OPCUAMessage, length: Int) {
    try OPCUAMessage.read(parsing: octets.span)
  }

  @Test func `hello names its limits and the endpoint`() {
    #expect(
      OPCUARequest.hello(endpoint: "opc.tcp://a:1")
        == octets(
          hex: """
            48 45 4c 46 2d 00 00 00  // HELF, 45 octets
            00 00 00 00 00 00 01 00 00 00 01 00 00 00 01 00 10 00 00 00
            0d 00 00 00 6f 70 63 2e 74 63 70 3a 2f 2f 61 3a 31
            """))
  }

  @Test func `a channel without security is asked for, used and closed`() {
    let open = OPCUARequest.openChannel
    #expect(open.prefix(4) == Array("OPNF".utf8)[...] && Int(open[4]) == open.count)
    // OpenSecureChannelRequest is 446, and its mode 1 is None.
    let tail = octets(
      hex: """
        ff ff ff ff ff ff ff ff 01 00 00 00 01 00 00 00
        01 00 be 01 00 00 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 ff ff ff ff 88 13 00 00 00 00 00
        00 00 00 00 00 00 00 00 01 00 00 00 ff ff ff ff 60 ea 00 00
        """)
    #expect(open.suffix(tail.count) == tail[...])
    let channel = OPCUAChannel(identifier: 7, token: 9)
    let request = OPCUARequest.getEndpoints(endpoint: "opc.tcp://a:1", channel: channel)
    #expect(request.prefix(4) == Array("MSGF".utf8)[...] && Int(request[4]) == request.count)
    #expect(request[8..<28] == octets(hex: "07 00 00 00 09 00 00 00 02 00 00 00 02 00 00 00 01 00 ac 01")[...])
    #expect(request.suffix(8) == [UInt8](repeating: 0, count: 8)[...])
    let close = OPCUARequest.closeChannel(channel)
    #expect(close.prefix(4) == Array("CLOF".utf8)[...])
    #expect(close[8..<28] == octets(hex: "07 00 00 00 09 00 00 00 03 00 00 00 03 00 00 00 01 00 c4 01")[...])
  }

  @Test func `a server acknowledges, opens a channel and lists its endpoints`() throws {
    #expect(try read(Replies.acknowledge).message == .acknowledge)
    #expect(try read(Replies.channel).message == .channel(OPCUAChannel(identifier: 7, token: 9)))
    let list = Replies.endpoints([Replies.open, Replies.secured])
    let answer = try read(list + [1, 2, 3])
    #expect(answer.length == list.count)
    guard case .endpoints(let endpoints) = answer.message else {
      Issue.record("\(answer)")
      return
    }
    #expect(endpoints.map(\.securityMode) == [1, 3] && endpoints.map(\.tokenTypes) == [[0, 1], [1, 2]])
    #expect(endpoints[0].applicationName == "Line 1" && endpoints[0].securityPolicy.hasSuffix("#None"))
  }

  @Test func `a list in parts is put together`() throws {
    let content = Replies.endpointsContent([Replies.open, Replies.secured])
    let parts =
      Replies.message("MSG", Replies.sequence + content.prefix(100), isFinal: false)
      + Replies.message("MSG", Replies.sequence + content.dropFirst(100))
    let answer = try read(parts)
    #expect(answer.length == parts.count)
    #expect(answer.message == (try read(Replies.endpoints([Replies.open, Replies.secured])).message))
  }

  @Test func `an error, a fault and a bad result are refusals`() throws {
    let error = Replies.message("ERR", octets(hex: "00 00 83 80") + Replies.string(nil))
    #expect(try read(error).message == .refused(code: 0x8083_0000))
    let fault = Replies.message("MSG", Replies.sequence + Replies.header(397, result: octets(hex: "00 00 0b 80")))
    #expect(try read(fault).message == .refused(code: 0x800b_0000))
  }

  @Test func `what is no OPC UA, too long or secured is told apart`() {
    for octets in [
      Array("HTTP/1.1 400".utf8), octets(hex: "41 43 4b 46 07 00 00 00"), octets(hex: "41 43 4b 46 ff ff ff ff"),
      octets(hex: "41 43 4b 43 08 00 00 00"), octets(hex: "41 43 4b 46 09 00 00 00 00"),
    ] {
      #expect(throws: WireError.self) { try read(octets) }
      if case .truncated? = #expect(throws: WireError.self, performing: { try read(octets) }) {
        Issue.record("\(octets)")
      }
    }
    var list = Replies.endpoints([Replies.open])
    // More endpoints than there are, and than there may be.
    list[8 + 16 + Replies.header(431).count + 3] = 0x7f
    #expect(throws: WireError.self) { try read(list) }
  }

  @Test func `every shorter prefix asks for more, and mutations never trap`() {
    for whole in [Replies.acknowledge, Replies.channel, Replies.endpoints([Replies.open])] {
      for count in whole.indices {
        guard case .truncated? = #expect(throws: WireError.self, performing: { try read(Array(whole.prefix(count))) })
        else {
          Issue.record("\(count) of \(whole)")
          return
        }
      }
    }
    var random = SeededRandom(seed: 4900)
    let list = Replies.endpoints([Replies.open, Replies.secured])
    var accepted = 0
    for _ in 0..<20_000 {
      let octets = MutationTests.mutate(list, &random)
      guard let answer = try? read(octets) else { continue }
      accepted += 1
      #expect(answer.length <= octets.count)
    }
    #expect(accepted > 100)
  }
}
