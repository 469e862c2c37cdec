import Addressing
import Audit
import Authority
import LabSupport
import Records
import Testing
import Wire

struct AuditRunTests {
  @Test func `the list of 1000 ports fails Telnet with evidence and passes nothing`() throws {
    let (camera, recorder, silent) = (Site.camera(), Site.recorder(), Site.silent())
    let audit = try VirtualAudit([camera, recorder, silent], ports: "iot1000")
    try audit.run.run()
    let result = audit.result()

    // Who is there.
    #expect(result.inventory.devices.map(\.mac) == [camera.mac, recorder.mac, silent.mac])
    #expect(result.coverage.addressesAsked == 18)
    #expect(result.coverage.addressesAnswered == 3)
    #expect(result.inventory.devices[0].services.map(\.endpoint.port) == [23, 80])
    #expect(result.inventory.devices[0].services.map(\.protocolName) == [.telnet, nil])
    #expect(result.inventory.devices[1].services.map(\.protocolName) == [.ssh])

    // The finding and its octets.
    let finding = try #require(result.findings.first)
    #expect(result.findings.count == 1)
    #expect(finding.id == "F-0001")
    #expect(finding.check == "telnet.enabled")
    #expect(finding.service == ServiceEndpoint(transport: .tcp, port: 23))
    #expect(finding.device.mac == camera.mac)
    #expect(finding.evidence.contains("data/findings/F-0001/response.bin"))
    let files = try #require(audit.sink.findings.first)
    #expect(files.response == Site.telnetGreeting)
    #expect(files.interface == "mem0")
    #expect(files.frames.contains { $0.outbound })
    // The greeting is in the slice as it was on the wire.
    #expect(files.frames.contains { $0.octets.suffix(Site.telnetGreeting.count) == Site.telnetGreeting[...] })
    // Who speaks first is sent nothing; the silent port is asked in HTTP, then in TLS.
    #expect(camera.heard[23] == nil && recorder.heard.isEmpty)
    #expect(camera.heard[80]?.starts(with: Array("GET / HTTP/1.0\r\n\r\n".utf8)) == true)
    #expect(audit.sink.questions["dev-001122000005-tcp-23"] == [])
    #expect(audit.sink.questions["dev-001122000005-tcp-80"] == Array("GET / HTTP/1.0\r\n\r\n".utf8))
    #expect(audit.sink.questions["dev-001122000005-tcp-80-2"]?.first == 22, "a TLS handshake record")
    #expect(audit.sink.conversations["dev-001122000005-tcp-23"] == Site.telnetGreeting)

    // What it means.
    let fail = try #require(result.verdicts(camera).first)
    #expect(result.verdicts(camera).map(\.status) == [.fail])
    #expect(fail.service == finding.service)
    #expect(fail.evidence == finding.evidence)
    for device in [recorder, silent] {
      let verdict = try #require(result.verdicts(device).first)
      #expect(verdict.status == .notTested)
      #expect(verdict.reason == .incomplete)
      #expect(!verdict.bounds.complete)
    }
    #expect(!result.verdicts.contains { $0.status == .pass })

    // The figures, checked against what the devices counted themselves.
    for device in [camera, recorder, silent] {
      let coverage = try result.coverage(device)
      #expect(coverage.tcp.requestedCount == 1000)
      #expect(coverage.tcp.sent == device.probeCount)
      #expect(coverage.tcp.unresolved == 0)
      #expect(!coverage.tcp.complete)
      #expect(coverage.aliveBefore)
      #expect(coverage.aliveAfter == true)
      #expect(coverage.stopped == nil)
      #expect(device.peak <= 100)
      #expect(coverage.peakFramesPerSecond >= device.peak)
      #expect(coverage.peakFramesPerSecond <= 100)
      #expect(coverage.framesSent >= device.unicast.count)
      #expect(device.probes.count == 1000)
    }
    #expect(try result.coverage(camera).tcp.open == 2)
    #expect(try result.coverage(recorder).tcp.closed == 999)
    #expect(try result.coverage(silent).tcp.silent == 1000)
    // Loss cannot be measured where nothing answers: then the profile's most tries.
    #expect(silent.probeCount == 4000)

    // Behaviour towards the devices.
    #expect(camera.connections.sorted() == [23, 80, 80])
    #expect(camera.mostOpen == 1)
    #expect(camera.openNow == 0)
    // It is listened to; then three times asked for its lists of algorithms, which it never sends.
    #expect(recorder.connections == [22, 22, 22, 22])
    #expect(silent.connections.isEmpty)
    #expect(audit.segment.accepted == result.run.framesSent)
    #expect(audit.clock.busiestSecond < 2000, "the loop spins")
    #expect(audit.sink.synchronisations >= Int(audit.clock.elapsed.components.seconds) - 1)
    #expect(audit.sink.ports.count == 3)
    #expect(audit.progress.reports.last?.devices == 3)
    #expect(audit.sink.events["finding"]?.count == 1)
  }

