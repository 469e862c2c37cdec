import Foundation
import Testing

/// Shards of a site, joined, come to what one run of the site comes to.
@Suite(.needsLab, .serialized) struct MergeTests {
  private static let python = Program.repository + "/.build/oracles/bin/python"
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// One run of the lab, then four shards of it. One after the other, because a UDP port that a question has to come from is
  /// one process's at a time.
  @Test func `four shards of the lab come to the same as one run`() throws {
    let scope = scratch.path + "/scope.yaml"
    try Program.run(Program.lab, ["scope"]).output.write(toFile: scope, atomically: true, encoding: .utf8)
    let (ledger, declarations) = (scratch.path + "/ledger.csv", scratch.path + "/declarations.yaml")
    try "管理番号,MACアドレス,IPアドレス\nCAM-1,44:47:cc:10:00:11,10.0.0.11\nRT-1,34:3d:c4:10:00:12,10.0.0.99\n"
      .write(toFile: ledger, atomically: true, encoding: .utf8)
    try "version: 1\ndevices:\n  - { device: 10.0.0.15, allow: [tcp/22] }\n".write(
      toFile: declarations, atomically: true, encoding: .utf8)
    let audit =
      "\(Program.tenken) audit 10.0.0.0/24 --scope \(scope) --ports 1-100,443,631,1883,5000,9100,9527 --quiet"
      + " --ledger \(ledger) --declarations \(declarations)"
    let whole = try Program.inLab("\(audit) --output \(scratch.path)/whole")
    #expect(whole.status == 1, "\(whole.errors)")
    let shards = try Program.inLab(
      """
      for k in 1 2 3 4; do \(audit) --shard $k/4 --output \(scratch.path)/shard$k; done; true
      """)
    #expect(shards.status == 0, "\(shards.errors)")
    let packs = (1...4).map { "\(scratch.path)/shard\($0)" }
    // In any order.
    let merged = try Program.run(Program.tenken, ["merge"] + packs.reversed() + ["--output", scratch.path + "/merged"])
    #expect(merged.status == 1, "\(merged.errors)")
    let shared = "ssh.shared-hostkey"
    let one = try PackContent(scratch.path + "/whole").without(shared).without("tls.shared-key")
      .without(item: "JSSEC-15.1.c")
    let joined = try PackContent(scratch.path + "/merged").without(shared).without("tls.shared-key")
      .without(item: "JSSEC-15.1.c")
    #expect(joined.differences(from: one) == [])
    let expected = try LabTruth.read().weaknesses { $0 <= 100 || [443, 631, 1883, 5000, 9100, 9527].contains($0) }
    let weaknesses = one.findings.filter { !$0.contains("device.unlisted") && !$0.contains("port.unnecessary") }
    #expect(one.findings.count > weaknesses.count + 20, "most devices are in no line of the ledger")
    let across = try LabTruth.read().devices.flatMap(\.tcp).count { $0.weaknesses.contains(shared) }
    #expect(weaknesses.count == expected - across && expected > 4 && one.services.count > 14 && joined.partial == false)
    try accepted(scratch.path + "/merged")
    try checkReferences(scratch.path + "/merged")
    for name in ["reference/ledger.csv", "reference/declarations.yaml", "inventory/ledger-reconcile.csv"] {
      let (left, right) = ("\(scratch.path)/whole/data/\(name)", "\(scratch.path)/merged/data/\(name)")
      #expect(FileManager.default.contentsEqual(atPath: left, andPath: right), "\(name)")
    }
    try checkParents(scratch.path + "/merged", packs)
  }

  private func accepted(_ pack: String) throws {
    let verified = try Program.run(Program.tenken, ["evidence", "verify", pack])
    #expect(verified.status == 0, "\(verified.output)")
    let bagit = try Program.run(Self.python, ["-c", "import bagit, sys; bagit.Bag(sys.argv[1]).validate()", pack])
    #expect(bagit.status == 0, "\(bagit.errors)")
    let schemas = try Program.run(Self.python, [Program.repository + "/Scripts/validate-pack", pack])
    #expect(schemas.status == 0, "\(schemas.output)\(schemas.errors)")
    for capture in try FileManager.default.subpathsOfDirectory(atPath: pack) where capture.hasSuffix(".pcapng") {
      let shark = try Program.run("tshark", ["-r", "\(pack)/\(capture)"])
      #expect(shark.status == 0, "\(capture): \(shark.errors)")
    }
  }

