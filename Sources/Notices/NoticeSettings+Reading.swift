public import Documents
internal import Records

extension NoticeSettings {
  /// Reads a settings file. What is not understood is an error.
  /// - Throws: ``DocumentError`` naming file, line, what is wrong and what to write.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly(["version", "languages", "utcOffset", "on", "level", "entries", "digest", "channels"])
    guard try root.required("version").integer() == 1 else {
      throw try root.required("version").error(
        "this program reads version 1 of notice settings / このプログラムが読むのはversion 1です", remedy: "write version: 1")
    }
    offsetMinutes = try Self.offset(root)
    entries = try root.optional("entries")?.number(in: 1...500) ?? Self.standardEntries
    digest = try root.optional("digest")?.digestTime()
    let languages = try root.optional("languages")?.languages() ?? [.ja]
    let filter = NoticeFilter(
      topics: try root.optional("on")?.topics() ?? NoticeTopic.standard,
      level: try root.optional("level")?.choice(Severity.self) ?? .medium, offsetMinutes: offsetMinutes)
    let list = try root.required("channels")
    var channels: [Channel] = []
    for element in try list.elements() {
      let channel = try Channel(element, languages, filter)
      guard !channels.contains(where: { $0.name == channel.name }) else {
        throw try element.required("name").error(
          "two channels are called \(channel.name) / 同じ名前のチャネルが2つあります",
          remedy: "give each a name of its own / 名前を変えてください")
      }
      channels.append(channel)
    }
    guard (1...Self.mostChannels).contains(channels.count) else {
      throw list.error(
        "\(channels.count) channels / チャネルが\(channels.count)件です",
        remedy: "name 1 to \(Self.mostChannels) channels / 1~\(Self.mostChannels)件にしてください")
    }
    self.channels = channels
  }

  private static func offset(_ root: YAMLValue) throws(DocumentError) -> Int {
    guard let value = try root.optional("utcOffset") else { return Timestamp.jst }
    let text = try value.string()
    let octets = Array(text.utf8)
    guard octets.count == 6, octets[0] == UInt8(ascii: "+") || octets[0] == UInt8(ascii: "-"),
      let minute = clock(String(decoding: octets[1...], as: UTF8.self)), minute <= 14 * 60
    else { throw value.error("\(text) is no offset such as \"+09:00\" / UTCとの差の形式ではありません") }
    return octets[0] == UInt8(ascii: "-") ? -minute : minute
  }

  /// Minutes of `08:30`; nil for anything else.
  fileprivate static func clock(_ text: String) -> Int? {
    let octets = Array(text.utf8)
    guard octets.count == 5, octets[2] == UInt8(ascii: ":"),
      [0, 1, 3, 4].allSatisfy({ (0x30...0x39).contains(octets[$0]) })
    else { return nil }
    func two(_ place: Int) -> Int { Int(octets[place] - 0x30) * 10 + Int(octets[place + 1] - 0x30) }
    guard two(0) < 24, two(3) < 60 else { return nil }
    return two(0) * 60 + two(3)
  }
}

extension NoticeSettings {
  /// Plain http or https, with a host and without a name or password in it.
  public static func isUsable(url text: String) -> Bool {
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
    let authority = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    return !authority.isEmpty && !authority.hasPrefix(":") && !authority.contains("@") && text.utf8.count <= 2000
      && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }
  }
}

extension NoticeSettings.Channel {
  private static let keys: [String: Set<String>] = [
    "webhook": ["url", "urlFile", "body", "secretFile", "tokenFile", "tokenHeader", "caFile", "proxy"],
    "email": ["from", "to", "program"], "syslog": ["to", "facility"], "metrics": ["file"],
    "command": ["command", "seconds"],
  ]

