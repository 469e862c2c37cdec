import Foundation
import Testing

/// `tenken checklist judge` on a site of namespaces: an audit, a capture of what a device really sends, and what its owner says.
@Suite(.needsLab, .serialized) struct ChecklistJudgeTests {
  private struct Row: Decodable {
    let item: String
    let device: String?
    let status: String
    let reason: String?
    let polarity: String?
    let explanation: [String: String]
    let evidence: [String]
    let bounds: Bounds

    struct Bounds: Decodable { let addresses: String? }
  }

  private final class Site: Sendable {
    let scratch: Scratch
    let outcome: Outcome

    /// A device and a collector on one switch with the auditor; what passes the device's port is recorded.
    private static let setUp = """
      ip link add br0 type bridge; ip addr add 10.6.0.1/24 dev br0; ip link set br0 up
      for name in device collector; do
        ip netns add $name; ip link add p-$name type veth peer name eth0 netns $name
        ip link set p-$name master br0 up; ip -n $name link set lo up
      done
      ip -n device link set eth0 address 44:47:cc:06:00:20; ip -n collector link set eth0 address 44:47:cc:06:00:50
      ip -n device addr add 10.6.0.20/24 dev eth0; ip -n device link set eth0 up
      ip -n collector addr add 10.6.0.50/24 dev eth0; ip -n collector link set eth0 up
      cd $PLACE
      openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=cloud.example 2>/dev/null
      mkdir www; echo firmware >www/cam-1.2.bin
      ip netns exec collector python3 -m http.server 80 --directory www >/dev/null 2>&1 &
      ip netns exec collector openssl s_server -accept 8443 -cert cert.pem -key key.pem -tls1_2 -quiet >/dev/null 2>&1 &
      ip netns exec collector openssl s_server -accept 6514 -cert cert.pem -key key.pem -quiet >/dev/null 2>&1 &
      ip netns exec collector python3 \(Program.repository)/Tests/Witnesses/name_server.py cloud.example 10.6.0.50 >/dev/null 2>&1 &
      for port in 80 8443 6514; do
        for i in $(seq 50); do ip netns exec collector ss -ltn | grep -q ":$port " && break; sleep 0.1; done
      done
      """

    private static let commands = """
      \(Program.tenken) audit 10.6.0.20 10.6.0.50 --scope $PLACE/scope.yaml --output $PLACE/pack --ports 22,80,8443 --quiet --lang en \\
        --ledger $PLACE/ledger.csv --declarations $PLACE/declarations.yaml >$PLACE/audit.log 2>&1
      tcpdump -i p-device -s 0 -U -w $PLACE/device.pcap 2>$PLACE/tcpdump.err & dump=$!
      for i in $(seq 50); do grep -qs listening $PLACE/tcpdump.err && break; sleep 0.1; done
      of_device() { ip netns exec device "$@"; }
      of_device dig +time=2 +tries=1 @10.6.0.50 cloud.example >$PLACE/dig.log
      of_device logger -n 10.6.0.50 -P 514 -d -p daemon.err "disk failure"
      of_device logger -n 10.6.0.50 -P 514 -d -p auth.warning "login of admin password=hunter2 failed"
      of_device logger -n 10.6.0.50 -P 514 -d --rfc3164 -p local0.info "temperature 21"
      (sleep 1; echo reading; sleep 1) | of_device openssl s_client -connect 10.6.0.50:8443 -servername cloud.example -tls1_2 >$PLACE/client.log 2>&1
      of_device curl -s -o /dev/null http://10.6.0.50/cam-1.2.bin
      sleep 1; kill -INT $dump; wait $dump
      for form in "--json" "--lang ja --explain" "--lang en --explain"; do
        \(Program.tenken) checklist judge $PLACE/pack --capture $PLACE/device.pcap --references $PLACE/references.yaml $form \\
          >"$PLACE/judged $form" 2>>$PLACE/errors.log
        echo $? >>$PLACE/status
      done
      \(Program.tenken) checklist judge $PLACE/pack --json >$PLACE/alone.json 2>>$PLACE/errors.log
      \(Program.tenken) checklist judge $PLACE/pack --capture $PLACE/device.pcap --declarations $PLACE/other.yaml --json \\
        >$PLACE/other.json 2>>$PLACE/errors.log
      of_device python3 -m http.server 22 >/dev/null 2>&1 &
      for i in $(seq 50); do of_device ss -ltn | grep -q ":22 " && break; sleep 0.1; done
      \(Program.tenken) audit 10.6.0.20 10.6.0.50 --scope $PLACE/scope.yaml --output $PLACE/later --ports 22,80,8443 --quiet --lang en \\
        >>$PLACE/audit.log 2>&1
      \(Program.tenken) checklist judge $PLACE/later --earlier $PLACE/pack --json >$PLACE/changed.json 2>>$PLACE/errors.log
      sed -i "s/TODAY/$(TZ=JST-9 date +%F)/" $PLACE/acknowledged.yaml
      \(Program.tenken) checklist judge $PLACE/later --earlier $PLACE/pack --declarations $PLACE/acknowledged.yaml --json \\
        >$PLACE/acknowledged.json 2>>$PLACE/errors.log
      cat $PLACE/errors.log >&2
      exit 0
      """

