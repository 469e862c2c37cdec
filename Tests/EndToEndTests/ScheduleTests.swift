import Foundation
import Testing

/// Schedules on a small site, run by a user who has the two capabilities that the service gives and nothing else.
@Suite(.needsLab, .serialized) struct ScheduleTests {
  /// An auditor, a gateway and a device with Telnet in namespaces of their own. Each `step` writes a name and an exit status; what the
  /// journal says is asked at the end.
  private static func script(_ folder: String) -> String {
    """
    set -e
    F=\(folder); P=tks$$
    cleanup() {
      for one in $P $P-g $P-a; do ip netns pids $one 2>/dev/null | xargs -r kill -9 2>/dev/null || true; ip netns del $one 2>/dev/null || true; done
    }
    trap cleanup EXIT
    ip netns add $P
    ip -n $P link add br0 type bridge
    ip -n $P link set br0 address 02:00:00:00:00:01 up
    ip -n $P addr add 10.78.0.250/24 dev br0
    ip -n $P link set lo up
    join() {
      ip netns add $P-$1; ip -n $P-$1 link set lo up
      ip -n $P link add port-$1 type veth peer name eth0 netns $P-$1 address $2
      ip -n $P link set port-$1 master br0 up
      ip -n $P-$1 link set eth0 up
      ip -n $P-$1 addr add $3/24 dev eth0
    }
    join g 00:11:22:00:00:fe 10.78.0.254
    join a 00:11:22:00:00:01 10.78.0.11
    ip -n $P route add default via 10.78.0.254
    cat > $F/telnet.py <<'END'
    import socket, threading
    server = socket.create_server(("0.0.0.0", 23))
    def talk(one):
        try:
            one.sendall(b"\\xff\\xfd\\x18\\xff\\xfd\\x20\\r\\nBusyBox login: ")
            one.settimeout(20)
            while one.recv(512): pass
        except OSError: pass
        one.close()
    while True: threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()
    END
    ip netns exec $P-a python3 $F/telnet.py >/dev/null 2>&1 &
    mkdir -p $F/state $F/packs
    chmod 755 $F; chown -R 12345:12345 $F/state $F/packs
    export TENKEN_STATE=$F/state TENKEN_HISTORY=$F/state/history.sqlite TENKEN_SCHEDULES=$F/schedules HOME=/nonexistent
    caps=-all,+net_raw,+net_admin
    # In the background the shell gives way to the program, so that it is the program that is killed.
    become_user() {
      exec ip netns exec $P setpriv --reuid=12345 --regid=12345 --clear-groups --no-new-privs \\
        --inh-caps=$caps --ambient-caps=$caps --bounding-set=$caps "$@"
    }
    as_user() { (become_user "$@"); }
    # A home that the user cannot enter is no reason to fail.
    T=$F/tenken
    cp \(Program.tenken) $T
    cp -r \(Program.repository)/Profiles $F/Profiles
    export TENKEN_PROFILES=$F/Profiles
    step() {
      name=$1; shift; status=0
      "$@" > $F/$name.out 2> $F/$name.err || status=$?
      echo "$name $status" >> $F/steps
    }
    add() {
      name=$1; calendar=$2; shift 2
      step add-$name ip netns exec $P $T schedule add $name --on-calendar "$calendar Asia/Tokyo" --packs $F/packs "$@" \\
        10.78.0.11 --scope scope.yaml --ports 23,80 --lang en --quiet
    }
    # Its first turns lie three weeks back.
    age() { sed -i "s/^created: .*/created: \\"$(date -u -d '22 days ago' +%FT%TZ)\\"/" $F/schedules/$1.yaml; }
    cat > $F/tell <<'END'
    #!/usr/bin/python3
    import json, sys
    with open(sys.argv[1], "a") as told: print(json.dumps(json.load(sys.stdin)), file=told)
    END
    chmod 755 $F/tell
    cat > $F/notices.yaml <<END
    version: 1
    languages: [en]
    on: [regressed, new-finding, new-device, first-run, skipped, failed]
    level: medium
    channels:
      - {name: own, type: command, command: [$F/tell, $F/packs/told], seconds: 20}
    END
    cd $F
    sleep 1
    add weekly 'Mon *-*-* 22:00' --gateway auto --notices notices.yaml --keep-runs 1
    step fresh as_user $T schedule run --due
    age weekly
    step due as_user $T schedule run --due --lang en
    step again as_user $T schedule run --due
    ip netns exec $P-g ip link set eth0 address 00:11:22:00:00:fd
    ip -n $P neigh flush dev br0
    step elsewhere as_user $T schedule run weekly
    ip netns exec $P-g ip link set eth0 address 00:11:22:00:00:fe
    ip -n $P neigh flush dev br0

    # Somebody looks at the same devices by hand.
    become_user $T audit 10.78.0.11 --scope scope.yaml --ports 1-60000 --device-rate 20 --quiet --output $F/packs/byhand >/dev/null 2>&1 &
    started=$!
    sleep 3
    step overlap as_user $T schedule run weekly
    add patient "*-*-* $(TZ=Asia/Tokyo date -d '1 hour ago' +%H:%M)" --patience 12h
    age patient
    step waits as_user $T schedule run --due patient
    kill -9 $started; sleep 1
    step waited as_user $T schedule run --due patient
    # The other way round: while a schedule has the lock, nobody begins.
    sed -i 's/"23,80"/"1-60000", "--device-rate", "20"/' $F/schedules/patient.yaml
    become_user $T schedule run patient >/dev/null 2>&1 &
    started=$!
    sleep 3
    step byhand as_user $T audit 10.78.0.11 --scope scope.yaml --ports 23 --quiet --output $F/packs/second
    step meanwhile as_user $T schedule run --due patient
    step two as_user $T schedule run weekly
    kill -9 $started; sleep 1
    step killed as_user $T schedule run --due patient
    pack=$(ls -d $F/packs/patient-* | tail -1)
    become_user $T resume $pack --quiet > $F/resume.out 2>&1 &
    started=$!
    sleep 3
    kill -INT $started
    wait $started || echo "resume $?" >> $F/steps

    # What is interrupted is gone on with, while it is young and the scope is the same.
    add goon 'Mon *-*-* 22:00' --continue 2h
    sed -i 's/"23,80"/"1-400", "--device-rate", "40"/' $F/schedules/goon.yaml
    become_user $T schedule run goon > $F/goon.out 2>&1 &
    started=$!
    sleep 4
    kill -INT $started
    wait $started || echo "interrupted $?" >> $F/steps
    step goon as_user $T schedule run goon
    step anew as_user $T schedule run goon

    sed -i 's/lab operator/another operator/' scope.yaml
    step changed as_user $T schedule run weekly
    step renew $T schedule renew weekly
    step renewed as_user $T schedule run weekly
    add night 'Mon *-*-* 22:00' --window "$(TZ=UTC-9 date -d '2 hours' +%H:00)-$(TZ=UTC-9 date -d '3 hours' +%H:00)"
    step closed as_user $T schedule run night
    sed -i "s/^valid: .*/valid: {from: \\"2020-01-01T00:00:00Z\\", until: \\"$(date -u +%FT%TZ)\\"}/" scope.yaml
    $T schedule renew weekly > /dev/null
    before=$(cat /sys/class/net/lo/statistics/tx_packets; ip netns exec $P cat /sys/class/net/br0/statistics/tx_packets)
    step expired as_user $T schedule run weekly
    after=$(cat /sys/class/net/lo/statistics/tx_packets; ip netns exec $P cat /sys/class/net/br0/statistics/tx_packets)
    [ "$before" = "$after" ] && echo "silent 0" >> $F/steps
    step disable $T schedule disable weekly
    step disabled as_user $T schedule run weekly
    chmod 666 $F/schedules/night.yaml
    step writable as_user $T schedule run night
    chmod 644 $F/schedules/night.yaml
    for one in weekly patient goon night; do $T schedule log $one --json > $F/$one.jsonl; done
    $T schedule list --json > $F/list.json
    COLUMNS=250 $T schedule list --lang en > $F/list.txt
    $T history list --json > $F/history.json
    step remove $T schedule remove night
    chmod -R go+rX $F
    """
  }

