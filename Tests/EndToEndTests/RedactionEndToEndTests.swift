import Foundation
import Testing

/// A device of a person that tells secrets, audited: nothing of them is in anything that the run wrote or showed, and all of it in the
/// encrypted file beside the pack.
@Suite(.needsLab, .serialized) struct RedactionEndToEndTests {
  private static let python = Program.repository + "/.build/oracles/bin/python"
  /// As Tests/Witnesses/person_device.py tells them.
  private static let secrets = [
    "山田太郎", "Hanako", "cookie-31d4d96e407a", "header-tok-4410", "taro.yamada", "p4ss-hidden-77", "wlan-key-9981",
    "stream-pw-5521", "quoted-7723-cookie", "camel-4471-case",
    // The second halves of what two segments share.
    "d96e407a", "7Q2WX9Z", "Hanako Suzuki", "ext 7734",
  ]

  private final class Site: Sendable {
    let scratch: Scratch
    let outcome: Outcome
    var pack: String { scratch.path + "/pack" }

    init() throws {
      scratch = try Scratch()
      let scope = Bench.scope(
        "10.9.0.0/24", techniques: "arp-discovery, tcp-syn, service-questions, udp-probe, passive")
      try Data(scope.utf8).write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
      outcome = try Bench.run(Self.setUp, Self.commands, in: scratch.path)
    }

    private static let setUp = """
      ip netns add d2
      ip link add a0 type veth peer name e0 netns d2
      ip link set a0 up; ip addr add 10.9.0.1/24 dev a0
      ip -n d2 link set e0 address 02:00:5e:10:00:02
      ip -n d2 addr add 10.9.0.2/24 dev e0; ip -n d2 link set lo up; ip -n d2 link set e0 up
      ip netns exec d2 python3 \(Program.repository)/Tests/Witnesses/person_device.py 10.9.0.2 $PLACE 2>$PLACE/device.err &
      for i in $(seq 50); do [ -e $PLACE/ready ] && break; sleep 0.1; done
      age-keygen -o $PLACE/key.txt 2>$PLACE/keygen.err
      """

    private static let commands = """
      mkdir $PLACE/shown
      \(Program.tenken) audit 10.9.0.2 --scope $PLACE/scope.yaml --output $PLACE/pack --device-rate 10000 --ports 22,23,80 \\
        --keep-originals $(age-keygen -y $PLACE/key.txt) >$PLACE/shown/audit.out 2>$PLACE/shown/audit.err
      status=$?
      \(Program.tenken) scan 10.9.0.2 --scope $PLACE/scope.yaml --ports 22,23,80 --json >$PLACE/shown/scan.json 2>$PLACE/shown/scan.err
      for format in html json csv markdown ocsf oscal defectdojo nmap-xml cyclonedx; do
        \(Program.tenken) report $PLACE/pack --format $format >$PLACE/shown/report.$format 2>>$PLACE/shown/report.err
      done
      \(Program.tenken) inventory $PLACE/pack >$PLACE/shown/inventory.txt 2>&1
      cat $PLACE/device.err >&2
      exit $status
      """
  }

