import Foundation
import Testing

/// Commands that read files only; nothing here may reach a network.
@Suite struct LookingBackTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func write(_ octets: [UInt8], to name: String) throws -> String {
    let path = "\(scratch.path)/\(name)"
    try Data(octets).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func `the template of the declarations is one that is understood`() throws {
    let template = try Program.run(Program.tenken, ["declarations", "template"])
    let file = try write(Array(template.output.utf8), to: "d.yaml")
    let check = try Program.run(Program.tenken, ["declarations", "check", file])
    #expect(check.status == 0 && check.output.contains("camera, printer"), "\(check.errors)")
  }

  @Test func `a MUD file that is missing or no MUD file is refused with its name`() throws {
    let file = try write(Array("version: 1\nclasses: {lamp: {mud: lamp.json}}\n".utf8), to: "d.yaml")
    #expect(try Program.run(Program.tenken, ["declarations", "check", file]).errors.contains("lamp.json"))
    _ = try write(Array("{\"a\": &x 1}".utf8), to: "lamp.json")
    let outcome = try Program.run(Program.tenken, ["declarations", "check", file])
    #expect(outcome.status == 2 && outcome.errors.contains("lamp.json:1"))
  }

  @Test func `a ledger with faults is refused with file, line and column before any pack is read`() throws {
    // 管理番号,MAC in Shift_JIS, and a MAC address that is none.
    let heading: [UInt8] = [0x8a, 0xc7, 0x97, 0x9d, 0x94, 0xd4, 0x8d, 0x86] + Array(",MAC\r\nA-1,xyz\r\n".utf8)
    let file = try write(heading, to: "l.csv")
    let outcome = try Program.run(Program.tenken, ["ledger", "check", file, scratch.path + "/none"])
    #expect(outcome.status == 2 && outcome.errors.contains("l.csv:2:5: "), "\(outcome.errors)")
  }

  @Test(arguments: [[0xff, 0xfe, 0x61, 0x00], [0x61, 0x0a, 0x62, 0x80]] as [[UInt8]])
  func `a ledger in another encoding is refused`(octets: [UInt8]) throws {
    let file = try write(octets, to: "l.csv")
    let outcome = try Program.run(Program.tenken, ["ledger", "check", file, scratch.path + "/none"])
    #expect(outcome.status == 2 && outcome.errors.contains("CSV UTF-8"))
  }

  @Test(arguments: [["inventory"], ["ledger", "draft"], ["declarations", "questions"]])
  func `a folder that is no sealed pack is not read`(command: [String]) throws {
    let outcome = try Program.run(Program.tenken, command + [scratch.path])
    #expect(outcome.status == 5 && outcome.output.isEmpty && outcome.errors.contains(scratch.path))
  }

