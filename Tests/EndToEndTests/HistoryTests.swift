import Foundation
import Testing

/// The same site three times, changed between the runs; what was changed is known, and the differences must say just that.
@Suite(.needsLab, .serialized) struct HistoryTests {
  /// A switch, an auditor and six devices in namespaces of their own. `apply 2` makes the second state out of the first, `apply 3`
  /// the third.
  private static func script(_ folder: String, _ audit: String) -> String {
    """
    set -e
    P=tkh$$
    names="$P $P-s $P-a $P-b $P-c $P-d $P-e $P-f"
    cleanup() {
      for one in $names; do ip netns pids $one 2>/dev/null | xargs -r kill -9 2>/dev/null || true; ip netns del $one 2>/dev/null || true; done
    }
    trap cleanup EXIT
    for one in $P $P-s; do ip netns add $one; ip -n $one link set lo up; done
    ip -n $P-s link add br0 type bridge
    ip -n $P-s link set br0 up
    join() {
      ip -n $P-s link add port-$2 type veth peer name eth0 netns $1 address $3
      ip -n $P-s link set port-$2 master br0 up
      ip -n $1 link set eth0 up
      ip -n $1 addr add $4/24 dev eth0
    }
    join $P 0 02:00:00:00:00:01 10.77.0.250
    device() { ip netns add $P-$1; ip -n $P-$1 link set lo up; join $P-$1 $1 00:11:22:00:00:0$2 $3; }
    cat > \(folder)/telnet.py <<'END'
    import socket, sys, threading
    server = socket.create_server(("0.0.0.0", int(sys.argv[1])))
    def talk(one):
        try:
            one.sendall(b"\\xff\\xfd\\x18\\xff\\xfd\\x20\\r\\nBusyBox login: ")
            one.settimeout(20)
            while one.recv(512): pass
        except OSError: pass
        one.close()
    while True: threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()
    END
    for n in 1 2; do
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 400 -subj "/CN=camera$n" \\
        -keyout \(folder)/k$n -out \(folder)/c$n 2>/dev/null
    done
    telnet() { ip netns exec $P-$1 python3 \(folder)/telnet.py 23 >/dev/null 2>&1 & }
    tls() { ip netns exec $P-b openssl s_server -accept 443 -key \(folder)/k$1 -cert \(folder)/c$1 -www -quiet >/dev/null 2>&1 & }
    device a 1 10.77.0.11; device b 2 10.77.0.12; device c 3 10.77.0.13; device d 4 10.77.0.14; device e 5 10.77.0.15
    for one in a c d e; do telnet $one; done
    tls 1
    apply() {
      case $1 in
      2)
        ip netns pids $P-a | xargs kill -9
        ip netns pids $P-b | xargs kill -9
        sleep 0.3
        tls 2
        ip netns pids $P-c | xargs -r kill -9
        ip netns del $P-c
        ip -n $P-d addr flush dev eth0
        ip -n $P-d addr add 10.77.0.44/24 dev eth0
        ip netns exec $P-e nft 'add table inet t; add chain inet t i { type filter hook input priority 0; }; add rule inet t i meta l4proto tcp drop'
        device f 6 10.77.0.16
        ;;
      3) telnet a ;;
      esac
      sleep 1
    }
    sleep 1
    for n in 1 2 3; do
      [ $n = 1 ] || apply $n
      status=0
      ip netns exec $P \(audit) --output \(folder)/pack$n > \(folder)/out$n 2>&1 || status=$?
      [ $status -le 1 ] || { cat \(folder)/out$n; exit $status; }
    done
    # The third state again, as a run that remembers nothing and as one whose history cannot be read.
    status=0
    ip netns exec $P \(audit) --no-history --output \(folder)/pack-off > \(folder)/out-off 2>&1 || status=$?
    [ $status -le 1 ] || { cat \(folder)/out-off; exit $status; }
    # And in two parts that are joined, and as a run that is interrupted and goes on.
    for which in merged resumed; do sqlite3 \(folder)/history.sqlite ".backup \(folder)/$which.sqlite"; done
    for n in 1 2; do
      status=0
      ip netns exec $P \(audit) --history \(folder)/merged.sqlite --shard $n/2 --output \(folder)/shard$n > \(folder)/out-shard$n 2>&1 || status=$?
      [ $status -le 1 ] || [ $status = 5 ] || { cat \(folder)/out-shard$n; exit $status; }
    done
    status=0
    \(Program.tenken) merge \(folder)/shard1 \(folder)/shard2 --history \(folder)/merged.sqlite --output \(folder)/pack-merged > \(folder)/out-merged 2>&1 || status=$?
    [ $status -le 1 ] || { cat \(folder)/out-merged; exit $status; }
    status=0
    ip netns exec $P timeout -s INT 2 \(audit) --history \(folder)/resumed.sqlite --output \(folder)/pack-resumed > \(folder)/out-resumed 2>&1 || status=$?
    [ $status = 4 ] || [ $status = 124 ] || { cat \(folder)/out-resumed; exit 9; }
    status=0
    ip netns exec $P \(Program.tenken) resume \(folder)/pack-resumed --history \(folder)/resumed.sqlite >> \(folder)/out-resumed 2>&1 || status=$?
    [ $status -le 1 ] || { cat \(folder)/out-resumed; exit $status; }
    head -c 3000 \(folder)/history.sqlite > \(folder)/damaged.sqlite
    status=0
    ip netns exec $P \(audit) --history \(folder)/damaged.sqlite --output \(folder)/pack-damaged > \(folder)/out-damaged 2>&1 || status=$?
    [ $status -le 1 ] || { cat \(folder)/out-damaged; exit $status; }
    """
  }

