import Foundation
import Testing

@testable import Printing

struct PagePrinterTests {
  private final class Folder {
    let path = NSTemporaryDirectory() + "tenken-print-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path + "/work", withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A program of that name that does what the script says.
    func program(_ name: String, _ script: String) throws {
      let file = "\(path)/\(name)"
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: file))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }

    func print(root: Bool = false, seconds: Int = 20) throws -> [UInt8] {
      try PagePrinter(path: "\(path):/bin:/usr/bin").print(
        Array("<p>x".utf8), in: path + "/work", root: root, created: 7, seconds: seconds)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
  }

  /// Chromium's own switches; without them it would ask its maker for updates, and names of hosts would be looked up.
  @Test(arguments: [true, false])
  func `Chromium gets a private profile, no names of hosts, and loses its sandbox only for root`(root: Bool) throws {
    let folder = try Folder()
    try folder.program(
      "chromium",
      """
      printf '%s\\n' "$@" >"\(folder.path)/words"; env >"\(folder.path)/environment"
      for word; do case $word in --print-to-pdf=*) printf '%%PDF-1.4 made' >"${word#*=}";; esac; done
      """)
    #expect(try folder.print(root: root) == Array("%PDF-1.4 made".utf8))
    let words = try folder.text("words").split(separator: "\n").map(String.init)
    #expect(words.contains("--host-resolver-rules=MAP * ~NOTFOUND") && words.contains("--headless"))
    #expect(words.contains("--user-data-dir=\(folder.path)/work/profile"))
    #expect(words.contains("--no-sandbox") == root)
    #expect(words.last == "file://\(folder.path)/work/page.html")
    let environment = try folder.text("environment")
    #expect(environment.contains("HOME=\(folder.path)/work\n") && !environment.contains("USER="))
  }

  @Test func `WeasyPrint does where there is no Chromium`() throws {
    let folder = try Folder()
    try folder.program("weasyprint", "printf '%%PDF-1.7 %s' \"$SOURCE_DATE_EPOCH\" >\"$4\"")
    let printer = try PagePrinter(path: folder.path)
    #expect(printer.kind == .weasyPrint)
    let made = try printer.print(Array("<p>x".utf8), in: folder.path + "/work", root: true, created: 7)
    #expect(made == Array("%PDF-1.7 7".utf8))
  }

  @Test func `where neither is, both packages are named`() throws {
    let folder = try Folder()
    let error = #expect(throws: PrintingError.self) { try PagePrinter(path: folder.path) }
    #expect(error?.description.contains("package chromium or weasyprint") == true)
  }

  @Test func `a program that hangs is ended with what it began`() throws {
    let folder = try Folder()
    try folder.program("chromium", "sleep 600 & echo $! >\"\(folder.path)/child\"; wait")
    let begun = Date()
    let error = #expect(throws: PrintingError.self) { try folder.print(seconds: 1) }
    #expect(error?.description.contains("after 1 s") == true && Date().timeIntervalSince(begun) < 15)
    let child = try #require(Int32(try folder.text("child").trimmingCharacters(in: .whitespacesAndNewlines)))
    // Whoever takes it over may not have buried it yet; then it is a zombie.
    func isGone() -> Bool {
      let told = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
      return told.split(separator: ") ").last.map { "ZX".contains($0.prefix(1)) } ?? true
    }
    for _ in 0..<100 where !isGone() { Thread.sleep(forTimeInterval: 0.05) }
    #expect(isGone())
  }

  @Test(arguments: ["exit 3", "echo no display >&2; exit 0", "kill -9 $$"])
  func `what prints nothing is told`(script: String) throws {
    let folder = try Folder()
    try folder.program("chromium", script)
    let error = #expect(throws: PrintingError.self) { try folder.print() }
    #expect(error?.description.contains("did not print the page") == true)
  }
}
