public import Records

/// What of an occasion is told.
public struct NoticeFilter: Hashable, Sendable {
  public let topics: Set<NoticeTopic>
  /// The least severity of findings, new or regressed, that is told.
  public let level: Severity
  public let offsetMinutes: Int

  public init(
    topics: Set<NoticeTopic> = NoticeTopic.standard, level: Severity = .medium, offsetMinutes: Int = Timestamp.jst
  ) {
    self.topics = topics
    self.level = level
    self.offsetMinutes = offsetMinutes
  }

  func wants(_ entry: Notice.Entry) -> Bool {
    guard topics.contains(entry.topic) else { return false }
    switch entry.topic {
    case .newFinding, .regressed: return (entry.severity ?? .info) >= level
    default: return true
    }
  }
}

/// Who is told what of scheduled runs: a YAML file of the operator's. Nothing is sent to anybody whom it does not name.
public struct NoticeSettings: Hashable, Sendable {
  /// The weekly digest's time.
  public struct DigestTime: Hashable, Sendable {
    /// 0 is Sunday.
    public let weekday: Int
    /// Minutes after midnight.
    public let minute: Int

    public init(weekday: Int, minute: Int) {
      self.weekday = weekday
      self.minute = minute
    }
  }

  public struct Channel: Hashable, Sendable {
    /// Lower-case letters, digits and hyphens; part of names of files.
    public let name: String
    public let languages: [Language]
    public let filter: NoticeFilter
    public let takesDigest: Bool
    public let way: Way
  }

  public enum Way: Hashable, Sendable {
    case webhook(Webhook)
    case email(Mail)
    case syslog(Syslog)
    /// A file for the textfile collector of Prometheus' node exporter.
    case metrics(file: String)
    case command(words: [String], seconds: Int)
  }

  public struct Webhook: Hashable, Sendable {
    public enum Body: String, Hashable, Sendable, CaseIterable {
      /// The notice in the form of `notice.schema.json`.
      case notice
      /// `{"text": "…"}`, as many receivers of chat programs take it.
      case text
    }

    public enum Receiver: Hashable, Sendable {
      case url(String)
      /// A file with the URL, which has a secret in it.
      case file(String)
    }

    public let receiver: Receiver
    public let body: Body
    /// A file with the key of the signature; nil for none.
    public let secretFile: String?
    public let tokenFile: String?
    public let tokenHeader: String
    /// Whose word counts for the receiver's certificate instead of the system's authorities.
    public let authorityFile: String?
    public let proxy: String?
  }

  public struct Mail: Hashable, Sendable {
    public let from: String
    public let to: [String]
    /// The path of a program that takes a message as sendmail does.
    public let program: String
  }

  public struct Syslog: Hashable, Sendable {
    public enum Receiver: Hashable, Sendable {
      case socket(String)
      case udp(host: String, port: UInt16)
      case tcp(host: String, port: UInt16)
    }

    public let receiver: Receiver
    /// RFC 5424 §6.2.1: 0 … 23.
    public let facility: Int
  }

  public static let standardEntries = 50
  static let mostChannels = 16
  static let mostRecipients = 50

  public let offsetMinutes: Int
  /// Entries that one notice has at most.
  public let entries: Int
  public let digest: DigestTime?
  public let channels: [Channel]
}

extension NoticeSettings.Channel {
  /// Where its notices go, for people.
  public var receiver: String {
    switch way {
    case .webhook(let hook):
      switch hook.receiver {
      // Without its path, which may be nobody's business.
      case .url(let url): url.split(separator: "/", maxSplits: 2).prefix(2).joined(separator: "//")
      case .file(let path): "the URL in \(path)"
      }
    case .email(let mail): mail.to.joined(separator: ", ")
    case .syslog(let syslog):
      switch syslog.receiver {
      case .socket(let path): path
      case .udp(let host, let port): "udp://\(host):\(port)"
      case .tcp(let host, let port): "tcp://\(host):\(port)"
      }
    case .metrics(let file): file
    case .command(let words, _): words.joined(separator: " ")
    }
  }
}
