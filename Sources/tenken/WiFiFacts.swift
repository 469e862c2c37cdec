internal import Addressing
internal import Checklist
internal import Evidence
internal import Foundation
internal import Records

/// What the pack of a Wi-Fi audit says, in the terms of the rules.
struct WiFiFacts {
  let facts: RadioFacts

  /// As much of `wifi/networks.json` as is looked at.
  private struct Networks: Decodable {
    struct Coverage: Decodable {
      struct Channel: Decodable { let band: String? }
      struct Counts: Decodable { let inScope: Int }

      let networks: Counts
      let channels: [Channel]
    }

    let coverage: Coverage
  }

  /// - Parameter devices: those of the audit, of which clients are told by their MAC address.
  init(_ path: String, _ devices: [Device]) throws {
    let pack = try FinishedPack(path)
    let reader = PackReader(pack.path)
    guard let octets = try reader.octets(of: "wifi/networks.json"),
      let told = try reader.octets(of: "checklist/verdicts.json")
    else { throw CommandFailure(.usage, "\(path) is no pack of tenken wifi") }
    let networks = try ResumedRun.decode(Networks.self, octets, "\(path)/data/wifi/networks.json")
    let verdicts = try ResumedRun.decode([Verdict].self, told, "\(path)/data/checklist/verdicts.json")
    let heard = Set(pack.inventory.devices.compactMap(\.mac))
    let bands = Set(networks.coverage.channels.compactMap(\.band)).sorted().map { "\($0) GHz" }
    facts = RadioFacts(
      verdicts: verdicts.filter { ["jssec-iot-v1/JSSEC-14.2.a", "jssec-iot-v1/JSSEC-14.2.b"].contains($0.item) },
      bands: bands.joined(separator: ", "),
      wireless: Set(devices.filter { $0.mac.map(heard.contains) ?? false }.map(\.id)),
      networksInScope: networks.coverage.networks.inScope)
  }
}