  private struct Difference: Decodable {
    struct Entry: Decodable {
      struct Service: Decodable {
        let transport: String
        let port: Int
      }

      let state: String
      let device: String
      let service: Service?
      let check: String?
      let aspect: String?
      let before: String?
      let after: String?

      var text: String {
        [state, String(device.suffix(1)), service.map { "\($0.transport)/\($0.port)" }, check ?? aspect]
          .compactMap(\.self).joined(separator: " ")
      }
    }

    let entries: [Entry]
    let compared: Int
  }

  final class Whole: Sendable {
    let scratch: Scratch
    let outcome: Outcome
    var history: String { scratch.path + "/history.sqlite" }
    func pack(_ number: Int) -> String { scratch.path + "/pack\(number)" }
    /// `off`, `damaged`, `merged` or `resumed`.
    func pack(history: String) -> String { scratch.path + "/pack-" + history }

    private init() throws {
      scratch = try Scratch()
      let scope = """
        version: 1
        engagement: {id: "HIST-1", customer: "tenken lab", site: "changing", operator: "lab operator"}
        valid: {from: "2020-01-01T00:00:00+09:00", until: "2099-01-01T00:00:00+09:00"}
        utcOffset: "+09:00"
        networks: [10.77.0.0/24]
        exclude: []
        techniques: [arp-discovery, icmp-echo, tcp-syn, service-questions]
        rates: {perDevice: 200, total: 2000}
        """
      try Data(scope.utf8).write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
      let audit =
        "\(Program.tenken) audit 10.77.0.1-10.77.0.60 --scope \(scratch.path)/scope.yaml --ports 23,443 --lang en "
        + "--history \(scratch.path)/history.sqlite"
      outcome = try Program.run("bash", ["-c", HistoryTests.script(scratch.path, audit)])
    }

    static let shared: Result<Whole, any Error> = Result { try Whole() }
  }

  private let whole: Whole

  init() throws {
    whole = try Whole.shared.get()
    try #require(whole.outcome.status == 0, "\(whole.outcome.output)\(whole.outcome.errors)")
  }

