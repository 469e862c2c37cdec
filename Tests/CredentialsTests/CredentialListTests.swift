import Credentials
import Documents
import Probes
import Records
import Testing

struct CredentialListTests {
  private static let text = """
    id: published
    transports: [telnet, ssh]
    pairs:
      - { account: "root", password: "1" }
      - { account: "admin" }
    sources:
      - { title: "A book", url: "https://example.org/", retrieved: 2026-11-29 }

    """

  private func read(_ text: String) throws -> CredentialList {
    try CredentialList(parsing: Array(text.utf8), file: "published.yaml")
  }

  @Test func `the published list is bounded, has sources, and takes over how a device is logged in to`() throws {
    let list = try CredentialList(try Rules.store.get())
    // About 60 (the issue), and the two that Mirai tries first.
    #expect((50...70).contains(list.pairs.count) && list.transports == [.telnet, .ssh] && !list.isOwners)
    #expect(
      list.pairs.prefix(2).map(\.account) == ["root", "root"]
        && list.pairs.first?.secret == Secret(Array("xc3511".utf8)))
    let known = try #require(try Rules.credentials().profile("symmetricom/timevault"))
    let profile = list.profile(like: known)
    #expect(profile.telnet == known.telnet && profile.threshold == known.threshold && profile.id == "list/published")
    #expect(profile.pairs == list.pairs)
  }

  @Test(arguments: [
    ("transports: [telnet, ssh]", "transports: [finger]"), ("password: \"1\"", "word: \"1\""),
    ("- { account: \"admin\" }", "- { account: \"root\", password: \"1\" }"), ("https://", "http://"),
    ("id: published", "name: published"),
  ])
  func `faults are told with their line`(_ old: String, _ new: String) throws {
    #expect(try read(Self.text).pairs.count == 2)
    let error = #expect(throws: DocumentError.self) { _ = try read(Self.text.replacing(old, with: new)) }
    #expect(error?.file == "published.yaml" && error?.line != nil, "\(String(describing: error))")
  }

  @Test func `an owner's list is lines of pairs`() throws {
    let list = try CredentialList(lines: Array("# ours\r\n\r\nroot:a:b \r\n:pin\nadmin:\n".utf8), file: "/x/own.txt")
    #expect(list.id == "own.txt" && list.isOwners)
    #expect(
      list.pairs == [
        CredentialPair(account: "root", secret: Secret(Array("a:b ".utf8))),
        CredentialPair(account: "", secret: Secret(Array("pin".utf8))),
        CredentialPair(account: "admin", secret: Secret([])),
      ])
  }

  @Test(arguments: [
    ("root\n", 1), ("root:a\nroot:a\n", 2), ("root:a\nx:\u{1}\n", 2), ("# none\n", 1), ("", 1),
    ((0...600).map { "root:\($0)\n" }.joined(), 601),
  ])
  func `faults of an owner's list are told with their line`(_ text: String, _ line: Int) {
    let error = #expect(throws: DocumentError.self) { _ = try CredentialList(lines: Array(text.utf8), file: "own.txt") }
    #expect(error?.line == line && error?.problem.contains("a:") == false)
  }

  @Test func `octets that are no UTF-8 are refused`() {
    #expect(throws: DocumentError.self) { _ = try CredentialList(lines: [0xff, 0x3a, 0x61, 0x0a], file: "own.txt") }
    #expect(throws: DocumentError.self) { _ = try CredentialList(lines: [0x61, 0x3a, 0xff, 0x0a], file: "own.txt") }
  }
}
