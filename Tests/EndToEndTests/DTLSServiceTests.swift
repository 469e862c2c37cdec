import Foundation
import Testing

/// `tenken tls --udp` against servers that nobody here wrote (OpenSSL, GnuTLS, libcoap), also on paths that lose datagrams, beside tshark.
/// Tests/Witnesses/dtls_site.py is the site.
@Suite(.needsLab, .serialized) struct DTLSServiceTests {
  private struct Capture: Decodable {
    struct Version: Decodable {
      let number: Int
      let answer: [String: [String: String]]
    }
    struct Choice: Decodable {
      let version: Int
      let suite: Int
    }
    struct Certificate: Decodable { let subject: String }
    let versions: [Version]
    let preferred: Choice?
    let certificates: [Certificate]
    let transport: String?
    let compresses: Bool?

    /// What it speaks, by number.
    var spoken: Set<Int> { Set(versions.filter { $0.answer.keys.contains("accepted") }.map(\.number)) }
  }

  private struct Report: Decodable {
    struct Finding: Decodable { let check: String }
    struct Verdict: Decodable {
      let question: String
      let result: String
    }
    let isOpen: Bool
    let tls: Capture?
    let findings: [Finding]
    let verdicts: [Verdict]

    func results(_ question: String) -> [String] { verdicts.filter { $0.question == question }.map(\.result) }
  }

  private final class Site: Sendable {
    let scratch: Scratch
    let status: Int32
    let errors: String

    init() throws {
      scratch = try Scratch()
      for (name, techniques) in [
        ("scope", "arp-discovery, tcp-syn, service-questions, udp-probe"),
        ("narrow", "arp-discovery, service-questions"),
      ] {
        try Data(Bench.scope("10.9.0.0/24", techniques: techniques).utf8).write(
          to: URL(fileURLWithPath: "\(scratch.path)/\(name).yaml"))
      }
      let outcome = try Bench.run(Self.setUp, Self.commands, in: scratch.path)
      (status, errors) = (outcome.status, outcome.errors)
    }

    private static let setUp = """
      ip netns add servers
      ip link add a0 type veth peer name s0 netns servers
      ip addr add 10.9.0.1/24 dev a0; ip link set a0 up
      ip -n servers addr add 10.9.0.2/24 dev s0; ip -n servers link set lo up; ip -n servers link set s0 up
      mkdir $PLACE/site
      ip netns exec servers python3 \(Program.repository)/Tests/Witnesses/dtls_site.py $PLACE/site >$PLACE/site.log 2>&1 &
      for i in $(seq 100); do [ -e $PLACE/site/ready ] && break; sleep 0.2; done
      tcpdump -i a0 -s 0 -U -w $PLACE/all.pcap udp 2>$PLACE/tcpdump.err & dump=$!
      for i in $(seq 50); do grep -qs listening $PLACE/tcpdump.err && break; sleep 0.1; done
      """

    private static let commands = """
      [ -e $PLACE/site/ready ] || { cat $PLACE/site.log >&2; exit 9; }
      ask() {
        timeout 240 \(Program.tenken) tls --udp 10.9.0.2:$1 --scope $PLACE/scope.yaml --json --device-rate 10000 \\
          --fail-on critical >$PLACE/$1.json 2>>$PLACE/errors.log || echo "$1: status $?" >>$PLACE/errors.log
      }
      for port in 4601 4602 4603 4604 4605 4606 4607 4608 4609 4610 4611 4613 4614; do ask $port; done
      sleep 0.5; kill -INT $dump; wait $dump
      for option in --full --unprivileged "--starttls smtp"; do
        \(Program.tenken) tls --udp 10.9.0.2 --scope $PLACE/scope.yaml $option >/dev/null 2>>$PLACE/refused.log
        echo $? >>$PLACE/refused
      done
      \(Program.tenken) tls --udp 10.9.0.2 --scope $PLACE/narrow.yaml >/dev/null 2>>$PLACE/refused.log
      echo $? >>$PLACE/refused
      cat $PLACE/errors.log >&2
      exit 0
      """

