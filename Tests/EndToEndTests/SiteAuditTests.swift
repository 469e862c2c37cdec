import Foundation
import Records
import Testing

/// The product against the lab's ground truth: real frames, real daemons, default rates.
@Suite(.needsLab, .serialized) struct SiteAuditTests {
  private let audit: SiteAudit
  private let truth: LabTruth
  private let pack: PackFiles
  private let states: LabState

  init() throws {
    audit = try SiteAudit.shared.get()
    truth = try LabTruth.read()
    pack = try PackFiles(audit.pack)
    states = try LabState(file: audit.statesFile)
  }

  @Test func `the run ends with the status for findings`() {
    #expect(audit.status == 1, "\(audit.errors)")
    #expect(pack.coverage.partial == false)
    #expect(pack.coverage.receiveDrops == 0)
  }

  @Test func `every device is found by MAC address and vendor, and nothing else`() throws {
    #expect(pack.inventory.devices.count == truth.devices.count)
    for device in truth.devices {
      let found = try #require(pack.device(at: device.address), "\(device.name) is missing")
      #expect(found.mac == device.mac)
      #expect(found.vendor?.name == device.vendor)
    }
  }

  @Test func `the open ports are those of the truth`() throws {
    for device in truth.devices {
      let found = try #require(pack.device(at: device.address))
      for (transport, services) in [("tcp", device.tcp), ("udp", device.udp)] {
        let open = found.services.filter { $0.transport == transport }
        #expect(open.map(\.port).sorted() == services.map(\.port).sorted(), "\(device.name) \(transport)")
        #expect(open.allSatisfy { $0.state == "open" })
      }
    }
  }

  @Test func `exactly the weaknesses of the lab are findings, on whatever port`() throws {
    let expected = truth.devices.flatMap { device in
      (device.tcp + device.udp).flatMap { service in
        service.weaknesses.map { "\(device.address):\(service.port) \($0)" }
      }
    }
    let found = try pack.findings.map { finding in
      "\(finding.device.addresses[0]):\(try #require(finding.service).port) \(finding.check)"
    }
    #expect(found.sorted() == expected.sorted())
    #expect(expected.contains { !$0.contains(":23 ") && $0.hasSuffix("telnet.enabled") }, "Telnet on an odd port")
    #expect(Set(pack.findings.map(\.check)).isSuperset(of: ["telnet.enabled", "redis.no-auth", "tftp.enabled"]))
  }

  @Test func `services are named, whatever their port`() throws {
    for device in truth.devices {
      let services = try #require(pack.device(at: device.address)).services
      for service in device.tcp {
        let named = try #require(services.first { $0.transport == "tcp" && $0.port == service.port })
        switch service.protocol {
        // Nothing is sent to a print port, so what it speaks is not known.
        case "jetdirect", nil: #expect(named.protocol == nil)
        case "https": #expect(named.protocol == "http" && named.tls == true)
        case let name: #expect(named.protocol == name, "\(device.name) tcp/\(service.port)")
        }
      }
    }
  }

  /// Checked by a program that knows none of tenken's types: records against the files they name, rows against the verdicts.
  @Test func `evidence records and rows of the sheet agree with the rest of the pack`() throws {
    let script = """
      import collections, csv, hashlib, json, pathlib, sys
      pack = pathlib.Path(sys.argv[1])
      lines = (pack / 'data/run.jsonl').read_bytes().splitlines()
      seen = [json.loads(line) for line in lines]
      records = [json.loads(line) for line in (pack / 'data/evidence.jsonl').read_text().splitlines()]
      assert [r['evidence_id'] for r in records] == [e['id'] for e in seen if e['type'] == 'observation']
      octets = 0
      for record in records:
          line = lines[record['raw_ref']['line'] - 1]
          assert hashlib.sha256(line).hexdigest() == record['sha256'], record['evidence_id']
          for file in record['request'] + record['response']:
              read = (pack / file['path']).read_bytes()
              assert hashlib.sha256(read).hexdigest() == file['sha256'] and len(read) == file['octets'], file
              octets += len(read)
      findings = json.loads((pack / 'data/findings.json').read_text())
      by_id = {r['evidence_id']: r for r in records}
      for finding in findings:
          for observation in finding['observations']:
              assert finding['id'] in by_id[observation]['findings'], finding['id']
      verdicts = json.loads((pack / 'data/checklist/verdicts.json').read_text())
      counted = collections.Counter(v['item'] for v in verdicts if v['item'].startswith('jssec-iot-v1/'))
      for item, count in counted.items():
          row = json.loads((pack / f"data/items/{item.split('/')[1]}.json").read_text())
          assert row['item'] == item and len(row['results']) == count, item
      untested = list(csv.reader((pack / 'data/not-tested.csv').open(encoding='utf-8-sig', newline='')))
      expected = sum(v['status'] == 'not-tested' for v in verdicts if v['item'].startswith('jssec-iot-v1/'))
      assert len(untested) - 1 >= expected
      print(len(records), octets, len(counted))
      """
    let read = try Program.run(Program.repository + "/.build/oracles/bin/python", ["-c", script, audit.pack])
    let counts = read.output.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
    #expect(read.status == 0 && counts.count == 3 && counts.allSatisfy { $0 > 30 }, "\(read.output)\(read.errors)")
  }