  fileprivate init(_ value: YAMLValue, _ languages: [Language], _ filter: NoticeFilter) throws(DocumentError) {
    let type = try value.required("type")
    let word = try type.string()
    guard let own = Self.keys[word] else {
      throw type.error("\(word) is not one of \(Self.keys.keys.sorted().joined(separator: ", "))")
    }
    try value.allowOnly(own.union(["name", "type", "languages", "on", "level", "digest"]))
    let name = try value.required("name")
    self.name = try name.string()
    guard (1...32).contains(self.name.utf8.count),
      self.name.utf8.allSatisfy({
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
      })
    else {
      throw name.error(
        "a channel's name is 1 to 32 lower-case letters, digits and hyphens / チャネル名は英小文字・数字・ハイフン1~32文字です")
    }
    self.languages = try value.optional("languages")?.languages() ?? languages
    self.filter = NoticeFilter(
      topics: try value.optional("on")?.topics() ?? filter.topics,
      level: try value.optional("level")?.choice(Severity.self) ?? filter.level, offsetMinutes: filter.offsetMinutes)
    takesDigest = try value.optional("digest")?.boolean() ?? true
    way =
      switch word {
      case "webhook": .webhook(try NoticeSettings.Webhook(value))
      case "email": .email(try NoticeSettings.Mail(value))
      case "syslog": .syslog(try NoticeSettings.Syslog(value))
      case "metrics": .metrics(file: try value.required("file").absolutePath())
      default:
        .command(
          words: try value.required("command").command(),
          seconds: try value.optional("seconds")?.number(in: 1...600) ?? 30)
      }
  }
}

extension NoticeSettings.Webhook {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    if let path = try value.optional("urlFile") {
      guard try value.optional("url") == nil else {
        throw path.error("url and urlFile are given / urlとurlFileの両方があります", remedy: "write one of them / どちらか一方にしてください")
      }
      receiver = .file(try path.absolutePath())
    } else {
      receiver = .url(try value.required("url").url())
    }
    body = try value.optional("body")?.choice(Body.self) ?? .notice
    secretFile = try value.optional("secretFile")?.absolutePath()
    tokenFile = try value.optional("tokenFile")?.absolutePath()
    authorityFile = try value.optional("caFile")?.absolutePath()
    proxy = try value.optional("proxy")?.url()
    if let given = try value.optional("tokenHeader") {
      tokenHeader = try given.string()
      let own: Set = ["content-type", "content-length", "host", "user-agent", "transfer-encoding", "idempotency-key"]
      let name = tokenHeader.lowercased()
      guard (1...64).contains(name.utf8.count), !own.contains(name), !name.hasPrefix("tenken-"),
        name.utf8.allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") })
      else { throw given.error("\(tokenHeader) cannot be the header of a token / トークンのヘッダー名に使えません") }
    } else {
      tokenHeader = "Authorization"
    }
    if case .url(let url) = receiver, tokenFile != nil, !url.hasPrefix("https://") {
      throw try value.required("url").error(
        "a token would go over the wire for everybody to read / トークンが暗号化されずに送信されます",
        remedy: "write an https URL, or sign with secretFile instead / httpsのURLにするか、secretFileによる署名を使ってください")
    }
  }
}

extension NoticeSettings.Mail {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    from = try value.required("from").mailAddress()
    program = try value.optional("program")?.absolutePath() ?? "/usr/sbin/sendmail"
    let list = try value.required("to")
    var to: [String] = []
    for element in try list.elements() { to.append(try element.mailAddress()) }
    guard (1...NoticeSettings.mostRecipients).contains(to.count) else {
      throw list.error(
        "1 to \(NoticeSettings.mostRecipients) recipients are expected / 宛先は1~\(NoticeSettings.mostRecipients)件です")
    }
    self.to = to
  }
}

extension NoticeSettings.Syslog {
  /// RFC 5424 §6.2.1, those that programs like this one use.
  private static let facilities: [String: Int] = [
    "user": 1, "daemon": 3, "auth": 4, "authpriv": 10, "local0": 16, "local1": 17, "local2": 18, "local3": 19,
    "local4": 20, "local5": 21, "local6": 22, "local7": 23,
  ]

  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    receiver = try value.required("to").receiver()
    guard let given = try value.optional("facility") else {
      facility = 16
      return
    }
    let word = try given.string()
    guard let number = Self.facilities[word] else {
      throw given.error("\(word) is not one of \(Self.facilities.keys.sorted().joined(separator: ", "))")
    }
    facility = number
  }
}