    func report(_ port: Int) throws -> Report {
      try JSONDecoder().decode(Report.self, from: Data(scratch.text("\(port).json").utf8))
    }

    /// To the server and from it.
    func datagrams(_ port: Int) throws -> [Int] {
      try JSONDecoder().decode([String: [Int]].self, from: Data(scratch.text("site/datagrams.json").utf8))["\(port)"]
        ?? []
    }
  }

  private static let site = Result { try Site() }
  private let site: Site

  init() throws { site = try Self.site.get() }

  @Test func `the site stood, and every question ended`() {
    #expect(site.status == 0 && site.errors.isEmpty, "\(site.errors)")
  }

  /// By the options that dtls_site.py starts each server with.
  @Test(arguments: [
    (4601, [0xfefd]), (4602, [0xfefd, 0xfeff]), (4603, [0xfefd]), (4604, [0xfefd, 0xfeff]), (4605, [0xfeff]),
    (4606, [0xfefd]), (4607, [0xfefd]), (4608, [0xfefd]), (4613, [0xfefd]),
  ])
  func `the versions are those that the server was given`(port: Int, versions: [Int]) throws {
    let report = try site.report(port)
    let capture = try #require(report.tls)
    #expect(capture.spoken == Set(versions) && capture.transport == "udp" && capture.compresses == nil)
    for version in capture.versions where !versions.contains(version.number) {
      #expect(version.answer.keys.contains("declined"), "\(port): \(version)")
    }
    #expect(report.results("tls.dtls-1.0") == [versions.contains(0xfeff) ? "proven" : "refuted"])
  }

  @Test func `the weaknesses are those that the server was given`() throws {
    let found = Set(try site.report(4602).findings.map(\.check))
    #expect(found.isSuperset(of: ["tls.dtls-1.0", "tls.null", "tls.anon"]), "\(found)")
    // OpenSSL is built without them.
    for question in ["tls.export", "tls.des", "tls.rc4"] {
      #expect(try site.report(4602).results(question) == ["refuted"])
    }
  }

  @Test(arguments: [4601, 4603, 4607, 4608]) func `sound servers have no weak version and no weak suite`(
    port: Int
  ) throws {
    let report = try site.report(port)
    let about = report.findings.map(\.check).filter { !$0.hasPrefix("tls.cert-") }
    #expect(about.isEmpty, "\(about)")
    for question in [
      "tls.dtls-1.0", "tls.null", "tls.anon", "tls.export", "tls.des", "tls.rc4", "tls.3des", "tls.weak-dh",
    ] {
      #expect(report.results(question) == ["refuted"], "\(question)")
    }
  }

  /// Paths that lose every fourth datagram of a sound server, and every fifth of the permissive one: nothing that a server has is
  /// refuted, nothing that it has not is proven, and what can be read is read.
  @Test func `loss makes no refusal`() throws {
    let (sound, permissive) = (try site.report(4609), try site.report(4610))
    #expect(sound.tls?.spoken == [0xfefd] && permissive.tls?.spoken.contains(0xfefd) == true)
    for question in ["tls.dtls-1.0", "tls.null", "tls.anon"] {
      #expect(!sound.results(question).contains("proven") && !sound.results(question).isEmpty, "\(question)")
      #expect(!permissive.results(question).contains("refuted") && !permissive.results(question).isEmpty, "\(question)")
    }
    for question in ["tls.export", "tls.des", "tls.rc4"] {
      #expect(!permissive.results(question).contains("proven") && !sound.results(question).contains("proven"))
    }
  }

  @Test(arguments: [4601, 4602, 4603, 4604, 4605, 4607, 4608, 4609]) func `the certificate is read from its fragments`(
    port: Int
  ) throws {
    #expect(try site.report(port).tls?.certificates.map(\.subject) == ["CN=device.example"])
  }

