internal import Addressing
internal import Records
internal import Reports

/// OSCAL assessment results, version 1.1.3, in JSON.
///
/// Every verdict is an observation. Only what failed and what passed within bounds is a finding too: OSCAL knows no third state, and
/// what was not tested must be neither.
public enum OSCAL {
  static let version = "1.1.3"

  public static func octets(_ source: ExportSource) throws -> [UInt8] {
    let document: JSONValue = ["assessment-results": .object(Writer(source: source).document)]
    return try document.octets(indented: true)
  }

  private struct Writer {
    let source: ExportSource
    var run: RunSummary { source.result.run }

    var document: [String: JSONValue] {
      [
        "uuid": .text(NamedUUID.make(run.runID, "assessment-results", source.packDigest)),
        "metadata": [
          "title": .text(line("tenken \(run.runID)")), "last-modified": .text(run.ended.rfc3339()),
          "version": .text(line(run.runID)), "oscal-version": .text(OSCAL.version),
          "props": .list([property("tagmanifest-sha256", source.packDigest)]),
        ],
        // The plan that was carried out is the scope in the pack.
        "import-ap": ["href": "data/scope/scope.yaml"],
        "results": .list([.object(result)]),
      ]
    }

    var result: [String: JSONValue] {
      let rows = Set(source.result.verdicts.map { ExportSource.row($0.item) }).sorted()
      let controls: JSONValue =
        rows.isEmpty
        ? ["include-all": [:]]
        : ["include-controls": .list(rows.map { ["control-id": .text($0)] })]
      var members: [String: JSONValue] = [
        "uuid": .text(NamedUUID.make(run.runID, "result")),
        "title": .text(line(run.engagement.id + " " + run.engagement.site)),
        "description": .text(
          text(source.language == .ja ? "ツールによる判定案です。判定は人が行います。" : "Proposals of a tool; a person determines.")),
        "start": .text(run.started.rfc3339()), "end": .text(run.ended.rfc3339()),
        "reviewed-controls": ["control-selections": .list([controls])],
      ]
      let devices = source.result.inventory.devices.map(item)
      if !devices.isEmpty { members["local-definitions"] = ["inventory-items": .list(devices)] }
      let verdicts = source.result.verdicts.enumerated()
      if !source.result.verdicts.isEmpty {
        members["observations"] = .list(verdicts.map { observation($0, $1) })
      }
      let findings = verdicts.filter { $1.status == .fail || $1.status == .pass }.map { finding($0, $1) }
      if !findings.isEmpty { members["findings"] = .list(findings) }
      return members
    }

    private func item(_ device: Device) -> JSONValue {
      var props = device.addresses.map { property($0.isIPv4 ? "ipv4-address" : "ipv6-address", "\($0)") }
      if let mac = device.mac { props.append(property("mac-address", "\(mac)")) }
      if let vendor = device.vendor { props.append(property("vendor-name", vendor.name)) }
      if let model = device.model { props.append(property("hardware-model", model.name)) }
      if let firmware = device.firmware { props.append(property("firmware-version", firmware.name)) }
      props.append(property("asset-id", device.id.rawValue))
      return [
        "uuid": .text(uuid(of: device.id)), "description": .text(text(device.model?.name ?? device.id.rawValue)),
        "props": .list(props),
      ]
    }

    private func observation(_ number: Int, _ verdict: Verdict) -> JSONValue {
      var props = [property("status", verdict.status.rawValue), property("item", ExportSource.row(verdict.item))]
      if let reason = verdict.reason { props.append(property("reason", reason.rawValue)) }
      if let polarity = verdict.polarity { props.append(property("polarity", polarity.rawValue)) }
      if let service = verdict.service {
        props.append(property("service", service.description.replacing("/", with: "-")))
      }
      var members: [String: JSONValue] = [
        "uuid": .text(uuid(of: number)), "title": .text(line(source.title(verdict.item))),
        "description": .text(text(source.words(verdict.explanation))), "methods": ["TEST"], "types": ["discovery"],
        "collected": .text((verdict.bounds.to ?? run.ended).rfc3339()), "props": .list(props),
      ]
      if let device = verdict.device {
        members["subjects"] = .list([["subject-uuid": .text(uuid(of: device)), "type": "inventory-item"]])
      }
      if !verdict.evidence.isEmpty {
        members["relevant-evidence"] = .list(
          verdict.evidence.map { ["href": .text(percentEncoded($0)), "description": .text(text($0))] })
      }
      let remarks = [source.bounds(verdict), verdict.bounds.cannotConclude.map(source.words) ?? ""].filter {
        !$0.isEmpty
      }
      if !remarks.isEmpty { members["remarks"] = .text(text(remarks.joined(separator: "\n"))) }
      return .object(members)
    }

    private func finding(_ number: Int, _ verdict: Verdict) -> JSONValue {
      let passed = verdict.status == .pass
      return [
        "uuid": .text(NamedUUID.make(run.runID, "oscal-finding", "\(number)")),
        "title": .text(line(source.title(verdict.item))),
        "description": .text(text(source.words(verdict.explanation))),
        "target": [
          "type": "objective-id", "target-id": .text(ExportSource.row(verdict.item)),
          "status": [
            "state": .text(passed ? "satisfied" : "not-satisfied"), "reason": .text(passed ? "pass" : "fail"),
            "remarks": .text(text(source.status(verdict.status) + "; " + source.bounds(verdict))),
          ],
        ],
        "related-observations": .list([["observation-uuid": .text(uuid(of: number))]]),
      ]
    }

    private func uuid(of device: DeviceID) -> String { NamedUUID.make(run.runID, "inventory-item", device.rawValue) }
    private func uuid(of number: Int) -> String { NamedUUID.make(run.runID, "observation", "\(number)") }

    private func property(_ name: String, _ value: String) -> JSONValue {
      ["name": .text(name), "value": .text(line(value)), "ns": "urn:tenken:oscal"]
    }

    /// One line without spaces around it, never empty: what OSCAL calls a string.
    private func line(_ text: String) -> String {
      let flat = inert(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return flat.isEmpty ? "-" : flat
    }

    private func text(_ text: String) -> String {
      let safe = inert(text)
      return safe.isEmpty ? "-" : safe
    }
  }
}