  private func difference(_ earlier: String, _ later: String, status: Int32) throws -> Difference {
    let told = try Program.run(
      Program.tenken, ["diff", earlier, later, "--json", "--history", whole.history])
    #expect(told.status == status, "\(told.errors)")
    return try JSONDecoder().decode(Difference.self, from: Data(told.output.utf8))
  }

  @Test func `the difference says exactly what was changed`() throws {
    let told = try difference(whole.pack(1), whole.pack(2), status: 0)
    let expected: Set = [
      // Telnet was switched off: its port says that nobody listens.
      "fixed 1 tcp/23 telnet.enabled", "changed 1 tcp/23 port",
      // The camera has another certificate.
      "changed 2 tcp/443 certificate",
      // One is gone: of what it had nothing was mended.
      "device-gone 3", "not-retested 3 tcp/23 telnet.enabled",
      // DHCP gave another address to one that is as it was.
      "still 4 tcp/23 telnet.enabled", "changed 4 address",
      // One lets nobody through any more.
      "not-retested 5 tcp/23 telnet.enabled",
      "device-new 6",
    ]
    let others = told.entries.map(\.text).filter { !$0.contains(" 2 tcp/443 tls.") }
    #expect(Set(others) == expected && others.count == expected.count, "\(others)")
    // Its weaknesses are the same with either certificate.
    let web = told.entries.filter { $0.check?.hasPrefix("tls.") == true }
    #expect(web.allSatisfy { $0.state == "still" }, "\(web.map(\.text))")
    let renumbered = told.entries.first { $0.aspect == "address" }
    #expect(renumbered?.before == "10.77.0.14" && renumbered?.after == "10.77.0.44")
  }

  @Test func `what was mended and is there again has regressed`() throws {
    let told = try difference(whole.pack(2), whole.pack(3), status: 1)
    #expect(told.entries.first?.text == "regressed 1 tcp/23 telnet.enabled", "\(told.entries.map(\.text))")
  }

  @Test func `the difference is a page too, and a page is never replaced`() throws {
    let file = whole.scratch.path + "/difference.html"
    let words = ["diff", whole.pack(1), whole.pack(2), "--history", whole.history, "--lang", "en"]
    let told = try Program.run(Program.tenken, words + ["--html", file])
    #expect(told.status == 0 && told.output.contains("not re-tested"), "\(told.errors)")
    #expect(told.output.contains("telnet.enabled (high) Telnet accepts connections"), "\(told.output)")
    let page = try String(contentsOfFile: file, encoding: .utf8)
    let printed = try Program.run(Program.tenken, words + ["--format", "html"])
    #expect(printed.output == page)
    for text in [
      "10.77.0.14", "10.77.0.44", "telnet.enabled", "Findings that were not tested again", "default-src 'none'",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    let again = try Program.run(Program.tenken, words + ["--html", file])
    #expect(again.status == 2 && again.errors.contains("never replaced"), "\(again.errors)")
  }

  @Test func `a report shows the runs before it, from the history file that is named`() throws {
    let words = ["report", whole.pack(2), "--lang", "en", "--history", whole.history]
    let made = try Program.run(Program.tenken, words)
    #expect(made.status == 0, "\(made.errors)")
    // The third run is later than this pack's.
    #expect(made.output.components(separatedBy: "<tr class=\"past-run\">").count - 1 == 2)
    #expect(made.output.components(separatedBy: "<tr class=\"past-device\">").count - 1 == 6)
    #expect(
      made.output.contains("The pack alone does not give it again") && made.output.contains("id=\"change-fixed\">1<"))
    let other = try Program.run(Program.tenken, words + ["--format", "csv"])
    #expect(other.status == 2)
  }

