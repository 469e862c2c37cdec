import Documents
import Foundation
import Testing

@testable import Profiles

struct ProfileStoreTests {
  private func complaint(_ path: String, replacing old: String, with new: String) throws -> DocumentError? {
    try RuleSet.complaint(path, replacing: old, with: new)
  }

  @Test func `a syntax error names file and line`() throws {
    let error = try complaint("wording/reasons.yaml", replacing: "reasons:\n", with: "reasons:\n\t")
    #expect(error?.code == .syntax)
    #expect(error?.file.hasSuffix("wording/reasons.yaml") == true)
    #expect(error?.line != nil)
  }

  @Test func `a misspelt key is refused at its line`() throws {
    let error = try complaint(
      "checks/telnet.enabled/check.yaml", replacing: "severity: high", with: "severety: high")
    #expect(error?.problem.contains("unknown key severety") == true)
    #expect(error?.line == 5)
  }

  @Test func `a value outside its vocabulary is refused with the known ones`() throws {
    let error = try complaint("checks/telnet.enabled/check.yaml", replacing: "severity: high", with: "severity: grave")
    #expect(error?.problem == "grave is not one of info, low, medium, high, critical")
  }

  @Test func `a port that stands in two groups is refused`() throws {
    let error = try complaint("ports/never-write.yaml", replacing: "ports: [515]", with: "ports: [515, 9100]")
    #expect(error?.problem == "port 9100 of group raw-printing stands already in group line-printer-daemon")
  }

  @Test func `a reversed range in a list is refused`() throws {
    let error = try complaint("ports/never-write.yaml", replacing: "9100-9107", with: "9107-9100")
    #expect(error?.problem.contains("expected a port such as 23") == true)
  }

  @Test func `a feed to an unknown row is refused`() throws {
    let error = try complaint("checks/telnet.enabled/check.yaml", replacing: "JSSEC-15.2.b", with: "JSSEC-15.2.z")
    #expect(error?.code == .reference)
    #expect(error?.problem.contains("jssec-iot-v1/JSSEC-15.2.z") == true)
  }

  @Test func `missing wording for a code is refused`() throws {
    let error = try complaint("wording/reasons.yaml", replacing: "NT-VANT:", with: "NT-VIEW:")
    #expect(error?.problem == "NT-VIEW is not a known code")
  }

  @Test func `an id that differs from its folder is refused`() throws {
    let error = try complaint(
      "checks/telnet.enabled/check.yaml", replacing: "id: telnet.enabled", with: "id: telnet.on")
    #expect(error?.problem.contains("differs from the folder's name") == true)
  }

  @Test func `a missing file or folder says what to do`() throws {
    try RuleSet.withCopy { copy in
      try FileManager.default.removeItem(at: copy.appendingPathComponent("ports/ot.yaml"))
      let error = #expect(throws: DocumentError.self) { try ProfileStore(directory: copy.path) }
      #expect(error?.code == .missing)
      #expect(error?.file.hasSuffix("ports/ot.yaml") == true)
    }
    let error = #expect(throws: DocumentError.self) { try ProfileStore(directory: "/nonexistent/Profiles") }
    #expect(error?.remedy.contains("--profiles") == true)
  }

  @Test func `a folder behind a link is read`() throws {
    try RuleSet.withFolder { root in
      let link = root.appendingPathComponent("link").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: RuleSet.directory)
      let store = try ProfileStore(directory: link)
      #expect(store.directory == link)
      #expect(store.files == (try RuleSet.store()).files)
    }
  }

  @Test func `the folder is looked for in the stated order`() throws {
    try RuleSet.withFolder { root in
      // Foundation and the kernel may name the temporary folder differently.
      let root = root.resolvingSymlinksInPath()
      let folders = ["explicit", "environment", "prefix/share/tenken/Profiles", "prefix/Profiles"]
        .map { root.appendingPathComponent($0).path }
      for folder in folders { try URL(fileURLWithPath: folder + "/ports/iot1000.yaml").write("id: iot1000\n") }
      let program = root.appendingPathComponent("prefix/bin/tenken").path
      try URL(fileURLWithPath: program).write("")
      let environment = ["TENKEN_PROFILES": folders[1]]

      #expect(
        try ProfileStore.locate(explicit: folders[0], environment: environment, executable: program) == folders[0])
      #expect(try ProfileStore.locate(explicit: nil, environment: environment, executable: program) == folders[1])
      #expect(try ProfileStore.locate(explicit: nil, environment: [:], executable: program) == folders[2])
      try FileManager.default.removeItem(atPath: folders[2])
      #expect(try ProfileStore.locate(explicit: nil, environment: [:], executable: program) == folders[3])
      try FileManager.default.removeItem(atPath: folders[3])
      #expect(throws: DocumentError.self) {
        try ProfileStore.locate(explicit: nil, environment: [:], executable: program)
      }
    }
  }

  @Test func `a folder that was named but holds no rules is an error`() throws {
    try RuleSet.withFolder { root in
      let error = #expect(throws: DocumentError.self) {
        try ProfileStore.locate(
          explicit: root.path, environment: ["TENKEN_PROFILES": RuleSet.directory], executable: "/usr/bin/tenken")
      }
      #expect(error?.problem.contains("named by --profiles") == true)
    }
  }
}