  /// OpenSSL, and libcoap on OpenSSL, with nothing but a shared secret.
  @Test(arguments: [4606, 4613]) func `a service of shared secrets is read as far as it shows itself`(port: Int) throws
  {
    let report = try site.report(port)
    let suite = try #require(report.tls?.preferred?.suite)
    // PSK and its ephemeral kin by IANA's registry: 0x008a–0x0095, 0x00a8–0x00b9, 0xc033–0xc03b, 0xc0a4–0xc0ab, 0xccab–0xccae, 0xd001–0xd005.
    let ranges = [0x008a...0x0095, 0x00a8...0x00b9, 0xc033...0xc03b, 0xc0a4...0xc0ab, 0xccab...0xccae, 0xd001...0xd005]
    #expect(ranges.contains { $0.contains(suite) }, "\(suite)")
    #expect(report.tls?.certificates.isEmpty == true && report.results("tls.cert-expired") == ["inconclusive"])
  }

  @Test func `what does not apply to DTLS is not said`() throws {
    for port in 4601...4610 {
      let report = try site.report(port)
      for question in ["tls.sslv2", "tls.sslv3", "tls.1.0", "tls.1.1", "tls.compression"] {
        #expect(report.results(question).isEmpty, "\(port) \(question)")
      }
    }
  }

  @Test func `a port that never answers, and a closed one, are not clean`() throws {
    for port in [4611, 4614] {
      let report = try site.report(port)
      #expect(!report.isOpen && report.tls == nil && report.verdicts.isEmpty && report.findings.isEmpty, "\(port)")
    }
  }

  /// The scan's own question is one of them, or two where it was lost.
  @Test func `a service gets some 20 datagrams, and never more than 34`() throws {
    for port in [4601, 4603, 4607] { #expect(try site.datagrams(port)[0] <= 24, "\(port)") }
    for port in 4601...4613 where port != 4612 {
      let counted = try site.datagrams(port)
      #expect(counted[0] <= 34, "\(port): \(counted)")
    }
  }

  @Test func `what does not go together is refused before anything is sent`() {
    // Usage, usage, usage, not permitted (ExitStatus).
    let codes = site.scratch.text("refused").split(separator: "\n")
    #expect(codes.count == 4 && codes.allSatisfy { $0 != "0" && $0 != "1" }, "\(codes)")
    #expect(site.scratch.text("refused.log").contains("udp-probe"))
  }

  /// What left is DTLS that tshark reads without complaint, and what the servers picked first is what it reads.
  @Test(arguments: [4601, 4602, 4603, 4604, 4605, 4606, 4607, 4608, 4613]) func `tshark reads the same`(port: Int)
    throws
  {
    func shark(_ filter: String, _ fields: [String]) throws -> [String] {
      let outcome = try Program.run(
        "tshark",
        ["-r", site.scratch.path + "/all.pcap", "-d", "udp.port==\(port),dtls", "-Y", filter, "-T", "fields"]
          + fields.flatMap { ["-e", $0] })
      return outcome.output.split(separator: "\n").map(String.init)
    }
    let sent = try shark("udp.dstport == \(port)", ["dtls.record.content_type"])
    #expect(!sent.isEmpty && sent.allSatisfy { ["21", "22"].contains($0) }, "\(sent)")
    #expect(
      try shark("udp.dstport == \(port) and (_ws.malformed or _ws.expert.severity >= 0x600000)", ["frame.number"])
        .isEmpty)
    let hellos = try shark(
      "udp.srcport == \(port) and dtls.handshake.type == 2", ["dtls.handshake.version", "dtls.handshake.ciphersuite"])
    let preferred = try #require(try site.report(port).tls?.preferred)
    let shown = hellos.map { $0.split(separator: "\t").compactMap { Int($0.dropFirst(2), radix: 16) } }
    #expect(shown.contains([preferred.version, preferred.suite]), "\(shown)")
  }
}