  @Test func `every finding carries the octets and a capture that tshark reads`() throws {
    for finding in pack.findings {
      let port = try #require(finding.service).port
      for path in finding.evidence {
        #expect(FileManager.default.fileExists(atPath: "\(audit.pack)/\(path)"), "\(path)")
      }
      // Two services decide it together, and each has its own octets among the evidence of its observation.
      if finding.check == "ssh.shared-hostkey" { continue }
      let folder = "\(audit.pack)/data/findings/\(finding.id)"
      let response = try Data(contentsOf: URL(fileURLWithPath: folder + "/response.bin"))
      let request = try Data(contentsOf: URL(fileURLWithPath: folder + "/request.bin"))
      if finding.check == "telnet.enabled" {
        #expect(request.isEmpty, "nothing is sent to a service that speaks first")
        let saysLogin = String(decoding: response, as: UTF8.self).contains("ogin")
        #expect(response.first == 0xff || saysLogin)
      } else if finding.check == "printer.raw-open" {
        #expect(request.isEmpty && response.isEmpty, "a connection, on which nothing is said")
      } else {
        #expect(!request.isEmpty)
      }
      let transport = try #require(finding.service).transport
      let shark = try Program.run(
        "tshark",
        [
          "-r", folder + "/slice.pcapng", "-Y",
          "not tcp.analysis.retransmission and not tcp.analysis.spurious_retransmission", "-T", "fields", "-e",
          "ip.src", "-e", "\(transport).srcport", "-e",
          "\(transport).payload", "-e", transport == "udp" ? "tcp.payload" : "udp.payload",
        ])
      #expect(shark.status == 0, "\(shark.errors)")
      // A TFTP server answers from a port of its own choice (RFC 1350 §4); a UPnP or ONVIF device says by UDP where its
      // description can be fetched.
      let lines = shark.output.split(separator: "\n").filter {
        $0.hasPrefix("\(finding.device.addresses[0])\t\(transport == "tcp" ? "\(port)\t" : "")")
      }
      #expect(!lines.isEmpty, "\(finding.check): the slice holds what the device sent")
      if finding.check.hasPrefix("tls."), transport == "tcp" {
        try holds(
          folder + "/slice.pcapng", port, from: finding.device.addresses[0], response,
          conversations: "\(audit.pack)/data/services/\(finding.device.id)-tcp-\(port)-tls")
        continue
      }
      let payload = lines.flatMap { $0.split(separator: "\t", omittingEmptySubsequences: false).dropFirst(2) }.joined()
      #expect(payload == response.map { String(format: "%02x", $0) }.joined(), "the capture holds the same octets")
    }
  }

  /// The audit of TLS says goodbye once it knows enough; what a service still says to that is in the capture alone. So each
  /// connection of the slice begins with its part of the octets, and the parts are all of them.
  private func holds(
    _ slice: String, _ port: UInt16, from address: String, _ response: Data, conversations: String
  ) throws {
    let shark = try Program.run(
      "tshark",
      [
        "-r", slice, "-Y",
        "ip.src == \(address) and tcp.srcport == \(port) and tcp.len > 0 and not tcp.analysis.retransmission", "-T",
        "fields", "-e", "tcp.stream", "-e", "tcp.payload",
      ])
    var streams: [(number: Substring, digits: String)] = []
    for line in shark.output.split(separator: "\n") {
      let fields = line.split(separator: "\t")
      guard fields.count == 2 else { continue }
      // What comes late stands behind the beginning of the next.
      if let place = streams.firstIndex(where: { $0.number == fields[0] }) {
        streams[place].digits += fields[1]
      } else {
        streams.append((fields[0], String(fields[1])))
      }
    }
    let parts = (1...30).compactMap { number in
      let file = "\(conversations)\(number == 1 ? "" : "-\(number)")/response.bin"
      return FileManager.default.contents(atPath: file).flatMap { $0.isEmpty ? nil : $0 }
    }
    #expect(parts.count > 4 && parts.count == streams.count)
    #expect(parts.reduce(Data(), +) == response, "the finding holds all of them")
    for (part, stream) in zip(parts, streams) {
      let digits = part.map { String(format: "%02x", $0) }.joined()
      #expect(stream.digits.hasPrefix(digits), "connection \(stream.number)")
    }
  }

