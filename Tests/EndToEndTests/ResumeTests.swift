import Foundation
import Testing

/// A run that ends at any moment is continued, and comes to what an uninterrupted run comes to.
@Suite(.needsLab, .serialized) struct ResumeTests {
  /// From the first file of the pack to a little after the end of the run.
  private static let instants = 0.0...2.2
  private static let python = Program.repository + "/.build/oracles/bin/python"

  private func audit(_ site: KillSite, _ pack: String) -> [String] {
    KillSite.audit + ["--scope", site.scope, "--output", pack]
  }

  private func uninterrupted(_ site: KillSite, _ more: [String] = []) throws -> PackContent {
    let pack = site.folder + "/whole"
    let outcome = try site.tenken(audit(site, pack) + more)
    #expect(outcome.status == 1, "Telnet is a finding: \(outcome.errors)")
    let content = try PackContent(pack)
    #expect(content.findings.count == 2 && content.services.count == 5 && content.partial == false)
    #expect(content.ports.values.compactMap { $0["silent"] }.contains(["300-309"]))
    return content
  }

  /// Four sites at a time: most of a run is waiting.
  @Test func `after kill -9 at a hundred instants every run is continued to the same result`() async throws {
    try await withThrowingTaskGroup { group in
      for part in 0..<4 {
        group.addTask { try await Task.detached { try self.killed(25, part: part) }.value }
      }
      var late = 0
      while let count = try await group.next() { late += count }
      #expect(late < 30, "kills after the end show nothing")
    }
  }

  /// - Returns: how many kills came after the run's end.
  private func killed(_ count: Int, part: Int) throws -> Int {
    let site = try KillSite()
    let whole = try uninterrupted(site)
    var random = Generator(state: 0x9e37_79b9 + UInt64(part))
    var late = 0
    for round in 0..<count {
      let pack = site.folder + "/killed"
      try? FileManager.default.removeItem(atPath: pack)
      let instant = Double.random(in: Self.instants, using: &random)
      _ = try site.tenken(
        audit(site, pack), signal: SIGKILL, after: instant, of: pack + "/data/run/plan.json")
      late += FileManager.default.fileExists(atPath: pack + "/tagmanifest-sha256.txt") ? 1 : 0
      try checkReadable(pack, withShark: round % 10 == 0, "\(part).\(round)")
      // Every third is killed again while it goes on.
      if round % 3 == 0 {
        let second = Double.random(in: Self.instants, using: &random)
        _ = try site.tenken(["resume", pack, "--quiet"], signal: SIGKILL, after: 0.2 + second)
      }
      let resumed = try site.tenken(["resume", pack, "--quiet"])
      #expect([0, 1].contains(resumed.status), "\(part).\(round) at \(instant): \(resumed.errors)")
      let content = try PackContent(pack)
      #expect(content.differences(from: whole) == [], "\(part).\(round) at \(instant)")
      let verified = try Program.run(Program.tenken, ["evidence", "verify", pack])
      #expect(verified.status == 0, "\(part).\(round): \(verified.output)")
      #expect(!FileManager.default.fileExists(atPath: pack + "/data/progress"))
    }
    return late
  }

  @Test func `a run over ordinary connections is continued to the same result as well`() throws {
    let site = try KillSite()
    let whole = try uninterrupted(site, ["--unprivileged"])
    for instant in [0.05, 0.6, 1.2, 1.9] {
      let pack = site.folder + "/killed-\(instant)"
      let status = try site.tenken(
        audit(site, pack) + ["--unprivileged"], signal: SIGKILL, after: instant, of: pack + "/data/run/plan.json")
      #expect(status == 137, "it ended before the signal at \(instant)")
      let resumed = try site.tenken(["resume", pack, "--quiet"])
      #expect([0, 1].contains(resumed.status), "\(instant): \(resumed.errors)")
      #expect(try PackContent(pack).differences(from: whole) == [], "\(instant)")
    }
  }

  private func checkReadable(_ pack: String, withShark: Bool, _ name: String) throws {
    for file in ["run.jsonl", "progress/ports.jsonl"] {
      guard let text = try? String(contentsOfFile: pack + "/data/" + file, encoding: .utf8) else { continue }
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().enumerated() {
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object != nil, "\(name) \(file):\(index + 1)")
        if file == "run.jsonl" { #expect(object?["seq"] as? Int == index + 1) }
      }
    }
    let capture = pack + "/data/capture/conversations.pcapng"
    guard withShark, FileManager.default.fileExists(atPath: capture) else { return }
    let shark = try Program.run("tshark", ["-r", capture])
    #expect(shark.status == 0 && !shark.errors.contains("cut short"), "\(name): \(shark.errors)")
  }

