internal import Engine
internal import Foundation
internal import LabSupport
internal import Records

/// What packs hold, written by the program's own encoders.
enum PackSeeds {
  private static func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

  static let journal = [
    octets(record), octets(ports), octets(plan),
    octets(record.split(separator: "\n").prefix(2).joined(separator: "\n")),
  ]

  private static let record = """
    {"seq":1,"at":"2026-11-20T10:02:11.042Z","type":"device.found","address":"10.0.0.5","mac":"00:11:22:33:44:55","vendor":"V","vendorSource":"S","deviceClass":"normal"}
    {"seq":2,"at":"2026-11-20T10:02:12.042Z","type":"port.open","address":"10.0.0.5","port":23}
    {"seq":3,"at":"2026-11-20T10:02:13.042Z","type":"session.closed","address":"10.0.0.5","port":23}
    {"seq":4,"at":"2026-11-20T10:02:13.042Z","type":"probe.done","address":"10.0.0.5","transport":"tcp","port":23,"probe":"telnet"}
    {"seq":5,"at":"2026-11-20T10:02:14.042Z","type":"datagram.answered","address":"10.0.0.5","port":53,"probe":"dns","isAnswer":true}
    {"seq":6,"at":"2026-11-20T10:02:14.042Z","type":"device.sighted","address":"10.0.0.6","mac":"00:11:22:33:44:56"}
    {"seq":7,"at":"2026-11-20T10:02:15.042Z","type":"target.omitted","addresses":"10.0.0.7","reason":"NT-FRAG","detail":{"ja":"a","en":"b"}}
    {"seq":8,"at":"2026-11-20T10:02:16.042Z","type":"device.distress","addresses":["10.0.0.5"],"distress":{"kind":"lost","lastAnswer":"2026-11-20T10:02:16.042Z","frozen":"2026-11-20T10:02:16.042Z","ended":null,"frames":7}}
    {"seq":9,"at":"2026-11-20T10:02:17.042Z","type":"device.done","address":"10.0.0.5","device":"dev-001122334455"}
    {"seq":10,"at":"2026-11-20T10:02:18.042Z","type":"run.ended","framesSent":99}

    """

  private static let ports = """
    {"address":"10.0.0.5","device":"dev-001122334455","closed":"0-99,101","silent":"100","udpClosed":"0-3","udpSilent":"7","figures":[1,2,3,4,5,6,7,8,9,10]}

    """

  private static let plan = """
    {"format":2,"runID":"r","started":"2026-11-20T10:02:11.042Z","toolVersion":"0.1","purpose":"audit","targets":["10.0.0.0/24"],
    "ports":"1-65535","profile":"standard","link":null,"deviceRate":100,"maxRate":null,"window":"22:00-05:00","listen":null,
    "shard":"1/2","unprivileged":false,"language":"ja","seed":"00","seedWasGiven":false,"rulesDigest":"a","fingerprints":null,
    "fingerprintsDigest":null,"scopeDigest":"b","interfaces":["eth0"]}
    """

  static let packs: [[UInt8]] = {
    var result = SampleAudit.result
    result.inventory.devices = Array(result.inventory.devices.prefix(2))
    result.findings = Array(result.findings.prefix(1))
    result.verdicts = Array(result.verdicts.prefix(2))
    result.coverage.devices = Array(result.coverage.devices.prefix(2))
    guard let audit = try? Packs.encoded(result) else { return [] }
    let digest = String(repeating: "0123456789abcdef", count: 4)
    return [
      [0] + audit, [1] + audit, [2] + octets("\(digest)  data/a%0Ab\n\(digest)  data/run.json\n"),
      [3] + octets("Source-Organization: x\nPayload-Oxum: 12.3\n"),
    ]
  }()
}
