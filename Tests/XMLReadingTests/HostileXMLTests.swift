import LabSupport
import Testing

@testable import XMLReading

/// Documents that mean harm, or are half of one.
struct HostileXMLTests {
  private func fault(_ octets: [UInt8], _ limits: XMLLimits = .answer) -> XMLError? {
    do {
      _ = try XMLElement(parsing: octets, limits: limits)
      return nil
    } catch { return error }
  }

  private func fault(_ text: String, _ limits: XMLLimits = .answer) -> XMLError? { fault(Array(text.utf8), limits) }

  @Test func `a billion laughs end at the document type`() {
    let levels = (1...9).map { level in
      "<!ENTITY l\(level) \"\(String(repeating: "&l\(level - 1);", count: 10))\">"
    }
    let text = "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY l0 'ha'>\(levels.joined())]><a>&l9;</a>"
    let start = ContinuousClock.now
    #expect(fault(text)?.code == .documentType)
    #expect(fault(text)?.line == 2)
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test(arguments: [
    "<!DOCTYPE a SYSTEM 'http://192.0.2.1/a.dtd'><a/>",
    "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
    "<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///etc/hostname'> %x;]><a/>",
    "<!DOCTYPE html><a/>", "<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>",
  ])
  func `no document type, so nothing outside is ever opened`(text: String) {
    #expect(fault(text)?.code == .documentType)
  }

  @Test func `an entity that nobody declared is an error`() {
    #expect(fault("<a>&x;</a>")?.code == .malformed)
    // The five of XML 1.0 §4.6 need no declaration.
    #expect(fault("<a>&lt;&gt;&amp;&apos;&quot;</a>") == nil)
  }

  @Test func `an attribute of a megabyte is refused`() {
    let text = "<a b='\(String(repeating: "x", count: 1 << 20))'/>"
    #expect(fault(text)?.code == .tooLarge)
    #expect(fault(text, .file)?.code == .attributeTooLong)
    let edge = String(repeating: "x", count: XMLLimits.answer.attributeOctets)
    #expect(fault("<a b='\(edge)'/>") == nil)
    #expect(fault("<a b='\(edge)' c='x'/>")?.code == .attributeTooLong)
  }

  @Test func `depth and number of elements are bounded`() {
    func nested(_ depth: Int) -> String {
      String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
    }
    #expect(fault(nested(64)) == nil)
    #expect(fault(nested(65))?.code == .tooDeep)
    #expect(fault(String(repeating: "<a>", count: 50_000))?.code == .tooDeep)
    #expect(fault("<a>\(String(repeating: "<b/>", count: 16_383))</a>") == nil)
    #expect(fault("<a>\(String(repeating: "<b/>", count: 16_384))</a>")?.code == .tooManyElements)
  }

  @Test func `a document is looked at only when it is small enough`() {
    let padding = String(repeating: " ", count: XMLLimits.answer.octets - 7)
    #expect(fault("<a>\(padding)</a>") == nil)
    #expect(fault("<a>\(padding) </a>")?.code == .tooLarge)
    #expect(fault("<a>\(padding) </a>")?.line == 0)
  }

  @Test(arguments: [
    "", " \n", "\0", "plain", "<a>", "<a></b>", "<a", "<a/><b/>", "<a b='1' b='2'/>", "<a b=1/>", "<x:a/>",
    "<a xmlns:x='urn:u' xmlns:y='urn:u' x:b='1' y:b='2'/>", "<a>\u{1}</a>", "<a>&#0;</a>", "<a>&#xd800;</a>",
    "<a xmlns='urn:u&#10;v'/>", "<a><![CDATA[</a>", "<a>]]></a>",
  ])
  func `what is not well-formed is refused`(text: String) {
    #expect(fault(text)?.code == .malformed)
  }

  @Test func `octets that are no UTF-8 are refused`() {
    for wrong: [UInt8] in [[0xff], [0xc0, 0xaf], [0xe3, 0x81], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]] {
      #expect(fault(Array("<a>".utf8) + wrong + Array("</a>".utf8))?.code == .malformed)
      #expect(fault(Array("<a b='".utf8) + wrong + Array("'/>".utf8))?.code == .malformed)
    }
  }

  @Test(arguments: [XMLReadingTests.description, XMLReadingTests.probeMatch])
  func `no beginning of a document passes for the whole`(text: String) {
    let octets = Array(text.utf8)
    for length in octets.indices { #expect(fault(Array(octets.prefix(length)))?.code == .malformed) }
    #expect(fault(octets) == nil)
  }

  @Test func `mutated documents never trap, and what is accepted is balanced`() {
    var random = SeededRandom(seed: 2026)
    let corpus = [XMLReadingTests.description, XMLReadingTests.probeMatch].map { Array($0.utf8) }
    let pieces = ["<", ">", "</", "<!DOCTYPE x [", "<![CDATA[", "]]>", "&#x41;", "&x;", "xmlns:q='u'", "\0", "<?"]
    var accepted = 0
    for turn in 0..<20_000 {
      var octets = corpus[turn % corpus.count]
      for _ in 0...(random.next() % 3) {
        let place = Int(random.next() % UInt64(octets.count))
        switch random.next() % 4 {
        case 0: octets[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: octets.remove(at: place)
        case 2: octets.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))].utf8, at: place)
        default: octets[place] = UInt8(97 + random.next() % 26)
        }
      }
      guard let events = try? XMLEvents(parsing: octets).events else { continue }
      accepted += 1
      var open: [XMLName] = []
      for event in events {
        switch event {
        case .start(let name, _, _): open.append(name)
        case .text(let text): #expect(!text.isEmpty && !open.isEmpty)
        case .end(let name): #expect(open.popLast() == name)
        }
      }
      #expect(open.isEmpty)
    }
    // Letters changed in text leave a document well-formed: the loop must not only see refusals.
    #expect(accepted > 2_000)
  }
}
