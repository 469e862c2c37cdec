import Foundation
import Testing

/// `tenken scan`: the ports alone, in each of its forms, against nmap's answer from the same place.
@Suite(.needsLab, .serialized) struct ScanCommandTests {
  private struct Host: Decodable {
    let type: String
    let address: String?
    let mac: String?
    let vendor: String?
    let open: [Int]?
    let openUDP: [Int]?
    let partial: Bool?
    let hosts: Int?
    let framesSent: Int?
  }

  private static let ports = "21-25,80,161,443,631,1883,4001,5000,9100,9527"
  private let scratch: Scratch
  private let scope: String

  init() throws {
    scratch = try Scratch()
    scope = scratch.path + "/scope.yaml"
    // UDP has tests of its own, and takes the second that each kernel's limit of ICMP makes of it.
    try LabScope().only("arp-discovery, tcp-syn, ot-identify").write(to: scope)
  }

  /// Port/open of nmap's greppable output, which nobody here wrote.
  private func nmap(_ text: String) -> [String: Set<Int>] {
    var hosts: [String: Set<Int>] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("Host: ") {
      let address = String(line.split(separator: " ")[1])
      // A host without open ports may have no line of ports at all.
      hosts[address, default: []].formUnion(line.matches(of: /(\d+)\/open\/tcp/).compactMap { Int($0.1) })
    }
    return hosts
  }

  @Test func `the three forms agree with nmap and with the truth`() throws {
    let command = "\(Program.tenken) scan 10.0.0.0/24 --scope \(scope) --ports \(Self.ports) --quiet --lang en"
    let truth = try LabTruth.read(with: ["ot-identify"])
    let outcome = try Program.inLab(
      """
      set -e; cd \(scratch.path)
      \(command) --json >json; \(command) --greppable >greppable; \(command) --table >table
      nmap -n -sS -p \(Self.ports) \(truth.devices.map(\.address).joined(separator: " ")) -oG nmap >/dev/null
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let expected = nmap(scratch.text("nmap"))
    let asked = Set([21, 22, 23, 24, 25, 80, 161, 443, 631, 1883, 4001, 5000, 9100, 9527])
    // The oracle itself is right.
    for device in truth.devices {
      #expect(expected[device.address] == Set(device.tcp.map { Int($0.port) }).intersection(asked), "\(device.name)")
    }

    let lines = try scratch.text("json").split(separator: "\n").map {
      try JSONDecoder().decode(Host.self, from: Data($0.utf8))
    }
    let hosts = lines.filter { $0.type == "host" }
    #expect(hosts.count == truth.devices.count)
    for host in hosts {
      let address = try #require(host.address)
      let device = try #require(truth.devices.first { $0.address == address })
      #expect(host.open.map { Set($0) } == expected[address], "\(address)")
      #expect(host.mac == device.mac && host.vendor == device.vendor)
      #expect(host.openUDP == [])
    }
    let run = try #require(lines.last)
    #expect(run.type == "run" && run.partial == false && run.hosts == hosts.count)
    #expect(lines.count == hosts.count + 1)

    let rows = scratch.text("greppable").split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.count == hosts.count)
    for row in rows {
      try #require(row.count == 8, "\(row)")
      let open = Set(row[3].matches(of: /(\d+)\/tcp/).compactMap { Int($0.1) })
      #expect(open == expected[row[0]], "\(row)")
    }

    let table = scratch.text("table")
    for device in truth.devices {
      let line = try #require(table.split(separator: "\n").first { $0.hasPrefix(device.address + " ") })
      let open = Set(line.matches(of: /(\d+)\/tcp/).compactMap { Int($0.1) })
      #expect(open == expected[device.address], "\(line)")
    }
    #expect(table.contains("does not mean that nobody is there"))
  }

  @Test func `scan connects to nothing, and leaves a pack only when it is asked for one`() throws {
    let states = scratch.path + "/states.json"
    let outcome = try Program.inLab(
      """
      cd \(scratch.path); mkdir empty; cd empty
      \(Program.tenken) scan 10.0.0.16 --scope \(scope) --ports 631,9100 --json --quiet && test -z "$(ls)" \\
        && \(Program.tenken) scan 10.0.0.16 --scope \(scope) --ports 631,9100 --json --quiet --output pack \\
        && \(Program.tenken) evidence verify pack
      """, lab: ["--only", "printer", "--state-out", states])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("as they were sealed"))
    let files = try PackFiles(scratch.path + "/empty/pack")
    #expect(files.device(at: "10.0.0.16")?.services.map(\.port) == [631, 9100])
    #expect(!files.verdicts.contains { $0.status == "pass" })
    let printer = try #require(try LabState(file: states).devices["printer"])
    #expect(printer.frames > 0 && printer.connections == nil, "the sink counts from the first connection on")
  }

  /// The plug restarts at its 300th packet, and a restart is a finding of high severity.
  @Test(arguments: [("high", 1), ("critical", 0)] as [(String, Int32)])
  func `findings from the named severity on decide the exit status`(severity: String, status: Int32) throws {
    let site = try VictimSite.tenken(
      ["scan", "10.0.1.20", "--scope", "SCOPE", "--ports", "1-400", "--fail-on", severity, "--quiet", "--json"],
      on: "reboots")
    #expect(site.outcome.output.contains("\"rebooted\""), "\(site.outcome.output)")
    #expect(site.outcome.status == status, "\(site.outcome.errors)")
  }

  @Test func `shards find together what one run finds`() throws {
    let outcome = try Program.inLab(
      """
      for part in 1/3 2/3 3/3; do \(Program.tenken) scan 10.0.0.0/24 --scope \(scope) --ports 80 --shard $part \\
        --greppable --quiet || exit; echo; done
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let parts = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      .split(separator: "").map { $0.map { String($0.prefix { $0 != "\t" }) } }
    #expect(parts.count == 3)
    #expect(parts.flatMap { $0 }.sorted() == (try LabTruth.read().devices.map(\.address).sorted()))
  }
}
