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
}
