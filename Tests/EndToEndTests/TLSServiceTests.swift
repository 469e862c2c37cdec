import Foundation
import Testing

/// `tenken tls` against servers that nobody here wrote (OpenSSL, GnuTLS, tlslite-ng, stunnel, nginx), and against one of them
/// behind devices of every kind of frailty, beside sslscan. Tests/Witnesses/tls_site.py is the site.
@Suite(.needsLab, .serialized) struct TLSServiceTests {
  private struct Capture: Decodable {
    struct Version: Decodable {
      let number: Int
      let answer: [String: [String: String]]
    }
    struct Suites: Decodable {
      let version: Int
      let accepted: [Int]
      let end: [String: [String: String]]
    }
    struct Certificate: Decodable { let subject: String }
    let versions: [Version]
    let suites: [Suites]
    let connections: Int
    let certificates: [Certificate]
    let startTLS: String?
    let dhGroup: Group?
    struct Group: Decodable {
      let bits: Int
      let known: String?
    }

    /// What it speaks, by number.
    var spoken: Set<Int> { Set(versions.filter { $0.answer.keys.contains("accepted") }.map(\.number)) }
    var pairs: Set<[Int]> { Set(suites.flatMap { suites in suites.accepted.map { [suites.version, $0] } }) }
    var isComplete: Bool { suites.allSatisfy { $0.end.keys.contains("declined") } }
  }

  private struct Report: Decodable {
    struct Finding: Decodable { let check: String }
    struct Verdict: Decodable {
      let question: String
      let result: String
    }
    struct Guideline: Decodable {
      struct Row: Decodable {
        let id: String
        let outcome: String
      }
      let id: String
      let counts: [String: Int]
      let rows: [Row]
    }
    let tls: Capture?
    /// Absent where no TLS was seen.
    let guidelines: [Guideline]?
    let findings: [Finding]
    let verdicts: [Verdict]

    func rows(_ guideline: String, _ outcome: String) -> Set<String> {
      Set((guidelines ?? []).filter { $0.id == guideline }.flatMap(\.rows).filter { $0.outcome == outcome }.map(\.id))
    }

    func results(_ question: String) -> [String] { verdicts.filter { $0.question == question }.map(\.result) }
  }

  /// Everything is run once, in one site.
  private final class Site: Sendable {
    let scratch: Scratch
    let status: Int32
    let errors: String

    init() throws {
      scratch = try Scratch()
      try Data(
        Bench.scope("10.9.0.0/24", techniques: "arp-discovery, tcp-syn, service-questions").utf8
      ).write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
      let outcome = try Bench.run(Self.setUp, Self.commands, in: scratch.path)
      (status, errors) = (outcome.status, outcome.errors)
    }

    private static let setUp = """
      ip netns add servers
      ip link add a0 type veth peer name s0 netns servers
      ip addr add 10.9.0.1/24 dev a0; ip link set a0 up
      ip -n servers addr add 10.9.0.2/24 dev s0; ip -n servers link set lo up; ip -n servers link set s0 up
      mkdir $PLACE/site
      ip netns exec servers \(Program.repository)/.build/oracles/bin/python \\
        \(Program.repository)/Tests/Witnesses/tls_site.py $PLACE/site >$PLACE/site.log 2>&1 &
      for i in $(seq 200); do [ -e $PLACE/site/ready ] && break; sleep 0.2; done
      """

    private static let commands = """
      [ -e $PLACE/site/ready ] || { cat $PLACE/site.log >&2; exit 9; }
      ask() {
        port=$1; name=$2; shift 2
        timeout 150 \(Program.tenken) tls 10.9.0.2:$port --scope $PLACE/scope.yaml --json --device-rate 10000 \\
          --fail-on critical "$@" >$PLACE/$name.json 2>>$PLACE/errors.log || echo "$name: status $?" >>$PLACE/errors.log
      }
      for port in 4401 4402 4403 4404 4405 4406 4407; do ask $port audit-$port; done
      sleep 0.5; cp $PLACE/site/connections.json $PLACE/before.json
      timeout 100 sslscan --no-colour --xml=$PLACE/sslscan.xml 10.9.0.2:4401 >/dev/null
      sleep 0.5; cp $PLACE/site/connections.json $PLACE/between.json
      ask 4401 full-4401 --full
      sleep 0.5; cp $PLACE/site/connections.json $PLACE/after.json
      ask 4406 full-4406 --full
      for port in 4501 4502 4503 4504 4505 4506 4507 4508; do ask $port audit-$port; ask $port full-$port --full; done
      ask 4509 audit-4509
      ask 4408 smtp --starttls smtp; ask 4409 imap --starttls imap
      ask 4410 pop3 --starttls pop3; ask 4411 ldap --starttls ldap
      ask 4409 wrong --starttls smtp
      cat $PLACE/errors.log >&2
      exit 0
      """

