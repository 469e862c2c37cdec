import Addressing
import LabSupport
import Redaction
import Testing
import Wire

/// Frames of TCP connections: what is told in two segments is masked as if it were told in one.
@Suite struct FrameRedactorTests {
  private let redactor: Redactor

  init() throws { redactor = try RuleExampleTests.redactor() }

  private static let answer = """
    HTTP/1.1 200 OK\r\nServer: lab\r\nSet-Cookie: SID=31d4d96e407aad42; Path=/; HttpOnly\r\nContent-Type: text/html\r\n\r\n\
    <input type="password" name="p" value="hidden-by-page"> {"wifi":{"psk":"correct horse battery","ssid":"a"}} \
    <Password>geheim-im-xml</Password> user=a&password=hunter2hunter2&z=1 rtsp://192.0.2.1:554/ end\r\n
    """

  /// An Ethernet frame with one segment (RFC 791 §3.1, RFC 9293 §3.1), sums zero.
  private static func frame(
    _ data: ArraySlice<UInt8>, at sequence: UInt32, to port: UInt16 = 40_000, flags: UInt8 = 0x18, cut: Int? = nil
  ) -> CapturedFrame {
    func words(_ value: UInt32) -> [UInt8] {
      stride(from: 24, through: 0, by: -8).map { UInt8(value >> UInt32($0) & 255) }
    }
    let total = UInt16(40 + data.count)
    var octets: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]
    octets += [0x45, 0, UInt8(total >> 8), UInt8(total & 255), 0, 0, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1]
    octets += [0, 80, UInt8(port >> 8), UInt8(port & 255)] + words(sequence) + words(7)
    octets += [0x50, flags, 1, 0, 0, 0, 0, 0] + data
    return CapturedFrame(
      nanoseconds: 0, octets: cut.map { Array(octets.prefix($0)) } ?? octets, originalLength: octets.count,
      outbound: false)
  }

  private func data(_ masked: Masked?, _ frame: CapturedFrame) -> ArraySlice<UInt8> {
    (masked?.octets ?? frame.octets).dropFirst(54)
  }

  private func whole(_ text: String) -> String { redactor.masked(Array(text.utf8))?.text ?? text }

  @Test func `a stream cut in two anywhere is masked as the whole is`() {
    let octets = Array(Self.answer.utf8)
    let expected = whole(Self.answer)
    for secret in ["31d4d96e407aad42", "hidden-by-page", "correct horse battery", "geheim-im-xml", "hunter2hunter2"] {
      #expect(!expected.contains(secret))
    }
    for cut in 1..<octets.count {
      var stream = FrameRedactor(redactor)
      let first = Self.frame(octets[..<cut], at: 100)
      let second = Self.frame(octets[cut...], at: 100 + UInt32(cut))
      let shown = data(stream.masked(first), first) + data(stream.masked(second), second)
      #expect(String(decoding: shown, as: UTF8.self) == expected, "cut at \(cut)")
    }
  }

  /// Several segments of any size, some of them twice, beside another connection, over the end of the sequence numbers.
  @Test(arguments: 0..<60) func `a stream in many segments is masked as the whole is`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let octets = Array(Self.answer.utf8)
    var stream = FrameRedactor(redactor)
    var shown: [UInt8] = []
    var place = 0
    while place < octets.count {
      let end = min(octets.count, place + Int.random(in: 1...60, using: &random))
      let frame = Self.frame(octets[place..<end], at: UInt32.max - 200 &+ UInt32(place))
      let masked = data(stream.masked(frame), frame)
      shown += masked
      let other = Self.frame(Array("plain words = none".utf8)[...], at: UInt32(place), to: 41_000)
      #expect(stream.masked(other) == nil)
      if Bool.random(using: &random) {
        #expect(data(stream.masked(frame), frame) == masked, "sent again, another mask")
      }
      place = end
    }
    #expect(String(decoding: shown, as: UTF8.self) == whole(Self.answer))
  }

  @Test func `a value over many segments is followed to its end and no further`() {
    let value = String(repeating: "k3", count: 3000)
    let text = "Set-Cookie: long=\(value); Path=/\r\nServer: lab\r\n"
    let octets = Array(text.utf8)
    var stream = FrameRedactor(redactor)
    var shown: [UInt8] = []
    for start in stride(from: 0, to: octets.count, by: 1448) {
      let frame = Self.frame(octets[start..<min(octets.count, start + 1448)], at: UInt32(start))
      shown += data(stream.masked(frame), frame)
    }
    let expected = text.replacing(value, with: String(repeating: "x", count: value.count))
    #expect(String(decoding: shown, as: UTF8.self) == expected)
  }

  @Test func `a frame that the capture cut does not lose the connection`() {
    var stream = FrameRedactor(redactor)
    let first = Array("GET / HTTP/1.1\r\nCookie: a=begins-here".utf8)
    _ = stream.masked(Self.frame(first[...], at: 0, cut: 54 + 30))
    let second = Self.frame(Array("and-ends-here\r\nHost: a\r\n".utf8)[...], at: UInt32(first.count))
    let text = String(decoding: data(stream.masked(second), second), as: UTF8.self)
    #expect(text == "xxxxxxxxxxxxx\r\nHost: a\r\n")
  }

  @Test func `a new connection on the same ports knows nothing of the old one`() {
    var stream = FrameRedactor(redactor)
    _ = stream.masked(Self.frame(Array("Cookie: a=begins-here".utf8)[...], at: 0))
    #expect(stream.masked(Self.frame([], at: 20, flags: 2)) == nil)
    #expect(stream.masked(Self.frame(Array("Server: lab".utf8)[...], at: 21)) == nil)
  }
}
