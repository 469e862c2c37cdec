import Testing

@testable import Profiles

/// The matching rule as ``TelnetPrompt`` states it, written again from the words so that the data
/// is not judged by the code it was made for.
private func isPrompt(_ text: String, stems: [String]) -> Bool {
  let scalars = Array(text.unicodeScalars)
  let start = scalars.lastIndex { $0 == "\n" || $0 == "\r" }.map { $0 + 1 } ?? 0
  var line = scalars[start...].map(String.init).joined().lowercased()
  func trim() { while line.hasSuffix(" ") { line.removeLast() } }
  trim()
  if let end = line.last, [":", "：", ">"].contains(end) { line.removeLast() }
  trim()
  return stems.contains { line.hasSuffix($0.lowercased()) }
}

struct TelnetPromptTests {
  let prompts: [TelnetPrompt]

  init() throws { prompts = try RuleSet.store().telnetPrompts }

  @Test func `stems are there for each language a device may speak`() throws {
    let stems = try RuleSet.store().telnetPromptStems
    let expected = [
      "login", "username", "password", "ログイン", "ユーザ", "ユーザー名", "ユーザ名", "パスワード", "暗証番号", "benutzername",
      "mot de passe", "contraseña", "senha", "用户名", "비밀번호",
    ]
    for stem in expected { #expect(stems.contains(stem), "\(stem)") }
    #expect(Set(stems).count == stems.count)
  }

  @Test func `every example is a prompt by its own stems`() {
    for prompt in prompts {
      #expect(!prompt.examples.isEmpty && !prompt.source.isEmpty)
      for example in prompt.examples { #expect(isPrompt(example, stems: prompt.stems), "\(prompt.id): \(example)") }
    }
  }

  @Test func `no counterexample is a prompt by any stem`() {
    let stems = prompts.flatMap(\.stems)
    for prompt in prompts {
      #expect(!prompt.counterexamples.isEmpty)
      for text in prompt.counterexamples { #expect(!isPrompt(text, stems: stems), "\(prompt.id): \(text)") }
    }
  }
}
