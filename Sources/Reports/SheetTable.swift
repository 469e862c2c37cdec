public import Records

/// A check sheet as its readers see it: rows in the sheet's order, and beside each what the company marked, what was observed and
/// what persons determined, for POC and production side by side. The page and the workbook are made from it.
public struct SheetTable: Hashable, Sendable {
  /// Of ``Column``: which phase it is.
  public struct Phase: Hashable, Sendable {
    /// `poc` or `production`.
    public let key: String
    public let label: LocalizedText
    /// The runs whose packs were read; empty where nothing was audited.
    public let runs: [String]

    public init(key: String, label: LocalizedText, runs: [String]) {
      self.key = key
      self.label = label
      self.runs = runs
    }
  }

  public struct Mark: Hashable, Sendable {
    /// `●`, `○` or `−`.
    public let sign: String
    /// The company did not mark the row; this project proposes the sign. Never to be shown as the sheet's recommendation.
    public let isProposal: Bool

    public init(sign: String, isProposal: Bool) {
      self.sign = sign
      self.isProposal = isProposal
    }
  }

  /// Something that is left to do.
  public struct Task: Hashable, Sendable {
    public let who: LocalizedText
    public let what: LocalizedText

    public init(who: LocalizedText, what: LocalizedText) {
      self.who = who
      self.what = what
    }
  }

  /// A row in one phase.
  public struct Column: Hashable, Sendable {
    public let mark: Mark?
    /// nil where the phase was not audited.
    public let status: VerdictStatus?
    /// How many devices or parts of the site have which status.
    public let counts: [VerdictStatus: Int]
    /// Why not, for what is not tested.
    public let reasons: [NotTestedReason: Int]
    /// How far the row has come: answered by measurement, by a person, open, not considered.
    public let standing: LocalizedText?
    /// What persons determined and what holds: who, what, when, until.
    public let determinations: [String]
    /// What is left to do, and who does it.
    public let tasks: [Task]
    /// Paths in the pack, each once, in order.
    public let evidence: [String]

    public init(
      mark: Mark?, status: VerdictStatus?, counts: [VerdictStatus: Int] = [:], reasons: [NotTestedReason: Int] = [:],
      standing: LocalizedText? = nil, determinations: [String] = [], tasks: [Task] = [],
      evidence: [String] = []
    ) {
      self.mark = mark
      self.status = status
      self.counts = counts
      self.reasons = reasons
      self.standing = standing
      self.determinations = determinations
      self.tasks = tasks
      self.evidence = evidence
    }

    /// ``tasks`` in one line each.
    public var left: [LocalizedText] {
      tasks.map { LocalizedText(ja: "\($0.who.ja): \($0.what.ja)", en: "\($0.who.en): \($0.what.en)") }
    }

    public var total: Int { counts.values.reduce(0, +) }
  }

  public struct Line: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
      case box, item, rule, custom
    }

    /// `JSSEC-14.2.c`.
    public let id: String
    /// `jssec-iot-v1/JSSEC-14.2.c`, as verdicts name it.
    public let qualifiedID: String
    public let kind: Kind
    /// The id of the box it belongs to.
    public let box: String?
    /// The chapter of the sheet.
    public let chapter: LocalizedText?
    public let title: LocalizedText
    /// The row's words from the company's own copy of the sheet; never shipped.
    public let localText: String?
    /// The sheet's printed mark, from the company's own copy.
    public let recommended: String?
    /// A network shows it wholly, in part, or not at all: `D`, `P`, `N`.
    public let visibility: String
    /// What a result never says.
    public let cannotConclude: LocalizedText?
    /// Who is asked, and the record wanted.
    public let asked: LocalizedText?
    /// One for each of ``SheetTable/phases``, in that order.
    public let columns: [Column]
    /// Who the company says answers the row, and why it is marked as it is.
    public let companyNote: LocalizedText?

    public init(
      id: String, qualifiedID: String, kind: Kind, box: String?, chapter: LocalizedText?, title: LocalizedText,
      localText: String?, recommended: String?, visibility: String, cannotConclude: LocalizedText?,
      asked: LocalizedText?, columns: [Column], companyNote: LocalizedText? = nil
    ) {
      self.id = id
      self.qualifiedID = qualifiedID
      self.kind = kind
      self.box = box
      self.chapter = chapter
      self.title = title
      self.localText = localText
      self.recommended = recommended
      self.visibility = visibility
      self.cannotConclude = cannotConclude
      self.asked = asked
      self.columns = columns
      self.companyNote = companyNote
    }
  }

  /// `jssec-iot-v1`.
  public let catalogue: String
  /// POC and production, both always.
  public let phases: [Phase]
  /// In the sheet's order; the company's own rows last.
  public let lines: [Line]
  /// A company's sheet was read; without one every mark is a proposal.
  public let hasSheet: Bool
  /// Where the sheet is not meant for the site.
  public let warning: LocalizedText?

  public init(catalogue: String, phases: [Phase], lines: [Line], hasSheet: Bool, warning: LocalizedText?) {
    self.catalogue = catalogue
    self.phases = phases
    self.lines = lines
    self.hasSheet = hasSheet
    self.warning = warning
  }
}

/// Whom a report is for. The same model is behind all of them; none says more than the auditor's.
public enum Audience: String, Hashable, Sendable, CaseIterable {
  /// Cover, what was found and what is open, by chapter; no evidence and no technical detail.
  case management
  /// Everything.
  case auditor
  /// Findings with their evidence and remedy, devices and coverage; not the company's sheet, which is nobody else's business.
  case vendor
}
