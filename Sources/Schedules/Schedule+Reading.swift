internal import Addressing
public import Documents
internal import Records

extension Schedule {
  private static let keys: Set<String> = [
    "version", "name", "calendar", "created", "randomDelay", "patience", "continueWithin", "audit", "directory",
    "scopeSHA256", "packs",
    "network", "needsMains", "keep", "notices", "determinations", "enabled",
  ]

  /// Reads a schedule's file. What is not understood is an error: a misspelt condition must not become none.
  /// - Throws: ``DocumentError`` with file, line, what is wrong and what to write.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly(Self.keys)
    guard try root.required("version").integer() == 1 else {
      throw try root.required("version").error("this program reads version 1 of schedules", remedy: "write version: 1")
    }
    let name = try root.required("name").string()
    guard Self.isName(name) else {
      throw try root.required("name").error(
        "\(name.debugDescription) cannot be a schedule's name", remedy: "use letters, digits, - and _, at most 64")
    }
    self.init(
      name: name, calendar: try Self.calendar(root), created: try Self.moment(root, "created"),
      randomDelay: try Self.seconds(root, "randomDelay"), patience: try Self.seconds(root, "patience"),
      continueWithin: try Self.seconds(root, "continueWithin"),
      audit: try root.required("audit").strings(), directory: try Self.folder(root, "directory"),
      scopeDigest: try Self.digest(root), packs: try Self.folder(root, "packs"), network: try Self.network(root),
      needsMains: try root.optional("needsMains")?.boolean() ?? false, retention: try Self.retention(root),
      notices: try root.optional("notices")?.string(), determinations: try root.optional("determinations")?.string(),
      isEnabled: try root.optional("enabled")?.boolean() ?? true)
  }

  private static func moment(_ root: YAMLValue, _ key: String) throws(DocumentError) -> Timestamp {
    let value = try root.required(key)
    guard let moment = Timestamp(rfc3339: try value.string()) else {
      throw value.error("\(key) is no time with an offset", remedy: "write it as \"2026-11-30T10:00:00+09:00\"")
    }
    return moment
  }

  private static func calendar(_ root: YAMLValue) throws(DocumentError) -> CalendarExpression {
    let value = try root.required("calendar")
    let text = try value.string()
    do {
      let calendar = try CalendarExpression(parsing: text)
      guard calendar.zone != nil else {
        throw value.error(
          "\(text) names no time zone", remedy: "write it at the end, such as Mon *-*-* 22:00 Asia/Tokyo")
      }
      return calendar
    } catch let error as DocumentError {
      throw error
    } catch {
      throw value.error("\(error)", remedy: "write a calendar event such as Mon *-*-* 22:00 Asia/Tokyo")
    }
  }

  private static func seconds(_ root: YAMLValue, _ key: String) throws(DocumentError) -> Int {
    guard let value = try root.optional(key) else { return 0 }
    let seconds = try value.integer()
    guard (0...longestWait).contains(seconds) else {
      throw value.error("\(key) is 0 to \(longestWait) seconds", remedy: "write a number of seconds up to a week")
    }
    return seconds
  }

  private static func folder(_ root: YAMLValue, _ key: String) throws(DocumentError) -> String {
    let value = try root.required(key)
    let path = try value.string()
    guard path.hasPrefix("/") else {
      throw value.error(
        "\(key) is no absolute path", remedy: "write it from /, whoever wakes the schedule stands elsewhere")
    }
    return path
  }

  private static func digest(_ root: YAMLValue) throws(DocumentError) -> String {
    let value = try root.required("scopeSHA256")
    let text = try value.string()
    guard text.utf8.count == 64, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { throw value.error("this is no SHA-256", remedy: "write what sha256sum prints for the scope file") }
    return text
  }

  private static func network(_ root: YAMLValue) throws(DocumentError) -> NetworkPin {
    guard let value = try root.optional("network") else { return NetworkPin() }
    try value.allowOnly(["gateway", "ssid", "dhcpServer"])
    var pin = NetworkPin(ssid: try value.optional("ssid")?.string())
    if let gateway = try value.optional("gateway") {
      guard let mac = MACAddress(try gateway.string()) else {
        throw gateway.error("the gateway is no MAC address", remedy: "write it as \"00:11:22:33:44:55\"")
      }
      pin.gateway = "\(mac)"
    }
    if let server = try value.optional("dhcpServer") {
      guard let address = IPv4Address(try server.string()) else {
        throw server.error("the DHCP server is no IPv4 address", remedy: "write it as 192.168.10.1")
      }
      pin.dhcpServer = "\(address)"
    }
    guard !pin.isEmpty else {
      throw value.error("network names nothing", remedy: "write gateway, ssid or dhcpServer, or leave network out")
    }
    return pin
  }

  private static func retention(_ root: YAMLValue) throws(DocumentError) -> Retention? {
    guard let value = try root.optional("keep") else { return nil }
    try value.allowOnly(["days", "runs"])
    func number(_ key: String) throws(DocumentError) -> Int? {
      guard let element = try value.optional(key) else { return nil }
      let number = try element.integer()
      guard (1...100_000).contains(number) else {
        throw element.error("\(key) is 1 to 100000", remedy: "write how many \(key) are kept")
      }
      return number
    }
    return Retention(days: try number("days"), runs: try number("runs"))
  }
}

