import Foundation
import Testing

/// What the packs of the changing site of ``HistoryTests`` say of the rows that earlier runs answer. The devices: 1 had Telnet
/// switched off, and on again; 2 got another certificate; 3 went; 4 got another address; 5 lets nobody through any more; 6 came.
@Suite(.needsLab, .serialized) struct HistoryRowsTests {
  private let whole: HistoryTests.Whole

  init() throws {
    whole = try HistoryTests.Whole.shared.get()
    try #require(whole.outcome.status == 0, "\(whole.outcome.output)\(whole.outcome.errors)")
  }

  struct Row: Decodable, Hashable {
    let item: String
    let device: String?
    let status: String
    let reason: String?
    let polarity: String?
    let explanation: [String: String]
    let evidence: [String]
  }

  private func rows(_ octets: Data) throws -> [Row] { try JSONDecoder().decode([Row].self, from: octets) }

  private func packed(_ pack: String) throws -> [Row] {
    try rows(Data(contentsOf: URL(fileURLWithPath: pack + "/data/checklist/verdicts.json")))
  }

  private func judged(_ pack: String, _ options: String...) throws -> [Row] {
    let outcome = try Program.run(Program.tenken, ["checklist", "judge", pack, "--json"] + options)
    #expect([0, 1].contains(outcome.status), "\(outcome.errors)")
    return try rows(Data(outcome.output.utf8))
  }

  /// `1: needs-review against`, each once; the rows about addresses that were left out are not meant.
  private func outlines(_ rows: [Row], _ item: String) -> Set<String> {
    Set(
      rows.filter { $0.item == "jssec-iot-v1/JSSEC-\(item)" && $0.reason != "NT-SCOPE" && $0.reason != "NT-VANT" }
        .map { row in
          let parts = [row.status, row.reason, row.status == "needs-review" ? row.polarity : nil].compactMap(\.self)
          return "\(row.device.map { String($0.suffix(1)) } ?? "site"): \(parts.joined(separator: " "))"
        })
  }

  private func write(_ text: String, _ name: String) throws -> String {
    let path = "\(whole.scratch.path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func mended(_ day: String) throws -> String {
    try write(
      "version: 1\nstatements:\n  - {says: mended, device: 10.77.0.11, value: telnet.enabled, by: Yamada, at: \(day)}\n",
      "mended-\(day).yaml")
  }

  private static var today: String { day(0) }
  private static func day(_ distance: Int) -> String {
    let style = Date.ISO8601FormatStyle(timeZone: TimeZone(secondsFromGMT: 9 * 3600) ?? .gmt).year().month().day()
    return Date().addingTimeInterval(Double(distance) * 86_400).formatted(style)
  }

  // MARK: Live