  /// An audit of the lab with a ledger from its truth: one line left out, one with another address.
  @Test(.needsLab) func `an unlisted device and a contradiction are found in the lab`() throws {
    let scope = try write(Array(try Program.run(Program.lab, ["scope"]).output.utf8), to: "scope.yaml")
    let ledger = try write(
      Array(
        """
        管理番号,MACアドレス,IPアドレス\r
        CAM-1,44:47:cc:10:00:11,10.0.0.11\r
        RT-1,34-3D-C4-10-00-12,10.0.0.99\r
        CAM-2,d4:2d:c5:10:00:99,10.0.0.98\r

        """.utf8), to: "ledger.csv")
    let pack = scratch.path + "/pack"
    let audit = try Program.inLab(
      "\(Program.tenken) audit 10.0.0.0/24 --scope \(scope) --output \(pack) --ports 23,80 --quiet --ledger \(ledger)")
    #expect([0, 1].contains(audit.status), "\(audit.errors)")
    let findings = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: pack + "/data/findings.json")))
        as? [[String: Any]])
    let unlisted = findings.filter { $0["check"] as? String == "device.unlisted" }
      .compactMap { ($0["device"] as? [String: Any])?["id"] as? String }
    #expect(unlisted.contains("dev-d42dc5100013"), "10.0.0.13 is in no line")
    #expect(!unlisted.contains("dev-4447cc100011") && !unlisted.contains("dev-343dc4100012"))
    #expect(Set(unlisted).count == unlisted.count)
    // Decoded as the program's output is, so that the byte order mark stays.
    let kept = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: pack + "/data/inventory/ledger-reconcile.csv")), as: UTF8.self
    )
    #expect(kept.contains("矛盾,3,RT-1") && kept.contains("未確認,4,CAM-2"))
    let check = try Program.run(Program.tenken, ["ledger", "check", ledger, pack, "--csv"])
    #expect(check.status == 1 && check.output == kept)
    #expect(try Program.run(Program.tenken, ["evidence", "verify", pack]).status == 0)
    let inventory = try Program.run(Program.tenken, ["inventory", pack, "--json"])
    #expect(inventory.status == 0 && inventory.output.contains("\"dev-4447cc100011\""))
  }

  /// A family of devices that exists only here: known by Dropbear's banner, whose version is its firmware.
  private func testRules() throws -> (profiles: String, fingerprints: String) {
    let rules = scratch.path + "/Profiles"
    let original = URL(fileURLWithPath: Program.repository + "/Profiles").resolvingSymlinksInPath().path
    try FileManager.default.copyItem(atPath: original, toPath: rules)
    for folder in ["Profiles/devices/test", "fingerprints"] {
      try FileManager.default.createDirectory(
        atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
    }
    let family = """
      id: test/lab-box
      maker: { name: { en: Test, ja: 試験 } }
      family: { en: Lab box, ja: 試験機 }
      roles: [gateway]
      class: normal
      why: { en: It is a test., ja: 試験である。 }
      match: [{ model: [lab-box] }]
      examples: [{ model: lab-box }]
      counterexamples: [{ model: lab }]
      firmware:
        - { version: 9999.1, relation: latest, date: 2026-01-15, source: releases }
      sources:
        - { id: releases, title: Lab release notes, document: T-2, retrieved: 2026-01-17 }
      """
    _ = try write(Array(family.utf8), to: "Profiles/devices/test/lab-box.yaml")
    let fingerprints = """
      matches: ssh.banner
      fingerprints:
        - id: lab.box
          pattern: '^dropbear_([0-9.]+)'
          claims: { model: lab-box, firmware: { group: 1 } }
          certainty: 0.9
          source: the lab
          examples: [{ text: dropbear_2022.83, claims: { firmware: '2022.83' } }]
          counterexamples: [OpenSSH_9.2p1]
      """
    _ = try write(Array(fingerprints.utf8), to: "fingerprints/lab.yaml")
    return (rules, scratch.path + "/fingerprints")
  }

  /// The lab's broker has Dropbear on 22, Mosquitto on 1883 and Redis on 6379.
  @Test(.needsLab) func `an undeclared port and old firmware are found in the lab, each with its sources`() throws {
    let (rules, fingerprints) = try testRules()
    let scope = try write(Array(try Program.run(Program.lab, ["scope"]).output.utf8), to: "scope.yaml")
    let declarations = try write(
      Array("version: 1\ndevices:\n  - { device: 10.0.0.15, allow: [tcp/22, tcp/6379] }\n".utf8), to: "d.yaml")
    let pack = scratch.path + "/pack"
    let audit = try Program.inLab(
      "\(Program.tenken) audit 10.0.0.15 --scope \(scope) --output \(pack) --ports 22,1883,6379 --quiet"
        + " --profiles \(rules) --fingerprints \(fingerprints) --declarations \(declarations)",
      lab: ["--only", "broker"])
    #expect([0, 1].contains(audit.status), "\(audit.errors)")
    let findings = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: pack + "/data/findings.json")))
        as? [[String: Any]])
    func details(_ check: String) -> [String] {
      findings.filter { $0["check"] as? String == check }
        .compactMap { ($0["detail"] as? [String: Any])?["en"] as? String }
    }
    let ports = details("port.unnecessary")
    #expect(ports.count == 1 && ports.first?.hasPrefix("tcp/1883: ") == true, "\(ports)")
    #expect(ports.first?.contains("d.yaml:3") == true)
    let firmware = details("firmware.outdated")
    #expect(firmware.count == 1, "\(findings)")
    for part in ["tcp/22 ssh.banner (lab.yaml:", "9999.1", "Lab release notes"] {
      #expect(firmware.first?.contains(part) == true, "\(part)")
    }
    #expect(try Program.run(Program.tenken, ["evidence", "verify", pack]).status == 0)
    let questions = try Program.run(
      Program.tenken, ["declarations", "questions", pack, "--csv", "--profiles", rules])
    #expect(questions.status == 0 && questions.output.contains("1883"))
  }

  /// The run is stopped before it is done; what it was tied to is changed.
  @Test(.needsLab) func `a run goes on only with the fingerprints it was begun with`() throws {
    let (rules, fingerprints) = try testRules()
    let scope = try write(Array(try Program.run(Program.lab, ["scope"]).output.utf8), to: "scope.yaml")
    let declarations = try write(
      Array("version: 1\ndevices:\n  - { device: 10.0.0.15, allow: [tcp/22, tcp/6379] }\n".utf8), to: "d.yaml")
    let pack = scratch.path + "/pack"
    let begun = try Program.inLab(
      "timeout -s INT 4 \(Program.tenken) audit 10.0.0.15 --scope \(scope) --output \(pack) --ports 1-3000,6379"
        + " --quiet --device-rate 50 --profiles \(rules) --fingerprints \(fingerprints) --declarations \(declarations)",
      lab: ["--only", "broker"])
    #expect([4, 124].contains(begun.status), "\(begun.status): \(begun.errors)")
    let resume = "\(Program.tenken) resume \(pack) --quiet --profiles \(rules)"
    let moved = scratch.path + "/moved"
    try FileManager.default.moveItem(atPath: fingerprints, toPath: moved)
    let missing = try Program.run("sh", ["-c", resume])
    #expect(missing.status == 2 && missing.errors.contains("fingerprints"), "\(missing.errors)")
    let text = try String(contentsOfFile: moved + "/lab.yaml", encoding: .utf8)
    _ = try write(Array(text.replacingOccurrences(of: "0.9", with: "0.8").utf8), to: "moved/lab.yaml")
    let changed = try Program.run("sh", ["-c", "\(resume) --fingerprints \(moved)"])
    #expect(changed.status == 2 && changed.errors.contains("are not what the run was begun with"), "\(changed.errors)")
    _ = try write(Array(text.utf8), to: "moved/lab.yaml")
    let done = try Program.inLab("\(resume) --fingerprints \(moved)", lab: ["--only", "broker"])
    #expect([0, 1].contains(done.status), "\(done.errors)")
    let findings = try String(contentsOfFile: pack + "/data/findings.json", encoding: .utf8)
    #expect(findings.contains("firmware.outdated") && findings.contains("port.unnecessary"))
  }
}
