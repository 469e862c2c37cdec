import Addressing
import LabSupport
import Records
import RunComparison
import Testing

/// Each case is a change that was made to a site, and what must be said of it.
@Suite struct RunDifferenceTests {
  private typealias Entry = RunDifference.Entry

  private func states(_ difference: RunDifference) -> [String] {
    difference.entries.map { entry in
      [entry.state.rawValue, entry.device.rawValue, entry.service?.description, entry.check ?? entry.aspect?.rawValue]
        .compactMap(\.self).joined(separator: " ")
    }
  }

  /// A camera with Telnet open and found.
  private func camera(_ number: Int) -> SampleRun {
    var run = SampleRun(number)
    run.add(1, at: 7, open: [SampleRun.telnet])
    run.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    return run
  }

  @Test func `the same site twice has only what is still there`() {
    let difference = RunDifference(earlier: camera(1).record, later: camera(2).record)
    #expect(states(difference) == ["still dev-001122000001 tcp/23 telnet.enabled"] && difference.compared == 1)
  }

  @Test func `a port that answers that nobody listens shows that Telnet was mended`() {
    var later = SampleRun(2)
    later.add(1, at: 7)
    let difference = RunDifference(earlier: camera(1).record, later: later.record)
    #expect(
      states(difference) == [
        "fixed dev-001122000001 tcp/23 telnet.enabled", "changed dev-001122000001 tcp/23 port",
      ])
  }

  @Test(arguments: ["silent", "unfinished", "not asked"])
  func `where nobody could tell, nothing is fixed and no port is closed`(how: String) {
    var later = SampleRun(2)
    switch how {
    case "silent": later.add(1, at: 7, closed: "1-22,24-65535")
    case "unfinished": later.add(1, at: 7, isFinished: false)
    default: later.add(1, at: 7, closed: "80-90")
    }
    let difference = RunDifference(earlier: camera(1).record, later: later.record)
    #expect(states(difference) == ["not-retested dev-001122000001 tcp/23 telnet.enabled"])
  }

  @Test func `a probe that refuted the weakness shows that it was mended, one that could not tell does not`() {
    var earlier = SampleRun(1)
    earlier.add(1, at: 7, open: [SampleRun.web])
    earlier.find("tls.expired", on: 1, at: SampleRun.web, .medium)
    for (result, state) in [("refuted", "fixed"), ("inconclusive", "not-retested")] {
      var later = SampleRun(2)
      later.add(1, at: 7, open: [SampleRun.web])
      later.answers = [
        .init(device: SampleRun.id(1), service: SampleRun.web, question: "tls.expired", result: result)
      ]
      let difference = RunDifference(earlier: earlier.record, later: later.record)
      #expect(states(difference) == ["\(state) dev-001122000001 tcp/443 tls.expired"])
    }
  }

  @Test func `what was mended before and is there again has regressed`() {
    var between = SampleRun(2)
    between.add(1, at: 7)
    let past: Set = [
      RunDifference.Place(device: SampleRun.id(1), service: SampleRun.telnet, check: "telnet.enabled")
    ]
    let known = RunDifference(earlier: between.record, later: camera(3).record, past: past)
    #expect(known.entries.first?.state == .regressed)
    // A run between did not look: it is still there, unless one before that had looked for it in vain.
    var silent = SampleRun(2)
    silent.add(1, at: 7, closed: "80")
    #expect(RunDifference(earlier: silent.record, later: camera(3).record, past: past).entries.first?.state == .still)
    let back = RunDifference(earlier: silent.record, later: camera(3).record, past: past, mended: past)
    #expect(back.entries.first?.state == .regressed)
    var runs = [silent.record, between.record, camera(0).record][...]
    #expect(RunDifference.mended(past) { runs.popFirst() } == past)
    runs = [silent.record, camera(1).record, between.record][...]
    #expect(RunDifference.mended(past) { runs.popFirst() } == [])
    #expect(runs.count == 1, "what was asked for is known before the oldest run is read")
    // That the port was closed in the run before says nothing of the time before that.
    let unknown = RunDifference(earlier: between.record, later: camera(3).record)
    #expect(unknown.entries.first?.state == .new)
    var unasked = SampleRun(2)
    unasked.add(1, at: 7, closed: "80")
    #expect(RunDifference(earlier: unasked.record, later: camera(3).record).entries.first?.state == .new)
  }

  @Test func `a device keeps its identity when DHCP gives it another address`() {
    var later = SampleRun(2)
    later.add(1, at: 99, open: [SampleRun.telnet])
    later.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    let difference = RunDifference(earlier: camera(1).record, later: later.record)
    #expect(
      states(difference) == ["still dev-001122000001 tcp/23 telnet.enabled", "changed dev-001122000001 address"])
    #expect(difference.entries.last?.before == "10.0.0.7" && difference.entries.last?.after == "10.0.0.99")
  }

  @Test func `a device is new only where the earlier run asked its address, and gone only where the later one did`() {
    var earlier = SampleRun(1)
    earlier.add(1, at: 7)
    var later = SampleRun(2)
    later.add(2, at: 8)
    // Neither asked the other's address.
    #expect(states(RunDifference(earlier: earlier.record, later: later.record)) == [])
    earlier.unanswered = "10.0.0.8-10.0.0.254"
    later.unanswered = "10.0.0.1-10.0.0.7, 10.0.0.9-10.0.0.254"
    #expect(
      states(RunDifference(earlier: earlier.record, later: later.record)) == [
        "device-new dev-001122000002", "device-gone dev-001122000001",
      ])
    later.isPartial = true
    #expect(
      states(RunDifference(earlier: earlier.record, later: later.record)) == ["device-new dev-001122000002"])
  }

  /// Of a device that is gone nothing was mended.
  @Test func `weaknesses of a device that does not answer are not re-tested`() {
    var later = SampleRun(2)
    later.unanswered = "10.0.0.1-10.0.0.254"
    let difference = RunDifference(earlier: camera(1).record, later: later.record)
    #expect(
      states(difference) == [
        "not-retested dev-001122000001 tcp/23 telnet.enabled", "device-gone dev-001122000001",
      ])
    #expect(difference.compared == 0)
  }

  @Test func `certificate, host key, firmware and protocol are told with what was and what is`() {
    let ssh = ServiceEndpoint(transport: .tcp, port: 22)
    func run(_ number: Int, _ value: String, firmware: String?) -> RunRecord {
      var run = SampleRun(number)
      run.add(1, at: 7, open: [SampleRun.web, ssh], firmware: firmware)
      run.marks = [
        .init(device: SampleRun.id(1), service: SampleRun.web, kind: .certificate, name: "", value: value),
        .init(device: SampleRun.id(1), service: ssh, kind: .hostKey, name: "ssh-rsa", value: "SHA256:" + value),
      ]
      return run.record
    }
    let difference = RunDifference(earlier: run(1, "aa", firmware: "1.0"), later: run(2, "bb", firmware: "1.1"))
    let told = difference.entries.map { "\($0.aspect?.rawValue ?? "") \($0.before ?? "") \($0.after ?? "")" }
    #expect(told == ["firmware 1.0 1.1", "host-key ssh-rsa SHA256:aa ssh-rsa SHA256:bb", "certificate aa bb"])
    // What is not known now is no change.
    #expect(RunDifference(earlier: run(1, "aa", firmware: "1.0"), later: run(2, "aa", firmware: nil)).entries == [])
  }
}
