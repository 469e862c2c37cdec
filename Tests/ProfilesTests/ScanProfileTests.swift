import Documents
import Foundation
import Records
import Testing

@testable import Profiles

struct ScanProfileTests {
  let store: ProfileStore

  init() throws { store = try RuleSet.store() }

  @Test func `the four profiles are there, and others are refused with their names`() throws {
    #expect(store.scanProfiles.map(\.id) == ["fast", "gentle", "passive-only", "standard"])
    #expect(try store.scanProfile(ScanProfile.standardID).title.en == "Standard")
    let error = #expect(throws: DocumentError.self) { try store.scanProfile("ludicrous") }
    #expect(error?.remedy == "use one of fast, gentle, passive-only, standard")
  }

  // engine.md §6.8 (classes) and §7 G11: whatever the class, at most 100 frames/s and 8 half-open.
  @Test func `the default gives no device more than the aims allow`() throws {
    let standard = try store.scanProfile("standard")
    #expect(standard.limits(for: .fragile) == .init(rate: 20, inFlight: 2))
    #expect(standard.limits(for: .normal) == .init(rate: 100, inFlight: 8))
    for deviceClass in DeviceClass.allCases {
      let limits = standard.limits(for: deviceClass)
      #expect((1...100).contains(limits.rate) && (1...8).contains(limits.inFlight), "\(deviceClass)")
    }
    #expect(standard.promotion == nil)
  }

  @Test func `a device is never worse off in a gentler profile`() throws {
    func value(_ ceiling: Int) -> Int { ceiling == 0 ? .max : ceiling }
    let profiles = try ["gentle", "standard", "fast"].map { try store.scanProfile($0) }
    for (gentler, harder) in zip(profiles, profiles.dropFirst()) {
      for deviceClass in DeviceClass.allCases {
        let (less, more) = (gentler.limits(for: deviceClass), harder.limits(for: deviceClass))
        #expect(value(less.rate) <= value(more.rate), "\(harder.id) \(deviceClass)")
        #expect(value(less.inFlight) <= value(more.inFlight), "\(harder.id) \(deviceClass)")
      }
      #expect(value(gentler.totalRate) <= value(harder.totalRate))
      #expect(value(gentler.segmentRate) <= value(harder.segmentRate))
    }
    #expect(try store.scanProfile("fast").limits(for: .robust).rate == 0)
    #expect(try store.scanProfile("fast").fragile == store.scanProfile("standard").fragile)
  }

  @Test func `passive only sends nothing, and has no lifted ceiling for a fault to use`() throws {
    let passive = try store.scanProfile("passive-only")
    #expect(!passive.probes && !passive.udp)
    for deviceClass in DeviceClass.allCases { #expect(passive.limits(for: deviceClass).rate > 0) }
    #expect(passive.totalRate > 0 && passive.segmentRate > 0)
    #expect(store.scanProfiles.filter { !$0.probes }.map(\.id) == ["passive-only"])
  }

  // Cisco's default limit for dynamic ARP inspection is 15 a second (engine.md §5).
  @Test func `a managed switch hears at most ten questions a second`() {
    for profile in store.scanProfiles { #expect(profile.arp(on: .managedSwitch).rate <= 10, "\(profile.id)") }
  }

  // engine.md §7 G2, worked out: 30 of 100 broadcasts lost, a /24 with 50 devices, 150/s at most.
  @Test func `the Wi-Fi rounds reach the aim on paper`() throws {
    let wifi = try store.scanProfile("standard").arp(on: .wifi)
    #expect((100...150).contains(wifi.rate))
    let missed = Array(repeating: 0.3, count: wifi.rounds.count).reduce(1, *)
    #expect(missed <= 0.005)
    let questions = Double(254 + (wifi.rounds.count - 1) * 204)
    let seconds = questions / Double(wifi.rate) + wifi.rounds.reduce(0) { $0 + $1.seconds }
    #expect(seconds <= 15)
  }

  // engine.md §7 G12: distress is known within 2 s of the last answer, when two misses make it.
  @Test func `distress is detected in time by the default`() throws {
    let health = try store.scanProfile("standard").health
    #expect(health.heartbeat * 2 + health.heartbeatTimeout <= .seconds(2))
    #expect(health.heartbeatTimeout < health.heartbeat)
  }

  // 2 in 100 lost each way: a try is lost with 1 - 0.98².
  @Test func `the most tries reach the bound at the loss of the aims`() {
    for profile in store.scanProfiles where profile.probes {
      let lost = 1 - 0.98 * 0.98
      let missed = (0..<profile.tries.most).reduce(1.0) { product, _ in product * lost }
      #expect(missed <= profile.tries.missBound, "\(profile.id)")
      #expect(profile.tries.missBound == 1e-5)
    }
  }

  @Test(arguments: [
    ("fragile: { rate: 20,", "fragile: { rate: 0,", "may not get more"),
    ("fragile: { rate: 20,", "fragile: { rate: 101,", "may not get more"),
    ("[400, 1000, 1500]", "[400, 1000]", "at least three rounds"),
    ("least: 2, most: 4", "least: 5, most: 4", "least is above most"),
    ("missBound: 1.0e-5", "missBound: 1.5", "between 0 and 1"),
    ("totalRate: 20000", "totalRate: -5", "from 0 upwards"),
    ("wired:", "wires:", "unknown key wires"),
    ("id: standard", "id: usual", "differs from the file's name"),
  ])
  func `a senseless number is refused with its reason`(old: String, new: String, problem: String) throws {
    let error = try RuleSet.complaint("scans/standard.yaml", replacing: old, with: new)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    #expect(error?.line != nil)
  }

  @Test func `a rule set without a built-in profile is refused`() throws {
    try RuleSet.withCopy { copy in
      try FileManager.default.removeItem(at: copy.appendingPathComponent("scans/gentle.yaml"))
      let error = #expect(throws: DocumentError.self) { try ProfileStore(directory: copy.path) }
      #expect(error?.code == .missing)
      #expect(error?.file.hasSuffix("scans/gentle.yaml") == true)
    }
  }
}