  /// By jsonschema, which nobody here wrote.
  @Test func `what is printed is what the published schemas say`() throws {
    let script = """
      import json, jsonschema, sys
      schema = json.load(open(sys.argv[1])); jsonschema.Draft202012Validator.check_schema(schema)
      faults = list(jsonschema.Draft202012Validator(schema).iter_errors(json.load(sys.stdin)))
      print(faults[:3]); sys.exit(len(faults))
      """
    struct Run: Decodable { let id: String }
    let listed = try Program.run(Program.tenken, ["history", "list", "--json", "--history", whole.history])
    let runs = try JSONDecoder().decode([Run].self, from: Data(listed.output.utf8))
    let shown = try #require(runs.first).id
    for (schema, words) in [
      ("run-list", "history list --json"), ("run-record", "history show \(shown)"),
      ("difference", "diff \(whole.pack(1)) \(whole.pack(2)) --json"),
      ("difference", "diff \(whole.pack(2)) \(whole.pack(3)) --json"),
    ] {
      let checked = try Program.run(
        "bash",
        [
          "-c",
          "\(Program.tenken) \(words) --history \(whole.history) > \(whole.scratch.path)/told; "
            + "\(Program.repository)/.build/oracles/bin/python -c \"$1\" \(Program.repository)/Docs/OutputSchema/\(schema).schema.json < \(whole.scratch.path)/told",
          "sh", script,
        ])
      #expect(checked.status == 0, "\(words): \(checked.output)\(checked.errors)")
    }
  }

  @Test func `runs of the history and pack folders give the same difference`() throws {
    let listed = try Program.run(Program.tenken, ["history", "list", "--json", "--history", whole.history])
    struct Run: Decodable {
      let id: String
      let devices: Int
      let pack: String
    }
    let runs = try JSONDecoder().decode([Run].self, from: Data(listed.output.utf8))
    #expect(runs.map(\.devices) == [5, 5, 5])
    #expect(runs.map(\.pack) == [3, 2, 1].map(whole.pack))
    let remembered = try difference(runs[2].id, runs[1].id, status: 0)
    let folders = try difference(whole.pack(1), whole.pack(2), status: 0)
    #expect(remembered.entries.map(\.text) == folders.entries.map(\.text))
    // A pack that was added by hand is known already.
    let again = try Program.run(Program.tenken, ["history", "import", whole.pack(1), "--history", whole.history])
    #expect(again.status == 0 && again.output.contains("known"))
  }

  @Test func `runs leave the history with their packs, but never a folder that is another by now`() throws {
    let (copy, packs) = (whole.scratch.path + "/prune.sqlite", whole.scratch.path + "/prune")
    try FileManager.default.createDirectory(atPath: packs, withIntermediateDirectories: true)
    for number in 1...3 {
      try FileManager.default.copyItem(atPath: whole.pack(number), toPath: "\(packs)/\(number)")
      let added = try Program.run(Program.tenken, ["history", "import", "\(packs)/\(number)", "--history", copy])
      #expect(added.status == 0, "\(added.errors)")
    }
    try Data("changed".utf8).write(to: URL(fileURLWithPath: packs + "/1/data/run.json"))
    let pruned = try Program.run(
      Program.tenken, ["history", "prune", "--keep", "1", "--packs", "--force", "--history", copy])
    #expect(pruned.status == 0 && pruned.errors.contains("is not the pack"), "\(pruned.errors)")
    #expect(FileManager.default.fileExists(atPath: packs + "/1"))
    #expect(!FileManager.default.fileExists(atPath: packs + "/2"))
    #expect(FileManager.default.fileExists(atPath: packs + "/3"))
  }

  // MARK: What can happen while it is written

  private func check(_ history: String) throws -> String {
    try Program.run("sqlite3", [history, "PRAGMA integrity_check"]).output.trimmingCharacters(
      in: .whitespacesAndNewlines)
  }

  private func runs(_ history: String) throws -> Set<String> {
    struct Run: Decodable { let id: String }
    let listed = try Program.run(Program.tenken, ["history", "list", "--json", "--history", history])
    #expect(listed.status == 0, "\(listed.errors)")
    return Set(try JSONDecoder().decode([Run].self, from: Data(listed.output.utf8)).map(\.id))
  }

