import Foundation
import Testing

/// Controllers of plants and buildings: looked at only by consent. That they are left alone without it is what
/// ``SiteAuditTests`` and AuditTests show.
@Suite(.needsLab, .serialized) struct PlantAuditTests {
  @Test func `with ot-identify exactly the controllers' weaknesses are found`() throws {
    let scratch = try Scratch()
    let scope = scratch.path + "/scope.yaml"
    try LabScope().with("ot-identify").write(to: scope)
    let names = ["powermeter", "building"]
    let truth = try LabTruth.read(with: ["ot-identify"]).devices.filter { names.contains($0.name) }
    try #require(truth.count == names.count)
    let outcome = try Program.inLab(
      "\(Program.tenken) audit \(truth.map(\.address).joined(separator: " ")) --scope \(scope) "
        + "--output \(scratch.path)/pack --ports 1-100,502,4840 --quiet",
      lab: ["--only", names.joined(separator: ","), "--state-out", scratch.path + "/states.json"])
    // Findings of medium severity do not make the exit status one.
    #expect(outcome.status == 0, "\(outcome.errors)")
    let pack = try PackFiles(scratch.path + "/pack")
    let states = try LabState(file: scratch.path + "/states.json")
    let identity = try IdentityOracle(scratch.path + "/pack")
    for device in truth {
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
        let folder = "\(scratch.path)/pack/data/findings/\(finding.id)"
        let shark = try Program.run(
          "tshark", ["-r", folder + "/slice.pcapng", "-T", "fields", "-e", "frame.protocols", "-e", "_ws.malformed"])
        #expect(shark.status == 0 && !shark.output.isEmpty, "\(finding.check)")
        #expect(shark.output.split(separator: "\n").allSatisfy { $0.hasSuffix("\t") || !$0.contains("\t") })
      }
    }
  }
}