  private struct Entry: Decodable {
    let event: String
    let reason: String?
    let count: Int?
    let pack: String?
    let due: String?
    let run: String?
    let partial: Bool?
  }

  private final class Whole: Sendable {
    let scratch: Scratch
    let outcome: Outcome

    private init() throws {
      scratch = try Scratch()
      let scope = """
        version: 1
        engagement: {id: "SCH-1", customer: "tenken lab", site: "weekly", operator: "lab operator"}
        valid: {from: "2020-01-01T00:00:00+09:00", until: "2099-01-01T00:00:00+09:00"}
        utcOffset: "+09:00"
        networks: [10.78.0.0/24]
        exclude: []
        techniques: [arp-discovery, icmp-echo, tcp-syn, service-questions]
        rates: {perDevice: 200, total: 2000}
        """
      try Data(scope.utf8).write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
      outcome = try Program.run("bash", ["-c", ScheduleTests.script(scratch.path)])
    }

    static let shared: Result<Whole, any Error> = Result { try Whole() }
  }

  private let whole: Whole

  init() throws {
    whole = try Whole.shared.get()
    try #require(
      whole.outcome.status == 0, "\(whole.outcome.output)\(whole.outcome.errors)\(whole.scratch.text("steps"))")
  }

  private func statuses() -> [String: Int] {
    let lines = whole.scratch.text("steps").split(separator: "\n").map { $0.split(separator: " ") }
    return Dictionary(lines.map { (String($0[0]), Int($0[1]) ?? -1) }) { first, _ in first }
  }

  private func entries(_ name: String) throws -> [Entry] {
    try whole.scratch.text("\(name).jsonl").split(separator: "\n").map {
      try JSONDecoder().decode(Entry.self, from: Data($0.utf8))
    }
  }

  @Test func `each turn ends in the status that its circumstances call for`() {
    let expected = [
      "add-weekly": 0, "fresh": 0, "due": 1, "again": 0, "elsewhere": 6, "overlap": 6, "add-patient": 0, "waits": 75,
      "waited": 1, "byhand": 3, "meanwhile": 0, "two": 6, "killed": 0, "resume": 4, "add-goon": 0, "interrupted": 4,
      "goon": 1, "anew": 1, "changed": 6, "renew": 0, "renewed": 1,
      "add-night": 0,
      "closed": 6, "expired": 6, "silent": 0, "disable": 0, "disabled": 6, "writable": 2, "remove": 0,
    ]
    let found = statuses()
    for (name, status) in expected {
      #expect(
        found[name] == status, "\(name): \(whole.scratch.text(name + ".err"))\(whole.scratch.text(name + ".out"))")
    }
  }

  @Test func `the journal tells what was run, what was not, and why`() throws {
    let weekly = try entries("weekly").map { [$0.event, $0.reason].compactMap(\.self).joined(separator: " ") }
    #expect(
      weekly == [
        "missed missed", "began", "completed", "skipped wrong-network", "skipped overlap", "skipped overlap",
        "skipped scope-changed", "began", "completed", "skipped scope-not-valid", "skipped disabled",
      ])
    // 22 days hold three Mondays, or four; all but the last were missed.
    let missed = try #require(try entries("weekly").first?.count)
    #expect((2...3).contains(missed))
    let patient = try entries("patient").map(\.event)
    #expect(patient == ["missed", "postponed", "began", "completed", "began", "failed"])
    #expect(try entries("night").map(\.reason) == ["window-closed"])
  }

  @Test func `an interrupted run is gone on with, and one that came to its end is not`() throws {
    let ended = try entries("goon").filter { $0.event == "completed" }
    #expect(ended.map(\.partial) == [true, false, false])
    #expect(ended[0].run == ended[1].run && ended[0].pack == ended[1].pack)
    #expect(ended[2].run != ended[1].run && ended[2].pack != ended[1].pack)
    let verified = try Program.run(Program.tenken, ["evidence", "verify", try #require(ended[1].pack)])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
  }

  /// By jsonschema, which nobody here wrote.
  @Test func `each line of a journal is what the published schema says`() throws {
    let script = """
      import json, jsonschema, sys
      schema = json.load(open(sys.argv[1])); jsonschema.Draft202012Validator.check_schema(schema)
      for line in sys.stdin: jsonschema.validate(json.loads(line), schema)
      """
    let checked = try Program.run(
      "bash",
      [
        "-c",
        "cat \(whole.scratch.path)/*.jsonl | \(Program.repository)/.build/oracles/bin/python -c \"$1\" "
          + "\(Program.repository)/Docs/OutputSchema/schedule-entry.schema.json", "sh", script,
      ])
    #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
  }

  @Test func `each run left a pack that verifies, in the history`() throws {
    for entry in try entries("weekly") where entry.event == "completed" {
      let verified = try Program.run(Program.tenken, ["evidence", "verify", try #require(entry.pack)])
      #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    }
    let runs = try #require(
      try JSONSerialization.jsonObject(with: Data(whole.scratch.text("history.json").utf8)) as? [Any])
    // weekly twice, patient once, and the one that was killed, gone on with and interrupted in order.
    // And what was gone on with once, which is one run, and the one after it.
    #expect(runs.count == 6)
  }

  @Test func `somebody is told of what was skipped and of what is new, and of a run without a change nothing`() throws {
    struct Notice: Decodable {
      let outcome: String
      let reason: String?
      let headline: [String: String]
    }
    let told = try whole.scratch.text("packs/told").split(separator: "\n").map {
      try JSONDecoder().decode(Notice.self, from: Data($0.utf8))
    }
    try #require(!told.isEmpty, "\(whole.scratch.text("due.err"))\(whole.scratch.text("elsewhere.err"))")
    // The second run, after the scope was renewed, found what the one before had.
    #expect(
      told.map { $0.reason ?? $0.outcome } == [
        "missed", "completed", "wrong-network", "overlap", "overlap", "scope-changed", "scope-not-valid", "disabled",
      ])
    // The first run of all saw what is open still, so that it stays though only one was to be kept.
    #expect(whole.scratch.text("renewed.err").contains("was seen there first"))
  }

  @Test func `the list says when it is due next and what came of it`() throws {
    let list = whole.scratch.text("list.txt")
    #expect(list.contains("weekly") && list.contains("off") && list.contains("skipped (disabled)"))
    #expect(whole.scratch.text("elsewhere.out").contains("00:11:22:00:00:fd"))
    #expect(whole.scratch.text("byhand.err").contains("schedule patient, process"))
  }
}

/// The units, judged by systemd itself.
@Suite(.needsLab) struct ScheduleUnitTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func add(_ name: String, _ options: [String]) throws -> Outcome {
    let scope = scratch.path + "/scope %n $HOME.yaml"
    if !FileManager.default.fileExists(atPath: scope) {
      _ = try Program.run(Program.tenken, ["scope", "init", scope, "--network", "10.0.0.0/24", "--days", "60"])
    }
    return try Program.run(
      Program.tenken,
      ["schedule", "add", name, "--schedules", scratch.path + "/s", "--packs", scratch.path + "/packs"] + options
        + ["10.0.0.0/24", "--scope", scope], in: scratch.path)
  }

  @Test func `systemd accepts the units and finds the service well confined`() throws {
    let units = scratch.path + "/units"
    let added = try add("weekly", ["--on-calendar", "Mon 22:00", "--random-delay", "10m", "--units", units])
    try #require(added.status == 0, "\(added.errors)")
    let verified = try Program.run(
      "systemd-analyze", ["verify", units + "/tenken-weekly.service", units + "/tenken-weekly.timer"])
    #expect(verified.status == 0)
    #expect(verified.errors.isEmpty && verified.output.isEmpty, "\(verified.errors)")
    let judged = try Program.run(
      "systemd-analyze", ["security", "--offline=true", "--threshold=25", units + "/tenken-weekly.service"])
    #expect(judged.status == 0, "\(judged.output.suffix(200))")
    #expect(judged.output.contains("OK"))
    let removed = try Program.run(
      Program.tenken, ["schedule", "remove", "weekly", "--schedules", scratch.path + "/s", "--units", units])
    #expect(removed.status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: units).isEmpty)
  }

  @Test func `what is shown is not written, and a bad schedule is refused with words`() throws {
    let shown = try add("weekly", ["--on-calendar", "daily", "--print"])
    #expect(shown.status == 0)
    for part in [
      "OnCalendar=daily ", "CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN", "*/15 * * * *", "scopeSHA256:",
    ] {
      #expect(shown.output.contains(part), "\(part)")
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/s"))
    for (options, word) in [
      (["--on-calendar", "Mon..Fre"], "Fre"), (["--on-calendar", "*:0/5"], "half hour"),
      (["--on-calendar", "2020-1-1"], "no moment"),
      (["--on-calendar", "daily Asia/Nowhere"], "time zone"), (["--on-calendar", "2030-01-01"], "scope ends before"),
      (["--on-calendar", "daily", "--gateway", "10.0.0.1"], "--gateway"),
      (["--on-calendar", "daily", "--patience", "9d"], "week"),
      (["--on-calendar", "daily", "--output", "/x"], "--output"),
      (["--on-calendar", "daily", "--bogus"], "--bogus"),
    ] {
      let refused = try add("weekly", options)
      #expect([2, 3].contains(refused.status), "\(options)")
      #expect(refused.errors.contains(word), "\(options): \(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path + "/s/weekly.yaml"))
    }
  }
}
