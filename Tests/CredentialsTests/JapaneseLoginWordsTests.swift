import LabSupport
import Testing

@testable import Credentials

/// Japanese prompts and refusals. The octets are those of Python's codecs, which share no code with ours.
struct JapaneseLoginWordsTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let hex: String
    let isPassword: Bool

    var testDescription: String { name }
  }

  static let prompts = [
    Sample(name: "ユーザー名： utf-8", hex: "0d0ae383a6e383bce382b6e383bce5908defbc9a", isPassword: false),
    Sample(name: "ユーザー名： euc_jp", hex: "0d0aa5e6a1bca5b6a1bcccbea1a7", isPassword: false),
    Sample(name: "ユーザー名： shift_jis", hex: "0d0a8386815b8355815b96bc8146", isPassword: false),
    Sample(name: "ログイン名： utf-8", hex: "0d0ae383ade382b0e382a4e383b3e5908defbc9a", isPassword: false),
    Sample(name: "ログイン名： euc_jp", hex: "0d0aa5eda5b0a5a4a5f3ccbea1a7", isPassword: false),
    Sample(name: "ログイン名： shift_jis", hex: "0d0a838d834f8343839396bc8146", isPassword: false),
    Sample(name: "ユーザID:  utf-8", hex: "0d0ae383a6e383bce382b649443a20", isPassword: false),
    Sample(name: "ユーザID:  euc_jp", hex: "0d0aa5e6a1bca5b649443a20", isPassword: false),
    Sample(name: "ユーザID:  shift_jis", hex: "0d0a8386815b835549443a20", isPassword: false),
    Sample(name: "アカウント: utf-8", hex: "0d0ae382a2e382abe382a6e383b3e383883a", isPassword: false),
    Sample(name: "アカウント: euc_jp", hex: "0d0aa5a2a5aba5a6a5f3a5c83a", isPassword: false),
    Sample(name: "アカウント: shift_jis", hex: "0d0a8341834a8345839383673a", isPassword: false),
    Sample(name: "パスワード： utf-8", hex: "0d0ae38391e382b9e383afe383bce38389efbc9a", isPassword: true),
    Sample(name: "パスワード： euc_jp", hex: "0d0aa5d1a5b9a5efa1bca5c9a1a7", isPassword: true),
    Sample(name: "パスワード： shift_jis", hex: "0d0a83708358838f815b83688146", isPassword: true),
    Sample(name: "暗証番号:  utf-8", hex: "0d0ae69a97e8a8bce795aae58fb73a20", isPassword: true),
    Sample(name: "暗証番号:  euc_jp", hex: "0d0ab0c5bedac8d6b9e63a20", isPassword: true),
    Sample(name: "暗証番号:  shift_jis", hex: "0d0a88c38fd894d48d863a20", isPassword: true),
    Sample(name: "パスワード>  utf-8", hex: "0d0ae38391e382b9e383afe383bce383893e20", isPassword: true),
    Sample(name: "パスワード>  euc_jp", hex: "0d0aa5d1a5b9a5efa1bca5c93e20", isPassword: true),
    Sample(name: "パスワード>  shift_jis", hex: "0d0a83708358838f815b83683e20", isPassword: true),
  ]

  static let refusals = [
    Sample(name: "認証エラー utf-8", hex: "e8aa8de8a8bce382a8e383a9e383bc0d0a", isPassword: false),
    Sample(name: "認証エラー euc_jp", hex: "c7a7bedaa5a8a5e9a1bc0d0a", isPassword: false),
    Sample(name: "認証エラー shift_jis", hex: "94468fd883478389815b0d0a", isPassword: false),
    Sample(
      name: "パスワードが違います utf-8", hex: "e38391e382b9e383afe383bce38389e3818ce98195e38184e381bee381990d0a",
      isPassword: false),
    Sample(name: "パスワードが違います euc_jp", hex: "a5d1a5b9a5efa1bca5c9a4acb0e3a4a4a4dea4b90d0a", isPassword: false),
    Sample(name: "パスワードが違います shift_jis", hex: "83708358838f815b836882aa88e182a282dc82b70d0a", isPassword: false),
    Sample(name: "正しくありません utf-8", hex: "e6ada3e38197e3818fe38182e3828ae381bee3819be382930d0a", isPassword: false),
    Sample(name: "正しくありません euc_jp", hex: "c0b5a4b7a4afa4a2a4eaa4dea4bba4f30d0a", isPassword: false),
    Sample(name: "正しくありません shift_jis", hex: "90b382b582ad82a082e882dc82b982f10d0a", isPassword: false),
    Sample(
      name: "ログインに失敗しました utf-8", hex: "e383ade382b0e382a4e383b3e381abe5a4b1e69597e38197e381bee38197e3819f0d0a",
      isPassword: false),
    Sample(name: "ログインに失敗しました euc_jp", hex: "a5eda5b0a5a4a5f3a4cbbcbac7d4a4b7a4dea4b7a4bf0d0a", isPassword: false),
    Sample(name: "ログインに失敗しました shift_jis", hex: "838d834f8343839382c98eb8947382b582dc82b582bd0d0a", isPassword: false),
    Sample(
      name: "アクセスを拒否しました utf-8", hex: "e382a2e382afe382bbe382b9e38292e68b92e590a6e38197e381bee38197e3819f0d0a",
      isPassword: false),
    Sample(name: "アクセスを拒否しました euc_jp", hex: "a5a2a5afa5bba5b9a4f2b5f1c8dda4b7a4dea4b7a4bf0d0a", isPassword: false),
    Sample(name: "アクセスを拒否しました shift_jis", hex: "8341834e835a835882f08b9194db82b582dc82b582bd0d0a", isPassword: false),
    Sample(name: "無効なパスワード utf-8", hex: "e784a1e58ab9e381aae38391e382b9e383afe383bce383890d0a", isPassword: false),
    Sample(name: "無効なパスワード euc_jp", hex: "ccb5b8faa4caa5d1a5b9a5efa1bca5c90d0a", isPassword: false),
    Sample(name: "無効なパスワード shift_jis", hex: "96b38cf882c883708358838f815b83680d0a", isPassword: false),
  ]

  @Test(arguments: prompts)
  func `a prompt is known in each encoding`(sample: Sample) {
    let asked = LoginWords.question(endOf: octets(hex: sample.hex))
    #expect(asked == (sample.isPassword ? .password : .account))
    // A finished line asks for nothing.
    #expect(LoginWords.question(endOf: octets(hex: sample.hex + "0d0a")) == nil)
  }

  @Test(arguments: refusals)
  func `a refusal is known in each encoding`(sample: Sample) {
    #expect(LoginWords.saysRefused(octets(hex: sample.hex), []))
    #expect(!LoginWords.saysLockedOut(octets(hex: sample.hex), []))
  }

  @Test func `every word is written in every encoding, and none looks like another's`() throws {
    for word in ["ログイン", "パスワード", "暗証番号", "失敗", "違います"] {
      let all = try JapaneseText.Encoding.allCases.map { try #require(JapaneseText.octets(of: word, in: $0)) }
      #expect(Set(all).count == 3)
    }
    #expect(JapaneseText.octets(of: "龍", in: .shiftJIS) == nil)
  }
}
