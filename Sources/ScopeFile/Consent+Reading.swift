internal import Addressing
internal import Authority
internal import Documents
internal import Records

// The consents of access administrators: `consents` of a scope file.
extension Scope {
  static func consents(_ root: YAMLValue) throws(DocumentError) -> [Consent] {
    guard let list = try root.optional("consents") else { return [] }
    var result: [Consent] = []
    for element in try list.elements() {
      let consent = try Consent(element)
      guard !result.contains(where: { $0.name == consent.name }) else {
        throw element.error(
          "two consents are called \(consent.name) / 同じ名前の同意が2つあります",
          remedy: "give each group of devices a name of its own / 機器グループごとに別の名前を付けてください")
      }
      result.append(consent)
    }
    return result
  }
}

extension Consent {
  /// Techniques for which a scope's own list is not enough.
  private static let techniques: Set<Technique> = [.defaultCredentials, .credentialList]

  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["group", "devices", "administrator", "techniques", "valid", "paper"])
    let valid = try value.required("valid")
    try valid.allowOnly(["from", "until"])
    let from = try valid.required("from").timestamp()
    let until = try valid.required("until").timestamp()
    guard from < until else {
      throw valid.error(
        "the consent ends before it begins / 同意の終了が開始より前です",
        remedy: "write until after from / untilをfromより後にしてください")
    }
    self.init(
      name: try value.required("group").string(), members: try Self.members(try value.required("devices")),
      administrator: try Administrator(try value.required("administrator")),
      techniques: try Self.techniques(try value.required("techniques")), validFrom: from, validUntil: until,
      paper: try Paper(try value.required("paper")))
  }

  private static func members(_ list: YAMLValue) throws(DocumentError) -> [Member] {
    var members: [Member] = []
    for element in try list.elements() {
      if let mac = MACAddress(try element.string()) {
        members.append(.device(mac))
      } else {
        members.append(.addresses(try element.addressRange()))
      }
    }
    guard !members.isEmpty else {
      throw list.error(
        "the consent names no device / 同意の対象機器がありません",
        remedy: "list addresses, ranges or MAC addresses / アドレス、範囲、またはMACアドレスを記入してください")
    }
    return members
  }

  private static func techniques(_ list: YAMLValue) throws(DocumentError) -> Set<Technique> {
    var result: Set<Technique> = []
    for element in try list.elements() {
      let technique = Technique(rawValue: try element.string())
      guard techniques.contains(technique) else {
        let known = techniques.map(\.rawValue).sorted().joined(separator: ", ")
        throw element.error(
          "\(technique.rawValue) is no technique that an access administrator consents to / アクセス管理者の同意の対象となる手法ではありません",
          remedy: "write \(known) / \(known) と記入してください")
      }
      result.insert(technique)
    }
    guard !result.isEmpty else {
      throw list.error(
        "the consent is for no technique / 同意した手法がありません",
        remedy: "write what was agreed to / 同意された手法を記入してください")
    }
    return result
  }
}

extension Consent.Administrator {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["name", "organisation"])
    self.init(name: try value.required("name").string(), organisation: try value.required("organisation").string())
  }
}

extension Consent.Paper {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["file", "sha256"])
    let file = try value.required("file").string()
    // What is copied into the evidence lies beside the scope file, and nowhere that a scope could point to.
    guard file != "scope.yaml", !file.hasPrefix("/"),
      !file.split(separator: "/", omittingEmptySubsequences: false).contains("..")
    else {
      throw try value.required("file").error(
        "\(file) does not lie beside the scope file / 許可範囲ファイルと同じ場所にありません",
        remedy: "put it beside the scope file, and name it without .. / 同じフォルダー以下に置き、..を使わずに指定してください")
    }
    let digest = try value.required("sha256").string().lowercased()
    guard digest.utf8.count == 64, digest.allSatisfy(\.isHexDigit) else {
      throw try value.required("sha256").error(
        "it is no SHA-256 of 64 hexadecimal digits / 64桁の16進数ではありません",
        remedy: "write what sha256sum \(file) prints / sha256sum \(file) の出力を記入してください")
    }
    self.init(file: file, sha256: digest)
  }
}
