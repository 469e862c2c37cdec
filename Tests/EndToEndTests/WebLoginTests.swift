import Foundation
import Testing

/// Default credentials by HTTP, RTSP and ONVIF, against devices that lock, lie and are slow, and against lighttpd.
@Suite(.needsLab, .serialized) struct WebLoginTests {
  /// The password that only the test's own profile knows; it is in no other text.
  private static let secret = "Lab&web=7%x"

  /// One audit of these devices, for every test.
  private final class Whole: Sendable {
    let site: LoginSite
    let devices: [LabTruth.Device]
    let status: Int32
    let output: String
    let environment: String
    let states: [String: LoginSite.Device]
    let seconds: Double

    private init() throws {
      site = try LoginSite()
      devices = try LoginSite.devices(.web)
      let rules = try WebLoginTests.rules(in: site.folder)
      let arguments =
        site.audit("10.0.2.0/24", pack: "pack", ports: "80,443,554") + ["--profiles", rules]
      let audit = arguments.map { "'\($0)'" }.joined(separator: " ")
      let script = """
        \(audit) > \(site.folder)/out 2> \(site.folder)/err & pid=$!
        while kill -0 $pid 2>/dev/null; do cat /proc/$pid/environ /proc/$pid/cmdline >> \(site.folder)/environ 2>/dev/null; sleep 0.2; done
        wait $pid
        """
      let start = Date()
      let (outcome, states) = try site.run(["sh", "-c", script], only: devices.map(\.name))
      seconds = Date().timeIntervalSince(start)
      status = outcome.status
      output = site.scratch.text("out") + site.scratch.text("err") + outcome.output + outcome.errors
      environment = site.scratch.text("environ")
      self.states = states
    }

    static let shared: Result<Whole, any Error> = Result { try Whole() }
  }

  private let whole: Whole

  init() throws { whole = try Whole.shared.get() }

  /// The shipped rules, and three families that only this lab has.
  private static func rules(in folder: String) throws -> String {
    let rules = folder + "/rules"
    try FileManager.default.copyItem(atPath: Program.repository + "/Profiles", toPath: rules)
    try FileManager.default.createDirectory(atPath: rules + "/credentials/lab", withIntermediateDirectories: true)
    try write("web", "{}", in: rules)
    try write("check", "{ path: /ISAPI/Security/userCheck, lockedOut: [\"<lockStatus>lock<\"] }", in: rules)
    let form = "{ action: /cgi-bin/authLogin.cgi, account: user, password: pwd, base64: [password] }"
    let texts = "success: [\"<authPassed><![CDATA[1]]>\"], failure: [\"<errorValue><![CDATA[-1]]>\"]"
    try write("answer", "{ \(texts), form: \(form), session: body }", in: rules)
    return rules
  }

  private static func write(_ name: String, _ recipe: String, in rules: String) throws {
    let family = """
      id: lab/\(name)
      family: { en: "Devices of the lab", ja: "検査環境の機器" }
      identify:
        - { strength: strong, claim: software, value: "Lab\(name)" }
      transports: [http]
      http: \(recipe)
      pairs:
        - { account: "service", password: "\(secret)" }
      lockout: unknown
      proof: answer
      confidence: high
      sources:
        - { title: "The lab's own", url: "https://example.invalid/lab", retrieved: 2026-11-29 }

      """
    try Data(family.utf8).write(to: URL(fileURLWithPath: rules + "/credentials/lab/\(name).yaml"))
  }

  private func isDefault(_ device: LabTruth.Device) -> Bool {
    device.tcp.contains { $0.weaknesses.contains("cred.default") }
  }

  @Test func `every default that a profile or the generic group names is found, and nothing else`() throws {
    #expect(whole.status == 1, "\(whole.output)")
    let pack = try PackFiles(whole.site.folder + "/pack")
    let found = pack.findings.filter { $0.check == "cred.default" }.map { $0.device.addresses[0] }
    let expected = whole.devices.filter(isDefault).map(\.address)
    #expect(found.sorted() == expected.sorted(), "\(whole.output)")
    #expect(expected.count == 18 && whole.devices.count == 30)
    for device in whole.devices {
      let statuses = Set(pack.verdicts("JSSEC-15.1", at: device.address).map(\.status))
      #expect(statuses.contains("fail") == isDefault(device), "\(device.name): \(statuses)")
      #expect(statuses.isSubset(of: ["fail", "needs-review"]) && !statuses.isEmpty, "\(device.name): \(statuses)")
    }
    // What became of the sessions is said as it was.
    let told = try String(contentsOfFile: whole.site.folder + "/pack/data/findings.json", encoding: .utf8)
    #expect(told.contains("No session was left open.") && told.contains("It was logged out of."))
    #expect(try Program.run(Program.tenken, ["evidence", "verify", whole.site.folder + "/pack"]).status == 0)
  }