  /// Every path that a finding, an observation or a verdict cites is in the pack, and every number is given once.
  private func checkReferences(_ pack: String) throws {
    let files = try PackFiles(pack)
    let journal = try String(contentsOfFile: pack + "/data/run.jsonl", encoding: .utf8).split(separator: "\n")
    let events = try journal.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
    let observations = events.filter { $0["type"] as? String == "observation" }
    let ids = observations.compactMap { $0["id"] as? String }
    #expect(ids == (1...ids.count).map { "EV-" + String(repeating: "0", count: 6 - "\($0)".count) + "\($0)" })
    let findings = events.filter { $0["type"] as? String == "finding" }
    #expect(findings.compactMap { $0["id"] as? String } == (1...findings.count).map { String(format: "F-%04d", $0) })
    for finding in findings {
      let cited = finding["observations"] as? [String] ?? []
      #expect(!cited.isEmpty && Set(cited).isSubset(of: ids))
      let id = try #require(finding["id"] as? String)
      let transcript = try String(contentsOfFile: "\(pack)/data/findings/\(id)/transcript.txt", encoding: .utf8)
      #expect(transcript.hasPrefix(id))
    }
    let cited =
      (observations + findings).flatMap { $0["evidence"] as? [String] ?? [] } + files.verdicts.flatMap(\.evidence)
    for path in Set(cited) { #expect(FileManager.default.fileExists(atPath: "\(pack)/\(path)"), "\(path)") }
    #expect(cited.contains { $0.hasPrefix("data/services/") } && cited.contains { $0.hasPrefix("data/ports/") })
  }

  private func checkParents(_ pack: String, _ shards: [String]) throws {
    let info = try String(contentsOfFile: pack + "/bag-info.txt", encoding: .utf8)
    for (index, shard) in shards.enumerated() {
      let sum = try Program.run("sha256sum", [shard + "/tagmanifest-sha256.txt"]).output.prefix(64)
      #expect(info.contains(" \(index + 1)/4 tagmanifest-sha256 \(sum)\n"))
      let copy = "\(pack)/data/shards/\(index + 1)-of-4/run.jsonl"
      #expect(FileManager.default.contentsEqual(atPath: copy, andPath: shard + "/data/run.jsonl"))
    }
  }

  @Test func `packs that do not belong together are refused, and a missing shard is a row`() throws {
    let site = try KillSite()
    func shard(_ name: String, _ part: String, _ more: [String] = []) throws -> String {
      let pack = "\(scratch.path)/\(name)"
      let arguments = ["audit", "10.9.0.11-10.9.0.13", "--quiet", "--scope", site.scope, "--output", pack]
      let outcome = try site.tenken(
        arguments + (part.isEmpty ? [] : ["--shard", part]) + (more.isEmpty ? ["--ports", "20-90"] : more))
      #expect([0, 1].contains(outcome.status), "\(outcome.errors)")
      return pack
    }
    let ledger = scratch.path + "/ledger.csv"
    try "MAC,IP\n02:00:00:00:09:0b,10.9.0.11\n".write(toFile: ledger, atomically: true, encoding: .utf8)
    let first = try shard("first", "1/3")
    let second = try shard("second", "2/3")
    func merge(_ packs: [String]) throws -> Outcome {
      try? FileManager.default.removeItem(atPath: scratch.path + "/out")
      return try Program.run(Program.tenken, ["merge"] + packs + ["--output", scratch.path + "/out", "--quiet"])
    }
    for (packs, words) in [
      ([first, try shard("ports", "2/3", ["--ports", "20-91"])], "ports"),
      ([first, try shard("count", "2/2")], "number of shards"),
      ([first, try shard("twice", "1/3")], "both shard 1/3"),
      ([first, try shard("none", "")], "--shard"),
      ([first, try shard("ledger", "2/3", ["--ports", "20-90", "--ledger", ledger])], "reference/ledger.csv"),
      ([first, try shard("seed", "2/3", ["--ports", "20-90", "--seed", "00112233445566778899aabbccddeeff"])], "seed"),
    ] {
      let outcome = try merge(packs)
      #expect(outcome.status == 2 && outcome.errors.contains(words), "\(words): \(outcome.status) \(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path + "/out"))
    }
    let outcome = try merge([first, second])
    #expect(outcome.status == 4, "\(outcome.errors)")
    let files = try PackFiles(scratch.path + "/out")
    #expect(files.coverage.partial && files.coverage.devices.map(\.address) == ["10.9.0.11", "10.9.0.12"])
    let text = try String(contentsOfFile: scratch.path + "/out/data/coverage.json", encoding: .utf8)
    #expect(text.contains("\"10.9.0.13\"") && text.contains("The pack of shard 3/3 was not among those"))
    try accepted(scratch.path + "/out")
    #expect(try site.tenken(["resume", scratch.path + "/out"]).status == 2)
    // What was changed is no evidence.
    try Data("{}".utf8).write(to: URL(fileURLWithPath: second + "/data/findings.json"))
    let changed = try merge([first, second])
    #expect(changed.status == 5 && changed.errors.contains("verif"), "\(changed.errors)")
  }
}