    init() throws {
      let place = try Scratch()
      scratch = place
      func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(place.path)/\(name)"))
      }
      try write(
        Bench.scope("10.6.0.0/24", techniques: "arp-discovery, tcp-syn, service-questions"), to: "scope.yaml")
      try write(
        "管理番号,MACアドレス,IPアドレス,設置場所,用途\nCAM-1,44:47:cc:06:00:20,10.6.0.20,1F,camera\n"
          + "CAM-2,44:47:cc:06:00:21,10.6.0.21,2F,camera\n", to: "ledger.csv")
      try write(
        "version: 1\nlogCollectors: [10.6.0.50]\npolicies: {encryptedLogs: true, protectedUpdates: true}\n",
        to: "declarations.yaml")
      try write("version: 1\nlogCollectors: [10.6.0.60]\n", to: "other.yaml")
      try write(
        """
        version: 1
        statements:
          - {says: acknowledged, value: port-opened dev-4447cc060020 tcp/22, by: Yamada, at: TODAY}

        """, to: "acknowledged.yaml")
      try write(
        "version: 1\nsupport: []\nadvisories: {snapshot: none, date: 2026-11-01, entries: []}\n", to: "references.yaml")
      outcome = try Bench.run(Self.setUp, Self.commands, in: place.path)
    }

