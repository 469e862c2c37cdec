public import Documents
public import Records

/// What a device is for: a word of `vocabularies/roles.yaml`. Fingerprints and device profiles use no other.
public struct DeviceRole: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText
  /// What Rapid7 Recog's data calls the same, in `hw.device` and `os.device`.
  public let recog: [String]

  /// Reads the vocabulary, in file order.
  /// - Throws: ``DocumentError`` when a role is given twice, or one word of Recog's stands for two.
  public static func list(_ document: YAMLValue) throws(DocumentError) -> [DeviceRole] {
    try document.allowOnly(["roles"])
    var result: [DeviceRole] = []
    var words: Set<String> = []
    for value in try document.required("roles").elements() {
      try value.allowOnly(["id", "title", "recog"])
      let role = DeviceRole(
        id: try value.required("id").string(), title: try value.required("title").localized(),
        recog: try value.optional("recog")?.strings() ?? [])
      guard !result.contains(where: { $0.id == role.id }) else {
        throw value.error("the role \(role.id) is given twice")
      }
      for word in role.recog where !words.insert(word.lowercased()).inserted {
        throw value.error("\(word) stands for two roles")
      }
      result.append(role)
    }
    return result
  }
}