  @Test func `nothing locks, one login at a time, and no session is left that the page says how to end`() throws {
    #expect(whole.states.count == whole.devices.count)
    for (name, device) in whole.states {
      #expect(device.alive, "\(name)")
      // lighttpd counts nothing.
      guard let logins = device.logins else {
        #expect(name.hasPrefix("lighty"))
        continue
      }
      #expect(logins.lockouts == 0 && logins.failures <= 2, "\(name): \(logins)")
      #expect(logins.simultaneous <= 1 && logins.commands == 0, "\(name): \(logins)")
      if name.contains("form") || name == "web-family" {
        #expect(logins.accepted == logins.loggedOut, "\(name): \(logins)")
      }
      // Where nothing asks, nothing is entered; everywhere else something is.
      let asksNobody = ["web-200", "web-locked", "web-form-md5"].contains(name)
      #expect((logins.attempts == 0) == asksNobody, "\(name): \(logins)")
    }
    // The right pair once, the random one once.
    let found = try #require(whole.states["web-family"]?.logins)
    #expect(found.attempts == 2 && found.accepted == 1 && found.loggedOut == 1 && found.failures == 1)
    // What refuses by 403 with its form was told the second pair too, and the control.
    let second = try #require(whole.states["web-luci"]?.logins)
    #expect(second.attempts == 3 && second.accepted == 1 && second.loggedOut == 1)
    // Whoever accepts everything was told two pairs, and is not believed.
    #expect(whole.states["web-any"]?.logins?.accepted == 2)
  }

  @Test func `no password is anywhere, in whatever form it went`() throws {
    let encoded = [
      Data(Self.secret.utf8).base64EncodedString(), "TGFiJndlYj03JXg%3D", "Lab%26web%3D7%25x", "Lab&amp;web=7%x",
      "Lab\\u0026web",
    ]
    let basic = ["service:" + Self.secret, "admin:admin", "admin:password"].map { Data($0.utf8).base64EncodedString() }
    let forms = ["pass=admin", "pass=password"]
    #expect(basic[1] == "YWRtaW46YWRtaW4=")
    var texts: [(String, Data)] = [
      ("output", Data(whole.output.utf8)), ("environment", Data(whole.environment.utf8)),
    ]
    #expect(!whole.environment.isEmpty)
    for part in ["pack", "journal"] {
      let folder = "\(whole.site.folder)/\(part)"
      for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { continue }
        texts.append(("\(part)/\(path)", data))
      }
    }
    #expect(texts.count > 100)
    for (name, data) in texts {
      for word in [Self.secret] + encoded + basic + forms where data.range(of: Data(word.utf8)) != nil {
        Issue.record("\(name) holds \(word)")
      }
    }
    // The control of this test: the search finds what is there.
    #expect(texts.contains { $0.1.range(of: Data("lab/web".utf8)) != nil })
  }

  @Test func `logins are kept as transcripts, and no frame with a name in it is`() throws {
    let pack = whole.site.folder + "/pack"
    let names = try FileManager.default.contentsOfDirectory(atPath: pack + "/data/logins")
    #expect(names.count >= 30)
    // Each attempt has its own, also where a service is logged in to in two ways: once as a web page, then by ONVIF.
    #expect(names.count { $0.contains("020000020133-") } == 3, "\(names)")
    var told = ""
    for name in names {
      let text = try String(contentsOfFile: "\(pack)/data/logins/\(name)", encoding: .utf8)
      #expect(text.matches(of: #/SHA-256 [0-9a-f]{64}\n/#).count == 3 && text.contains("result: "), "\(name)")
      #expect(!text.contains("said: "), "\(name): nothing of a page is kept")
      told += text
    }
    for part in [
      "in answer to Basic", "in answer to Digest MD5", "in answer to Digest SHA-256", "in a form of", "a UsernameToken",
    ] {
      #expect(told.contains(part), "\(part)")
    }
    let shark = try Program.run(
      "tshark",
      [
        "-r", pack + "/data/capture/conversations.pcapng", "-Y",
        "http.authorization || http.cookie || http.request.method == \"POST\" || rtsp", "-T", "fields", "-e", "ip.dst",
        "-e", "http.authorization", "-e", "http.cookie", "-e", "http.file_data", "-e", "rtsp.request",
      ])
    #expect(shark.status == 0, "\(shark.errors)")
    for line in shark.output.split(separator: "\n") {
      // The probes' own questions are there: ONVIF's without a name, and RTSP's.
      for word in ["Basic ", "Digest ", "sid=", "Username"] { #expect(!line.contains(word), "\(line)") }
    }
  }

  @Test func `the phase is quick, and says how many pairs it tried where`() {
    #expect(whole.seconds <= 120, "\(whole.seconds) s for the whole audit")
    #expect(whole.output.contains("pairs tried on"), "\(whole.output)")
    print("web logins: \(whole.devices.count) devices in \(Int(whole.seconds)) s")
  }
}
