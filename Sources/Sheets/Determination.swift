public import Addressing
public import Records

/// What a person said of a row: an answer, or what it rests on. The tool never fills in an answer.
public struct Determination: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Somebody decided.
    case determination
    case interview, document
    case vendorAnswer = "vendor-answer"
    /// A deviation that is accepted until a day.
    case exception

    public var label: LocalizedText {
      switch self {
      case .determination: LocalizedText(ja: "判定", en: "determination")
      case .interview: LocalizedText(ja: "聞き取り", en: "interview")
      case .document: LocalizedText(ja: "文書", en: "document")
      case .vendorAnswer: LocalizedText(ja: "ベンダー回答", en: "vendor's answer")
      case .exception: LocalizedText(ja: "例外", en: "exception")
      }
    }
  }

  public enum Answer: String, Hashable, Sendable, CaseIterable {
    case conforming, nonconforming, conditional
    case notApplicable = "not-applicable"
    case undecided

    public var label: LocalizedText {
      switch self {
      case .conforming: LocalizedText(ja: "適合", en: "conforming")
      case .nonconforming: LocalizedText(ja: "不適合", en: "nonconforming")
      case .conditional: LocalizedText(ja: "条件付き", en: "conditional")
      case .notApplicable: LocalizedText(ja: "対象外", en: "not applicable")
      case .undecided: LocalizedText(ja: "未判断", en: "undecided")
      }
    }
  }

  /// A device as people name it.
  public enum DeviceName: Hashable, Sendable, CustomStringConvertible {
    case mac(MACAddress)
    case address(IPAddress)
    case id(DeviceID)

    public init?(_ text: String) {
      if let mac = MACAddress(text) {
        self = .mac(mac)
      } else if let address = IPAddress(text) {
        self = .address(address)
      } else if text.wholeMatch(of: /dev-[0-9a-z.-]+/) != nil {
        self = .id(DeviceID(rawValue: text))
      } else {
        return nil
      }
    }

    public var description: String {
      switch self {
      case .mac(let mac): mac.description
      case .address(let address): address.description
      case .id(let id): id.rawValue
      }
    }

    public func names(_ device: Device) -> Bool {
      switch self {
      case .mac(let mac): device.mac == mac
      case .address(let address): device.addresses.contains(address)
      case .id(let id): device.id == id
      }
    }
  }

  /// A file that goes with it, and what it was when it was attached.
  public struct Attachment: Hashable, Sendable {
    /// As it was named; relative to the folder of the file that names it.
    public let path: String
    /// SHA-256, 64 hexadecimal digits in lower case.
    public let digest: String

    public init(path: String, digest: String) {
      self.path = path
      self.digest = digest
    }
  }

  /// `DET-001`.
  public let id: String
  /// `JSSEC-14.2.c`.
  public let item: String
  /// nil: the row as a whole, or every device of ``model``.
  public let device: DeviceName?
  /// `maker / model / firmware`: every device that is one.
  public let model: String?
  public let phase: Phase
  public let kind: Kind
  public let answer: Answer
  public let by: String
  public let at: Day
  public let why: String?
  /// `EV-000412`, `F-0001`, or paths in a pack.
  public let evidence: [String]
  public let files: [Attachment]
  /// The last day on which it holds.
  public let expires: Day?
  /// What is done meanwhile, for an exception.
  public let compensating: String?
  /// `file:line`.
  public let source: String

  public init(
    id: String, item: String, device: DeviceName? = nil, model: String? = nil, phase: Phase,
    kind: Kind = .determination, answer: Answer, by: String, at: Day, why: String? = nil, evidence: [String] = [],
    files: [Attachment] = [], expires: Day? = nil, compensating: String? = nil, source: String = ""
  ) {
    self.id = id
    self.item = item
    self.device = device
    self.model = model
    self.phase = phase
    self.kind = kind
    self.answer = answer
    self.by = by
    self.at = at
    self.why = why
    self.evidence = evidence
    self.files = files
    self.expires = expires
    self.compensating = compensating
    self.source = source
  }

  public func isExpired(on today: Day) -> Bool { expires.map { $0 < today } ?? false }

  /// It settles the row, for what it is about.
  public func settles(on today: Day) -> Bool { answer != .undecided && !isExpired(on: today) }

  /// An undecided record of what was heard or read changes no decision; one that says it is a determination takes it back.
  var isDecision: Bool { answer != .undecided || kind == .determination || kind == .exception }

  /// What it is about: later ones on the same supersede earlier ones.
  struct Subject: Hashable {
    let item: String
    let device: DeviceName?
    let model: String?
    let phase: Phase
  }

  var subject: Subject { Subject(item: item, device: device, model: model, phase: phase) }

  /// With another place in a file, for comparison.
  func withSource(_ source: String) -> Determination {
    Determination(
      id: id, item: item, device: device, model: model, phase: phase, kind: kind, answer: answer, by: by, at: at,
      why: why, evidence: evidence, files: files, expires: expires, compensating: compensating, source: source)
  }
}