  @Test func `the hardened device has no finding and no fail`() throws {
    let device = try #require(truth.devices.first { $0.hardened })
    #expect(!pack.findings.contains { $0.device.addresses.contains(device.address) })
    let id = try #require(pack.device(at: device.address)).id
    #expect(!pack.verdicts.contains { $0.device == id && $0.status == "fail" })
  }

  @Test func `a partial port range never passes and says so`() throws {
    let device = try #require(truth.devices.first { $0.hardened })
    let rows = pack.verdicts("JSSEC-14.2.c", at: device.address)
    #expect(rows.map(\.status) == ["not-tested"])
    // The scope names no ot-identify, and that weighs more than the ports nobody asked for.
    #expect(rows.first?.reason == "NT-AUTH")
    // One row passes by what was done and not by how far ports were looked at: the listed checks for known weaknesses.
    let passed = Set(pack.verdicts.filter { $0.status == "pass" }.map(\.item))
    #expect(passed.isSubset(of: ["jssec-iot-v1/JSSEC-21.1.d"]), "\(passed)")
    #expect(pack.coverage.devices.allSatisfy { !$0.tcp.complete })
  }

  @Test func `Telnet fails both items, with evidence`() throws {
    for device in truth.devices where !device.telnetPorts.isEmpty {
      for item in ["JSSEC-14.2.c", "JSSEC-15.2.b"] {
        let rows = pack.verdicts(item, at: device.address)
        #expect(rows.map(\.status) == device.telnetPorts.map { _ in "fail" }, "\(device.name) \(item)")
        #expect(rows.compactMap { $0.service?.port } == device.telnetPorts)
        #expect(rows.allSatisfy { !$0.evidence.isEmpty })
      }
    }
  }

  @Test func `every verdict has a reason or evidence that exists`() {
    for verdict in pack.verdicts {
      #expect(verdict.reason != nil || !verdict.evidence.isEmpty)
      for path in verdict.evidence {
        #expect(FileManager.default.fileExists(atPath: "\(audit.pack)/\(path)"), "\(path)")
      }
    }
  }

  @Test func `every device survives, and gets no more frames in any second than its class bears, by its own count`()
    throws
  {
    for device in truth.devices {
      let state = try #require(states.devices[device.name])
      let coverage = try #require(pack.coverage.devices.first { $0.address == device.address })
      #expect(state.alive)
      #expect(state.missed == 0)
      // Profiles/scans/standard.yaml; the lab's fragile devices are known as such from their vendor on.
      #expect(state.peakPerSecond <= (coverage.deviceClass == "fragile" ? 20 : 100), "\(device.name)")
      // Two clocks and two interfaces: one frame may fall into the next second.
      #expect(state.peakPerSecond <= coverage.peakFramesPerSecond + 2, "\(device.name)")
      #expect(abs(state.frames - coverage.framesSent) <= 4, "\(device.name) \(state.frames) \(coverage.framesSent)")
      #expect(coverage.aliveBefore && coverage.aliveAfter == true)
    }
    #expect(truth.devices.contains { $0.fragile != nil })
    // How long it takes is a row of Scripts/bench.
    #expect(pack.coverage.devices.count >= 24 && pack.coverage.devices.contains { $0.deviceClass == "fragile" })
  }

  @Test func `the device that ignores ping is found all the same`() throws {
    let device = try #require(truth.devices.first { !$0.answersPing && !$0.telnetPorts.isEmpty })
    #expect(pack.device(at: device.address) != nil)
  }

  @Test func `the print port got a connection and no payload`() throws {
    #expect(states.devices["printer"]?.connections == 1)
    #expect(states.devices["printer"]?.payloadOctets == 0)
  }

