import Addressing
import Authority
import Evidence
import Foundation
import LabSupport
import Records
import Testing

struct LoginJournalFolderTests {
  private let folder = NSTemporaryDirectory() + "tenken-journal-\(UUID().uuidString)"
  private static let device = DeviceID(rawValue: "dev-020000000001")
  private static let line = LoginEntry.attempt(
    1, at: ManualClock.startOfDay, service: ServiceEndpoint(transport: .tcp, port: 23), account: "root"
  ).line

  private func withFolder(_ body: (LoginJournalFolder) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(try LoginJournalFolder(folder))
  }

  private var file: String { "\(folder)/\(Self.device.rawValue).logins" }

  @Test func `a journal is its device's, grows, and is its owner's alone`() throws {
    try withFolder { store in
      for count in 1...3 {
        let journal = try #require(try store.open(Self.device))
        #expect(try journal.read() == [[UInt8]](repeating: Self.line, count: count - 1).flatMap(\.self))
        try journal.append(Self.line)
      }
      let attributes = try FileManager.default.attributesOfItem(atPath: file)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let above = try FileManager.default.attributesOfItem(atPath: folder)
      #expect(above[.posixPermissions] as? Int == 0o700)
    }
  }

  @Test func `while one has it open nobody else gets it, not even through another folder value`() throws {
    try withFolder { store in
      let first = try #require(try store.open(Self.device))
      #expect(try store.open(Self.device) == nil)
      #expect(try LoginJournalFolder(folder).open(Self.device) == nil)
      #expect(try store.open(DeviceID(rawValue: "dev-020000000002")) != nil)
      // As long as it is used.
      try first.append(Self.line)
    }
  }

  @Test func `it goes with its holder, and what a kill left stays`() throws {
    try withFolder { store in
      do {
        let journal = try #require(try store.open(Self.device))
        try journal.append(Array(Self.line.dropLast(9)))
      }
      let journal = try #require(try store.open(Self.device))
      let text = LoginJournalText(try journal.read())
      #expect(text.unaccounted == 1 && !text.endsWhole)
    }
  }

  @Test func `a link in the journal's place is refused`() throws {
    try withFolder { store in
      try Data().write(to: URL(fileURLWithPath: folder + "/elsewhere"))
      try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: folder + "/elsewhere")
      #expect(throws: PackError.self) { _ = try store.open(Self.device) }
    }
  }
}
