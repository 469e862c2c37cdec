import Records
import Testing

@testable import Profiles

struct FirmwareVersionTests {
  private func compare(_ left: String, _ right: String) -> FirmwareVersion.Comparison {
    FirmwareVersion(left).compared(to: FirmwareVersion(right))
  }

  // Each pair is of versions that their maker published in this order, or that differ in the first
  // number that any reader would look at.
  @Test(arguments: [
    ("1.02", "1.03"), ("Ver.1.02", "Ver.1.24"), ("Rev.14.01.38", "Rev.14.01.40"), ("V5.5.0", "V5.7.3"),
    ("V5.7.3 build 210101", "V5.7.3 build 210625"), ("6.49.7", "6.49.18"), ("9.9", "10.0"), ("7.2", "7.2.1"),
    ("1.1.3 Build 20230101", "1.1.4 Build 20230219"),
    ("1.1.4 Build 20220101 rel.69802(4555)", "1.1.4 Build 20230219"),
    ("3.0.0.4.386_50460", "3.0.0.4.386_51948"), ("7.2.2-72806", "7.2.2-72806-1"), ("7.2.2-72806-1", "7.2.2-72806-4"),
    ("5.1.7.2770 build 20240520", "5.1.8.2823 build 20240712"), ("21.7.28A", "21.7.28B"),
    ("h5.1.6.2734", "h5.1.7.2770 build 20240520"), ("1935144020", "1935144040"), ("2021-06-01", "2021-06-14"),
    ("firmware ver.07.35", "firmware ver.07.36"), ("R4.20", "R4.31"), ("1.65(ZH)", "1.68(ZG)"),
    ("1.09", "1.10"), ("03.07", "03.08"),
  ])
  func `a later version is newer, seen from both sides`(older: String, newer: String) {
    #expect(compare(older, newer) == .older)
    #expect(compare(newer, older) == .newer)
  }

  @Test(arguments: [
    ("V5.7.3", "ver 5.7.3"), ("v1.02", "Ver.1.02"), ("1.2", "1.2.0"), ("6.49.18 (long-term)", "6.49.18"),
    ("Rev.14.01.38", "14.01.38"), ("5.7.3 Build 210101", "v5.7.3 build 210101"), (" 1.0 ", "1.0"),
  ])
  func `the same version may be written in several ways`(left: String, right: String) {
    #expect(compare(left, right) == .same)
    #expect(compare(right, left) == .same)
  }

  @Test(
    arguments: [
      ("1.02", "1.2", .zeros), ("1.09", "1.1", .zeros), ("5.7.3", "5.7.3 build 210101", .endings),
      ("7.2.2", "7.2.2-72806-1", .endings), ("1.0", "1.0b", .endings), ("1.0-beta", "1.0-rc", .endings),
      ("1.65(ZH)", "1.65(ZG)", .endings), ("h5.1.7", "5.1.7", .editions), ("ZK", "ZM", .unreadable),
      ("20210601", "1.4", .schemes), ("210101", "20210101", .schemes), ("2021", "2.1", .schemes),
      ("5.7 build 210101", "5.7 build 20210102", .schemes), ("", "1.0", .unreadable), ("unknown", "1.0", .unreadable),
      ("１.０", "1.0", .unreadable), ("1.0\u{1b}[2J", "1.0", .unreadable),
      ("1.0-" + String(repeating: "9", count: 40), "1.0-1", .unreadable),
      (String(repeating: "1.", count: 60), "1.0", .unreadable),
    ] as [(String, String, FirmwareVersion.Obstacle)])
  func `what cannot be ordered is said with its reason`(
    left: String, right: String, obstacle: FirmwareVersion.Obstacle
  ) {
    #expect(compare(left, right) == .incomparable(obstacle))
    #expect(compare(right, left) == .incomparable(obstacle))
  }

  @Test(arguments: [
    ("7.2.1-69057", "7.2", true), ("7.2.1-69057", "7.2.1", true), ("7.20", "7.2", false), ("7.2", "7.2.1", false),
    ("h5.1.7", "h5.1", true), ("5.1.7", "h5.1", false), ("", "7", false), ("7.1", "", false),
  ])
  func `a branch is the numbers that a version begins with`(version: String, branch: String, belongs: Bool) {
    #expect(FirmwareVersion(version).belongs(to: FirmwareVersion(branch)) == belongs)
  }

  @Test func `no text stops the comparison, and both sides always agree`() {
    let alphabet = Array("0129.-_ ()vVrbBhZ\u{0}\u{7f}é\u{1b}build")
    var state: UInt64 = 0x7e4_2026
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    func text() -> String { String((0..<next(24)).map { _ in alphabet[next(alphabet.count)] }) }
    for _ in 0..<4_000 {
      let (left, right) = (text(), text())
      switch (compare(left, right), compare(right, left)) {
      case (.older, .newer), (.newer, .older), (.same, .same): break
      case (.incomparable(let mine), .incomparable(let theirs)): #expect(mine == theirs, "\(left) \(right)")
      case (let forth, let back): Issue.record("\(left) and \(right): \(forth), but back \(back)")
      }
      #expect(compare(left, left) == .same || compare(left, left) == .incomparable(.unreadable), "\(left)")
    }
  }

  @Test func `every obstacle has words in both languages`() {
    for obstacle in FirmwareVersion.Obstacle.allCases {
      #expect(!obstacle.text.ja.isEmpty && !obstacle.text.en.isEmpty && obstacle.text.ja != obstacle.text.en)
    }
  }
}