extension Schedule {
  /// The file that reads as this schedule, with what each part means.
  public var yaml: String {
    func quoted(_ text: String) -> String {
      let inner = text.unicodeScalars.map { scalar in
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        default: scalar.value < 0x20 || scalar.value == 0x7f ? "\\x\(hexadecimal(scalar.value))" : String(scalar)
        }
      }
      return "\"\(inner.joined())\""
    }
    func hexadecimal(_ value: UInt32) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }
    var lines = [
      "# tenken schedule / 定期検査", "version: 1", "name: \(quoted(name))",
      "# systemd.time(7), with a time zone / 日時(タイムゾーンつき)", "calendar: \(quoted("\(calendar)"))",
      "created: \(quoted(created.rfc3339()))",
      "# seconds: a random delay; how long a turn that cannot begin is tried again / 秒: 開始のゆらぎ、再試行の期限",
      "randomDelay: \(randomDelay)", "patience: \(patience)",
      "# seconds: an interrupted run of at most this age is gone on with / 秒: 中断した検査を再開できる期間",
      "continueWithin: \(continueWithin)",
      "# words of tenken audit; relative paths are meant from directory / tenken audit の引数",
      "audit: [\(audit.map(quoted).joined(separator: ", "))]", "directory: \(quoted(directory))",
      "# the scope file that was agreed to; tenken schedule renew after it changed / 許可範囲ファイルのSHA-256",
      "scopeSHA256: \(quoted(scopeDigest))", "packs: \(quoted(packs))",
    ]
    let pins = [("gateway", network.gateway), ("ssid", network.ssid), ("dhcpServer", network.dhcpServer)]
      .compactMap { key, value in value.map { "\(key): \(quoted($0))" } }
    if !pins.isEmpty {
      lines += [
        "# only where this computer sees these / このネットワークでのみ実行", "network: {\(pins.joined(separator: ", "))}",
      ]
    }
    if needsMains { lines += ["# never on battery / 電源接続時のみ", "needsMains: true"] }
    if let retention {
      let parts = [("days", retention.days), ("runs", retention.runs)].compactMap { key, value in
        value.map { "\(key): \($0)" }
      }
      lines += ["# older runs leave the history, with their packs / 保存期間", "keep: {\(parts.joined(separator: ", "))}"]
    }
    if let notices { lines += ["# who is told / 通知", "notices: \(quoted(notices))"] }
    if let determinations { lines.append("determinations: \(quoted(determinations))") }
    if !isEnabled { lines.append("enabled: false") }
    return lines.map { $0 + "\n" }.joined()
  }
}
