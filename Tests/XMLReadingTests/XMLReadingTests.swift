import LabSupport
import Testing

@testable import XMLReading

/// What well-formed documents come to. Expected values follow from XML 1.0 and Namespaces in XML 1.0.
struct XMLReadingTests {
  /// The shape of a UPnP device description (UPnP Device Architecture 1.1 §2.3), written by hand.
  static let description = """
    <?xml version="1.0" encoding="utf-8"?>
    <root xmlns="urn:schemas-upnp-org:device-1-0">
      <specVersion><major>1</major><minor>0</minor></specVersion>
      <device>
        <deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
        <friendlyName>ルータ &amp; <![CDATA[<AP>]]></friendlyName>
        <modelName> WX-1
        </modelName>
        <deviceList><device><deviceType>inner</deviceType></device></deviceList>
      </device>
    </root>
    """

  /// The shape of a WS-Discovery answer (SOAP 1.2, WS-Discovery 1.0), written by hand.
  static let probeMatch = """
    <e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:d="urn:d"><e:Body>
    <d:Types e:mustUnderstand="1" plain='a&#10;b&lt;'>dn:NetworkVideoTransmitter</d:Types></e:Body></e:Envelope>
    """

  @Test func `names are resolved, text is put together`() throws {
    let root = try XMLElement(parsing: Array(Self.description.utf8))
    let upnp = "urn:schemas-upnp-org:device-1-0"
    #expect(root.name == XMLName("root", namespace: upnp))
    #expect(root.child("specVersion")?.children.map(\.text) == ["1", "0"])
    let device = try #require(root.child("device", namespace: upnp))
    #expect(device.line == 4)
    #expect(device.child("friendlyName")?.text == "ルータ & <AP>")
    #expect(device.child("modelName")?.trimmedText == "WX-1")
    #expect(device.child("modelName")?.text == " WX-1\n    ")
    #expect(device.child("modelName", namespace: "urn:other") == nil)
    #expect(device.child("deviceList")?.trimmedText == nil)
    #expect(
      root.descendants("deviceType").map(\.text) == ["urn:schemas-upnp-org:device:InternetGatewayDevice:1", "inner"])
    #expect(root.descendant("minor")?.text == "0")
    #expect(root.descendant("absent") == nil)
  }

  @Test func `prefixes mean their namespaces, attributes without one are in none`() throws {
    let root = try XMLElement(parsing: Array(Self.probeMatch.utf8))
    let types = try #require(root.descendant("Types", namespace: "urn:d"))
    #expect(types.text == "dn:NetworkVideoTransmitter")
    #expect(
      types.attributes == [
        XMLAttribute(
          name: XMLName("mustUnderstand", namespace: "http://www.w3.org/2003/05/soap-envelope"), value: "1"),
        XMLAttribute(name: XMLName("plain"), value: "a\nb<"),
      ])
    #expect(types.attribute("plain") == "a\nb<")
    #expect(types.attribute("mustUnderstand") == nil)
  }

  @Test func `events come in document order, comments and instructions left out`() throws {
    let octets = Array("<a x='1'>p<!-- no --><?pi no?>q<b/></a>".utf8)
    let expected: [XMLEvent] = [
      .start(XMLName("a"), attributes: [XMLAttribute(name: XMLName("x"), value: "1")], line: 1), .text("pq"),
      .start(XMLName("b"), attributes: [], line: 1), .end(XMLName("b")), .end(XMLName("a")),
    ]
    #expect(try XMLEvents(parsing: octets).events == expected)
  }

  @Test func `what firmware puts around a document is ignored`() throws {
    let plain = try XMLEvents(parsing: Array("<a/>".utf8)).events
    for (before, after) in [("\r\n ", ""), ("", "\0\0"), ("\t", "\n\0 \n"), ("\u{feff}", "")] {
      #expect(try XMLEvents(parsing: Array("\(before)<a/>\(after)".utf8)).events == plain)
    }
  }

  @Test func `UTF-16 and ISO-8859-1 are read, other encodings are named`() throws {
    let wide = "<?xml version='1.0' encoding='UTF-16'?><a>点</a>".utf16
    let little: [UInt8] = [0xff, 0xfe] + wide.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] as [UInt8] }
    let big: [UInt8] = [0xfe, 0xff] + wide.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] as [UInt8] }
    #expect(try XMLElement(parsing: little).text == "点")
    #expect(try XMLElement(parsing: big).text == "点")
    let latin = Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xe9] + Array("</a>".utf8)
    #expect(try XMLElement(parsing: latin).text == "é")
    let shift = Array("<?xml version='1.0' encoding='Shift_JIS'?><a/>".utf8)
    #expect(throws: XMLError.self) { try XMLElement(parsing: shift) }
    do { _ = try XMLElement(parsing: shift) } catch { #expect(error.code == .encoding) }
  }
}
