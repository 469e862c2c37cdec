import Foundation
import Testing

/// A receiver of notices on loopback, for as long as a test needs it.
final class NoticeReceiver {
  struct Got: Decodable {
    let path: String?
    let headers: [String: String]?
    let body: String?
    let signed: Bool?
    let fields: [String]?
    let octets: Int?

    var id: String { headers?["tenken-notice"] ?? "" }

    func document() throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data((body ?? "").utf8)) as? [String: Any])
    }
  }

  let scratch: Scratch
  private let process = Process()
  private(set) var port = 0

  init(_ kind: String, _ options: [String: String] = [:]) throws {
    scratch = try Scratch()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", Program.repository + "/Tests/Oracles/notice_receivers.py", kind, scratch.path]
      + options.map { "\($0)=\($1)" }
    process.standardInput = FileHandle.nullDevice
    process.standardError = try scratch.writing("err")
    try process.run()
    for _ in 0..<500 where port == 0 {
      if let number = Int(scratch.text("port")) { port = kind == "unix" ? 1 : number }
      Thread.sleep(forTimeInterval: 0.02)
    }
    try #require(port > 0, "\(scratch.text("err"))")
  }

  deinit {
    // What blocks signals in the thread that began it blocks SIGTERM there too.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  var got: [Got] {
    scratch.text("got").split(separator: "\n").compactMap { try? JSONDecoder().decode(Got.self, from: Data($0.utf8)) }
  }

  /// Waits until so many came.
  func got(_ count: Int) -> [Got] {
    for _ in 0..<500 where got.count < count { Thread.sleep(forTimeInterval: 0.02) }
    return got
  }
}

/// Settings, outcomes and a state folder of one test.
final class NoticeSite {
  static let key = "0123456789abcdef0123456789abcdef"
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try write("scope.yaml", Self.scope)
    try write("key", Self.key + "\n", mode: 0o600)
  }

  private static let scope = """
    version: 1
    engagement: {id: "E-9", customer: "tenken lab", site: "東京第一工場", operator: "lab operator"}
    valid: {from: "2020-01-01T00:00:00+09:00", until: "2099-01-01T00:00:00+09:00"}
    networks: [10.77.0.0/24]
    exclude: []
    techniques: [arp-discovery]
    """

  func path(_ name: String) -> String { scratch.path + "/" + name }

  func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
  }

  func settings(_ channels: String, more: String = "") throws {
    try write("notices.yaml", "version: 1\n\(more)\nchannels:\n\(channels)\n")
  }

  /// Certificate and key of a server at 127.0.0.1.
  func certificate() throws {
    let made = try Program.run(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
        "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path("tls.key"), "-out", path("tls.pem"),
      ])
    try #require(made.status == 0, "\(made.errors)")
  }

  /// A turn that was skipped, so many seconds after another.
  func outcome(_ number: Int = 0, reason: String = "on-battery") throws -> String {
    let name = "outcome\(number).json"
    let at =
      "2026-11-23T01:\(number / 60 < 10 ? "0" : "")\(number / 60):\(number % 60 < 10 ? "0" : "")\(number % 60).000Z"
    try write(
      name, #"{"schedule": "weekly", "due": null, "at": "\#(at)", "result": {"skipped": {"_0": "\#(reason)"}}}"#)
    return path(name)
  }

  func arguments(_ command: String, _ more: [String] = []) -> [String] {
    ["notices", command, path("notices.yaml")] + more + ["--state", path("state")]
  }

  func tenken(_ command: String, _ more: [String] = []) throws -> Outcome {
    try Program.run(Program.tenken, arguments(command, more))
  }

  func send(_ number: Int = 0) throws -> Outcome { try tenken("send", try sending(number)) }

  func sending(_ number: Int) throws -> [String] { ["--outcome", try outcome(number), "--scope", path("scope.yaml")] }

  /// Names of what waits.
  var waiting: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path("state/outbox"))) ?? []).filter {
      $0.hasSuffix(".json")
    }
  }
}
