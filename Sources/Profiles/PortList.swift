internal import Documents
public import Records

/// A named, sourced and ordered list of TCP ports: a file of Profiles/ports.
public struct PortList: Hashable, Sendable {
  /// Ports that share a reason and a source.
  public struct Group: Hashable, Sendable {
    public let name: String
    public let why: LocalizedText?
    /// The document that the ports come from.
    public let source: String
    /// The technique a scope must name before these ports are probed; nil for ordinary ports.
    public let technique: String?
    public let ports: [UInt16]
  }

  /// The file's name without its extension.
  public let id: String
  public let title: LocalizedText
  public let groups: [Group]

  /// Every port in probing order, each once.
  public var ports: [UInt16] { groups.flatMap(\.ports) }

  init(id: String, title: LocalizedText, groups: [Group]) {
    self.id = id
    self.title = title
    self.groups = groups
  }
}

extension PortList {
  /// Reads `ports/<id>.yaml`. A port that stands in two groups is an error, because its place in
  /// the probing order would be unclear.
  init(_ document: YAMLValue, named name: String) throws(DocumentError) {
    try document.allowOnly(["id", "title", "groups"])
    let id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's name \(name)")
    }
    var groups: [Group] = []
    var seen: [UInt16: String] = [:]
    for element in try document.required("groups").elements() {
      let group = try Group(element)
      for port in group.ports {
        if let earlier = seen.updateValue(group.name, forKey: port) {
          throw element.error("port \(port) of group \(group.name) stands already in group \(earlier)")
        }
      }
      groups.append(group)
    }
    self.init(id: id, title: try document.required("title").localized(), groups: groups)
  }
}

extension PortList.Group {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["name", "why", "source", "technique", "ports"])
    name = try value.required("name").string()
    why = try value.optional("why")?.localized()
    source = try value.required("source").string()
    technique = try value.optional("technique")?.string()
    var ports: [UInt16] = []
    for element in try value.required("ports").elements() {
      ports += try PortList.Group.range(element)
    }
    guard !ports.isEmpty else { throw value.error("group \(name) has no ports") }
    self.ports = ports
  }

  /// `23` or `"4001-4032"`.
  private static func range(_ value: YAMLValue) throws(DocumentError) -> ClosedRange<UInt16> {
    let parts = try value.string().split(separator: "-", omittingEmptySubsequences: false)
    let bounds = parts.compactMap { UInt16($0) }
    guard (1...2).contains(parts.count), bounds.count == parts.count, let first = bounds.first,
      let last = bounds.last, first > 0, first <= last
    else { throw value.error("expected a port such as 23, or a range such as \"4001-4032\"") }
    return first...last
  }
}
