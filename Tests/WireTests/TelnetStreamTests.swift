import LabSupport
import Testing
import Wire

struct TelnetStreamTests {
  /// What a busybox telnetd and a subnegotiating server say, one command a line.
  static let greeting = octets(
    hex: """
      ff fd 01        // IAC DO ECHO
      ff fd 1f        // IAC DO NAWS
      ff fb 01        // IAC WILL ECHO
      ff fb 03        // IAC WILL SUPPRESS-GO-AHEAD
      0d 0a           // CR LF
      ff fa 18 01 ff f0  // IAC SB TERMINAL-TYPE SEND IAC SE
      ff f1           // IAC NOP
      63 61 6d        // "cam"
      ff ff           // a doubled 255 is the octet 255
      20 6c 6f 67 69 6e 3a 20  // " login: "
      ff fe 22        // IAC DONT LINEMODE
      ff fc 06        // IAC WONT TIMING-MARK
      """)
  static let text: [UInt8] = [0x0d, 0x0a, 0x63, 0x61, 0x6d, 0xff] + Array(" login: ".utf8)
  static let descriptions = [
    "DO ECHO", "DO NAWS", "WILL ECHO", "WILL SUPPRESS-GO-AHEAD", "DONT LINEMODE", "WONT TIMING-MARK",
  ]

  private func read(_ arrivals: [UInt8]...) -> TelnetStream {
    var stream = TelnetStream()
    for octets in arrivals { stream.receive(octets) }
    return stream
  }

  @Test func `commands and text are separated`() {
    let stream = read(Self.greeting)
    #expect(stream.negotiations.map(\.description) == Self.descriptions)
    #expect(stream.text == Self.text)
    #expect(stream.violations == 0)
    #expect(stream.beginsWithNegotiation)
    #expect(stream.negotiations[0] == TelnetStream.Negotiation(verb: .do, option: 1))
  }

  @Test(arguments: 0...TelnetStreamTests.greeting.count)
  func `a division anywhere changes nothing`(position: Int) {
    let stream = read(Array(Self.greeting.prefix(position)), Array(Self.greeting.dropFirst(position)))
    #expect(stream.negotiations.map(\.description) == Self.descriptions)
    #expect(stream.text == Self.text)
    #expect(stream.violations == 0)
    #expect(stream.beginsWithNegotiation)
  }

  @Test func `single octets change nothing`() {
    var stream = TelnetStream()
    for octet in Self.greeting {
      stream.receive([])
      stream.receive([octet])
    }
    #expect(stream.text == Self.text)
    #expect(stream.negotiations.count == 6)
  }

  @Test func `an unfinished subnegotiation swallows its octets and nothing else`() {
    let stream = read(octets(hex: "41 ff fa 18 00 78 74 65 72 6d"))
    #expect(stream.text == Array("A".utf8))
    #expect(stream.violations == 0)
    #expect(stream.negotiations.isEmpty)
  }

  @Test func `a doubled 255 inside a subnegotiation does not end it`() {
    // IAC SB NAWS 255 255 (doubled) … IAC SE, then text.
    let stream = read(octets(hex: "ff fa 1f ff ff 00 ff ff f0 00 ff f0 42"))
    #expect(stream.text == Array("B".utf8))
    #expect(stream.violations == 0)
  }

  @Test(arguments: [UInt8](0...240))
  func `an octet that no command has counts as a violation`(octet: UInt8) {
    let stream = read([0x41, 0xff, octet, 0x42])
    #expect(stream.violations == 1)
    #expect(stream.text == Array("AB".utf8))
    #expect(!stream.beginsWithNegotiation)
  }

  @Test(arguments: [UInt8](241...249))
  func `a command without an operand is none`(octet: UInt8) {
    let stream = read([0xff, octet, 0x42])
    #expect(stream.violations == 0)
    #expect(stream.text == Array("B".utf8))
    #expect(stream.negotiations.isEmpty)
  }

  @Test func `text first is no negotiation at the beginning`() {
    let stream = read(octets(hex: "20 ff fb 01"))
    #expect(!stream.beginsWithNegotiation)
    #expect(stream.negotiations.count == 1)
    #expect(!read([]).beginsWithNegotiation)
    #expect(!read([0xff]).beginsWithNegotiation)
    #expect(!read([0xff, 0xfb]).beginsWithNegotiation)
  }

  @Test func `options without a name print their number`() {
    #expect(read([0xff, 0xfb, 200]).negotiations.map(\.description) == ["WILL 200"])
  }
}
