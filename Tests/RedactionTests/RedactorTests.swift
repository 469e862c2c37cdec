import LabSupport
import Redaction
import Testing

@Suite struct RedactorTests {
  private let redactor: Redactor
  private let other: Redactor

  init() throws {
    redactor = try RuleExampleTests.redactor()
    other = try RuleExampleTests.redactor(key: 8)
  }

  private func text(_ text: String, isName: Bool = false) -> String {
    redactor.masked(text: text, isName: isName)?.text ?? text
  }

  @Test func `the same name is the same pseudonym, under another key another`() throws {
    let first = text("Tanaka-no-iPhone")
    #expect(first.wholeMatch(of: /name-[0-9a-f]{8}-no-iPhone/) != nil, "\(first)")
    #expect(text("tanaka-no-iPad").prefix(13) == first.prefix(13))
    #expect(text("Sato-no-iPhone") != first)
    #expect(other.masked(text: "Tanaka-no-iPhone")?.text != first)
    // HMAC-SHA-256 of "tanaka" under 32 octets 07, by Python's hmac.
    #expect(first == "name-9459da9b-no-iPhone")
  }

  @Test func `what is called by a model stays, what is called by a person does not`() {
    for name in [
      "axis-accc8e123456", "BRN30055C123456", "NPI3B4C5D", "printer", "speaker.local", "WN-DX1300GR",
      "HIKVISION DS-2CD2042WD-I", "rooftop", "lab router", "iPhone", "EPSON12AB34", "hub-3f", "RICOH-0026730A",
    ] { #expect(redactor.masked(text: name, isName: true) == nil, "\(name)") }
    for (name, person) in [
      ("yamada", "yamada"), ("sato-room-cam", "sato"), ("複合機 田中一成", "田中一成"), ("第2会議室 山田", "山田"),
      ("NAS_TANAKA", "TANAKA"),
      ("DESKTOP-1A2B3C4", "1A2B3C4"),
    ] {
      let masked = text(name, isName: true)
      #expect(!masked.contains(person) && masked.contains("name-"), "\(name): \(masked)")
    }
    // Outside of a name, a family name alone is a place or a shop as often as a person.
    #expect(redactor.masked(text: "山田ビル3階のカメラ") == nil)
  }

  @Test func `texts in JSON are masked where they stand, and claims of names as names`() throws {
    let json =
      #"{"claims":[{"confidence":"high","kind":"name","source":"a","value":"sato-cam"},{"confidence":"high","kind":"model","source":"a","value":"sato-cam"}],"password":"shown as \"Cookie: a=secret; b=1\""}"#
    let masked = try #require(redactor.masked(json: Array(json.utf8)))
    let expected = json.replacing(
      #""kind":"name","source":"a","value":"sato-cam""#,
      with: #""kind":"name","source":"a","value":"\#(text("sato", isName: true))-cam""#
    )
    .replacing("a=secret; b=1", with: "a=xxxxxxxx; b=xxxxxxxx")
    #expect(masked.text == expected)
    #expect(masked.redactions.map(\.rule) == ["cookie", "family-name"])
    #expect(redactor.masked(json: masked.octets) == nil, "masked twice")
    let sighting = #"{"address":null,"mac":"02:00:00:00:00:01","name":"hanako","by":"dhcp"}"#
    #expect(redactor.masked(json: Array(sighting.utf8))?.text.contains("hanako") == false)
    let escaped = #"{"detail":"\u5c71\u7530\u306eiPhone\n"}"#
    #expect(redactor.masked(json: Array(escaped.utf8))?.text.contains("iPhone\\u000a") == true)
  }

  @Test func `a digest tells nothing without the key, and everything with it`() throws {
    let octets = Array("Cookie: SID=31d4\r\n".utf8)
    let redaction = try #require(redactor.masked(octets)?.redactions.first)
    #expect(redaction.rule == "cookie" && redaction.count == 1)
    #expect(redaction.digest == redactor.digest(of: Array("31d4\0".utf8)))
    #expect(other.masked(octets)?.redactions.first?.digest != redaction.digest)
  }

  /// Secrets of all kinds in all the places where they stand, among octets by chance.
  @Test(arguments: 0..<40) func `no secret survives, and no length changes`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    for _ in 0..<60 {
      let secret = String(
        (0..<Int.random(in: 6...20, using: &random)).map { _ in
          "abcdefghijkmnpqrstuvwyzABCDEFGHJKLMNPQRSTUVWYZ23456789".randomElement(using: &random) ?? "a"
        })
      let place =
        [
          "Authorization: Basic \(secret)\r\n", "Set-Cookie: a=\(secret); Secure\r\n", "Cookie: a=\(secret)\r\n",
          "x=1&password=\(secret)&y=2", "{\"token\": \"\(secret)\"}", "<Password>\(secret)</Password>",
          "rtsp://u:\(secret)@192.0.2.1/", "X-Auth-Token: \(secret)\r\n", "mail \(secret)@example.jp now",
          "\(secret)-no-iPhone.local", "\(secret)のiPad", "psk='\(secret)'", "<input type=password value=\"\(secret)\">",
        ].randomElement(using: &random) ?? ""
      // What stands around it is no text.
      let noise = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let octets = noise + [0x0d, 0x0a] + Array(place.utf8) + [0] + noise
      let masked = try #require(redactor.masked(octets), "\(place)")
      #expect(masked.octets.count == octets.count)
      #expect(!masked.text.contains(secret), "\(place)")
      #expect(redactor.masked(masked.octets)?.octets == nil, "masked twice: \(place)")
      let json =
        "{\"a\":[\"\(place.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\r\n", with: "\\r\\n"))\"]}"
      #expect(redactor.masked(json: Array(json.utf8))?.text.contains(secret) == false, "\(json)")
    }
  }

  @Test func `octets by chance stay as they are`() {
    var random = SeededRandom(seed: 5)
    let octets = (0..<(4 << 20)).map { _ in UInt8.random(in: 0...255, using: &random) }
    #expect(redactor.masked(octets) == nil)
  }
}