  /// The three runs are added and the program is killed at some moment, 200 times. What it said was added is there, and nothing
  /// is there in part.
  @Test func `kills during writing lose no run that was committed`() throws {
    let scratch = try Scratch()
    let packs = (1...3).map(whole.pack).joined(separator: " ")
    // Moments spread over the time that an import takes, as it turns out: one that ends before it is killed makes the next
    // moments earlier, one that does not makes them a little later, however busy this computer is.
    let script = """
      cd \(scratch.path)
      first=$(date +%s%N); \(Program.tenken) history import \(packs) --history whole.sqlite > told || exit 9
      time=$(( $(date +%s%N) - first ))
      killed=0; seen=0
      for n in $(seq 600); do
        [ $killed -lt 200 ] || break
        rm -f h.sqlite*
        \(Program.tenken) history import \(packs) --history h.sqlite > told 2>/dev/null & pid=$!
        sleep $(awk "BEGIN { print $time / 1e9 * ($n * 37 % 200) / 200 * 1.2 }")
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        if [ $? = 137 ]; then was=1; killed=$((killed + 1)); time=$((time * 102 / 100)); else was=0; time=$((time * 95 / 100)); fi
        said=$(grep -c added told)
        [ -e h.sqlite ] || continue
        [ "$(sqlite3 h.sqlite 'PRAGMA integrity_check' 2>&1)" = ok ] || { echo "$n: damaged"; exit 8; }
        there=$(sqlite3 h.sqlite 'SELECT count(*) FROM run' 2>/dev/null || echo 0)
        [ "$there" -ge "$said" ] || { echo "$n: $said said, $there there"; exit 7; }
        [ "$there" = 0 ] || seen=$((seen + was))
        part=$(sqlite3 h.sqlite 'SELECT count(*) FROM run WHERE (SELECT count(*) FROM device WHERE run = key) <> 5' 2>/dev/null || echo 0)
        [ "$part" = 0 ] || { echo "$n: a run in part"; exit 6; }
      done
      echo "$killed killed of $n, $seen with runs"
      [ $killed -ge 200 ] && [ $seen -ge 10 ]
      """
    let outcome = try Program.run("bash", ["-c", script])
    print(outcome.output, terminator: "")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try runs(scratch.path + "/whole.sqlite").count == 3)
  }

  /// A small disk in memory, first full, then read-only.
  @Test func `a full disk and one that may not be written are told, and nothing is lost`() throws {
    let scratch = try Scratch()
    let disk = scratch.path + "/disk"
    let history = disk + "/history.sqlite"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    #expect(try Program.run("mount", ["-t", "tmpfs", "-o", "size=512k", "none", disk]).status == 0)
    defer { _ = try? Program.run("umount", [disk]) }
    func add(_ number: Int) throws -> Outcome {
      try Program.run(Program.tenken, ["history", "import", whole.pack(number), "--history", history])
    }
    #expect(try add(1).status == 0)
    let before = try runs(history)
    let filled = try Program.run("sh", ["-c", "dd if=/dev/zero of=\(disk)/filler bs=4096 2>/dev/null; true"])
    #expect(filled.status == 0)
    let full = try add(2)
    #expect(full.status == 5 && full.errors.contains("history import"), "\(full.errors)")
    try FileManager.default.removeItem(atPath: disk + "/filler")
    #expect(try check(history) == "ok")
    #expect(try runs(history) == before && before.count == 1)
    #expect(try add(2).status == 0)
    #expect(try runs(history).count == 2)
    #expect(try Program.run("mount", ["-o", "remount,ro", disk]).status == 0)
    let readOnly = try add(3)
    #expect(readOnly.status == 5 && readOnly.errors.contains("write access"), "\(readOnly.errors)")
    #expect(try runs(history).count == 2)
  }
}