    func report(_ name: String) throws -> Report {
      try JSONDecoder().decode(Report.self, from: Data(scratch.text("\(name).json").utf8))
    }

    func connections(_ name: String, _ port: Int) throws -> Int {
      try JSONDecoder().decode([String: Int].self, from: Data(scratch.text("\(name).json").utf8))["\(port)"] ?? 0
    }

    /// Pairs of version and suite as sslscan lists them.
    var listed: Set<[Int]> {
      let versions = ["TLSv1.0": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304]
      let lines = scratch.text("sslscan.xml").matches(of: /<cipher [^>]*sslversion="([^"]+)"[^>]*id="0x([0-9A-Fa-f]+)"/)
      return Set(
        lines.compactMap { line in
          guard let version = versions[String(line.1)], let suite = Int(line.2, radix: 16) else { return nil }
          return [version, suite]
        })
    }
  }

  private static let site = Result { try Site() }
  private let site: Site

  init() throws { site = try Self.site.get() }

  @Test func `the site stood, and every question ended`() {
    #expect(site.status == 0 && site.errors.isEmpty, "\(site.errors)")
  }

  /// By the options that tls_site.py starts each server with.
  @Test(arguments: [
    (4401, [0x0301, 0x0302, 0x0303, 0x0304]), (4402, [0x0304]), (4403, [0x0301, 0x0302, 0x0303, 0x0304]),
    (4404, [0x0303, 0x0304]), (4405, [0x0303]), (4406, [0x0300, 0x0301, 0x0302, 0x0303]),
    (4407, [0x0300, 0x0301, 0x0302, 0x0303]),
  ])
  func `the versions are those that the server was given`(port: Int, versions: [Int]) throws {
    let capture = try #require(try site.report("audit-\(port)").tls)
    #expect(capture.spoken == Set(versions))
    #expect(capture.connections <= 25)
    for version in capture.versions where !versions.contains(version.number) {
      #expect(version.answer.keys.contains("declined"), "\(port): \(version)")
    }
  }

  @Test(arguments: [
    (4401, ["tls.1.0", "tls.1.1", "tls.null", "tls.anon"]),
    (4403, ["tls.1.0", "tls.1.1", "tls.3des"]),
    (4406, ["tls.sslv3", "tls.1.0", "tls.1.1", "tls.null", "tls.rc4", "tls.3des", "tls.weak-dh"]),
    (4407, ["tls.sslv3", "tls.1.0", "tls.1.1", "tls.anon"]),
  ])
  func `the weaknesses are those that the server was given`(port: Int, weak: [String]) throws {
    let found = Set(try site.report("audit-\(port)").findings.map(\.check))
    for check in weak { #expect(found.contains(check), "\(port): \(check) in \(found)") }
  }

  @Test(arguments: [4402, 4404, 4405]) func `sound servers have no weak version and no weak suite`(port: Int) throws {
    let report = try site.report("audit-\(port)")
    let about = report.findings.map(\.check).filter { !$0.hasPrefix("tls.cert-") }
    #expect(about.isEmpty, "\(about)")
    for question in ["tls.sslv3", "tls.1.0", "tls.rc4", "tls.3des", "tls.weak-dh"] {
      #expect(report.results(question) == ["refuted"], "\(question)")
    }
  }

  /// Also where TLS 1.3 hides it, which 4402 alone speaks.
  @Test(arguments: [4401, 4402, 4403, 4404, 4405, 4406]) func `the certificate is read`(port: Int) throws {
    #expect(try site.report("audit-\(port)").tls?.certificates.map(\.subject) == ["CN=device.example"])
  }

  /// stunnel speaks TLS 1.2 and 1.3 as it was told to, slapd whatever GnuTLS does by itself, which is nothing older (GnuTLS 3.7).
  @Test(arguments: ["smtp", "imap", "pop3", "ldap"])
  func `behind the words of STARTTLS everything is found that is found without`(protocolName: String) throws {
    let report = try site.report(protocolName)
    let capture = try #require(report.tls)
    #expect(capture.startTLS == protocolName && capture.spoken.isSubset(of: [0x0301, 0x0302, 0x0303, 0x0304]))
    #expect(capture.spoken.isSuperset(of: [0x0303, 0x0304]))
    if protocolName != "ldap" { #expect(capture.spoken == [0x0303, 0x0304]) }
    #expect(capture.certificates.first?.subject.contains("device.example") == true)
    #expect(capture.connections <= 25)
    #expect(report.results("tls.rc4") == ["refuted"])
  }

  @Test func `the words of another protocol lead nowhere, and say nothing of TLS`() throws {
    let report = try site.report("wrong")
    #expect(report.tls == nil && report.findings.isEmpty)
  }

  @Test func `the prime is known by its name`() throws {
    let group = try #require(try site.report("audit-4406").tls?.dhGroup)
    #expect(group.bits == 1024 && group.known == "Oakley group 2 (RFC 2409)")
  }

  @Test func `the accepted suites are sslscan's, with at most three fifths of its connections`() throws {
    let capture = try #require(try site.report("full-4401").tls)
    #expect(site.listed.count > 100)
    #expect(capture.pairs == site.listed)
    #expect(capture.isComplete)
    let theirs = try site.connections("between", 4401) - site.connections("before", 4401)
    let ours = try site.connections("after", 4401) - site.connections("between", 4401)
    #expect(ours == capture.connections)
    #expect(Double(ours) <= 0.6 * Double(theirs), "\(ours) of \(theirs)")
  }

  /// One or two connections at a time, 100 ms each, resets for 1.5 s after each seven, a full queue for 2 s, half-closed, octets
  /// one by one, a warning first.
  @Test(arguments: 4501...4508) func `behind a frail device nothing is missed`(port: Int) throws {
    let (audit, full) = (try site.report("audit-\(port)"), try #require(try site.report("full-\(port)").tls))
    #expect(full.pairs == site.listed && full.isComplete)
    #expect(try #require(audit.tls).spoken == [0x0301, 0x0302, 0x0303, 0x0304])
    for check in ["tls.1.0", "tls.1.1", "tls.null", "tls.anon"] {
      #expect(audit.results(check) == ["proven"], "\(check)")
    }
    for check in ["tls.sslv3", "tls.rc4", "tls.des"] { #expect(audit.results(check) == ["refuted"], "\(check)") }
  }

  /// By the options that tls_site.py starts each server with: 4402 speaks TLS 1.3 alone, 4406 SSL 3 to TLS 1.2 with RC4, 3DES, NULL
  /// and a group of 1024 bits; 4401 in full has suites beside Mozilla's.
  @Test func `guidelines see what the servers were given`() throws {
    let (new, old) = (try site.report("audit-4402"), try site.report("audit-4406"))
    #expect(new.guidelines?.count == 8)
    #expect(new.rows("mozilla-modern", "meets").contains("versions"))
    #expect(
      new.rows("iot-baseline", "deviates").isDisjoint(with: ["versions.old", "versions.new", "dh", "suites.rc4"]))
    #expect(
      old.rows("iot-baseline", "deviates").isSuperset(of: [
        "versions.old", "suites.no-encryption", "suites.rc4", "suites.64-bit-block", "dh",
      ]))
    #expect(old.rows("nist-sp800-52r2", "deviates").isEmpty && !old.rows("nist-sp800-52r2", "needs-review").isEmpty)
    let (audit, full) = (try site.report("audit-4404"), try site.report("full-4401"))
    #expect(audit.rows("mozilla-intermediate", "not-determined").isSuperset(of: ["suites.tls13", "suites.tls12"]))
    #expect(full.rows("mozilla-intermediate", "deviates").isSuperset(of: ["versions", "suites.tls12"]))
    for guideline in (new.guidelines ?? []) + (old.guidelines ?? []) {
      #expect(guideline.counts.values.reduce(0, +) == guideline.rows.count, "\(guideline.id)")
    }
  }

  @Test func `a port that never answers leaves everything open`() throws {
    let report = try site.report("audit-4509")
    #expect((report.guidelines ?? []).allSatisfy { $0.counts["not-determined"] == $0.rows.count })
    #expect(report.findings.isEmpty && !report.verdicts.isEmpty)
    #expect(report.verdicts.allSatisfy { $0.result == "inconclusive" })
  }
}
