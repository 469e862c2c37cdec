import LabSupport
import Testing
import Wire

struct CoAPTests {
  @Test func `the question for resources is encoded field by field`() {
    #expect(
      CoAPMessage.discovery(identifier: 0x1234, token: [1, 2, 3, 4])
        == octets(
          hex: """
            54 01 12 34 01 02 03 04             // version 1, non-confirmable, token of 4; GET; message ID; token
            bb 2e 77 65 6c 6c 2d 6b 6e 6f 77 6e // Uri-Path, ".well-known"
            04 63 6f 72 65                      // the same option again, "core"
            """))
    // RFC 7252 §3.1: a length of 13 and more has an octet of its own.
    #expect(
      Array(CoAPMessage.get(path: ["thirteenchars"], identifier: 0, token: []).dropFirst(4))
        == [0xbd, 0x00] + Array("thirteenchars".utf8))
  }

  @Test func `libcoap's resources are read`() throws {
    let message = try CoAPMessage(parsing: ServiceReplies.coapLinks)
    #expect(message.kind == .nonConfirmable)
    #expect(message.code == .content && message.code.description == "2.05" && message.code.isSuccess)
    #expect(message.identifier == 0x1234)
    #expect(message.token == [1, 2, 3, 4])
    #expect(message.contentFormat == 40)
    let links = try LinkFormat.links(parsing: message.payload)
    #expect(links.map(\.target) == ["/", "/time", "/async"])
    #expect(links[0].value("title") == "General Info")
    #expect(links[1].value("rt") == "ticks")
    #expect(links[1].attributes.last?.name == "obs" && links[1].attributes.last?.value == nil)
  }

  /// RFC 6690 §5's example has a comma and semicolons; a backslash in quotes is RFC 2616 §2.2's.
  @Test func `commas in quotation marks separate nothing`() throws {
    let links = try LinkFormat.links(parsing: Array(#"</a>;title="x,\"y\";z";if=s, </b>"#.utf8))
    #expect(links.map(\.target) == ["/a", "/b"])
    #expect(links[0].value("title") == #"x,"y";z"#)
    #expect(links[0].value("if") == "s")
  }

  @Test func `a list that was cut keeps what is whole, and text is no list`() throws {
    #expect(try LinkFormat.links(parsing: Array("</a>,</b".utf8)).map(\.target) == ["/a"])
    #expect(throws: WireError.malformed(offset: 0)) { try LinkFormat.links(parsing: Array("hello".utf8)) }
    let many = [UInt8](Array(repeating: "</a>", count: 1000).joined(separator: ",").utf8)
    #expect(try LinkFormat.links(parsing: many, limit: 10).count == 10)
  }

  @Test(arguments: [
    "80 01 00 00",  // version 2
    "59 45 00 00 00 00 00 00 00 00 00 00 00",  // a token of nine octets
    "50 45 00 00 ff",  // a marker without payload
    "50 45 00 00 f0",  // delta 15 without being the marker
    "50 45 00 00 e0 ff ff e0 ff ff",  // option numbers beyond 65535
  ]) func `what RFC 7252 forbids is refused`(hex: String) {
    #expect(throws: WireError.self) { try CoAPMessage(parsing: octets(hex: hex)) }
  }
}
