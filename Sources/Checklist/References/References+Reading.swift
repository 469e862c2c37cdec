public import Documents
internal import Records

extension References {
  /// Reads a file of references (Profiles/schema/references.schema.json).
  /// - Throws: ``DocumentError`` with file, line, what is wrong and what to write.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly(["version", "advisories", "support", "latest"])
    let version = try root.required("version")
    guard try version.integer() == 1 else {
      throw version.error("this program reads version 1 of the references", remedy: "write version: 1")
    }
    self.file = file
    let advisories = try root.optional("advisories")
    try advisories?.allowOnly(["snapshot", "date", "entries"])
    snapshot = try advisories?.required("snapshot").string()
    date = try advisories.map { value throws(DocumentError) in
      let day = try value.required("date")
      guard let moment = Timestamp(rfc3339: try Self.day(day) + "T00:00:00+09:00") else {
        throw day.error("this is no day", remedy: "write it as 2026-11-28")
      }
      return moment
    }
    self.advisories = try Self.list(try advisories?.required("entries"), Advisory.init)
    let support = try root.optional("support")
    self.support = support == nil ? nil : try Self.list(support, Support.init)
    latest = try Self.list(try root.optional("latest"), Latest.init)
    guard snapshot != nil || support != nil || !latest.isEmpty else {
      throw root.error("the file refers to nothing", remedy: "give it advisories, support or latest")
    }
  }

  private static func list<Value>(
    _ value: YAMLValue?, _ read: (YAMLValue) throws(DocumentError) -> Value
  ) throws(DocumentError) -> [Value] {
    var result: [Value] = []
    for element in try value?.elements() ?? [] { result.append(try read(element)) }
    return result
  }

  /// A day that the calendar has.
  fileprivate static func day(_ value: YAMLValue) throws(DocumentError) -> String {
    let text = try value.string()
    guard text.utf8.count == 10, Timestamp(rfc3339: text + "T00:00:00Z") != nil else {
      throw value.error("\(text.prefix(40)) is no day", remedy: "write it as 2026-11-28")
    }
    return text
  }
}

extension References.Advisory {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["id", "title", "severity", "vendor", "product", "versions"])
    self.init(
      id: try value.required("id").string(), title: try value.required("title").string(),
      severity: try value.optional("severity")?.string(), vendor: try value.required("vendor").string(),
      product: try value.required("product").string(), versions: try References.Versions(value.required("versions")))
  }
}

extension References.Versions {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    if let list = try? value.elements() {
      guard !list.isEmpty else {
        throw value.error("no version is named", remedy: "list versions, or write all, before or through")
      }
      self = .listed(try value.strings())
    } else if value.isMapping {
      try value.allowOnly(["before", "through"])
      switch (try value.optional("before")?.string(), try value.optional("through")?.string()) {
      case (let fixed?, nil): self = .before(fixed)
      case (nil, let last?): self = .through(last)
      case (nil, nil), (_?, _?):
        throw value.error("say one of before and through", remedy: "write before: VERSION or through: VERSION")
      }
    } else {
      guard try value.string() == "all" else {
        throw value.error("these are no versions", remedy: "list versions, or write all, before or through")
      }
      self = .all
    }
  }
}

extension References.Support {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["vendor", "model", "ends", "source"])
    self.init(
      vendor: try value.required("vendor").string(), model: try value.required("model").string(),
      ends: try value.optional("ends").map { value throws(DocumentError) in try References.day(value) },
      source: try value.required("source").string())
  }
}

extension References.Latest {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["vendor", "model", "version", "date", "source"])
    self.init(
      vendor: try value.required("vendor").string(), model: try value.required("model").string(),
      version: try value.required("version").string(), date: try References.day(try value.required("date")),
      source: try value.required("source").string())
  }
}
