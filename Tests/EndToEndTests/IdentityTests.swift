import Foundation
import Testing

/// What each device is, by the lab's truth: its role, who makes it, model and firmware, and nothing where it says
/// nothing.
struct IdentityOracle {
  private struct List: Decodable {
    struct Row: Decodable {
      let addresses: [String]
      let claims: [PackFiles.Claim]
    }

    let devices: [Row]
  }

  private let rows: [List.Row]
  private let pack: PackFiles

  /// The inventory as `tenken inventory --json` has it: of each kind of claim the best believed stands first.
  init(_ path: String) throws {
    let outcome = try Program.run(Program.tenken, ["inventory", path, "--json"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    rows = try JSONDecoder().decode(List.self, from: Data(outcome.output.utf8)).devices
    pack = try PackFiles(path)
  }

  func check(_ device: LabTruth.Device) throws {
    let claims = try #require(rows.first { $0.addresses.contains(device.address) }, "\(device.name)").claims
    func best(_ kind: String) -> PackFiles.Claim? { claims.first { $0.kind == kind } }
    for (kind, truth) in [("role", device.role), ("model", device.model), ("firmware", device.firmware)] {
      let said = best(kind)
      #expect(said?.value == truth, "\(device.name) \(kind): \(said.map { "\($0)" } ?? "nothing")")
      #expect(said?.source.isEmpty != true)
    }
    let vendor = try #require(best("vendor"))
    // Without a word of the device's own, the holder of its MAC address stands for its maker, and is said to be a guess.
    #expect(vendor.value == device.maker ?? device.vendor, "\(device.name) vendor: \(vendor)")
    #expect((vendor.confidence == "low") == (device.maker == nil), "\(device.name) vendor: \(vendor)")
    let found = try #require(pack.device(at: device.address))
    #expect(found.model?.name == device.model && found.firmware?.name == device.firmware, "\(device.name)")
  }
}

@Suite(.needsLab, .serialized) struct SiteIdentityTests {
  @Test func `each device's role, maker, model and firmware are those of the truth`() throws {
    let oracle = try IdentityOracle(try SiteAudit.shared.get().pack)
    let truth = try LabTruth.read()
    var roles = 0
    for var device in truth.devices {
      // Controllers were not asked, so that nothing is known of them but their address.
      if device.tcp.isEmpty && device.udp.isEmpty {
        (device.role, device.maker, device.model, device.firmware) = (nil, nil, nil, nil)
      }
      try oracle.check(device)
      if device.role != nil { roles += 1 }
    }
    // Nobody is taken for something on no evidence, and most say enough.
    #expect(truth.devices.contains { $0.role == nil && !$0.tcp.isEmpty })
    #expect(roles >= 18, "\(roles)")
  }
}
