import Foundation
import Testing

/// Controllers of plants and buildings: looked at only by consent. That they are left alone without it is what
/// ``SiteAuditTests`` and AuditTests show.
@Suite(.needsLab, .serialized) struct PlantAuditTests {
  @Test func `with ot-identify exactly the controllers' weaknesses are found`() throws {
    let audit = try PlantAudit.shared.get()
    // Findings of medium severity do not make the exit status one.
    #expect(audit.status == 0, "\(audit.errors)")
    let pack = try PackFiles(audit.pack)
    let states = try LabState(file: audit.statesFile)
    let identity = try IdentityOracle(audit.pack)
    for device in audit.truth.devices {
      try identity.check(device)
      let services = device.tcp + device.udp
      let found = pack.findings.filter { $0.device.addresses.contains(device.address) }
      #expect(found.map(\.check).sorted() == services.flatMap(\.weaknesses).sorted(), "\(device.name)")
      let open = try #require(pack.device(at: device.address)).services
      #expect(open.map(\.port).sorted() == services.map(\.port).sorted())
      for service in services {
        #expect(open.first { $0.port == service.port }?.protocol == service.protocol, "\(service.port)")
      }
      let state = try #require(states.devices[device.name])
      #expect(state.alive && state.missed == 0 && state.peakPerSecond <= 100)
      for finding in found {
        let folder = "\(audit.pack)/data/findings/\(finding.id)"
        let shark = try Program.run(
          "tshark", ["-r", folder + "/slice.pcapng", "-T", "fields", "-e", "frame.protocols", "-e", "_ws.malformed"])
        #expect(shark.status == 0 && !shark.output.isEmpty, "\(finding.check)")
        #expect(shark.output.split(separator: "\n").allSatisfy { $0.hasSuffix("\t") || !$0.contains("\t") })
      }
    }
  }
}
