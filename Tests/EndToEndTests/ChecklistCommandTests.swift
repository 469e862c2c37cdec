import Foundation
import Records
import Testing

/// The checklist's commands on a small pack; nothing here reaches a network.
@Suite struct ChecklistCommandTests {
  private let scratch: Scratch
  private let pack: String
  private let poc: String

  init() throws {
    scratch = try Scratch()
    pack = scratch.path + "/pack"
    poc = scratch.path + "/poc"
    try ChecklistPack.write(to: pack, runID: "run-production", telnet: .fail)
    try ChecklistPack.write(to: poc, runID: "run-poc", telnet: .pass)
  }

  private func checklist(_ arguments: [String]) throws -> Outcome {
    try Program.run(Program.tenken, ["checklist"] + arguments)
  }

  private func write(_ text: String, to name: String) throws -> String {
    let path = "\(scratch.path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func read(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  @Test func `a project is begun by its answers; without them and without a terminal it is not`() throws {
    let sheet = scratch.path + "/sheet.yaml"
    let missing = try checklist(["start", "--name", "A", "--site", "B", "--phase", "poc", "--by", "x"])
    #expect(missing.status == 2 && missing.errors.contains("--excluded-use is missing"))
    let arguments = [
      "start", "--name", "工場A", "--site", "川崎", "--phase", "本番", "--by", "山田", "--excluded-use", "medical", "--output",
      sheet,
    ]
    let begun = try checklist(arguments)
    #expect(begun.status == 0 && begun.errors.contains("医療機器は対象として想定されていません"), "\(begun.errors)")
    #expect(try read(sheet).contains("[提案/proposal: POC ●, 本番/production ●]"))
    let again = try checklist(arguments)
    #expect(again.status == 2 && again.errors.contains("is there already"))
    let status = try checklist(["status", pack, "--sheet", sheet, "--lang", "en", "--today", "2026-11-30"])
    #expect(status.status == 0 && status.output.hasPrefix("! Warning"), "\(status.errors)")
    let wrong = try checklist(["start", "--excluded-use", "toys"])
    #expect(wrong.status == 2 && wrong.errors.contains("toys is not understood"))
  }

  @Test(arguments: ["ja", "en"])
  func `status, show and matrix tell both phases beside each other`(language: String) throws {
    let common = [pack, "--poc", poc, "--lang", language, "--today", "2026-11-30"]
    let status = try checklist(["status"] + common)
    #expect(status.status == 0, "\(status.errors)")
    #expect(status.output.contains("run-production") && status.output.contains("run-poc"))
    let box = try #require(status.output.split(separator: "\n").first { $0.hasPrefix("JSSEC-14.2 ") })
    // POC: a pass, a pass and a review. Production: a fail. Four items, one of them the vendor's.
    #expect(box.contains(language == "ja" ? "? 要確認 0/2/1/3" : "? review 0/2/1/3"), "\(box)")
    #expect(box.contains(language == "ja" ? "! 不適合 1/1/1/3" : "! fail 1/1/1/3"), "\(box)")
    #expect(status.output.contains(language == "ja" ? "残っていることと担当" : "what is left, and who does it"))
    let show = try checklist(["show", "JSSEC-14.2.c"] + common)
    #expect(show.status == 0 && show.output.contains("10.0.0.1 (dev-001122000001)"), "\(show.errors)")
    #expect(show.output.contains(language == "ja" ? "JSSECの推奨ではありません" : "not JSSEC's recommendation"))
    let all = try checklist(["show", "--all"] + common)
    #expect(all.status == 0 && all.output.contains("JSSEC-R4") && all.output.contains("JSSEC-21.2.b"))
    let matrix = try checklist(["matrix"] + common)
    #expect(matrix.status == 0 && matrix.output.contains("#1"), "\(matrix.errors)")
    let csv = try checklist(["matrix", "--csv"] + common)
    #expect(csv.output.contains(language == "ja" ? "本番 10.0.0.3" : "Production 10.0.0.3"))
    let json = try checklist(["matrix", "--json"] + common)
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((object["rows"] as? [[String: Any]])?.count == 132)
  }

  @Test(arguments: ["d.yaml", "d.csv"])
  func `a determination is kept, shown, and its attached file watched`(name: String) throws {
    let file = scratch.path + "/" + name
    let attached = try write("approved", to: "memo.txt")
    let determine = [
      "determine", "--file", file, "--item", "JSSEC-14.2.c", "--device", "10.0.0.1", "--kind", "exception", "--answer",
      "条件付き",
      "--by", "山田", "--why", "=年内に更新", "--expires", "2026-12-31", "--at", "2026-11-30", "--attach", attached, "--pack",
      pack,
    ]
    let first = try checklist(determine)
    #expect(first.status == 0 && first.output.contains("DET-001"), "\(first.errors)")
    let second = try checklist(
      [
        "determine", "--file", file, "--item", "17.3.e", "--answer", "conforming", "--by", "佐藤", "--why", "手順書あり",
        "--lang", "en",
      ])
    #expect(second.status == 0 && second.output.contains("DET-002"), "\(second.errors)")
    let before = try read(file)
    for (arguments, complaint) in [
      (["--item", "JSSEC-99.9", "--answer", "適合", "--why", "w"], "is no row"),
      (["--item", "JSSEC-1.1", "--answer", "対象外"], "without a reason"),
      (
        ["--item", "JSSEC-1.1", "--answer", "適合", "--why", "w", "--device", "10.0.0.77", "--pack", pack],
        "is no device of"
      ),
      (["--item", "JSSEC-1.1", "--answer", "適合", "--why", "w", "--attach", "/no/such"], "cannot be read"),
    ] {
      let refused = try checklist(["determine", "--file", file, "--by", "x"] + arguments)
      #expect(refused.status == 2 && refused.errors.contains(complaint), "\(refused.errors)")
    }
    #expect(try read(file) == before)
    func status(_ today: String) throws -> Outcome {
      try checklist(["status", pack, "--determinations", file, "--lang", "en", "--today", today])
    }
    let during = try status("2026-12-31")
    #expect(during.status == 0 && !during.output.contains("Ended"), "\(during.errors)")
    let after = try status("2027-01-01")
    #expect(after.status == 1 && after.output.contains("Ended (counted as open)"))
    _ = try write("changed", to: "memo.txt")
    let changed = try status("2026-12-31")
    #expect(changed.status == 1 && changed.output.contains("memo.txt: was changed after it was attached"))
    try FileManager.default.removeItem(atPath: attached)
    #expect(try status("2026-12-31").output.contains("memo.txt: is missing"))
  }

