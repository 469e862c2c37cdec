import Foundation
import Testing

/// The victims whose weakness shows only with another profile, link or consent than those of ``VictimAuditTests``.
@Suite(.needsLab, .serialized) struct VictimAuditProfileTests {
  private static let common = ["--output", "OUTPUT", "--lang", "en", "--quiet"]

  @Test func `in a hurry a limit of resets is measured, and every port is settled all the same`() throws {
    let site = try VictimSite.tenken(
      ["audit", "10.0.1.16", "--scope", "SCOPE", "--profile", "fast", "--ports", "1-2000,8080"] + Self.common,
      on: "rst-100")
    #expect(site.outcome.status == 1, "\(site.outcome.errors)")
    let emulator = try site.emulator("rst-100")
    #expect(emulator.isWell)
    #expect(emulator.resetsWithheld > 100, "the limit was met")
    #expect(emulator.synPeakPerSecond > 200 && emulator.synPeakPerSecond <= 1000)
    let figures = try #require(try PackFiles(site.output).coverage.devices.first)
    #expect((80...120).contains(try #require(figures.rstLimit)))
    let tcp = figures.tcp
    #expect(tcp.silent == 0 && tcp.unresolved == 0)
    #expect(tcp.open + tcp.closed + tcp.notPermitted == 2001)
    let device = try #require(PackFiles(site.output).device(at: "10.0.1.16"))
    #expect(device.services.filter { $0.transport == "tcp" }.map(\.port) == [22, 23, 8080])
  }

  @Test func `no octet is printed whatever is consented to`() throws {
    let scratch = try Scratch()
    try LabScope("--site", "victims").with("ot-identify").write(to: scratch.path + "/scope.yaml")
    let run = "10.0.1.18 --scope \(scratch.path)/scope.yaml --quiet --lang en"
    let site = try VictimSite.shell(
      """
      set -e
      \(Program.tenken) audit \(run) --ports 500-520,9090-9120 --output \(scratch.path)/pack
      \(Program.tenken) audit \(run) --ports 515,9100-9116 --profile fast --output \(scratch.path)/fast
      \(Program.tenken) scan \(run) --ports 500-520,9090-9120 --greppable
      """, on: "jetdirect")
    #expect(site.outcome.status == 0, "\(site.outcome.errors)")
    let truth = try VictimTruth.read().device("jetdirect")
    let emulator = try site.emulator("jetdirect")
    #expect(emulator.isWell)
    #expect(emulator.printedOctets.count == 22 && emulator.printedOctets.values.allSatisfy { $0 == 0 })
    #expect(try site.state("jetdirect").payloadOctets == 0)
    #expect(emulator.connections > 0, "listening is allowed")
    for name in ["pack", "fast"] {
      let pack = try PackFiles("\(scratch.path)/\(name)")
      let open = pack.device(at: "10.0.1.18")?.services.map(\.port)
      #expect(open == truth.tcp.map(\.port).sorted(), "\(name)")
      #expect(pack.findings.isEmpty)
    }
    for port in truth.tcp { #expect(site.outcome.output.contains("\(port.port)/tcp")) }
  }

  @Test func `a switch that counts ARP takes the port down: the run says so within a second, and what to do`() throws {
    let site = try VictimSite.tenken(
      ["audit", "10.0.1.0/24", "--scope", "SCOPE", "--ports", "iot1000"] + Self.common, on: "esp-9", "rst-100",
      options: ["--arp-limit", "15"])
    #expect(site.outcome.status == 5)
    let errors = site.outcome.errors
    #expect(errors.contains("went down") && errors.contains("--link managed-switch"), "\(errors)")
    let down = Double(try #require(try site.state("dai-switch").downAt)) / 1e9
    let ended = try #require(try VictimEvent.read(site.output).last { $0.type == "run.ended" })
    #expect(try ended.seconds - down < 1)
    let pack = try PackFiles(site.output)
    #expect(pack.coverage.partial)
    #expect(!pack.verdicts.contains { $0.status == "pass" })
    #expect(try Program.run(Program.tenken, ["evidence", "verify", site.output]).status == 0)
    for name in ["esp-9", "rst-100"] { #expect(try site.emulator(name).isWell) }
  }

  @Test func `paced for a managed switch, the same run keeps its port`() throws {
    let site = try VictimSite.tenken(
      ["audit", "10.0.1.0/26", "--scope", "SCOPE", "--ports", "1-100,8080", "--link", "managed-switch"] + Self.common,
      on: "esp-9", "rst-100", "icmp-1", "syn-death", "backlog-200", options: ["--arp-limit", "15"])
    #expect(site.outcome.status == 1, "\(site.outcome.errors)")
    let guardian = try site.state("dai-switch")
    #expect(guardian.alive && guardian.downAt == nil)
    #expect((62...300).contains(guardian.frames))
    #expect(guardian.peakPerSecond <= 15)
    let (pack, truth) = (try PackFiles(site.output), try VictimTruth.read())
    #expect(!pack.coverage.partial)
    for name in ["esp-9", "rst-100", "icmp-1", "syn-death", "backlog-200"] {
      let device = try truth.device(name)
      #expect(try site.emulator(name).isWell, "\(name)")
      let services = pack.device(at: try #require(device.address))?.services.filter { $0.transport == "tcp" }
      let asked = device.tcp.map(\.port).filter { $0 <= 100 || $0 == 8080 }
      #expect(services?.map(\.port) == asked.sorted(), "\(name)")
    }
    #expect(pack.coverage.devices.allSatisfy { $0.distress.isEmpty && $0.aliveAfter == true })
  }

  @Test func `over Wi-Fi a sleeping station is found and looked at to the last port`() throws {
    let site = try VictimSite.tenken(
      ["audit", "10.0.1.16/28", "--scope", "SCOPE", "--ports", "1-300,8080", "--link", "wifi"] + Self.common,
      on: "power-save")
    #expect(site.outcome.status == 0, "\(site.outcome.errors)")
    #expect(try site.emulator("power-save").isWell)
    let figures = try #require(try PackFiles(site.output).coverage.devices.first)
    #expect(figures.address == "10.0.1.25")
    #expect(figures.tcp.open == 1 && figures.tcp.silent == 0 && figures.tcp.unresolved == 0)
    #expect(figures.tcp.closed + figures.tcp.notPermitted == 300)
    #expect(figures.distress.isEmpty && figures.aliveAfter == true, "slow is what it always was")
    #expect(try PackFiles(site.output).device(at: "10.0.1.25")?.services.map(\.port) == [80])
  }
}