  @Test func `the first run has nothing to compare with`() throws {
    let rows = try packed(whole.pack(1))
    for item in ["21.1.e", "21.2.a"] { #expect(outlines(rows, item) == ["site: not-tested NT-DATA"], "\(item)") }
  }

  @Test func `the second run's own rows tell what was changed`() throws {
    let rows = try packed(whole.pack(2))
    #expect(
      outlines(rows, "21.2.a") == [
        "1: needs-review against", "2: needs-review against", "site: needs-review against", "4: pass",
        "5: needs-review against", "6: needs-review against",
      ])
    #expect(
      outlines(rows, "21.1.e") == [
        // Closed, and nobody declared that it was to be mended.
        "1: needs-review supports",
        // Its certificate is another, its weaknesses are the same.
        "2: needs-review against", "4: needs-review against",
        // Silence is no answer.
        "5: needs-review neutral",
        "6: needs-review neutral",
      ])
    let telnet = rows.first { $0.item.hasSuffix("21.2.a") && $0.device?.hasSuffix("1") == true }
    #expect(telnet?.explanation["en"]?.contains("port-closed dev-001122000001 tcp/23") == true)
    #expect(telnet?.explanation["ja"]?.contains("acknowledged") == true)
    #expect(telnet?.evidence.contains("data/history/difference.json") == true)
    let gone = rows.first { $0.item.hasSuffix("21.2.a") && $0.device == nil && $0.status == "needs-review" }
    #expect(gone?.explanation["en"]?.contains("device-gone dev-001122000003") == true)
  }

  @Test func `the third run's own rows tell that Telnet is there again`() throws {
    let rows = try packed(whole.pack(3))
    #expect(
      outlines(rows, "21.2.a") == ["1: needs-review against", "2: pass", "4: pass", "5: pass", "6: pass"])
    #expect(
      outlines(rows, "21.1.e") == [
        "1: needs-review against", "2: needs-review against", "4: needs-review against", "5: needs-review neutral",
        "6: needs-review neutral",
      ])
    let again = rows.first { $0.item.hasSuffix("21.1.e") && $0.device?.hasSuffix("1") == true }
    #expect(again?.explanation["en"]?.contains("is there again") == true)
  }

  // MARK: With the owner's word

  @Test func `a fix passes only where it was declared, and fails once it is undone`() throws {
    let declared = try mended(Self.today)
    #expect(outlines(try judged(whole.pack(2), "--declarations", declared), "21.1.e").contains("1: pass"))
    #expect(outlines(try judged(whole.pack(3), "--declarations", declared), "21.1.e").contains("1: fail"))
    // A run after that day still had it, and: it was gone before that day.
    for distance in [-2, 2] {
      let other = try judged(whole.pack(2), "--declarations", try mended(Self.day(distance)))
      #expect(outlines(other, "21.1.e").contains("1: needs-review supports"), "\(distance)")
    }
  }

  @Test func `differences pass once a named person acknowledged each`() throws {
    let both = ["port-closed dev-001122000001 tcp/23", "port-silent dev-001122000005 tcp/23"].map {
      "  - {says: acknowledged, value: \($0), by: Yamada, at: \(Self.today)}\n"
    }
    let file = try write("version: 1\nstatements:\n" + both.joined(), "acknowledged.yaml")
    let rows = outlines(try judged(whole.pack(2), "--declarations", file), "21.2.a")
    #expect(rows.isSuperset(of: ["1: pass", "5: pass", "2: needs-review against", "6: needs-review against"]))
  }

  @Test func `the ledger's row names the device that is gone, and one that is retired and answers fails`() throws {
    let lines = (1...5).map { "A-\($0),00:11:22:00:00:0\($0),1F,camera,\($0 == 4 ? "廃棄" : "稼働")\n" }
    let ledger = try write("管理番号,MACアドレス,設置場所,用途,状態\n" + lines.joined(), "ledger.csv")
    let rows = try judged(whole.pack(2), "--ledger", ledger)
    #expect(
      outlines(rows, "18.1.b") == [
        "1: pass", "2: pass", "4: fail", "5: pass", "6: fail", "site: needs-review neutral",
      ])
    let missing = rows.first { $0.item.hasSuffix("18.1.b") && $0.device == nil && $0.status == "needs-review" }
    #expect(missing?.explanation["en"]?.contains("dev-001122000003 (10.77.0.13)") == true, "\(missing as Any)")
    let new = rows.first { $0.item.hasSuffix("18.1.b") && $0.device?.hasSuffix("6") == true }
    #expect(new?.explanation["en"]?.contains("no device was at its address") == true)
  }

  @Test func `the record of the introduction is told in the row about firmware`() throws {
    let copy = whole.scratch.path + "/commission.sqlite"
    for number in 1...3 {
      #expect(
        try Program.run(Program.tenken, ["history", "import", whole.pack(number), "--history", copy]).status == 0)
    }
    struct Run: Decodable { let id: String }
    let listed = try Program.run(Program.tenken, ["history", "list", "--json", "--history", copy])
    let first = try #require(try JSONDecoder().decode([Run].self, from: Data(listed.output.utf8)).last?.id)
    let named = try Program.run(
      Program.tenken, ["history", "commission", first, "--by", "Yamada", "--at", "2026-11-30", "--history", copy])
    #expect(named.status == 0, "\(named.errors)")
    let rows = try judged(whole.pack(3), "--history", copy).filter { $0.item.hasSuffix("15.3.a") && $0.device != nil }
    let told = rows.filter { $0.explanation["en"]?.contains("Record of the introduction (\(first)") == true }
    #expect(Set(told.compactMap { $0.device?.suffix(1) }) == ["1", "2", "4", "5"])
    #expect(rows.first { $0.device?.hasSuffix("6") == true }?.explanation["ja"]?.contains("この機器はありません") == true)
    // With the pack itself it is the same, but for who named it.
    let packs = try judged(whole.pack(3), "--commissioning", whole.pack(1))
    #expect(outlines(packs, "15.3.a") == outlines(rows, "15.3.a"))
    // It stays when the others go.
    let pruned = try Program.run(Program.tenken, ["history", "prune", "--keep", "0", "--dry-run", "--history", copy])
    #expect(pruned.status == 0 && pruned.errors.contains("Yamada") && !pruned.output.contains(first))
    let all = try Program.run(
      Program.tenken, ["history", "prune", "--keep", "0", "--dry-run", "--force", "--history", copy])
    #expect(all.output.contains(first) && all.errors.isEmpty)
  }

  // MARK: What the pack keeps

  @Test(arguments: ["1", "2", "3", "-off", "-damaged", "-merged", "-resumed"])
  func `a pack is judged again without any history as its run judged it`(name: String) throws {
    let pack = whole.scratch.path + "/pack" + name
    let (then, now) = (try packed(pack), try judged(pack))
    func text(_ row: Row) -> String {
      "\(row.item) \(row.device ?? "-") \(row.status) \(row.reason ?? "-") \(row.polarity ?? "-") \(row.explanation["ja"] ?? "") "
        + "\(row.explanation["en"] ?? "") \(row.evidence.joined(separator: " "))"
    }
    // Rows that rest on earlier runs are equal to the letter, the others in what they say.
    let live = ["15.3.a", "18.1.b", "21.1.e", "21.2.a"].map { "jssec-iot-v1/JSSEC-\($0)" }
    let were = then.filter { live.contains($0.item) }.map(text)
    let are = now.filter { live.contains($0.item) }.map(text)
    for (was, one) in zip(were, are) { #expect(was == one) }
    #expect(were.count == are.count)
    #expect(
      then.map { "\($0.item) \($0.device ?? "-") \($0.status)" }
        == now.map { "\($0.item) \($0.device ?? "-") \($0.status)" })
  }

  @Test func `the pack verifies with what it keeps, by its schemas, and names no folder of this computer`() throws {
    let pack = whole.pack(3)
    let files = try FileManager.default.subpathsOfDirectory(atPath: pack + "/data/history").sorted()
    #expect(files.filter { $0.hasSuffix(".json") }.count == 4, "\(files)")
    #expect(Set(files).isSuperset(of: ["index.json", "difference.json", "trend.json"]))
    #expect(try Program.run(Program.tenken, ["evidence", "verify", pack]).status == 0)
    let python = Program.repository + "/.build/oracles/bin/python"
    let valid = try Program.run(python, [Program.repository + "/Scripts/validate-pack", pack])
    #expect(valid.status == 0, "\(valid.output)\(valid.errors)")
    for file in files where file.hasSuffix(".json") {
      let text = try String(contentsOfFile: "\(pack)/data/history/\(file)", encoding: .utf8)
      #expect(!text.contains(whole.scratch.path), "\(file)")
    }
    // The same difference as of the two runs, but for the digest of the pack that holds it.
    let kept = try difference(Data(contentsOf: URL(fileURLWithPath: pack + "/data/history/difference.json")))
    let made = try Program.run(
      Program.tenken, ["diff", whole.pack(2), pack, "--json", "--history", whole.history])
    #expect(try kept == difference(Data(made.output.utf8)) && !kept.isEmpty)
  }

  private func difference(_ octets: Data) throws -> [String] {
    struct Entry: Decodable {
      let state: String
      let device: String
      let check: String?
      let aspect: String?
    }
    struct Document: Decodable { let entries: [Entry] }
    return try JSONDecoder().decode(Document.self, from: octets).entries.map {
      "\($0.state) \($0.device) \($0.check ?? $0.aspect ?? "")"
    }
  }

  @Test func `a question to a person has what changed beside it, and never an answer`() throws {
    for item in ["JSSEC-17.3.b", "JSSEC-17.3.d", "JSSEC-18.3.a", "JSSEC-18.3.c"] {
      let told = try String(contentsOfFile: "\(whole.pack(2))/data/items/\(item).json", encoding: .utf8)
      #expect(told.contains("mended (looked for again)") && told.contains("telnet.enabled"), "\(item)")
      #expect(told.contains("\"results\" : [\n\n  ]") || !told.contains("\"pass\""), "\(item)")
      let shown = try Program.run(Program.tenken, ["checklist", "show", item, whole.pack(2), "--lang", "ja"])
      #expect(shown.status == 0 && shown.output.contains("見えなくなった機器"), "\(item) \(shown.output)")
    }
  }

  @Test func `without a history nothing of it is in the pack, and one that cannot be read is told`() throws {
    let off = whole.pack(history: "off")
    #expect(!FileManager.default.fileExists(atPath: off + "/data/history"))
    #expect(outlines(try packed(off), "21.2.a") == ["site: not-tested NT-DATA"])
    let damaged = whole.pack(history: "damaged")
    let rows = try packed(damaged)
    #expect(
      outlines(rows, "21.2.a") == ["site: not-tested NT-DATA"]
        && outlines(rows, "21.1.e") == ["site: not-tested NT-DATA"])
    let row = rows.first { $0.item.hasSuffix("21.2.a") && $0.reason == "NT-DATA" }
    #expect(row?.explanation["en"]?.contains("history could not be read") == true, "\(row as Any)")
    for file in ["limitations.md", "report/report.html", "run.jsonl"] {
      let text = try String(contentsOfFile: "\(damaged)/data/\(file)", encoding: .utf8)
      #expect(text.contains("history could not be read"), "\(file)")
    }
    #expect(whole.scratch.text("out-damaged").contains("no earlier run is compared"))
  }

  /// The third state again, so that nothing changed since the third run.
  @Test(arguments: ["merged", "resumed"]) func `a run of parts is compared as one`(name: String) throws {
    let pack = whole.pack(history: name)
    let rows = try packed(pack)
    #expect(outlines(rows, "21.2.a") == ["1: pass", "2: pass", "4: pass", "5: pass", "6: pass"])
    #expect(outlines(rows, "21.1.e").isSuperset(of: ["1: needs-review against", "5: needs-review neutral"]))
    struct Index: Decodable {
      struct Run: Decodable { let run: String }
      let earlier: [Run]
      let compared: String?
    }
    let index = try JSONDecoder().decode(
      Index.self, from: Data(contentsOf: URL(fileURLWithPath: pack + "/data/history/index.json")))
    #expect(index.earlier.count == 3 && index.compared == index.earlier.last?.run, "and never with itself")
    #expect(try Program.run(Program.tenken, ["evidence", "verify", pack]).status == 0)
  }

  @Test func `what a shard saw is compared when it is joined`() throws {
    let shard = whole.scratch.path + "/shard1"
    #expect(!FileManager.default.fileExists(atPath: shard + "/data/history"))
    #expect(outlines(try packed(shard), "21.2.a") == ["site: not-tested NT-DATA"])
  }

  // MARK: Copies

  @Test(arguments: ["vendor", "public"]) func `a copy names no other device, not even one that is gone`(
    audience: String
  ) throws {
    let copy = "\(whole.scratch.path)/copy-\(audience)"
    let made = try Program.run(
      Program.tenken,
      [
        "evidence", "redact", whole.pack(2), "--for", audience, "--device", "dev-001122000001", "--hide-addresses",
        "--output", copy,
      ])
    #expect(made.status == 0, "\(made.errors)")
    #expect(try Program.run(Program.tenken, ["evidence", "verify", copy]).status == 0)
    let python = Program.repository + "/.build/oracles/bin/python"
    let valid = try Program.run(python, [Program.repository + "/Scripts/validate-pack", copy])
    #expect(valid.status == 0, "\(valid.output)\(valid.errors)")
    let found = try Program.run("grep", ["-rlE", "10\\.77\\.0\\.|00:?11:?22:?00:?00:?0[1-6]", copy])
    #expect(found.output.isEmpty && found.status == 1, "\(found.output)")
    let difference = copy + "/data/history/difference.json"
    #expect(FileManager.default.fileExists(atPath: difference) == (audience == "vendor"))
    #expect(!FileManager.default.fileExists(atPath: copy + "/data/history/runs"))
    guard audience == "vendor" else { return }
    let entries = try self.difference(Data(contentsOf: URL(fileURLWithPath: difference)))
    let inventory = try String(contentsOfFile: copy + "/data/inventory.json", encoding: .utf8)
    #expect(entries.count == 2 && Set(entries.map { $0.split(separator: " ")[1] }).count == 1, "\(entries)")
    #expect(inventory.contains(String(entries[0].split(separator: " ")[1])), "one pseudonym in the whole copy")
  }

  // MARK: Retention

  @Test func `a finding that is still open keeps the run that saw it first`() throws {
    let copy = whole.scratch.path + "/first.sqlite"
    for number in 1...3 {
      #expect(
        try Program.run(Program.tenken, ["history", "import", whole.pack(number), "--history", copy]).status == 0)
    }
    let pruned = try Program.run(Program.tenken, ["history", "prune", "--keep", "1", "--history", copy])
    // Telnet of device 4 was seen in the first run; nothing of the second one is new and open.
    #expect(pruned.status == 0 && pruned.errors.contains("seen there first"), "\(pruned.errors)")
    struct Run: Decodable { let pack: String }
    let listed = try Program.run(Program.tenken, ["history", "list", "--json", "--history", copy])
    let left = try JSONDecoder().decode([Run].self, from: Data(listed.output.utf8)).map(\.pack)
    #expect(left == [whole.pack(3), whole.pack(1)])
  }

  /// The program is killed at some moment, 40 times. Whatever it left is told by the list, and the next call finishes it: no pack is
  /// left in part, and no run without its pack.
  @Test func `a kill while packs are deleted leaves what the list tells and the next call finishes`() throws {
    let scratch = try Scratch()
    let script = """
      cd \(scratch.path)
      tenken() { \(Program.tenken) "$@"; }
      killed=0; gone=0
      for n in $(seq 160); do
        [ $killed -lt 40 ] || break
        rm -rf packs h.sqlite*; mkdir packs
        for k in 1 2; do cp -a \(whole.scratch.path)/pack$k packs/; done
        tenken history import packs/pack1 packs/pack2 --history h.sqlite > told || exit 9
        first=$(date +%s%N)
        if [ $n = 1 ]; then
          tenken history prune --keep 0 --packs --force --history h.sqlite > told || exit 8
          time=$(( $(date +%s%N) - first ))
        else
          # Not through the function, whose shell would be killed in its place.
          \(Program.tenken) history prune --keep 0 --packs --force --history h.sqlite > told 2>&1 & pid=$!
          # One that ends before it is killed makes the next moments earlier, one that does not makes them later.
          sleep $(awk "BEGIN { print $time / 1e9 * ($n * 17 % 40) / 40 }")
          kill -9 $pid 2>/dev/null
          wait $pid 2>/dev/null
          if [ $? = 137 ]; then killed=$((killed + 1)); time=$((time * 104 / 100)); else time=$((time * 90 / 100)); fi
          # A folder under its own name is whole.
          for k in 1 2; do
            [ ! -e packs/pack$k ] || tenken evidence verify packs/pack$k > told 2>&1 || { echo "$n: pack$k in part"; exit 7; }
            [ -e packs/pack$k ] || gone=$((gone + 1))
          done
          tenken history list --lang en --history h.sqlite > list || exit 6
          rows=$(grep -c 'run-' list)
          if [ "$rows" = 2 ] && [ ! -e packs/pack1 ] && [ ! -e packs/pack2 ]; then
            tr -d '\\n ' < list | grep -Eq 'notthere|beingdeleted' || { cat list; exit 5; }
          fi
          tenken history prune --keep 0 --packs --force --history h.sqlite > told 2>&1 || { cat told; exit 4; }
        fi
        [ -z "$(ls packs)" ] || { ls packs; exit 3; }
        [ "$(sqlite3 h.sqlite 'SELECT count(*) FROM run')" = 0 ] || exit 2
      done
      echo "$killed killed of $n, $gone packs gone then"
      [ $killed -ge 40 ] && [ $gone -ge 5 ]
      """
    let outcome = try Program.run("bash", ["-c", script])
    print(outcome.output, terminator: "")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
