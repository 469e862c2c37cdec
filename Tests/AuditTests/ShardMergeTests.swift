import Addressing
import Authority
import Profiles
import Records
import Testing

@testable import Audit

struct ShardMergeTests {
  private static let start = Timestamp(nanoseconds: 1_795_399_331_000_000_000)

  private static func text(_ english: String) -> LocalizedText { LocalizedText(ja: english, en: english) }

  /// A shard that found a device, with a finding of its own number 1.
  private func shard(
    _ part: String?, address: String, seed: String = "1", given: Bool = false, ledger: String? = nil,
    claims: [Claim] = [], change: (inout RunPlan) -> Void = { _ in }
  ) throws -> ShardResult {
    let address = try #require(IPAddress(address))
    let run = RunSummary(
      runID: "run-\(part ?? "")", toolVersion: "1", rulesDigest: "r",
      engagement: Engagement(id: "E", customer: "C", site: "S", operator: "O"), scopeDigest: "s",
      targets: ["10.0.0.0/24"],
      ports: "1-9", host: "h", started: Self.start, ended: Self.start, offsetMinutes: 0, seed: seed, partial: false,
      framesSent: 10)
    var plan = RunPlan(
      run: run, purpose: .audit, ports: "1-9", profile: "standard", link: nil, deviceRate: nil, maxRate: nil,
      window: nil,
      shard: part, unprivileged: false, language: .en, seedWasGiven: given, interfaces: ["eth0"])
    change(&plan)
    let mac = MACAddress(rawValue: 0x0200_0000_0000 | address.words.1 & 0xff)
    var device = Device(mac: mac, addresses: [address])
    device.claims = claims
    let service = ServiceEndpoint(transport: .tcp, port: 23)
    let stem = "services/\(device.id.rawValue)-tcp-23"
    let observation = Observation(
      id: "EV-000001", at: Self.start, technique: .serviceQuestions, subject: .service(device.id, service),
      fact: .port(.open), evidence: ["data/\(stem)/response.bin"])
    let finding = Finding(
      id: "F-0001", check: "c", severity: .high, device: Finding.DeviceReference(device), service: service,
      title: Self.text("t"), remediation: Self.text("r"), detail: Self.text("d"), observations: ["EV-000001"],
      items: [],
      at: Self.start, evidence: PackPath.finding("F-0001"))
    let coverage = DeviceCoverage(
      device: device.id, address: address, tcp: DeviceCoverage.TCP(requested: "1-9", requestedCount: 9),
      aliveBefore: true, from: Self.start, vantage: Vantage(interface: "eth0", address: address))
    return ShardResult(
      name: "pack-\(part ?? "none")", plan: plan, run: run, inventory: Inventory(devices: [device]),
      findings: [finding],
      coverage: Coverage(
        devices: [coverage], addressesAsked: 4, addressesAnswered: 1, omitted: [], receiveDrops: 0, partial: false),
      observations: [observation],
      files: [
        "run.jsonl", "run.json", "run/plan.json", "scope/scope.yaml", "\(stem)/response.bin",
        "ports/\(device.id.rawValue).json", "capture/conversations.pcapng", "findings/F-0001/finding.json",
        "report/x.html",
      ] + (ledger == nil ? [] : ["reference/ledger.csv", "inventory/ledger-reconcile.csv"]),
      given: ledger.map { ["reference/ledger.csv": $0] } ?? [:])
  }

