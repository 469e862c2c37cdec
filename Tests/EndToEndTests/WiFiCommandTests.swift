import Foundation
import Testing

/// `tenken wifi --read` from file to verdict. Nothing here may reach a network.
@Suite struct WiFiCommandTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func tenken(_ arguments: [String]) throws -> Outcome { try Program.run(Program.tenken, arguments) }

  private func scope(_ wifi: String?) throws -> String {
    let path = scratch.path + "/scope-\(UUID().uuidString).yaml"
    let text = """
      version: 1
      engagement: {id: E-1, customer: c, site: s, operator: o}
      valid: {from: "2020-01-01T00:00:00+09:00", until: "2020-01-02T00:00:00+09:00"}
      networks: \(wifi == nil ? "[192.0.2.0/24]" : "[]")
      techniques: \(wifi == nil ? "[passive]" : "[]")
      \(wifi.map { "wifi: \($0)" } ?? "")
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func write(_ octets: [UInt8], to name: String) throws -> String {
    let path = "\(scratch.path)/\(name)"
    try Data(octets).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func object(_ outcome: Outcome) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome)")
  }

  private func networks(_ outcome: Outcome) throws -> [[String: Any]] {
    try #require(try object(outcome)["networks"] as? [[String: Any]])
  }

  // MARK: Captures written here

  /// A file of pcap with frames of 802.11 alone (link type 105).
  private static func file(_ frames: [[UInt8]], linkType: UInt8 = 105) -> [UInt8] {
    func u32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let header: [UInt8] =
      [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8) + [0, 0, 4, 0, linkType, 0, 0, 0]
    return header
      + frames.enumerated().flatMap { place, frame in
        u32(1_700_000_000 + place) + u32(0) + u32(frame.count) + u32(frame.count) + frame
      }
  }

  /// A beacon of an open network on channel 6 (IEEE 802.11-2020 §9.3.3.2).
  private static func beacon(_ last: UInt8, _ name: [UInt8]) -> [UInt8] {
    let address: [UInt8] = [2, 0, 0, 0xbe, 0xef, last]
    let head: [UInt8] = [0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255] + address + address + [0, 0]
    return head + [UInt8](repeating: 0, count: 8) + [100, 0, 1, 0, 0, UInt8(name.count)] + name + [3, 1, 6]
  }

  @Test func `an open network of the scope is found, and of its neighbours nothing is said anywhere`() throws {
    let neighbours = [(UInt8(7), "neighbour-seven"), (8, "Nachbar\u{1b}[31m"), (9, "site-guest")]
    let frames =
      [Self.beacon(1, Array("site".utf8))] + neighbours.map { Self.beacon($0, Array($1.utf8)) }
    let capture = try write(Self.file(frames + frames), to: "air.pcap")
    let scope = try scope("{ssids: [site]}")
    for options in [["--json"], ["--lang", "ja"], ["--lang", "en"], ["--profile", "strict", "--lang", "en"]] {
      let outcome = try tenken(["wifi", "--read", capture, "--scope", scope] + options)
      #expect(outcome.status == 1, "\(outcome)")
      let said = outcome.output + outcome.errors
      for (last, name) in neighbours {
        #expect(!said.contains(name) && !said.contains("be:ef:0\(last)") && !said.lowercased().contains("beef0\(last)"))
      }
      #expect(said.contains("02:00:00:be:ef:01") && said.contains("wifi.open") && said.contains("NT-RADIO"))
    }
    let outcome = try tenken(["wifi", "--read", capture, "--scope", scope, "--json", "--fail-on", "critical"])
    #expect(outcome.status == 0)
    let coverage = try #require(try object(outcome)["coverage"] as? [String: Any])
    #expect((coverage["networks"] as? [String: Int]) == ["inScope": 1, "outOfScope": 3, "heardOnce": 0, "dropped": 0])
    #expect(coverage["frames"] as? Int == 8 && coverage["framesWithoutChannel"] as? Int == 8)
  }

  @Test func `nothing of the scope heard is not heard, with status 0, and never clean`() throws {
    let capture = try write(Self.file([Self.beacon(1, Array("other".utf8))]), to: "air.pcap")
    let outcome = try tenken(["wifi", "--read", capture, "--scope", try scope("{ssids: [site]}"), "--lang", "en"])
    #expect(outcome.status == 0)
    #expect(
      outcome.output.contains("No network of the scope was heard") && outcome.output.contains("not heard: name site"))
    #expect(!outcome.output.contains("other"))
  }

  @Test func `a file that breaks off is read as far as it goes, and where it breaks is told`() throws {
    let beacon = Self.beacon(1, Array("site".utf8))
    let whole = Self.file([beacon, beacon, beacon])
    let capture = try write(Array(whole.dropLast(5)), to: "cut.pcap")
    let outcome = try tenken(["wifi", "--read", capture, "--scope", try scope("{ssids: [site]}"), "--json"])
    #expect(try networks(outcome).map { $0["frames"] as? Int } == [2])
    let source = try #require(
      ((try object(outcome)["coverage"] as? [String: Any])?["sources"] as? [[String: Any]])?.first)
    #expect(source["name"] as? String == capture && source["linkTypes"] as? [String: Int] == ["plain": 2])
    let end = try #require(source["brokenOff"] as? [String: Any])
    // The third record: behind the header of 24 and two records of 16 and a beacon.
    #expect(end["reason"] as? String == "truncated" && end["offset"] as? Int == 24 + 2 * (16 + beacon.count))
  }

  @Test func `frames of another link type are told and not guessed at`() throws {
    let beacon = Self.beacon(1, Array("site".utf8))
    let capture = try write(Self.file([beacon, beacon], linkType: 1), to: "ethernet.pcap")
    let outcome = try tenken(["wifi", "--read", capture, "--scope", try scope("{ssids: [site]}"), "--lang", "en"])
    #expect(outcome.status == 0 && outcome.output.contains("2 frames of link type 1"))
    #expect(!outcome.output.contains("wifi.open"))
  }

  // MARK: What is refused

  @Test func `what cannot be read is refused with the file, and a scope without networks with what to write`() throws {
    let good = try write(Self.file([]), to: "good.pcap")
    let page = try write(Array("<html>".utf8), to: "page.html")
    let packed = try write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0], to: "air.pcap.gz")
    let site = try scope("{ssids: [site]}")
    let missing = scratch.path + "/missing.pcap"
    let cases: [(arguments: [String], status: Int32, words: [String])] = [
      (["--read", page, "--scope", site], 2, [page, "offset 0", "tcpdump"]),
      (["--read", packed, "--scope", site], 2, [packed, "compressed", "Unpack"]),
      (["--read", missing, "--scope", site], 2, [missing, "existing file"]),
      (["--read", scratch.path, "--scope", site], 2, [scratch.path]),
      (["--read", good, good, "--scope", site], 2, [good, "twice"]),
      (["--read", good, "--scope", site, "--profile", "lax"], 2, ["lax", "baseline", "strict"]),
      (["--read", good, "--scope", try scope(nil)], 3, ["names no Wi-Fi network", "ssids"]),
      (["--read", good, "--scope", try scope("{ssids: []}")], 3, ["bssids"]),
      (["--scope", site], 2, ["--read"]),
    ]
    for (arguments, status, words) in cases {
      let outcome = try tenken(["wifi"] + arguments)
      #expect(outcome.status == status, "\(arguments): \(outcome)")
      for word in words { #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)") }
      #expect(outcome.output.isEmpty)
    }
  }

  @Test func `scope check tells the Wi-Fi networks`() throws {
    let path = try scope("{ssids: [site, 0xff41], bssids: [\"02:00:00:00:00:01\"], exclude: {ssids: [\"会議室\"]}}")
    let outcome = try tenken(["scope", "check", path])
    for line in [
      "judged    SSID site", "judged    SSID 0xff41", "judged    BSSID 02:00:00:00:00:01", "excluded  SSID 会議室",
    ] {
      #expect(outcome.output.contains(line), "\(outcome.output)")
    }
    #expect(outcome.output.contains("refused  wifi-listen") && outcome.output.contains("refused  wifi-scan"))
  }

  // MARK: Captures of others

  private static let captures = URL(fileURLWithPath: Program.repository).deletingLastPathComponent()
    .appendingPathComponent("shared/data/captures/wifi").path

  /// nil, with the reason printed, where the data is not there.
  private func capture(_ name: String) -> String? {
    let path = "\(Self.captures)/\(name)"
    if FileManager.default.fileExists(atPath: path) { return path }
    print("skipped: \(path) is not there; it comes with the project's shared data")
    return nil
  }

  struct Real: Sendable, CustomTestStringConvertible {
    let file: String
    let name: String
    let bssid: String
    let channel: Int
    let security: String
    let pairwise: [String]
    let akm: [String]
    let pmf: String
    let findings: Set<String>
    let status: Int32
    var testDescription: String { file }
  }

  /// By tshark's fields of the beacons: SSID, channel, privacy, cipher and key management suites, MFP bits, WPS state. Most of these
  /// captures have a single beacon, so that a copy in the other format stands beside each.
  private static let real = [
    Real(
      file: "wep_64_ptw.cap", name: "Appart", bssid: "00:12:bf:12:32:29", channel: 3, security: "wep", pairwise: [],
      akm: [], pmf: "none", findings: ["wifi.wep"], status: 1),
    Real(
      file: "wpa.cap", name: "test", bssid: "00:0d:93:eb:b0:8c", channel: 7, security: "wpa1", pairwise: ["tkip"],
      akm: ["psk"], pmf: "none", findings: ["wifi.wpa1", "wifi.tkip"], status: 1),
    Real(
      file: "wpa2-psk-linksys.cap", name: "linksys", bssid: "00:0b:86:c2:a4:85", channel: 1, security: "wpa2",
      pairwise: ["ccmp-128"], akm: ["psk"], pmf: "none", findings: ["wifi.no-pmf"], status: 0),
    Real(
      file: "wps2.0.pcap", name: "WLAN_666", bssid: "00:c0:ca:78:b1:37", channel: 13, security: "wpa1+wpa2",
      pairwise: ["ccmp-128"], akm: ["psk"], pmf: "none", findings: ["wifi.wpa1", "wifi.no-pmf", "wifi.wps"], status: 1),
  ]

  @Test(arguments: real) func `a capture of others is judged as tshark's fields say, in both formats`(item: Real) throws
  {
    guard let path = capture(item.file) else { return }
    let copy = "\(scratch.path)/copy.pcapng"
    #expect(try Program.run("editcap", ["-F", "pcapng", path, copy]).status == 0)
    let scope = try scope("{bssids: [\"\(item.bssid)\"]}")
    let outcome = try tenken(["wifi", "--read", path, copy, "--scope", scope, "--json"])
    #expect(outcome.status == item.status, "\(outcome.errors)")
    let network = try #require(try networks(outcome).first)
    #expect(network["ssid"] as? String == item.name && network["channel"] as? Int == item.channel)
    #expect(network["security"] as? String == item.security && network["pmf"] as? String == item.pmf)
    #expect(network["pairwise"] as? [String] == item.pairwise && network["akm"] as? [String] == item.akm)
    let findings = try #require(network["findings"] as? [[String: Any]])
    // Names as from the factory are a list of their own.
    #expect(Set(findings.compactMap { $0["check"] as? String }).subtracting(["wifi.default-ssid"]) == item.findings)
    #expect((network["wps"] is NSNull) == !item.findings.contains("wifi.wps"))
  }

  /// They have headers of several kinds, and check sequences where no header says so.
  @Test func `captures read together are judged as each by itself`() throws {
    let paths = Self.real.compactMap { capture($0.file) }
    guard paths.count == Self.real.count else { return }
    let scope = try scope("{bssids: [\(Self.real.map { "\"\($0.bssid)\"" }.joined(separator: ", "))]}")
    func outline(_ paths: [String]) throws -> [String] {
      try networks(try tenken(["wifi", "--read"] + paths + ["--scope", scope, "--json"])).map {
        "\($0["bssid"] ?? "") \($0["security"] ?? "") \($0["frames"] ?? "") \(($0["findings"] as? [Any])?.count ?? -1)"
      }
    }
    let alone = try paths.flatMap { try outline([$0]) }.sorted()
    #expect(try outline(paths) == alone && alone.count == paths.count)
    #expect(try outline(paths.reversed()) == alone)
  }

  @Test func `WEP that data frames show is told with their number`() throws {
    guard let path = capture("wep_64_ptw.cap") else { return }
    let copy = "\(scratch.path)/copy.pcapng"
    #expect(try Program.run("editcap", ["-F", "pcapng", path, copy]).status == 0)
    let count = try Program.run("tshark", ["-r", path, "-Y", "wlan.wep.iv && wlan.bssid == 00:12:bf:12:32:29"]).output
      .split(separator: "\n").count
    let outcome = try tenken([
      "wifi", "--read", copy, path, "--scope", try scope("{ssids: [Appart]}"), "--json",
    ])
    let finding = try #require((try networks(outcome).first?["findings"] as? [[String: Any]])?.first)
    let proofs = try #require(finding["proofs"] as? [[String: Any]])
    #expect(proofs.map { $0["kind"] as? String } == ["said", "seen"])
    // Both files have them; what comes before the first beacon belongs to no network yet.
    let seen = try #require(proofs.last?["frames"] as? Int)
    #expect(count > 1000 && seen > count && seen <= 2 * count)
  }

  // MARK: The pack

  @Test func `a pack verifies, opens in tshark, and holds nothing of networks out of scope`() throws {
    let frames = [Self.beacon(1, Array("site".utf8)), Self.beacon(7, Array("neighbour-seven".utf8))]
    let capture = try write(Self.file(frames + frames), to: "air.pcap")
    let pack = scratch.path + "/pack"
    let outcome = try tenken([
      "wifi", "--read", capture, "--scope", try scope("{ssids: [site]}"), "--output", pack, "--lang", "en",
    ])
    #expect(outcome.status == 1, "\(outcome)")
    #expect(try tenken(["evidence", "verify", pack]).status == 0)
    let slice = try Program.run(
      "tshark",
      [
        "-r", pack + "/data/findings/F-0001/frames.pcapng", "-T", "fields", "-e", "wlan.bssid", "-e",
        "wlan_radio.channel",
      ])
    #expect(Set(slice.output.split(separator: "\n").map { $0.prefix(17) }) == ["02:00:00:be:ef:01"], "\(slice)")
    let names = try FileManager.default.subpathsOfDirectory(atPath: pack)
    for name in names {
      guard let text = try? String(contentsOfFile: "\(pack)/\(name)", encoding: .isoLatin1) else { continue }
      #expect(!text.contains("neighbour-seven") && !text.contains("be:ef:07"), "\(name)")
    }
    #expect(try String(contentsOfFile: pack + "/data/report/report.html", encoding: .utf8).contains("id=\"wifi\""))
    // A pack is never added to, and what --inventory needs is said.
    #expect(
      try tenken(["wifi", "--read", capture, "--scope", try scope("{ssids: [site]}"), "--output", pack]).status == 2)
    let alone = try tenken(["wifi", "--read", capture, "--scope", try scope("{ssids: [site]}"), "--inventory", pack])
    #expect(alone.status == 2 && alone.errors.contains("--output"))
  }
}