  @Test func `the whole range passes a device without Telnet, and says within which bounds`() throws {
    let (camera, recorder) = (Site.camera(), Site.recorder())
    let audit = try VirtualAudit([camera, recorder], ports: "1-65535", targets: "10.0.0.5-10.0.0.6")
    try audit.run.run()
    let result = audit.result()
    let pass = try #require(result.verdicts(recorder).first)
    #expect(pass.status == .pass)
    #expect(pass.polarity == .supports)
    #expect(pass.bounds.complete)
    #expect(pass.bounds.open == 1)
    #expect(pass.bounds.closed == 65_534)
    #expect(pass.bounds.silent == 0)
    #expect(pass.bounds.aliveBefore)
    #expect(pass.bounds.aliveAfter == true)
    #expect(pass.bounds.cannotConclude != nil)
    #expect(pass.bounds.vantage == Vantage(interface: "mem0", address: IPAddress(audit.segment.source)))
    #expect(pass.evidence.contains("data/ports/dev-001122000006.json"))
    #expect(result.verdicts(camera).map(\.status) == [.fail])

    for device in [camera, recorder] {
      #expect(device.probes.count == 65_535)
      #expect(device.probeCount == 65_535, "a port that answers is probed once")
      #expect(device.peak <= 100)
      #expect(device.mostOpen == 1)
      let coverage = try result.coverage(device)
      #expect(coverage.peakFramesPerSecond >= device.peak)
      #expect(coverage.peakFramesPerSecond <= 100)
    }
    // The telling port was settled within the first seconds.
    let telnet = try #require(camera.probes[23]?.first)
    #expect(telnet - ManualClock.start < .seconds(5))
    // 65,535 ports at 96 a second in a window of 1.01 s are 690 s.
    #expect(audit.clock.elapsed > .seconds(655))
    #expect(audit.clock.elapsed < .seconds(720))
    #expect(audit.clock.busiestSecond < 2000, "the loop spins")
    // The telling ports as given, the others shuffled, alike for both devices.
    let isSameOrder = camera.firstProbes == recorder.firstProbes
    #expect(isSameOrder)
    let isShuffled = camera.firstProbes.suffix(1000) != camera.firstProbes.suffix(1000).sorted()[...]
    #expect(isShuffled)
  }

  @Test func `what the scope excludes by address or by MAC gets no frame of its own`() throws {
    let (camera, recorder) = (Site.camera(), Site.recorder())
    let plc = VirtualDevice(mac: "00:11:22:00:00:08", address: "10.0.0.8", open: [23])
    let scope = try VirtualAudit.scope(excluding: [
      Scope.Exclusion(target: .addresses(AddressRange(camera.address)), reason: "保守中"),
      Scope.Exclusion(target: .device(plc.mac), reason: "稼働中のPLC"),
    ])
    let audit = try VirtualAudit([camera, recorder, plc], ports: "22,23,80", scope: scope)
    try audit.run.run()
    let result = audit.result()
    #expect(camera.unicast.isEmpty)
    #expect(plc.unicast.isEmpty)
    #expect(camera.connections.isEmpty && plc.connections.isEmpty)
    #expect(try !audit.segment.questions.contains(#require(camera.address.v4)))
    #expect(try audit.segment.questions.contains(#require(plc.address.v4)), "its MAC is known only once it answered")
    #expect(result.inventory.devices.map(\.mac) == [recorder.mac])
    #expect(result.coverage.omitted.map(\.addresses) == ["10.0.0.5", "10.0.0.8"])
    #expect(result.coverage.omitted.allSatisfy { $0.reason == .outOfScope })
    // Both show as rows of every item.
    let rows = result.verdicts.filter { $0.item == AuditResult.telnet && $0.device == nil }
    #expect(rows.map(\.bounds.addresses) == ["10.0.0.5", "10.0.0.8"])
    #expect(rows.allSatisfy { $0.status == .notTested && $0.reason == .outOfScope })
    #expect(audit.sink.events["target.refused"]?.count == 1)
  }

  @Test func `without consent to connections nothing is connected to`() throws {
    let camera = Site.camera()
    let scope = try VirtualAudit.scope(techniques: [.arpDiscovery, .tcpSYN])
    let audit = try VirtualAudit([camera], ports: "22,23,80", scope: scope)
    try audit.run.run()
    #expect(camera.connections.isEmpty)
    let result = audit.result()
    #expect(result.findings.isEmpty)
    #expect(result.verdicts(camera).allSatisfy { $0.status == .notTested || $0.status == .needsReview })
    #expect(audit.sink.events["service.not-permitted"]?.count == 2)
  }

  @Test func `an empty segment is a row, not silence`() throws {
    let audit = try VirtualAudit([], ports: "iot1000")
    try audit.run.run()
    let result = audit.result()
    #expect(result.inventory.devices.isEmpty)
    #expect(result.coverage.omitted.map(\.reason) == [.vantage])
    #expect(result.coverage.omitted.map(\.addresses) == ["10.0.0.3-10.0.0.20"])
    #expect(!result.verdicts.isEmpty)
    #expect(result.verdicts.allSatisfy { $0.status == .notTested && $0.reason == .vantage })
  }

  @Test func `an exclusion does not hide that nobody else answered`() throws {
    let scope = try VirtualAudit.scope(excluding: [
      Scope.Exclusion(target: .addresses(try AddressRange(parsing: "10.0.0.5")))
    ])
    let audit = try VirtualAudit([], ports: "iot1000", scope: scope)
    try audit.run.run()
    let omitted = audit.result().coverage.omitted
    #expect(omitted.map(\.reason) == [.outOfScope, .vantage])
    #expect(omitted.last?.addresses == "10.0.0.3-10.0.0.4, 10.0.0.6-10.0.0.20")
  }
}
