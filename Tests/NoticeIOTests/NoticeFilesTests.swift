import Foundation
import NoticeIO
import Notices
import Records
import Testing

@Suite struct NoticeFilesTests {
  private final class Folder {
    let path = NSTemporaryDirectory() + "tenken-notice-io-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, mode: Int, to name: String) throws -> String {
      let file = "\(path)/\(name)"
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
      return file
    }

    func mode(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int
    }
  }

  @Test func `a secret is read from a file for its owner alone`() throws {
    let folder = try Folder()
    #expect(
      try SecretFile.read(folder.write("key of the hook\n", mode: 0o600, to: "a")) == Array("key of the hook".utf8))
    for mode in [0o640, 0o604, 0o660, 0o644] {
      let file = try folder.write("key", mode: mode, to: "b\(mode)")
      #expect(throws: NoticeFileError.self, "\(String(mode, radix: 8))") { try SecretFile.read(file) }
    }
    let real = try folder.write("key", mode: 0o600, to: "c")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: real)
    for file in [
      folder.path + "/link", folder.path, folder.path + "/none", try folder.write("\n", mode: 0o600, to: "d"),
      try folder.write(String(repeating: "x", count: 9000), mode: 0o600, to: "e"),
    ] {
      #expect(throws: NoticeFileError.self, "\(file)") { try SecretFile.read(file) }
    }
  }

  @Test func `a file is replaced whole and nothing is left beside it`() throws {
    let folder = try Folder()
    let file = folder.path + "/page.prom"
    try WholeFile.replace(file, Array("one\n".utf8), mode: 0o644)
    try WholeFile.replace(file, Array("two\n".utf8), mode: 0o644)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "two\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["page.prom"])
    #expect(try folder.mode("page.prom") == 0o644)
    #expect(throws: NoticeFileError.self) { try WholeFile.replace(folder.path + "/none/x", []) }
  }

  @Test func `what is put into the outbox is there after it was opened again`() throws {
    let folder = try Folder()
    let moment = Timestamp(nanoseconds: 1_795_000_000_000_000_000)
    let notice = Notice.test(at: moment, offsetMinutes: 540, host: "auditor")
    do {
      let outbox = try OutboxFolder(folder.path + "/outbox")
      try outbox.put(OutboxItem(notice, channel: "hook", since: moment))
      var again = OutboxItem(notice, channel: "hook", since: moment)
      again.attempts = 5
      try outbox.put(again)
      try outbox.put(OutboxItem(notice, channel: "mail", since: moment))
    }
    #expect(try folder.mode("outbox") == 0o700)
    _ = try folder.write("{}", mode: 0o600, to: "outbox/x.json")
    let outbox = try OutboxFolder(folder.path + "/outbox")
    let (items, unreadable) = outbox.items()
    #expect(items.map(\.channel) == ["hook", "mail"] && items[0].attempts == 5 && items[0].notice == notice)
    #expect(unreadable == [folder.path + "/outbox/x.json"])
    for item in items { outbox.remove(item) }
    #expect(outbox.items().items.isEmpty)
  }
}

@Suite struct ProgramTests {
  private let sender = NoticeSender(agent: "tenken/test")

  private func run(_ script: String, input: String = "", seconds: Int = 10) -> DeliveryPlan.Attempt {
    sender.send(
      .command(
        ["/bin/sh", "-c", script], environment: ["PATH=/usr/bin:/bin", "ONE=two words"], input: Array(input.utf8),
        seconds: seconds))
  }

  @Test func `a program reads the notice and gets our variables alone`() {
    #expect(
      run("test \"$(cat)\" = '{\"a\":1}' && test \"$ONE\" = 'two words'", input: "{\"a\":1}")
        == .delivered(by: "/bin/sh"))
    #expect(
      run("env | grep -v -e '^PATH=' -e '^ONE=' -e '^PWD=' -e '^SHLVL=' -e '^_=' -e '^OLDPWD='; test $? = 1")
        == .delivered(by: "/bin/sh"))
  }

  @Test func `a program that does not read holds nothing up`() {
    #expect(run("exit 0", input: String(repeating: "x", count: 4_000_000)) == .delivered(by: "/bin/sh"))
  }

  @Test func `what it says last is told, however much it said`() {
    #expect(
      run("yes long | head -n 200000; echo the reason; exit 3")
        == .refused("/bin/sh ended with status 3: the reason"))
    #expect(run("exit 75") == .failed("/bin/sh asks to come again (status 75)"))
  }

  @Test func `a program that takes too long is ended with all that it began`() throws {
    let mark = NSTemporaryDirectory() + "tenken-late-" + UUID().uuidString
    let clock = ContinuousClock.now
    #expect(run("(sleep 3; touch \(mark)) & sleep 60", seconds: 1) == .failed("/bin/sh was not done after 1 s"))
    #expect(ContinuousClock.now - clock < .seconds(3))
    Thread.sleep(forTimeInterval: 3)
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  @Test func `a program that is not there is told as such`() {
    let attempt = sender.send(.command(["/nonexistent/tell"], environment: [], input: [], seconds: 5))
    #expect(attempt == .refused("/nonexistent/tell could not be started"))
  }
}
