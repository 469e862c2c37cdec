internal import Documents
public import Records

/// What a device is for: a word of `vocabulary/roles.yaml`. Fingerprints and device profiles use no other.
public struct DeviceRole: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText

  /// Reads the vocabulary, in file order.
  static func list(_ document: YAMLValue) throws(DocumentError) -> [DeviceRole] {
    try document.allowOnly(["roles"])
    var result: [DeviceRole] = []
    for value in try document.required("roles").elements() {
      try value.allowOnly(["id", "title"])
      let role = DeviceRole(id: try value.required("id").string(), title: try value.required("title").localized())
      guard !result.contains(where: { $0.id == role.id }) else {
        throw value.error("the role \(role.id) is given twice")
      }
      result.append(role)
    }
    return result
  }
}