    func rows(_ name: String) throws -> [Row] {
      try JSONDecoder().decode([Row].self, from: Data(scratch.text(name).utf8))
    }
  }

  private static let site = Result { try Site() }
  private let site: Site

  init() throws { site = try Self.site.get() }

  private static let device = "dev-4447cc060020"
  private static let collector = "dev-4447cc060050"

  /// `fail`, `needs-review against`, `not-tested NT-CAP`: of the device, or of the site. Rows about addresses that the audit left
  /// out, which each item has, are not meant; a row about lines of the ledger names these.
  private func outlines(_ rows: [Row], _ item: String, of device: String?) -> [String] {
    rows.filter { row in
      row.item == "jssec-iot-v1/JSSEC-\(item)" && row.device == device
        && (row.bounds.addresses.map { $0.contains("CAM-") } ?? true)
    }.map { row in
      ([row.status] + [row.reason, row.status == "needs-review" ? row.polarity : nil].compactMap(\.self))
        .joined(separator: " ")
    }
  }

  @Test func `everything ran, and a row with evidence against it makes the exit status 1`() {
    #expect(
      site.outcome.status == 0 && site.outcome.errors.isEmpty, "\(site.outcome) \(site.scratch.text("audit.log"))")
    #expect(site.scratch.text("status") == "1\n1\n1\n")
  }

  /// By what the commands above send: three records by UDP, a fault among them, a password in one; a file by HTTP.
  @Test func `rows are what the device's own packets say`() throws {
    let rows = try site.rows("judged --json")
    for (item, outline) in [
      ("13.1.a", "pass"), ("13.2.a", "needs-review against"), ("13.3.a", "needs-review against"), ("13.3.c", "fail"),
      ("13.3.d", "pass"), ("17.2.c", "fail"),
    ] {
      #expect(outlines(rows, item, of: Self.device) == [outline], "\(item)")
    }
    let fault = try #require(rows.first { $0.item.hasSuffix("13.1.a") && $0.device == Self.device })
    // The record with daemon.err is severity 3; tshark says in which frame.
    let frames = try Program.run(
      "tshark",
      [
        "-r", site.scratch.path + "/device.pcap", "-Y", "syslog.level <= 3 && !icmp", "-T", "fields", "-e",
        "frame.number",
      ])
    #expect(fault.evidence == frames.output.split(separator: "\n").map { "device.pcap frame \($0)" })
    #expect(fault.evidence.count == 1)
    // The collector's own port was not recorded.
    #expect(outlines(rows, "13.1.a", of: Self.collector) == ["not-tested NT-CAP"])
  }

  @Test func `the ledger and the references answer their rows`() throws {
    let rows = try site.rows("judged --json")
    #expect(outlines(rows, "18.1", of: Self.device) == ["pass"])
    #expect(outlines(rows, "18.1", of: Self.collector) == ["fail"])
    // CAM-2 has an address that was not asked.
    #expect(outlines(rows, "18.1", of: nil) == ["not-tested NT-SCOPE"])
    #expect(outlines(rows, "21.1.c", of: Self.device) == ["needs-review NT-DATA neutral"])
    #expect(outlines(rows, "R1", of: Self.device) == ["needs-review NT-DATA neutral"])
    #expect(outlines(rows, "21.2.a", of: nil) == ["not-tested NT-DATA"])
  }

  @Test func `the audit itself has the ledger's rows, and without a capture no others than it`() throws {
    let audited = try JSONDecoder().decode(
      [Row].self,
      from: Data(contentsOf: URL(fileURLWithPath: site.scratch.path + "/pack/data/checklist/verdicts.json")))
    let alone = try site.rows("alone.json")
    for rows in [audited, alone] {
      #expect(outlines(rows, "18.1", of: Self.device) == ["pass"])
      #expect(outlines(rows, "18.1.b", of: Self.collector) == ["fail"])
      #expect(outlines(rows, "13.1.a", of: nil) == ["not-tested NT-CAP"])
    }
    func all(_ rows: [Row]) -> [String] { rows.map { "\($0.item) \($0.device ?? "-") \($0.status)" }.sorted() }
    #expect(all(audited) == all(alone), "judging a pack anew gives what its run gave")
  }

  @Test func `another declaration changes the rows that rest on it`() throws {
    let rows = try site.rows("other.json")
    #expect(outlines(rows, "13.3.d", of: Self.device) == ["fail"])
    #expect(outlines(rows, "13.3.c", of: Self.device) == ["needs-review against"])
    #expect(outlines(rows, "17.2.c", of: Self.device) == ["needs-review against"])
  }

  /// Between the two audits a server was started on port 22 of the device.
  @Test func `a port that opened since is for a person, until somebody acknowledges it`() throws {
    let changed = try site.rows("changed.json")
    #expect(outlines(changed, "21.2.a", of: Self.device) == ["needs-review against"])
    #expect(outlines(changed, "21.2.a", of: Self.collector) == ["pass"])
    let row = try #require(changed.first { $0.item.hasSuffix("21.2.a") && $0.device == Self.device })
    #expect(row.explanation["en"]?.contains("port-opened dev-4447cc060020 tcp/22") == true)
    let acknowledged = try site.rows("acknowledged.json")
    #expect(outlines(acknowledged, "21.2.a", of: Self.device) == ["pass"])
    #expect(outlines(acknowledged, "18.1", of: Self.device) == [], "the later run took no ledger along")
    #expect(outlines(acknowledged, "18.1", of: nil) == ["not-tested NT-DATA"])
  }

  @Test func `lines are told in both languages, and no content of a packet anywhere`() throws {
    let (ja, en) = (site.scratch.text("judged --lang ja --explain"), site.scratch.text("judged --lang en --explain"))
    #expect(ja.contains("JSSEC-13.1.a") && ja.contains("適合を示す証拠あり") && ja.contains("device.pcap"))
    #expect(en.contains("JSSEC-13.1.a") && en.contains("Evidence for the item (bounded) 1"))
    for text in [ja, en, site.scratch.text("judged --json")] {
      for word in ["hunter2", "disk failure", "cam-1.2.bin", "temperature", "reading"] {
        #expect(!text.contains(word), "\(word)")
      }
    }
  }

  @Test func `what cannot be read is refused with its name`() throws {
    let pack = site.scratch.path + "/pack"
    for (options, word) in [
      (["--capture", pack + "/bagit.txt"], "bagit.txt"),
      (["--references", site.scratch.path + "/scope.yaml"], "scope.yaml:2"),
      (["--earlier", pack], "did not begin before"), (["--output", pack], "exists already"),
    ] {
      let outcome = try Program.run(Program.tenken, ["checklist", "judge", pack] + options)
      #expect(outcome.status == 2 && outcome.errors.contains(word), "\(outcome)")
    }
  }
}
