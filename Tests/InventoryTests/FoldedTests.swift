import Testing

@testable import Inventory

@Suite struct FoldedTests {
  @Test(arguments: [
    ("ＭＡＣアドレス", "macアドレス"), ("ﾎｽﾄ名", "ホスト名"), ("ｼﾘｱﾙ番号", "シリアル番号"), ("ﾍﾞﾝﾀﾞｰ", "ベンダー"), ("ﾊﾟﾅｿﾆｯｸ", "パナソニック"),
    ("ｳﾞ", "ヴ"), ("  A\u{3000} b ", "a b"),
  ]) func `width and case do not count`(written: String, expected: String) {
    #expect(Folded.text(written) == expected)
  }

  @Test(arguments: [
    ("BUFFALO", "Buffalo Inc.", Folded.Comparison.agree), ("RT-AC58U", "rtac58u", .agree),
    ("バッファロー", "BUFFALO", .incomparable), ("", "BUFFALO", .incomparable), ("Canon", "Sony", .differ),
    ("ab", "abc", .differ),
  ]) func `written differently is not different`(left: String, right: String, expected: Folded.Comparison) {
    #expect(Folded.compare(left, right) == expected)
    #expect(Folded.compare(right, left) == expected)
  }

  @Test func `a whole value is not agreed with by a part`() {
    #expect(Folded.compare("SN12345", "SN123456", whole: true) == .differ)
  }
}