  @Test func `ports that were settled before SIGTERM get no frame afterwards`() throws {
    let site = try KillSite()
    let whole = try uninterrupted(site)
    let pack = site.folder + "/pack"
    let arguments = KillSite.audit.map { $0 == "2000" ? "700" : $0 } + ["--scope", site.scope, "--output", pack]
    #expect(try site.tenken(arguments, signal: SIGTERM, after: 2) == 4)
    #expect(try Program.run(Program.tenken, ["evidence", "verify", pack]).status == 0)
    // After two seconds there may be no more than the first answers.
    try accepted(pack, frames: 3)
    #expect(FileManager.default.fileExists(atPath: pack + "/data/progress/ports.jsonl"))
    let before = try PackContent(pack)
    #expect(before.partial == true)
    let heard = try (11...13).map { try site.ports(askedOf: $0).count }
    #expect(try site.tenken(["resume", pack, "--quiet"]).status == 1)
    for (index, device) in (11...13).enumerated() {
      let settled = try #require(
        before.ports["dev-0200000009\(String(device, radix: 16).leftPadded)".appending(".json")])
      let closed = Self.expand(settled["closed"] ?? [])
      #expect(closed.count > 300 && closed.count < 1950, "the signal came too early or too late")
      let after = try site.ports(askedOf: device).dropFirst(heard[index])
      #expect(closed.isDisjoint(with: after), "\(device): asked again \(closed.intersection(after).sorted())")
      #expect(Set(after).count > 20, "nothing was left to ask")
    }
    #expect(try PackContent(pack).differences(from: whole) == [])
    try accepted(pack)
  }

  /// Oracles that nobody here wrote accept the pack of a run in three parts.
  private func accepted(_ pack: String, frames: Int = 21) throws {
    let bagit = try Program.run(Self.python, ["-c", "import bagit, sys; bagit.Bag(sys.argv[1]).validate()", pack])
    #expect(bagit.status == 0, "\(bagit.errors)")
    let schemas = try Program.run(Self.python, [Program.repository + "/Scripts/validate-pack", pack])
    #expect(schemas.status == 0, "\(schemas.output)\(schemas.errors)")
    let shark = try Program.run(
      "tshark", ["-r", pack + "/data/capture/conversations.pcapng", "-T", "fields", "-e", "frame.number"])
    #expect(shark.status == 0 && shark.output.split(separator: "\n").count >= frames, "\(shark.errors)")
  }

  /// `1-3,7` as numbers.
  private static func expand(_ runs: [String]) -> Set<UInt16> {
    Set(
      runs.flatMap { run -> [UInt16] in
        let bounds = run.split(separator: "-").compactMap { UInt16($0) }
        guard let low = bounds.first, let high = bounds.last else { return [] }
        return Array(low...high)
      })
  }

  @Test func `a device that is not found again keeps its results, marked`() throws {
    let site = try KillSite()
    let pack = site.folder + "/pack"
    let arguments = KillSite.audit.map { $0 == "2000" ? "700" : $0 } + ["--scope", site.scope, "--output", pack]
    // Amid the ports of all three: a busy machine takes longer to begin.
    #expect(try site.tenken(arguments, signal: SIGKILL, after: 1.8, of: pack + "/data/run.jsonl") == 137)
    #expect(try site.run(["ip", "link", "set", "d12", "down"]).status == 0)
    #expect(try site.tenken(["resume", pack, "--quiet"]).status == 1)
    let files = try PackFiles(pack)
    #expect(!files.coverage.partial && files.coverage.devices.count == 3)
    let gone = try #require(files.coverage.devices.first { $0.address == "10.9.0.12" })
    #expect(gone.aliveAfter == false && gone.tcp.closed > 100 && gone.tcp.closed < 1990)
    #expect(files.device(at: "10.9.0.12")?.services.contains { $0.port == 22 } == true)
    #expect(!files.verdicts.contains { $0.status == "pass" })
    let text = try String(contentsOfFile: pack + "/data/coverage.json", encoding: .utf8)
    #expect(text.contains("did not answer when the interrupted run was continued"))
    try accepted(pack)
    // And nothing is left to do.
    let again = try site.tenken(["resume", pack])
    #expect(again.status == 0 && again.output.contains("完了"))
  }

  @Test func `a run that may not or cannot be continued is refused and left as it is`() throws {
    let site = try KillSite()
    let pack = site.folder + "/pack"
    let end = Date() + 8
    let text = ISO8601DateFormatter().string(from: end)
    try KillSite.scope(until: text).write(toFile: site.scope, atomically: true, encoding: .utf8)
    #expect(try site.tenken(audit(site, pack), signal: SIGTERM, after: 1) == 4)
    let seal = try Data(contentsOf: URL(fileURLWithPath: pack + "/tagmanifest-sha256.txt"))
    func refused(_ more: [String], _ status: Int32, _ words: String) throws {
      let outcome = try site.tenken(["resume", pack, "--quiet"] + more)
      #expect(
        outcome.status == status && outcome.errors.contains(words), "\(more): \(outcome.status) \(outcome.errors)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: pack + "/tagmanifest-sha256.txt")) == seal)
    }
    // Twelve hours away from now, for an hour, in the scope's time zone.
    let hour = (Int(Date().timeIntervalSince1970) / 3600 + 9 + 12) % 24
    try refused(["--window", String(format: "%02d:00-%02d:59", hour, hour)], 3, "outside the window")
    let rules = site.folder + "/Profiles"
    try FileManager.default.copyItem(atPath: Program.repository + "/Profiles", toPath: rules)
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: rules + "/scans").first { $0.hasSuffix(".yaml") })
    let rule = rules + "/scans/" + file
    try (String(contentsOfFile: rule, encoding: .utf8) + "\n").write(toFile: rule, atomically: true, encoding: .utf8)
    try refused(["--profiles", rules], 2, "--profiles")
    while Date() < end { usleep(50_000) }
    try refused([], 3, "Nothing was sent")
    let plan = pack + "/data/run/plan.json"
    try FileManager.default.removeItem(atPath: plan)
    try refused([], 2, "plan.json")
    #expect(try site.tenken(["resume", site.folder]).status == 2)
  }

  @Test func `a run that listens is continued for the time that was asked for`() throws {
    let site = try KillSite()
    let pack = site.folder + "/pack"
    let scope = try String(contentsOfFile: site.scope, encoding: .utf8).replacing(
      "techniques: [", with: "techniques: [passive, ")
    try scope.write(toFile: site.scope, atomically: true, encoding: .utf8)
    let arguments = [
      "discover", KillSite.targets, "--profile", "passive-only", "--listen", "3", "--quiet", "--scope", site.scope,
      "--output", pack,
    ]
    #expect(try site.tenken(arguments, signal: SIGTERM, after: 0.5, of: pack + "/data/run/plan.json") == 4)
    let plan = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: pack + "/data/run/plan.json")))
    #expect((plan as? [String: Any])?["listen"] as? Int == 3)
    let begin = Date()
    let resumed = try site.tenken(["resume", pack, "--quiet"])
    let seconds = Date().timeIntervalSince(begin)
    #expect(resumed.status == 0, "\(resumed.errors)")
    // The default is a minute.
    #expect((3..<20).contains(seconds), "\(seconds)")
  }

  @Test func `on another interface a run goes on only where the user names it`() throws {
    let site = try KillSite()
    let whole = try uninterrupted(site)
    let pack = site.folder + "/pack"
    #expect(try site.tenken(audit(site, pack), signal: SIGTERM, after: 1) == 4)
    let seal = try Data(contentsOf: URL(fileURLWithPath: pack + "/tagmanifest-sha256.txt"))
    let heard = try (11...13).map { try site.ports(askedOf: $0).count }
    let renaming = "ip link set eth0 down && ip link set eth0 name lan7 && ip link set lan7 up"
    #expect(try site.run(["sh", "-c", renaming]).status == 0)
    for arguments in [[], ["--interface", "lan8"]] {
      let refused = try site.tenken(["resume", pack, "--quiet"] + arguments)
      #expect(refused.status == 2, "\(refused.errors)")
      #expect(refused.errors.contains("eth0") && refused.errors.contains("--interface lan7"), "\(refused.errors)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: pack + "/tagmanifest-sha256.txt")) == seal)
    #expect(try (11...13).map { try site.ports(askedOf: $0).count } == heard)
    let resumed = try site.tenken(["resume", pack, "--quiet", "--interface", "lan7"])
    #expect(resumed.status == 1, "\(resumed.errors)")
    #expect(try PackContent(pack).differences(from: whole) == [])
  }

  @Test func `a scan is continued, and hands out the hosts of both parts`() throws {
    let site = try KillSite()
    let pack = site.folder + "/pack"
    let arguments = [
      "scan", KillSite.targets, "--ports", "1-2000", "--device-rate", "900", "--quiet", "--json", "--scope", site.scope,
      "--output", pack,
    ]
    #expect(try site.tenken(arguments, signal: SIGTERM, after: 1.5) == 4)
    let resumed = try site.tenken(["resume", pack, "--json", "--quiet"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    let open = try resumed.output.split(separator: "\n").compactMap { line -> [Int]? in
      (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["open"] as? [Int]
    }
    #expect(open.sorted { $0[0] < $1[0] } == [[21], [22, 1500], [23, 80]])
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the instants are the same in every run of the tests.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

extension String {
  fileprivate var leftPadded: String { count < 2 ? "0" + self : self }
}