// Kinds of values.
extension YAMLValue {
  fileprivate func number(in range: ClosedRange<Int>) throws(DocumentError) -> Int {
    let number = try integer()
    guard range.contains(number) else {
      throw error("\(number) is not from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  fileprivate func languages() throws(DocumentError) -> [Language] {
    var result: [Language] = []
    for element in try elements() {
      let language = try element.choice(Language.self)
      if !result.contains(language) { result.append(language) }
    }
    guard !result.isEmpty else {
      throw error("no language is named / 言語の指定がありません", remedy: "write [ja], [en] or [ja, en]")
    }
    return result
  }

  fileprivate func topics() throws(DocumentError) -> Set<NoticeTopic> {
    var result: Set<NoticeTopic> = []
    for element in try elements() {
      let word = try element.string()
      guard let topic = NoticeTopic(rawValue: word), NoticeTopic.selectable.contains(topic) else {
        throw element.error(
          "\(word) is not one of \(NoticeTopic.selectable.map(\.rawValue).joined(separator: ", "))")
      }
      result.insert(topic)
    }
    return result
  }

  fileprivate func digestTime() throws(DocumentError) -> NoticeSettings.DigestTime {
    try allowOnly(["weekday", "at"])
    let days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    let weekday = try required("weekday")
    let word = try weekday.string()
    guard let day = days.firstIndex(of: word) else {
      throw weekday.error("\(word) is not one of \(days.joined(separator: ", "))")
    }
    let at = try required("at")
    guard let minute = NoticeSettings.clock(try at.string()) else {
      throw at.error("\(try at.string()) is no time such as \"08:00\" / 時刻の形式ではありません")
    }
    return NoticeSettings.DigestTime(weekday: day, minute: minute)
  }

  fileprivate func absolutePath() throws(DocumentError) -> String {
    let path = try string()
    guard path.hasPrefix("/"), !path.hasSuffix("/"), path.utf8.count <= 1000,
      !path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
    else {
      throw error(
        "\(path) is no absolute path / 絶対パスではありません", remedy: "write a path that begins with / / /で始まるパスを指定してください")
    }
    return path
  }

  fileprivate func url() throws(DocumentError) -> String {
    let text = try string()
    guard NoticeSettings.isUsable(url: text) else {
      throw error(
        "it is no http or https URL without a name and password / http・httpsのURL(ユーザー名・パスワードなし)ではありません",
        remedy:
          "write such as https://hooks.example.jp/tenken; a token goes into tokenFile / トークンはtokenFileに記入してください")
    }
    return text
  }

  /// An address as RFC 5321 §4.1.2 has it without quoted strings: it goes into headers and onto a command line.
  fileprivate func mailAddress() throws(DocumentError) -> String {
    let text = try string()
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let symbols = Set("!#$%&'*+/=?^_`{|}~-.".utf8)
    func isAlphanumeric(_ octet: UInt8) -> Bool {
      (0x30...0x39).contains(octet) || (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
    }
    guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (1...255).contains(parts[1].utf8.count),
      parts[0].utf8.allSatisfy({ isAlphanumeric($0) || symbols.contains($0) }), parts[0].first != "-",
      parts[1].utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }),
      parts.allSatisfy({ !$0.hasPrefix(".") && !$0.hasSuffix(".") && !$0.contains("..") })
    else { throw error("\(text) is no mail address such as ops@example.jp / メールアドレスの形式ではありません") }
    return text
  }

  fileprivate func command() throws(DocumentError) -> [String] {
    let words = try strings()
    guard let first = words.first, first.hasPrefix("/"), words.count <= 32,
      words.allSatisfy({ $0.utf8.count <= 4096 && !$0.utf8.contains(0) })
    else {
      throw error(
        "a command is a list of at most 32 words, the first an absolute path / コマンドは絶対パスで始まる32語以内の一覧です",
        remedy: "write such as [/usr/local/bin/tell, --to, ops]; there is no shell / シェルは使われません")
    }
    return words
  }

  fileprivate func receiver() throws(DocumentError) -> NoticeSettings.Syslog.Receiver {
    let text = try string()
    if text == "local" { return .socket("/dev/log") }
    if text.hasPrefix("/"), text.utf8.count <= 100 { return .socket(try absolutePath()) }
    let scheme = ["udp://", "tcp://"].first { text.hasPrefix($0) }
    let rest = text.dropFirst(6)
    if let scheme, let colon = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: colon)...]), port > 0 {
      var host = String(rest[..<colon])
      if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
      if (1...253).contains(host.utf8.count),
        host.utf8.allSatisfy({ (0x21...0x7e).contains($0) && !"/@[]".utf8.contains($0) })
      {
        return scheme == "udp://" ? .udp(host: host, port: port) : .tcp(host: host, port: port)
      }
    }
    throw error(
      "\(text) is no syslog receiver / syslogの宛先の形式ではありません",
      remedy: "write local, the path of a socket, udp://host:514 or tcp://host:601")
  }
}
