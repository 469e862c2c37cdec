import Addressing
import Audit
import Engine
import Foundation
import Records
import Testing

/// A journal as a run on two devices wrote it: shortened, every kind of line that counts is there.
private let journal = #"""
  {"at":"2026-11-25T10:50:41.817Z","seq":1,"type":"run.started","runID":"run-1"}
  {"at":"2026-11-25T10:50:41.827Z","evidence":[],"fact":{"answeredARP":{"address":"10.0.0.11"}},"id":"EV-000001","seq":2,"subject":{"device":{"_0":"dev-02000000090b"}},"technique":"arp-discovery","type":"observation"}
  {"address":"10.0.0.11","at":"2026-11-25T10:50:41.827Z","deviceClass":"normal","mac":"02:00:00:00:09:0b","seq":3,"type":"device.found","vendor":"Example","vendorSource":"IEEE"}
  {"address":"10.0.0.11","at":"2026-11-25T10:50:41.828Z","by":"arp","mac":"02:00:00:00:09:0b","seq":4,"type":"device.sighted"}
  {"at":"2026-11-25T10:50:41.839Z","evidence":[],"fact":{"port":{"_0":"open"}},"id":"EV-000002","seq":5,"subject":{"service":{"_0":"dev-02000000090b","_1":{"port":23,"transport":"tcp"}}},"technique":"tcp-syn","type":"observation"}
  {"address":"10.0.0.11","at":"2026-11-25T10:50:41.839Z","port":23,"seq":6,"type":"port.open"}
  {"address":"10.0.0.11","at":"2026-11-25T10:50:41.840Z","deviceClass":"fragile","seq":7,"type":"device.class"}
  {"at":"2026-11-25T10:50:41.839Z","evidence":["data/services/dev-02000000090b-tcp-23/response.bin"],"fact":{"serviceIdentified":{"_0":"telnet","basis":{"en":"e","ja":"j"}}},"id":"EV-000003","seq":8,"subject":{"service":{"_0":"dev-02000000090b","_1":{"port":23,"transport":"tcp"}}},"technique":"service-questions","type":"observation"}
  {"at":"2026-11-25T10:50:41.839Z","check":"telnet.enabled","detail":{"en":"e","ja":"j"},"device":{"addresses":["10.0.0.11"],"id":"dev-02000000090b","mac":"02:00:00:00:09:0b"},"evidence":[],"id":"F-0001","items":[],"observations":["EV-000003"],"remediation":{"en":"e","ja":"j"},"seq":9,"service":{"port":23,"transport":"tcp"},"severity":"high","title":{"en":"e","ja":"j"},"type":"finding"}
  {"address":"10.0.0.11","at":"2026-11-25T10:50:43.630Z","octets":18,"outcome":"telnet","port":23,"seq":10,"type":"session.closed"}
  {"addresses":"10.0.0.9","at":"2026-11-25T10:50:43.631Z","detail":{"en":"e","ja":"j"},"reason":"NT-AUTH","seq":11,"type":"target.omitted"}
  {"at":"2026-11-25T10:50:43.640Z","evidence":[],"fact":{"distress":{"_0":{"ended":null,"frames":3,"frozen":"2026-11-25T10:50:43.639Z","kind":"recovered","lastAnswer":"2026-11-25T10:50:43.600Z"}}},"id":"EV-000004","seq":12,"subject":{"device":{"_0":"dev-02000000090b"}},"technique":"tcp-syn","type":"observation"}
  {"addresses":["10.0.0.11"],"at":"2026-11-25T10:50:43.640Z","distress":{"ended":null,"frames":3,"frozen":"2026-11-25T10:50:43.639Z","kind":"recovered","lastAnswer":"2026-11-25T10:50:43.600Z"},"seq":13,"type":"device.distress"}
  {"address":"10.0.0.11","at":"2026-11-25T10:50:43.650Z","isAnswer":true,"octets":4,"port":53,"probe":"dns","seq":14,"type":"datagram.answered"}
  {"address":"10.0.0.11","aliveAfter":true,"aliveBefore":true,"answersEverything":false,"at":"2026-11-25T10:50:43.654Z","device":"dev-02000000090b","deviceClass":"fragile","distress":[],"framesSent":20,"from":"2026-11-25T10:50:41.827Z","icmpLimit":null,"loss":null,"peakFramesPerSecond":9,"rateCeiling":100,"receiveDrops":0,"rstLimit":null,"seq":15,"stopped":null,"tcp":{"answered":9,"closed":9,"complete":false,"filtered":0,"notPermitted":0,"open":1,"requested":"20-29","requestedCount":10,"retried":0,"sent":10,"silent":0,"unresolved":0},"to":"2026-11-25T10:50:43.654Z","type":"coverage","udp":null,"vantage":{"address":"10.0.0.2","interface":"eth0"}}
  {"address":"10.0.0.11","aliveAfter":true,"at":"2026-11-25T10:50:43.660Z","device":"dev-02000000090b","seq":16,"type":"device.done"}
  {"at":"2026-11-25T10:50:44.685Z","framesSent":40,"partial":true,"problem":null,"seq":17,"type":"run.ended"}
  """#

struct RestoredRunTests {
  private let lines: [JournalLine]
  private let text: [Data]

  init() throws {
    text = journal.split(separator: "\n").map { Data($0.utf8) }
    lines = try text.map { try JSONDecoder().decode(JournalLine.self, from: $0) }
  }

  private func restore(_ lines: some Sequence<JournalLine>) -> RestoredRun {
    var run = RestoredRun(portCount: 10)
    for line in lines { run.take(line) }
    return run
  }

  /// Such a record holds what counts, and none of the lines of a run that say so.
  @Test(arguments: ["run.merged", "pack.derived"]) func `the record of a pack that was made of others counts whole`(type: String) throws {
    let first = Data(#"{"at":"2026-11-25T10:50:41.817Z","seq":1,"type":"TYPE"}"#.replacing("TYPE", with: type).utf8)
    let told = [first, text[1], text[4], text[7], text[8], text[16]]
    let run = restore(try told.map { try JSONDecoder().decode(JournalLine.self, from: $0) })
    #expect(run.observations.map(\.id) == ["EV-000001", "EV-000002", "EV-000003"])
    #expect(run.findings.map(\.id) == ["F-0001"] && run.discarded == [] && run.lastObservation == 3)
  }

  @Test func `the whole journal gives everything that was found out`() throws {
    let run = restore(lines)
    let entry = try #require(run.entries.first)
    #expect(run.entries.count == 1 && entry.isDone && run.lines == 17)
    #expect(entry.open == [23] && entry.visited == [23] && entry.deviceClass == .fragile)
    #expect(entry.recognitions.map(\.protocolName) == [.telnet])
    #expect(entry.recognitions.map(\.said) == ["data/services/dev-02000000090b-tcp-23/response.bin"])
    #expect(entry.datagrams.map(\.port) == [53] && entry.datagrams.map(\.probe) == ["dns"])
    #expect(entry.distress.map(\.kind) == [.recovered] && entry.coverage?.tcp.closed == 9)
    #expect(run.observations.map(\.id) == ["EV-000001", "EV-000002", "EV-000003", "EV-000004"])
    #expect(run.findings.map(\.id) == ["F-0001"] && run.omitted.map(\.addresses) == ["10.0.0.9"])
    #expect(run.framesSent == 40 && run.discarded == [] && run.sighted.count == 1)
    let device = try #require(run.devices[entry.key.device])
    #expect(device.vendor == Attribution(name: "Example", source: "IEEE"))
    #expect(device.services.map(\.endpoint.description) == ["tcp/23", "udp/53"])
  }

  @Test func `every prefix gives a consistent state`() {
    for count in 0...lines.count {
      let run = restore(lines.prefix(count))
      #expect(run.lines == count)
      for entry in run.entries {
        #expect(entry.visited.isSubset(of: entry.open))
        #expect(!entry.isDone || entry.coverage != nil)
        #expect(run.devices[entry.key.device]?.addresses.contains(entry.key.address) == true)
        // A port counts as visited exactly when what the visit showed counts.
        #expect(entry.visited.contains(23) == !run.findings.isEmpty)
        #expect(entry.visited.contains(23) == run.observations.contains { $0.id == "EV-000003" })
      }
      let known = Set(run.observations.map(\.id))
      #expect(run.findings.allSatisfy { known.isSuperset(of: $0.observations) })
      let ids = run.observations.map(\.id) + run.discarded.filter { $0.hasPrefix("EV") }
      #expect(ids.count == run.lastObservation && Set(ids).count == ids.count)
    }
  }

  /// A kill between a finding and the line that ends its conversation: the conversation is held again.
  @Test func `what was cut off is done again under new numbers`() throws {
    var run = restore(lines.prefix(9))
    #expect(run.discarded == ["EV-000003", "F-0001"] && run.findings.isEmpty)
    let resumed = try JSONDecoder().decode(
      JournalLine.self, from: Data(#"{"at":"2026-11-25T10:51:00.000Z","seq":10,"type":"run.resumed"}"#.utf8))
    run.take(resumed)
    #expect(run.discarded == [] && run.lastFinding == 1 && run.lastObservation == 3)
    #expect(run.observations.map(\.id) == ["EV-000001", "EV-000002"] && run.entries.first?.visited == [])
  }

  /// The next number is one higher, and a record may be anybody's.
  @Test func `a number that no run writes leaves room for the next`() throws {
    var run = RestoredRun(portCount: 10)
    for (place, number) in [(1, "EV-9223372036854775807"), (8, "F-9223372036854775807")] {
      let id = place == 1 ? "EV-000001" : "F-0001"
      let line = String(decoding: text[place], as: UTF8.self).replacing(id, with: number)
      run.take(try JSONDecoder().decode(JournalLine.self, from: Data(line.utf8)))
    }
    #expect(run.lastObservation == 0 && run.lastFinding == 0)
  }

  @Test func `requests and broken probes are counted, and a run that does not tell has none`() throws {
    func line(_ type: String, _ number: Int, _ more: String = "") throws -> JournalLine {
      let text =
        #"{"address":"10.0.0.11","at":"2026-11-25T10:50:41.840Z","port":80,"probe":"http-login","#
        + #""seq":\#(number),"transport":"tcp","type":"\#(type)"\#(more)}"#
      return try JSONDecoder().decode(JournalLine.self, from: Data(text.utf8))
    }
    let run = restore(
      try lines.prefix(6) + [
        line("probe.broken-off", 7, #","requests":2"#), line("probe.broken-off", 8),
        line("probe.done", 9, #","requests":3"#),
      ])
    let entry = try #require(run.entries.first)
    #expect(entry.requests == 5 && entry.breaks == ["tcp/80 http-login": 2])
    #expect(entry.probed == ["tcp/80 http-login"] && entry.recognitions == [])
  }

  @Test func `another device at the same address is another entry`() throws {
    let other = String(decoding: text[2], as: UTF8.self).replacing("09:0b", with: "09:ff")
    let run = restore(
      lines.prefix(6) + [try JSONDecoder().decode(JournalLine.self, from: Data(other.utf8))] + lines[5...5])
    #expect(run.entries.map(\.key.device.rawValue) == ["dev-02000000090b", "dev-0200000009ff"])
    #expect(run.entries.map(\.open) == [[23], [23]])
  }

  @Test func `checkpoints add closed and silent ports of devices that the journal knows`() throws {
    var run = restore(lines.prefix(6))
    let device = try #require(run.entries.first?.key.device)
    var line = PortJournal.Line(address: try #require(IPAddress("10.0.0.11")), device: device)
    line.closed = [0...3]
    line.silent = [5...20]
    run.take(line)
    line.closed = [5...5]
    line.silent = []
    line.figures.frames = 77
    run.take(line)
    run.take(PortJournal.Line(address: try #require(IPAddress("10.0.0.99")), device: device))
    let turns = try #require(run.entries.first?.turns)
    #expect(turns.places(.closed) == [0, 1, 2, 3, 5] && turns.places(.silent) == [6, 7, 8, 9])
    #expect(run.framesSent == 77 && run.entries.count == 1)
  }

  @Test func `a line that lacks a member is refused, one of another type is not`() throws {
    for (line, octets) in zip(lines, text) {
      let object = try #require(JSONSerialization.jsonObject(with: octets) as? [String: Any])
      let needed: [String]
      switch line.type {
      case "device.found": needed = ["address", "deviceClass"]
      case "port.open", "session.closed": needed = ["address", "port"]
      case "device.done": needed = ["address", "device"]
      case "observation", "finding": needed = ["id"]
      case "run.ended": needed = ["framesSent"]
      default: needed = []
      }
      for name in needed + ["seq", "at", "type"] {
        let rest = try JSONSerialization.data(withJSONObject: object.filter { $0.key != name })
        #expect(throws: (any Error).self, "\(line.type) \(name)") {
          try JSONDecoder().decode(JournalLine.self, from: rest)
        }
      }
    }
  }
}