  @Test func `what is recorded verifies, names its parents, and holds the layers apart`() throws {
    let file = scratch.path + "/d.yaml"
    let attached = try write("approved", to: "memo.txt")
    _ = try checklist([
      "determine", "--file", file, "--item", "JSSEC-14.2.c", "--answer", "適合", "--by", "山田", "--why", "w", "--attach",
      attached,
    ])
    let output = scratch.path + "/record"
    let arguments = ["record", "--output", output, pack, "--determinations", file, "--today", "2026-11-30"]
    let recorded = try checklist(arguments)
    #expect(recorded.status == 0, "\(recorded.errors)")
    let verified = try Program.run(Program.tenken, ["evidence", "verify", output])
    #expect(verified.status == 0, "\(verified.output)")
    let parent = try Program.run("sha256sum", [pack + "/tagmanifest-sha256.txt"]).output.prefix(64)
    #expect(try read(output + "/bag-info.txt").contains("Tenken-Parent: run-production tagmanifest-sha256 \(parent)"))
    let item = try #require(
      JSONSerialization.jsonObject(with: Data(try read(output + "/data/items/JSSEC-14.2.c.json").utf8))
        as? [String: Any])
    #expect(item["item"] as? String == "jssec-iot-v1/JSSEC-14.2.c" && item["phase"] as? String == "production")
    let rollup = try #require(item["rollup"] as? [String: Any])
    #expect(rollup["status"] as? String == "fail" && rollup["fail"] as? Int == 1 && rollup["in_scope"] as? Int == 3)
    #expect((item["determination"] as? [String: Any])?["answer"] as? String == "conforming")
    let other = try read(output + "/data/items/JSSEC-1.1.a.json")
    #expect(other.contains("\"determination\" : null") || other.contains("\"determination\": null"), "\(other)")
    #expect(try read(output + "/data/not-tested.csv").contains("JSSEC-15.4.a"))
    let kept = try FileManager.default.contentsOfDirectory(atPath: output + "/data/attachments")
    #expect(kept.count == 1 && kept[0].hasSuffix("-memo.txt"))
    #expect(try checklist(arguments).status == 2, "a folder that is there is left alone")
    try FileManager.default.removeItem(atPath: attached)
    let missing = try checklist(["record", "--output", output + "2", pack, "--determinations", file])
    #expect(missing.status == 5 && missing.errors.contains("memo.txt is missing"))
    #expect(!FileManager.default.fileExists(atPath: output + "2"))
  }

  @Test(arguments: ["ja", "en"])
  func `a vendor is asked and answers`(language: String) throws {
    let sheet = scratch.path + "/vendor.csv"
    let export = try checklist(["vendor-sheet", "export", pack, "--output", sheet, "--lang", language])
    #expect(export.status == 0 && export.errors.contains("10.0.0.3"), "\(export.errors)")
    var lines = try read(sheet).components(separatedBy: "\r\n")
    let place = try #require(lines.firstIndex { $0.hasPrefix("VQ-17.1.a-") })
    lines[place] = lines[place].replacing(/,,,,?$/, with: ",2029年末,鈴木,2026/12/1,")
    let reply = try write(lines.joined(separator: "\r\n"), to: "reply.csv")
    let file = scratch.path + "/d.yaml"
    let imported = try checklist(["vendor-sheet", "import", reply, "--file", file, "--lang", language])
    #expect(imported.status == 0, "\(imported.errors)")
    let text = try read(file)
    #expect(text.contains("vendor-answer") && text.contains("Example / CAM-1 / 1.02") && text.contains("undecided"))
    let again = try checklist(["vendor-sheet", "import", reply, "--file", file])
    #expect(again.status == 2 && again.errors.contains("imported before, as DET-001"))
    #expect(try read(file) == text)
    let show = try checklist(["show", "JSSEC-17.1.a", pack, "--determinations", file, "--lang", language])
    #expect(show.output.contains("2029年末") && show.output.contains("reply.csv"))
  }

  @Test func `a folder that is no sealed pack is not read, and phases are not mixed`() throws {
    let none = try checklist(["status", scratch.path])
    #expect(none.status == 5 && none.output.isEmpty)
    let mixed = try checklist(["status", pack, "--phase", "poc", "--poc", poc])
    #expect(mixed.status == 2 && mixed.errors.contains("of the POC already"))
    let record = try checklist(["record", "--output", scratch.path + "/r", pack, "--poc", poc])
    #expect(record.status == 2 && record.errors.contains("one phase"))
    #expect(try checklist(["show", "JSSEC-9.1", pack]).errors.contains("is no row"))
  }
}