  /// What any of the secrets looks like in octets: as it is, in UTF-16, in hexadecimal, in base64 at each of its three offsets.
  private static func forms(of secret: String) -> [[UInt8]] {
    let octets = Array(secret.utf8)
    let hexadecimal = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    var forms = [
      octets, secret.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] },
      Array(hexadecimal.joined().utf8), Array(hexadecimal.joined(separator: " ").utf8),
    ]
    for offset in 0..<3 {
      // Without the digits that the octets around it have a part in.
      let text = Array(Data([UInt8](repeating: 0, count: offset) + octets).base64EncodedString().utf8)
      forms.append(Array(text.dropFirst(offset == 0 ? 0 : offset + 1).prefix(octets.count * 4 / 3 - 2)))
    }
    return forms
  }

  private static func found(in folder: String) throws -> [String] {
    var hits: [String] = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() {
      guard let data = FileManager.default.contents(atPath: folder + "/" + path) else { continue }
      for secret in Self.secrets {
        for form in forms(of: secret) where data.range(of: Data(form)) != nil {
          hits.append("\(path): \(secret) as \(String(decoding: form, as: UTF8.self))")
        }
      }
    }
    return hits
  }

  @Test func `nothing of it leaves the run but to whom the originals are encrypted`() throws {
    let site = try Site()
    #expect(site.outcome.status <= 1, "\(site.outcome.errors) \(site.scratch.text("shown/audit.err"))")
    #expect(site.outcome.errors.isEmpty, "\(site.outcome.errors)")
    #expect(try Self.found(in: site.pack) == [])
    #expect(try Self.found(in: site.scratch.path + "/shown") == [])
    // The device was heard, and what kind it is stays.
    let inventory = site.scratch.text("pack/data/inventory.json")
    #expect(inventory.firstMatch(of: /name-[0-9a-f]{8}のiPhone/) != nil, "\(inventory)")
    #expect(inventory.firstMatch(of: /name-[0-9a-f]{8}-no-MacBook/) != nil, "\(inventory)")
    #expect(
      site.scratch.text("pack/data/services/dev-02005e100002-tcp-80/response.bin").contains(
        "SESSION=xxxxxxxxxxxxxxxxxxx; Path=/; HttpOnly"))
    try checkList(site)
    try checkFrames(site)
    try checkOriginals(site)
    try checkCopies(site)
  }

  private struct List: Decodable {
    struct Entry: Decodable {
      let path: String
      let rule: String
      let count: Int
    }
    let masked: [Entry]
  }

  /// The pack says itself what was masked where.
  private func checkList(_ site: Site) throws {
    let list = try JSONDecoder().decode(
      List.self, from: Data(contentsOf: URL(fileURLWithPath: site.pack + "/data/redactions.json")))
    let rules = Set(list.masked.map(\.rule))
    #expect(
      rules.isSuperset(of: [
        "set-cookie", "header-token", "field", "html-field", "userinfo", "mail-address", "windows-computer",
        "device-owner", "snmp-contact", "snmp-name",
      ]), "\(rules)")
    #expect(list.masked.contains { $0.path == "data/capture/conversations.pcapng" && $0.rule == "set-cookie" })
    #expect(list.masked.contains { $0.path == "data/run.jsonl" && $0.rule == "device-owner" })
    for path in Set(list.masked.map(\.path)) {
      #expect(FileManager.default.fileExists(atPath: site.pack + "/" + path), "\(path)")
    }
    #expect(try Program.run(Program.tenken, ["evidence", "verify", site.pack]).status == 0)
    let valid = try Program.run(Self.python, [Program.repository + "/Scripts/validate-pack", site.pack])
    #expect(valid.status == 0, "\(valid.output)")
  }

  /// tshark reads the frames, and finds the ones whose sums are those of what was masked.
  private func checkFrames(_ site: Site) throws {
    let capture = site.pack + "/data/capture/conversations.pcapng"
    let told = try Program.run(
      "tshark", ["-r", capture, "-Y", "frame.comment contains \"masked\"", "-T", "fields", "-e", "frame.comment"])
    #expect(told.status == 0 && told.output.contains("set-cookie 1"), "\(told.errors)")
    let wrong = try Program.run(
      "tshark",
      [
        "-r", capture, "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-Y",
        "!(frame.comment contains \"masked\") && ip.src == 10.9.0.2 && _ws.malformed",
      ])
    #expect(wrong.status == 0 && wrong.output.isEmpty, "\(wrong.output)")
  }

  /// age gives them back, whole.
  private func checkOriginals(_ site: Site) throws {
    let file = site.pack + ".originals.age"
    let digest = try Program.run("sha256sum", [file]).output.prefix(64)
    #expect(site.scratch.text("pack/bag-info.txt").contains("Tenken-Originals: pack.originals.age sha256 \(digest)\n"))
    let folder = site.scratch.path + "/originals"
    let opened = try Program.run(
      "sh", ["-c", "mkdir \(folder) && age -d -i \(site.scratch.path)/key.txt \(file) | tar x -C \(folder)"])
    #expect(opened.status == 0, "\(opened.errors)")
    let found = try Self.found(in: folder).joined(separator: "\n")
    for secret in Self.secrets { #expect(found.contains(": \(secret) as"), "\(secret) is not among the originals") }
    // HMAC-SHA-256 by Python, with the key from the archive, of what the rule masked.
    let check = try Program.run(
      "python3",
      [
        "-c",
        """
        import hmac, json, sys
        key = open(sys.argv[2] + "/key.bin", "rb").read()
        listed = json.load(open(sys.argv[1] + "/data/redactions.json"))["masked"]
        path = "data/services/dev-02005e100002-tcp-80/response.bin"
        digest = next(e["digest"] for e in listed if e["path"] == path and e["rule"] == "set-cookie")
        assert digest == hmac.new(key, b'cookie-31d4d96e407a\\0"quoted-7723-cookie"\\0', "sha256").hexdigest(), digest
        """, site.pack, folder,
      ])
    #expect(check.status == 0, "\(check.errors)")
  }

  private func checkCopies(_ site: Site) throws {
    for (audience, options) in [("vendor", ["--hide-addresses"]), ("public", [])] {
      let copy = site.scratch.path + "/" + audience
      let made = try Program.run(
        Program.tenken, ["evidence", "redact", site.pack, "--for", audience, "--output", copy] + options)
      #expect(made.status == 0, "\(made.errors)")
      #expect(try Program.run(Program.tenken, ["evidence", "verify", copy]).status == 0)
      let bag = try Program.run(Self.python, ["-c", "import bagit, sys; bagit.Bag(sys.argv[1]).validate()", copy])
      #expect(bag.status == 0, "\(bag.errors)")
      #expect(try Self.found(in: copy) == [])
      for name in ["tenken lab", "lab operator", "network namespaces", "10.9.0.2", "02:00:5e:10:00:02", "02005e100002"]
      {
        let hit = try Program.run("grep", ["-rlaF", name, copy])
        #expect(hit.output.isEmpty, "\(audience): \(name) in \(hit.output)")
      }
      let valid = try Program.run(Self.python, [Program.repository + "/Scripts/validate-pack", copy])
      #expect(valid.status == 0, "\(valid.output)")
    }
    #expect(try Program.run(Program.tenken, ["evidence", "verify", site.pack]).status == 0, "the parent was changed")
  }
}
