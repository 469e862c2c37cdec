internal import Addressing
internal import Records

/// Where devices stand in the picture of the network: a line for each segment, from where was looked, and below it a frame for
/// each kind of device.
struct NetworkMap {
  /// Beyond so many devices only their numbers are drawn.
  static let most = 60
  static let width = 960
  static let frame = 306
  static let chip = 142
  static let chipRow = 20
  static let columns = 3
  /// What stands between a segment and the others.
  static let gateways: Set<String> = ["gateway", "router", "firewall"]

  struct Group: Hashable {
    /// The word of the claim; nil for devices that nothing names.
    let role: String?
    let devices: [Device]

    var isGateway: Bool { role.map { NetworkMap.gateways.contains($0) } ?? false }
  }

  /// Devices that were looked at from one place.
  struct Segment: Hashable {
    let vantage: Vantage?
    let groups: [Group]
  }
}

extension ReportModel {
  /// nil without a device.
  var networkMap: Page? {
    guard !listed.isEmpty else { return nil }
    let isDrawn = listed.count <= NetworkMap.most
    var y = 6
    let segments = self.segments.map { segment -> Page in
      let page = picture(segment, top: y, isDrawn: isDrawn)
      y = (page["bottom"] as? Int ?? y) + 18
      return page
    }
    return [
      "width": NetworkMap.width, "height": y, "segments": segments,
      "drawn": isDrawn
        ? words.filled(.mapDrawn, Shown.number(listed.count)) : words.filled(.mapGrouped, Shown.number(listed.count)),
      "groups": self.segments.flatMap { segment in segment.groups.map { table($0, segment) } },
    ]
  }

  /// By vantage; devices that were not probed stand for themselves.
  private var segments: [NetworkMap.Segment] {
    let byVantage = Dictionary(grouping: listed) { coverages[$0.id]?.vantage }
    return byVantage.map { NetworkMap.Segment(vantage: $0, groups: groups($1)) }.sorted { left, right in
      guard let one = left.vantage else { return false }
      guard let other = right.vantage else { return true }
      return (one.interface, one.address) < (other.interface, other.address)
    }
  }

  /// Gateways first, then by number; what nothing names last.
  private func groups(_ devices: [Device]) -> [NetworkMap.Group] {
    Dictionary(grouping: devices) { claimedRole($0)?.value }.map { NetworkMap.Group(role: $0, devices: $1) }
      .sorted { left, right in
        if left.isGateway != right.isGateway { return left.isGateway }
        guard let one = left.role else { return false }
        guard let other = right.role else { return true }
        return left.devices.count == right.devices.count ? one < other : left.devices.count > right.devices.count
      }
  }

  private func title(_ group: NetworkMap.Group) -> String {
    group.role.map(words.role) ?? words[.roleUnknown]
  }

  private func picture(_ segment: NetworkMap.Segment, top: Int, isDrawn: Bool) -> Page {
    let line = top + 46
    var heights = Array(repeating: line + 22, count: NetworkMap.columns)
    let frames = segment.groups.map { group -> Page in
      let column = heights.indices.min { heights[$0] < heights[$1] } ?? 0
      let isFirst = heights[column] == line + 22
      let frame = frame(group, column: column, top: heights[column], line: isFirst ? line : nil, isDrawn: isDrawn)
      heights[column] += (frame["height"] as? Int ?? 0) + 12
      return frame
    }
    return [
      "vantage": segment.vantage.map { shortened("tenken: \($0.interface) \($0.address)", 40) } ?? "–", "top": top,
      "text": top + 17, "line": line, "end": NetworkMap.width - 12,
      "networks": shortened(
        parts.scope?.networks.joined(separator: ", ") ?? result.run.targets.joined(separator: ", "), 60),
      "frames": frames, "bottom": heights.max() ?? line,
    ]
  }

  private func frame(_ group: NetworkMap.Group, column: Int, top: Int, line: Int?, isDrawn: Bool) -> Page {
    let x = 12 + column * (NetworkMap.frame + 10)
    let rows = isDrawn ? (group.devices.count + 1) / 2 : 2
    var page: Page = [
      "x": x, "y": top, "width": NetworkMap.frame, "height": 26 + rows * NetworkMap.chipRow + 4,
      "text": top + 17, "textX": x + 8, "isGateway": group.isGateway,
      "title": shortened(title(group), 36), "count": Shown.number(group.devices.count),
      "chips": isDrawn ? group.devices.enumerated().map { chip($1, $0, x: x, top: top + 24) } : [],
      "texts": isDrawn ? [] : summary(group, x: x, top: top),
    ]
    if let line { page["stem"] = [["x": x + 30, "from": line, "to": top]] as [Page] }
    return page
  }

  private func chip(_ device: Device, _ place: Int, x: Int, top: Int) -> Page {
    let left = x + 8 + place % 2 * (NetworkMap.chip + 4)
    let y = top + place / 2 * NetworkMap.chipRow
    var page: Page = [
      "x": left, "y": y, "width": NetworkMap.chip, "height": NetworkMap.chipRow - 4, "textX": left + 20, "text": y + 12,
      "name": shortened(name(of: device.id), 17),
    ]
    if let findings = findingsByDevice[device.id], let worst = findings.map(\.severity).max() {
      page["mark"] =
        [
          [
            "key": worst.rawValue, "path": worst.mark(x: left + 10, y: y + 8),
            "hint": "\(name(of: device.id)): \(counted(findings))",
          ]
        ] as [Page]
    }
    return page
  }

  private func summary(_ group: NetworkMap.Group, x: Int, top: Int) -> [Page] {
    let findings = group.devices.flatMap { findingsByDevice[$0.id] ?? [] }
    let hit = group.devices.count { findingsByDevice[$0.id] != nil }
    return [
      ["text": words.filled(.mapFindings, Shown.number(hit)), "x": x + 8, "y": top + 38],
      ["text": shortened(counted(findings), 44), "x": x + 8, "y": top + 58],
    ]
  }

  private func table(_ group: NetworkMap.Group, _ segment: NetworkMap.Segment) -> Page {
    let findings = group.devices.flatMap { findingsByDevice[$0.id] ?? [] }
    return [
      "title": title(group), "devices": Shown.number(group.devices.count), "findings": counted(findings),
      "vantage": segment.vantage.map { "\($0.interface) \($0.address)" } ?? "–",
      "addresses": group.devices.map { name(of: $0.id) }.joined(separator: ", "),
    ]
  }
}
