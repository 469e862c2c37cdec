import LabSupport
import LegacyText
import Testing

@testable import Inventory

@Suite struct LedgerEncodingTests {
  private let mark: [UInt8] = [0xef, 0xbb, 0xbf]

  @Test func `UTF-8 is read with and without its mark`() {
    #expect(LedgerEncoding(Array("台帳".utf8)) == .utf8("台帳"))
    #expect(LedgerEncoding(mark + Array("台帳".utf8)) == .utf8("台帳"))
    #expect(LedgerEncoding([]) == .utf8(""))
  }

  @Test func `a mark is a promise`() {
    // A lone surrogate, U+D800, is no UTF-8 (RFC 3629 §3).
    #expect(LedgerEncoding(mark + [0x61, 0xed, 0xa0, 0x80]) == .brokenUTF8(at: 4))
    #expect(LedgerEncoding([0xff, 0xfe, 0x61, 0x00]) == .utf16)
    #expect(LedgerEncoding([0x61, 0xed, 0xa0, 0x80]) == .other)
  }

  @Test func `a place is told as line and octet`() {
    #expect(LedgerEncoding.position(of: 5, in: [0x61, 0x0a, 0x61, 0x0a, 0x61, 0xff]) == (3, 2))
  }

  /// Octets by `iconv -f UTF-8 -t CP932` and the table of Microsoft's code page 932: 表 and ソ end in 0x5c,
  /// 髙 (0xfbfc) and ① (0x8740) are in Microsoft's variant only, 0xb1 is a half-width katakana.
  @Test(
    arguments: [
      ([0x8a, 0xc7, 0x97, 0x9d, 0x94, 0xd4, 0x8d, 0x86], "管理番号"), ([0x95, 0x5c, 0x83, 0x5c], "表ソ"),
      ([0xfb, 0xfc, 0x87, 0x40], "髙①"), ([0xb1, 0x2c, 0x41], "ｱ,A"), ([0x81, 0x60, 0x5c], "\u{ff5e}\\"), ([], ""),
    ] as [([UInt8], String)]) func `what Japanese Windows writes is read`(octets: [UInt8], text: String) throws
  {
    #expect(try CP932.decode(octets) == text)
  }

  @Test(
    arguments: [
      ([0x61, 0x80], 1), ([0x61, 0x62, 0xa0], 2), ([0x81], 0), ([0x41, 0x8a, 0x20], 1), ([0xfd], 0),
    ] as [([UInt8], Int)]) func `other octets are refused at their place`(octets: [UInt8], place: Int)
  {
    #expect(throws: CP932.Failure.undecodable(at: place)) { try CP932.decode(octets) }
  }

  @Test func `no octets make the decoder fail in another way`() throws {
    var random = SeededRandom(seed: 932)
    for _ in 0..<5_000 {
      let octets = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      do throws(CP932.Failure) {
        let text = try CP932.decode(octets)
        #expect(text.unicodeScalars.count <= octets.count)
      } catch {
        guard case .undecodable(let place) = error else { throw error }
        #expect(octets.indices.contains(place))
      }
    }
  }
}