  @Test func `numbers are given anew and every reference follows`() throws {
    let merge = try ShardMerge([try shard("2/2", address: "10.0.0.6"), try shard("1/2", address: "10.0.0.5")])
    #expect(merge.parts.map(\.shard.number) == [1, 2] && merge.missing == [])
    #expect(merge.parts.flatMap(\.observations).map(\.id) == ["EV-000001", "EV-000002"])
    let second = try #require(merge.parts[1].findings.first)
    #expect(second.old == "F-0001" && second.finding.id == "F-0002")
    #expect(second.finding.observations == ["EV-000002"] && second.finding.evidence == PackPath.finding("F-0002"))
    let copies = merge.parts[1].copies.map { "\($0.from) > \($0.to)" }
    #expect(
      copies == [
        "capture/conversations.pcapng > capture/2-of-2-conversations.pcapng",
        "ports/dev-020000000006.json > ports/dev-020000000006.json", "run.jsonl > shards/2-of-2/run.jsonl",
        "run/plan.json > shards/2-of-2/run/plan.json",
        "services/dev-020000000006-tcp-23/response.bin > services/dev-020000000006-tcp-23/response.bin",
      ])
  }

  @Test func `what a device said in either shard is kept, each once, and settles model and firmware`() throws {
    let shared = Claim(.model, "M-1", source: "a", confidence: .medium)
    let better = Claim(.model, "M-1 Pro", source: "b", confidence: .high)
    let one = try shard("1/2", address: "10.0.0.5", claims: [shared])
    let other = try shard("2/2", address: "10.0.1.5", claims: [shared, better])
    let merge = try ShardMerge([one, other])
    let result = merge.result(runID: "r", profiles: VirtualAudit.profiles, scope: try VirtualAudit.scope()) { _ in [] }
    let device = try #require(result.inventory.devices.first)
    #expect(device.claims == [shared, better] && device.model == Attribution(name: "M-1 Pro", source: "b"))
  }

  @Test func `files of one device in two shards do not meet`() throws {
    let one = try shard("1/2", address: "10.0.0.5")
    let other = try shard("2/2", address: "10.0.1.5")
    #expect(one.inventory.devices[0].id == other.inventory.devices[0].id)
    let merge = try ShardMerge([one, other])
    let places = merge.parts.flatMap(\.copies).map(\.to)
    #expect(Set(places).count == places.count)
    let moved = "services/dev-020000000005-tcp-23-2-of-2/response.bin"
    #expect(places.contains(moved) && places.contains("ports/dev-020000000005-2-of-2.json"))
    #expect(merge.parts[1].observations[0].evidence == ["data/" + moved])
  }

  @Test func `what is no shard of the same run is refused, and the difference is named`() throws {
    let first = try shard("1/2", address: "10.0.0.5")
    func refusal(_ other: ShardResult) -> String {
      do throws(MergeRefusal) {
        _ = try ShardMerge([first, other])
        return ""
      } catch {
        return error.description
      }
    }
    #expect(refusal(try shard("2/2", address: "10.0.0.6")) == "")
    #expect(refusal(try shard("2/2", address: "10.0.0.6", seed: "other")) == "", "seeds that were drawn differ")
    #expect(refusal(try shard("2/2", address: "10.0.0.5")).contains("10.0.0.5 stands in"))
    #expect(refusal(try shard("1/2", address: "10.0.0.6")).contains("both shard 1/2"))
    #expect(refusal(try shard("2/3", address: "10.0.0.6")).contains("number of shards"))
    #expect(refusal(try shard(nil, address: "10.0.0.6")).contains("--shard"))
    #expect(refusal(try shard("2/2", address: "10.0.0.6", given: true)).contains("seeds"))
    let changes: [(String, (inout RunPlan) -> Void)] = [
      ("scope", { $0.scopeDigest = "x" }), ("rule", { $0.rulesDigest = "x" }),
      ("targets", { $0.targets = ["10.0.0.1"] }),
      ("ports", { $0.ports = "1" }), ("profile", { $0.profile = "fast" }), ("command", { $0.purpose = .scan }),
      ("format", { $0.format = 9 }),
    ]
    for (word, change) in changes {
      #expect(refusal(try shard("2/2", address: "10.0.0.6", change: change)).contains(word), "\(word)")
    }
    let fixed = try shard("1/2", address: "10.0.0.5", seed: "a", given: true)
    let error = #expect(throws: MergeRefusal.self) {
      try ShardMerge([fixed, try shard("2/2", address: "10.0.0.6", seed: "b", given: true)])
    }
    #expect(error?.description.contains("seed") == true)
  }

  /// Packs are written by whoever sends them: counts and ranges may be anything.
  @Test func `counts beyond any number and ranges beyond any list come to an end`() throws {
    var packs = try [shard("1/2", address: "10.0.0.5"), shard("2/2", address: "10.0.0.6")]
    let everything = Coverage.Omission(
      addresses: "0.0.0.0-255.255.255.255, ::/0", reason: .outOfScope,
      detail: Coverage.Omission.bystanders([], more: false).detail)
    packs = packs.map { pack in
      var (run, coverage) = (pack.run, pack.coverage)
      run.framesSent = .max
      coverage.addressesAsked = .max
      coverage.neverResolved = "10.0.0.0/8, fe80::/10"
      coverage.omitted = [everything]
      return ShardResult(
        name: pack.name, plan: pack.plan, run: run, inventory: pack.inventory, findings: [], coverage: coverage,
        observations: [], files: [])
    }
    let scope = Scope(
      engagement: packs[0].run.engagement, validFrom: Self.start, validUntil: Self.start + .seconds(1), networks: [],
      exclusions: [], techniques: [.tcpSYN], rates: .init(perDevice: 100, total: 1000))
    let result = try ShardMerge(packs).result(
      runID: "joined", profiles: VirtualAudit.profiles, scope: scope, addresses: { _ in [] })
    #expect(result.run.framesSent == .max && result.coverage.addressesAsked == .max)
    #expect(result.coverage.neverResolved == "10.0.0.0/8, fe80::/10" && result.coverage.omitted == [everything])
  }

  @Test func `what the owner gave is carried once, and must be the same for all`() throws {
    let first = try shard("1/3", address: "10.0.0.5", ledger: "a")
    let merge = try ShardMerge([first, try shard("2/3", address: "10.0.0.6", ledger: "a")])
    let copies = merge.parts.map { $0.copies.map(\.to).filter { $0.contains("ledger") } }
    #expect(
      copies == [
        ["shards/1-of-3/inventory/ledger-reconcile.csv", "reference/ledger.csv"],
        ["shards/2-of-3/inventory/ledger-reconcile.csv"],
      ])
    for other in ["b", nil] {
      let error = #expect(throws: MergeRefusal.self) {
        try ShardMerge([first, try shard("2/3", address: "10.0.0.6", ledger: other)])
      }
      #expect(error?.description.contains("pack-2/3 and pack-1/3") == true)
      #expect(error?.description.contains("(reference/ledger.csv)") == true)
    }
  }

  /// A device may have addresses in two shards, and say more at one of them.
  @Test func `what one shard knows of a device is not lost for another`() throws {
    var results = [try shard("1/2", address: "10.0.0.5"), try shard("2/2", address: "10.0.1.5")]
    let endpoint = ServiceEndpoint(transport: .tcp, port: 443)
    let claim = Claim(.model, "X", source: "tcp/443", confidence: .high)
    for (index, name) in [nil, ProtocolName.http].enumerated() {
      var device = try #require(results[index].inventory.devices.first)
      device.services = [Service(endpoint: endpoint, state: .open, protocolName: name, tls: name != nil)]
      device.claims = name == nil ? [] : [claim]
      results[index] = results[index].with(device)
    }
    let scope = try VirtualAudit.scope()
    let joined = try ShardMerge(results).result(runID: "m", profiles: VirtualAudit.profiles, scope: scope) { _ in [] }
    let device = try #require(joined.inventory.devices.first)
    #expect(device.services == [Service(endpoint: endpoint, state: .open, protocolName: .http, tls: true)])
    #expect(device.claims == [claim] && device.addresses.count == 2)
  }

  @Test func `shards that were not given are named`() throws {
    let merge = try ShardMerge([try shard("2/4", address: "10.0.0.5")])
    #expect(merge.missing.map(\.description) == ["1/4", "3/4", "4/4"])
  }
}

extension ShardResult {
  fileprivate func with(_ device: Device) -> ShardResult {
    ShardResult(
      name: name, plan: plan, run: run, inventory: Inventory(devices: [device]), findings: findings, coverage: coverage,
      observations: observations, files: files)
  }
}