  @Test func `silent ports are told from closed ones`() throws {
    for device in truth.devices {
      let tcp = try #require(pack.coverage.devices.first { $0.address == device.address }).tcp
      #expect(tcp.open + tcp.closed + tcp.silent + tcp.notPermitted == 1000)
      #expect(tcp.unresolved == 0 && tcp.notPermitted > 0)
      #expect(device.closedPorts == "silent" ? tcp.closed == 0 : tcp.silent == 0, "\(device.name)")
    }
  }

  @Test func `tenken, sha256sum, bagit and the published schemas accept the pack`() throws {
    let verified = try Program.run(Program.tenken, ["evidence", "verify", audit.pack])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
      let sums = try Program.run("sha256sum", ["-c", "--quiet", "--strict", manifest], in: audit.pack)
      #expect(sums.status == 0, "\(sums.output)\(sums.errors)")
    }
    let python = Program.repository + "/.build/oracles/bin/python"
    let bagit = try Program.run(python, ["-c", "import bagit, sys; bagit.Bag(sys.argv[1]).validate()", audit.pack])
    #expect(bagit.status == 0, "\(bagit.errors)")
    let schemas = try Program.run(python, [Program.repository + "/Scripts/validate-pack", audit.pack])
    #expect(schemas.status == 0, "\(schemas.output)\(schemas.errors)")
  }

  /// Docs/VerifyingPacks.md as a third party would follow it, on the lab's pack and on one that was changed.
  @Test func `a third party verifies the signed pack by the published steps`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("verify-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try Program.run("cp", ["-a", audit.pack, folder + "/pack"]).status == 0)
    #expect(try Program.run(Program.tenken, ["key", "generate", folder + "/auditor"]).status == 0)
    let signed = try Program.run(Program.tenken, ["evidence", "sign", folder + "/pack", "--key", folder + "/auditor"])
    #expect(signed.status == 0, "\(signed.errors)")
    let arguments = ["evidence", "verify", folder + "/pack", "--key", folder + "/auditor.pub"]
    let verified = try Program.run(Program.tenken, arguments)
    #expect(verified.status == 0 && verified.output.contains("Signed by SHA256:"), "\(verified.output)")

    let text = try String(contentsOfFile: Program.repository + "/Docs/VerifyingPacks.md", encoding: .utf8)
    let blocks = text.split(separator: "```\n").flatMap { $0.split(separator: "```") }
    let shell = blocks.filter { $0.hasPrefix("sh\n") }.map { "set -e\n" + $0.dropFirst(3) }
    let python = blocks.filter { $0.hasPrefix("python\n") }.map { String($0.dropFirst(7)) }
    try #require(shell.count == 3 && python.count == 1)
    func byHand() throws -> [Int32] {
      try shell.map { try Program.run("sh", ["-c", $0], in: folder + "/pack").status }
        + python.map {
          try Program.run(
            Program.repository + "/.build/oracles/bin/python", ["-c", $0], in: folder + "/pack"
          ).status
        }
    }
    #expect(try byHand() == [0, 0, 0, 0])
    let record = URL(fileURLWithPath: folder + "/pack/data/run.jsonl")
    let octets = try Data(contentsOf: record)
    try octets.dropLast(1).write(to: record)
    let failed = try byHand()
    #expect(failed[0] != 0 && failed[3] != 0)
    #expect(try Program.run(Program.tenken, arguments).status == 1)
    try octets.write(to: record)
    let bagit = try Program.run(
      Program.repository + "/.build/oracles/bin/python",
      ["-c", "import bagit, sys; bagit.Bag(sys.argv[1]).validate()", folder + "/pack"])
    #expect(bagit.status == 0, "\(bagit.errors)")
  }

  /// Each form read by a program of others, which counts what it found.
  @Test(arguments: [
    ("csv", "import csv; print(len(list(csv.reader(open(f, encoding='utf-8-sig', newline='')))) - 1)", "verdicts"),
    (
      "nmap-xml",
      "from libnmap.parser import NmapParser; print(len(NmapParser.parse_fromfile(f).hosts))", "devices"
    ),
    (
      "ocsf",
      """
      import json
      from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
      events = [json.loads(line) for line in open(f)]
      rows = [ComplianceFinding.model_validate(event) for event in events if event['class_uid'] == 2003]
      assert {event['class_uid'] for event in events} == {2002, 2003, 5001}
      print(len(rows))
      """, "verdicts"
    ),
    (
      "oscal",
      """
      import pathlib
      from trestle.oscal.assessment_results import AssessmentResults
      read = AssessmentResults.oscal_read(pathlib.Path(f))
      print(len(read.results[0].observations))
      """, "verdicts"
    ),
    (
      "cyclonedx",
      """
      import json
      from cyclonedx.schema import SchemaVersion
      from cyclonedx.validation.json import JsonStrictValidator
      text = open(f).read()
      problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
      assert problem is None, problem
      print(len(json.loads(text)['components']))
      """, "devices"
    ),
    ("defectdojo", "import json; print(len(json.load(open(f))['findings']))", "findings"),
    (
      "json",
      """
      import json, jsonschema, pathlib
      schema = json.loads(pathlib.Path('\(Program.repository)/Docs/OutputSchema/result.schema.json').read_text())
      read = json.load(open(f))
      jsonschema.Draft202012Validator(schema).validate(read)
      print(len(read['verdicts']))
      """, "verdicts"
    ),
  ])
  func `other programs read the exports`(format: String, script: String, counted: String) throws {
    let file = NSTemporaryDirectory() + "tenken-export-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: file) }
    for language in ["ja", "en"] {
      let made = try Program.run(
        Program.tenken, ["report", audit.pack, "--format", format, "--lang", language, "--output", file])
      #expect(made.status == 0, "\(made.errors)")
      let read = try Program.run(
        Program.repository + "/.build/oracles/bin/python", ["-c", "import sys; f = sys.argv[1]\n" + script, file])
      let expected =
        switch counted {
        case "verdicts": pack.verdicts.count
        case "devices": pack.inventory.devices.count
        default: pack.findings.count
        }
      #expect(read.output.split(separator: "\n").last == "\(expected)", "\(format): \(read.output)\(read.errors)")
      try FileManager.default.removeItem(atPath: file)
    }
  }

  @Test func `the report is one Japanese page without script or remote reference`() throws {
    let page = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: audit.pack + "/data/report/report.html")), as: UTF8.self)
    #expect(page.contains("lang=\"ja\""))
    for word in ["<script", "src="] { #expect(!page.contains(word), "\(word)") }
    // The style has shares of widths.
    let text = page.replacing(/<style>(?s:.)*?<\/style>/, with: "")
    for language in WordingRules.Language.allCases { #expect(WordingRules.problems(in: text, language) == []) }
    for finding in pack.findings { #expect(page.contains(finding.id)) }
    // Whatever TLS service has a finding is held against the guidelines, too; DTLS is not, of which they do not speak.
    let services = pack.findings.filter { $0.check.hasPrefix("tls.") }.compactMap { finding in
      finding.service.flatMap { "\($0.transport)" == "udp" ? nil : $0 }.map {
        "<h3>\(finding.device.addresses[0]) <span class=\"code\">\($0.transport)/\($0.port)</span></h3>"
      }
    }
    #expect(!services.isEmpty)
    for service in Set(services) { #expect(page.contains(service), "\(service)") }
  }

  @Test(arguments: ["management", "auditor", "vendor"])
  func `a page beside the pack leads to files that are there, and says no more than its reader may know`(reader: String)
    throws
  {
    let beside = URL(fileURLWithPath: audit.pack).deletingLastPathComponent()
    let file = beside.appendingPathComponent("page-\(reader).html").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let made = try Program.run(
      Program.tenken, ["report", audit.pack, "--for", reader, "--lang", "en", "--output", file])
    #expect(made.status == 0, "\(made.errors)")
    let page = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    let links = page.matches(of: /href="([^#"][^"]*)"/).map { String($0.1).removingPercentEncoding ?? "" }
    #expect(links.isEmpty == (reader == "management"))
    for link in Set(links) { #expect(FileManager.default.fileExists(atPath: beside.path + "/" + link), "\(link)") }
    #expect(page.contains("id=\"count-devices\">\(pack.inventory.devices.count)<"))
    #expect(page.contains("id=\"count-findings\">\(pack.findings.count)<"))
    #expect(page.contains("id=\"count-verdicts\">\(pack.verdicts.count)<") == (reader != "vendor"))
    #expect(page.contains("lab operator") == (reader != "vendor"))
    // Of the digest that stands for the sealed pack.
    let digest = try Program.run("sha256sum", [audit.pack + "/tagmanifest-sha256.txt"]).output.prefix(64)
    #expect(digest.count == 64 && page.contains(digest))
  }

  @Test func `progress goes to standard error in lines and the summary to standard output`() {
    #expect(audit.errors.split(separator: "\n").count >= 3)
    #expect(!audit.errors.contains("\u{1b}"))
    #expect(audit.output.contains("JSSEC-14.2.c"))
  }
}
