import LabSupport
import Testing
import Wire

struct RTSPTests {
  static let sdp = ServiceReplies.sessionDescription
  static let description = ServiceReplies.rtspDescription

  @Test func `requests are what RFC 2326 writes`() {
    #expect(
      RTSPRequest(.describe, target: "rtsp://192.0.2.1/a", sequence: 2)?.octets
        == Array(
          """
          DESCRIBE rtsp://192.0.2.1/a RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\nUser-Agent: tenken\r\n\r\n
          """.utf8))
    #expect(
      RTSPRequest(.options, target: "*", sequence: 1, userAgent: "x")?.octets
        == Array("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: x\r\n\r\n".utf8))
  }

  @Test(arguments: ["", "rtsp://h/a b", "rtsp://h/\r\nX: y", "rtsp://h/カメラ"])
  func `a target cannot smuggle anything in`(target: String) {
    #expect(RTSPRequest(.options, target: target, sequence: 1) == nil)
  }

  @Test func `a description is read with its media`() throws {
    let response = try RTSPResponse(parsing: Self.description)
    #expect(response.version == "RTSP/1.0")
    #expect(response.status == 200)
    #expect(response.reason == "OK")
    #expect(response.header("cseq") == "2")
    let session = try SessionDescription(parsing: response.body)
    #expect(session.name == "Lab camera")
    #expect(session.media.map(\.kind) == ["video", "audio"])
    #expect(session.media.map(\.port) == [0, 49170])
    #expect(session.media[0].encodings == ["H264/90000"])
    #expect(session.media[1].formats == ["0", "8"])
  }

  /// RFC 7235 §4.1: a header with two challenges, whose parameters hold commas; and a header for each.
  @Test func `challenges are named`() throws {
    let text = """
      RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="a, Basic b", nonce="1", Basic realm="x"\r\n\
      www-authenticate:Bearer\r\nPublic: OPTIONS, DESCRIBE,PLAY\r\n\r\n
      """
    let response = try RTSPResponse(parsing: Array(text.utf8))
    #expect(response.status == 401)
    #expect(response.authenticationSchemes == ["digest", "basic", "bearer"])
    #expect(response.publicMethods == ["OPTIONS", "DESCRIBE", "PLAY"])
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\n\r\n", "RTSP/1.0 20 OK\r\n\r\n", "RTSP/1.0\r\n\r\n", "RTSP/1.0 999 No\r\n\r\n",
    "RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", "RTSP/1.0 200 OK\r\nContent-Length: 65537\r\n\r\n",
    "RTSP/1.0 200 OK\r\nX: " + String(repeating: "a", count: 17_000),
  ]) func `what cannot become an answer is malformed`(text: String) {
    #expect {
      _ = try RTSPResponse(parsing: Array(text.utf8))
    } throws: { error in
      if case .malformed? = error as? WireError { true } else { false }
    }
  }

  @Test func `an answer without reason, with bare line feeds and a folded line`() throws {
    let response = try RTSPResponse(parsing: Array("RTSP/1.0 454\nServer: a\n  b\nnonsense\n\n".utf8))
    #expect(response.status == 454)
    #expect(response.reason == "")
    #expect(response.header("Server") == "a b")
  }

  @Test func `too many media are refused`() {
    let text = "v=0\n" + String(repeating: "m=video 0 RTP/AVP 96\n", count: 65)
    #expect(throws: WireError.self) { try SessionDescription(parsing: Array(text.utf8)) }
  }
}
