import Foundation
import Testing

/// A company writes a catalogue of its own with the built program. Nothing is sent; the trait is that of all tests that run the built programs.
@Suite(.needsLab) struct ChecklistFilesEndToEndTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tenken-\(UUID().uuidString)")

  @Test func `a catalogue is begun, damaged and found out`() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("own.yaml")
    let begin = ["checklist", "new", "--from", "jssec-iot-v1", "--id", "my-company-v1", "--output", file.path]
    #expect(try Program.run(Program.tenken, begin).status == 0)
    #expect(try Program.run(Program.tenken, begin).status == 2, "an existing file stays as it is")
    #expect(try Program.run(Program.tenken, ["checklist", "lint", file.path]).status == 0)
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("Guest Wi-Fi separated", with: "Guest Wi-Fi is secure").utf8).write(to: file)
    let lint = try Program.run(Program.tenken, ["checklist", "lint", file.path])
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("Guest Wi-Fi") }
    #expect(
      lint.status == 1 && lint.output.contains("own.yaml:\((line ?? 0) + 1): the text says is secure"), "\(lint.output)"
    )
  }

  @Test func `what is shipped is in order`() throws {
    let lint = try Program.run(Program.tenken, ["checklist", "lint"])
    #expect(lint.status == 0 && lint.output.split(separator: "\n").count == 14, "\(lint.output)\(lint.errors)")
    #expect(lint.output.contains("crosswalk/etsi-en-303-645.yaml"))
  }
}
