internal import Addressing
internal import Records
internal import Reports

/// Findings for DefectDojo's "Generic Findings Import": its JSON has no version; these are the members of its documentation.
public enum DefectDojo {
  public static func octets(_ source: ExportSource) throws -> [UInt8] {
    let findings = source.result.findings.map { finding -> JSONValue in
      var members: [String: JSONValue] = [
        "title": .text(inert(source.words(finding.title))),
        "description": .text(description(finding, source)), "severity": .text(severity(finding.severity)),
        "mitigation": .text(inert(source.words(finding.remediation))),
        "date": .text(String(source.time(finding.at).prefix(10))),
        "unique_id_from_tool": .text("\(source.result.run.runID)/\(finding.id)"),
        "vuln_id_from_tool": .text(finding.check),
        "dynamic_finding": true, "static_finding": false, "active": true, "verified": false,
        "endpoints": .list(endpoints(finding).map { .text($0) }),
        "references": .text(finding.evidence.joined(separator: "\n")),
      ]
      if let weakness = source.weaknesses[finding.check]?.first { members["cwe"] = .number(weakness) }
      return .object(members)
    }
    let document: JSONValue = [
      "name": .text("tenken \(source.result.run.runID)"), "type": "tenken", "findings": .list(findings),
    ]
    return try document.octets(indented: true)
  }

  private static func severity(_ severity: Severity) -> String {
    switch severity {
    case .info: "Info"
    case .low: "Low"
    case .medium: "Medium"
    case .high: "High"
    case .critical: "Critical"
    }
  }

  private static func endpoints(_ finding: Finding) -> [String] {
    finding.device.addresses.prefix(1).map { address in
      let host = address.isIPv4 ? "\(address)" : "[\(address)]"
      return finding.service.map { "\($0.transport)://\(host):\($0.port)" } ?? host
    }
  }

  private static func description(_ finding: Finding, _ source: ExportSource) -> String {
    let items = finding.items.joined(separator: ", ")
    return inert(source.words(finding.detail)) + (items.isEmpty ? "" : "\n\n\(items)")
      + "\n\nSHA-256 tagmanifest-sha256.txt: \(source.packDigest)"
  }
}
