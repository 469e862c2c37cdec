import Foundation
import Testing

/// `tls.plain-twin` with nginx behind six addresses: the same page with and without TLS, a redirect, another page, no plain
/// port, and ports that are not the usual ones.
@Suite(.needsLab, .serialized) struct PlainTwinEndToEndTests {
  private struct Line: Decodable {
    struct Fact: Decodable {
      struct Probed: Decodable { let _0: Verdict }
      let probed: Probed?
    }
    struct Verdict: Decodable {
      let question: String
      let result: String
      let reason: String?
    }
    struct Subject: Decodable {
      struct Service: Decodable {
        let _0: String
        let _1: PackFiles.Endpoint
      }
      let service: Service?
    }
    let fact: Fact?
    let subject: Subject?
  }

  private final class Site: Sendable {
    let scratch: Scratch
    let status: Int32
    let errors: String

    init() throws {
      scratch = try Scratch()
      let scope = Bench.scope("10.9.0.0/24", techniques: "arp-discovery, tcp-syn, service-questions")
      try Data(scope.utf8).write(to: URL(fileURLWithPath: scratch.path + "/scope.yaml"))
      let outcome = try Bench.run(Self.setUp, Self.commands, in: scratch.path)
      (status, errors) = (outcome.status, outcome.errors)
    }

    private static let login = """
      <html><head><title>Network Camera</title></head><body><form action=/login method=post>User name <input name=user> Password
      <input type=password name=pass><input type=submit value=Login></form>Live pictures and recordings of this camera</body></html>
      """

    /// A device for each line: its last octet and its servers. `T` is what makes a server one inside TLS.
    private static let setUp = """
      ip link add b0 type bridge; ip link set b0 up; ip addr add 10.9.0.1/24 dev b0
      openssl req -x509 -newkey rsa:2048 -nodes -keyout $PLACE/key.pem -out $PLACE/cert.pem -days 30 -subj /CN=device.example 2>/dev/null
      mkdir $PLACE/page $PLACE/other
      cat >$PLACE/page/index.html <<'PAGE'
      \(login)
      PAGE
      echo '<html><title>Index of files</title><body>Manual and licences of open source software</body></html>' >$PLACE/other/index.html
      device() {
        ip netns add d$1
        ip link add v$1 type veth peer name e0 netns d$1
        ip link set v$1 master b0; ip link set v$1 up
        ip -n d$1 addr add 10.9.0.$1/24 dev e0; ip -n d$1 link set lo up; ip -n d$1 link set e0 up
        cat >$PLACE/$1.conf <<CONF
      daemon off; pid $PLACE/$1.pid; error_log $PLACE/$1.err; events {}
      http { access_log $PLACE/$1.log; root $PLACE/page; ssl_certificate $PLACE/cert.pem; ssl_certificate_key $PLACE/key.pem; $2 }
      CONF
        ip netns exec d$1 nginx -c $PLACE/$1.conf 2>>$PLACE/nginx.err &
      }
      device 2 'server { listen 443 ssl; listen 80; }'
      device 3 'server { listen 443 ssl; } server { listen 80; return 301 https://$host$request_uri; }'
      device 4 "server { listen 443 ssl; } server { listen 80; root $PLACE/other; }"
      device 5 'server { listen 443 ssl; }'
      device 6 'server { listen 8443 ssl; listen 8080; }'
      device 7 'server { listen 443 ssl; } server { listen 8081; }'
      for i in $(seq 50); do [ $(ls $PLACE/*.pid 2>/dev/null | wc -l) = 6 ] && break; sleep 0.1; done
      """

    private static let commands = """
      cat $PLACE/nginx.err >&2
      ask() {
        name=$1; shift
        \(Program.tenken) audit "$@" --scope $PLACE/scope.yaml --output $PLACE/$name --device-rate 10000 --quiet >$PLACE/$name.out 2>&1
        [ $? -le 1 ] || cat $PLACE/$name.out >&2
      }
      ask all 10.9.0.2-10.9.0.7 --ports 22,80,443,8080,8081,8443
      ask half 10.9.0.5 --ports 443
      exit 0
      """

    /// `result` or `inconclusive reason` of the question, by the device's address.
    func results(_ pack: String) throws -> [String: String] {
      let folder = scratch.path + "/" + pack
      let inventory = try PackFiles(folder).inventory
      var results: [String: String] = [:]
      let record = try String(contentsOfFile: folder + "/data/run.jsonl", encoding: .utf8)
      for line in record.split(separator: "\n")
      where line.contains("tls.plain-twin") && line.contains("\"probed\"") {
        let line = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        guard let verdict = line.fact?.probed?._0, let subject = line.subject?.service else { continue }
        let address = inventory.devices.first { $0.id == subject._0 }?.addresses.first ?? "?"
        results["\(address) \(subject._1.transport)/\(subject._1.port)"] =
          verdict.result + (verdict.reason.map { " \($0)" } ?? "")
      }
      return results
    }
  }

  private static let site = Result { try Site() }
  private let site: Site

  init() throws { site = try Self.site.get() }

  @Test func `every device is judged by what its servers were told to do`() throws {
    #expect(site.status == 0 && site.errors.isEmpty, "\(site.errors)")
    #expect(
      try site.results("all") == [
        "10.9.0.2 tcp/443": "proven", "10.9.0.3 tcp/443": "refuted", "10.9.0.4 tcp/443": "refuted",
        "10.9.0.5 tcp/443": "refuted", "10.9.0.6 tcp/8443": "proven", "10.9.0.7 tcp/443": "proven",
      ])
  }

  @Test func `a proof is a finding on the service inside TLS, with the octets of both pages`() throws {
    let findings = try PackFiles(site.scratch.path + "/all").findings.filter { $0.check == "tls.plain-twin" }
    #expect(
      Set(findings.map { "\($0.device.addresses[0]):\($0.service?.port ?? 0)" }) == [
        "10.9.0.2:443", "10.9.0.6:8443", "10.9.0.7:443",
      ])
    #expect(findings.allSatisfy { $0.severity == "medium" })
  }

  @Test func `a port that was not asked for leaves it open`() throws {
    #expect(try site.results("half") == ["10.9.0.5 tcp/443": "inconclusive not-scanned"])
  }

  /// By nginx's own logs; what identified the plain service is one of them.
  @Test func `no device got more than ten requests, and none for the comparison`() throws {
    for device in 2...7 {
      let requests = site.scratch.text("\(device).log").split(separator: "\n").filter { $0.contains("\"GET / ") }
      #expect(!requests.isEmpty && requests.count <= 10, "\(device): \(requests)")
    }
    let inside = site.scratch.text("5.log").split(separator: "\n").filter { $0.contains("\"GET / ") }
    #expect(inside.count <= 4, "two runs: \(inside)")
  }
}
