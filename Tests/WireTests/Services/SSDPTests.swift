import LabSupport
import Testing
import Wire

struct SSDPTests {
  static let answer = ServiceReplies.ssdpAnswer

  /// UPnP Device Architecture 1.1 §1.3.2: the request line, HOST, MAN in quotation marks, MX, ST, an empty line.
  @Test func `a search is what the architecture writes`() {
    #expect(
      SSDPRequest.search
        == Array(
          ("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
            + "ST: upnp:rootdevice\r\n\r\n").utf8))
  }

  @Test func `an answer is read with its fields`() throws {
    let answer = try SSDPAnswer(parsing: Self.answer)
    #expect(answer.fields.count == 10)
    #expect(answer.value(of: "location") == "http://10.0.0.31:5000/rootDesc.xml")
    #expect(answer.value(of: "Server") == "Debian/6.18.44 UPnP/1.1 MiniUPnPd/2.3.1")
    #expect(answer.value(of: "EXT") == nil && answer.value(of: "absent") == nil)
  }

  @Test func `bare line feeds, blanks, a missing end and lines without a colon are borne`() throws {
    let answer = try SSDPAnswer(parsing: Array("HTTP/1.0 200 OK\nst \t:\t a b \nnonsense\nUSN:uuid:1".utf8))
    #expect(answer.fields.map(\.name) == ["st", "USN"])
    #expect(answer.fields.map(\.value) == ["a b", "uuid:1"])
  }

  /// An announcement, the question itself, another status, another protocol, more fields than anybody sends.
  @Test(arguments: [
    "NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\n\r\n", "M-SEARCH * HTTP/1.1\r\nST: upnp:rootdevice\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\n\r\n", "HTTP/1.1 2000\r\n", "HTTP/1.1\r\n", "RTSP/1.0 200 OK\r\n\r\n", "\r\n", "",
    "HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 65),
  ]) func `nothing else is an answer`(text: String) {
    #expect(throws: WireError.self) { try SSDPAnswer(parsing: Array(text.utf8)) }
  }
}
