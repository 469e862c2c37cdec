public import Records

/// What one other framework has to do with the rows of a checklist: `crosswalk/<id>.yaml` (checklist.md §4).
///
/// The only relation is *related*: the same observation is read differently by different frameworks, and none of them is met or
/// missed by what is said of another.
public struct Crosswalk: Hashable, Sendable {
  /// A requirement of the framework.
  public struct Provision: Hashable, Sendable {
    /// In the framework's own numbering: `5.1-1`, `S1.1-01`, `(2)`.
    public let id: String
    public let title: LocalizedText
    /// As the framework writes it, such as `MF (a)`: mandatory for a feature. Nil where it has none.
    public let status: String?
    /// How far a network can show it; nil where nobody has judged that.
    public let visibility: Catalogue.Item.Visibility?
    /// False where number or title were not compared with the source.
    public let verified: Bool
    /// Rows and rules of the catalogue ``Crosswalk/to``, by their ids.
    public let related: [String]
    public let note: LocalizedText?
  }

  /// What an observation means for a provision.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case against
    case supports
    /// A person has to judge.
    case review
    /// It says nothing either way.
    case neutral
    /// The framework does not ask for it.
    case notCovered = "not-covered"
  }

  /// How the framework reads one kind of observation.
  public struct Rule: Hashable, Sendable {
    /// The id of an ``Observation``.
    public let observation: String
    /// Nil where no provision is about it.
    public let provision: String?
    public let outcome: Outcome
    /// What has to be true besides, which was not observed; nil for nothing.
    public let onlyIf: LocalizedText?
    public let why: LocalizedText
  }

  /// Something that can be observed, and that frameworks read differently: an entry of `vocabularies/observations.yaml`.
  public struct Observation: Hashable, Sendable {
    public let id: String
    /// Checks whose findings are such an observation; none where a person says that it is so.
    public let checks: [String]
    public let title: LocalizedText
  }

  /// What was compared with the source, and what was not.
  public struct Verification: Hashable, Sendable {
    public let verified: LocalizedText
    public let notVerified: LocalizedText
  }

  /// How this framework reads an observation that was made. No statement on whether it is met.
  public struct Reading: Hashable, Sendable {
    /// The id of the crosswalk.
    public let framework: String
    public let frameworkTitle: LocalizedText
    public let observation: String
    public let provision: String?
    public let outcome: Outcome
    public let onlyIf: LocalizedText?
    public let why: LocalizedText
    /// False where the provision's number or title were not compared with the source.
    public let verified: Bool

    /// `Observation related to ETSI EN 303 645 …, 5.1-1`.
    public var statement: LocalizedText {
      let place = provision.map { " \($0)" } ?? ""
      return LocalizedText(
        ja: "\(frameworkTitle.ja)\(place)に関連する観測",
        en: "Observation related to \(frameworkTitle.en)\(place.isEmpty ? "" : ",")\(place)")
    }
  }

  public let id: String
  public let edition: String
  public let title: LocalizedText
  public let source: String
  /// The catalogue whose rows are linked to.
  public let to: String
  /// The catalogue whose rows are the provisions; nil where they stand in the file.
  public let rows: String?
  public let verification: Verification
  public let provisions: [Provision]
  public let rules: [Rule]

  /// The provisions that a row of ``to`` is related to.
  /// - Parameter row: without the catalogue, `JSSEC-15.1`.
  public func provisions(relatedTo row: String) -> [Provision] { provisions.filter { $0.related.contains(row) } }

  /// What each framework makes of observations, in the order of frameworks and of their rules. Pure.
  /// - Parameters:
  ///   - checks: ids of checks with findings, `cred.default`.
  ///   - observed: ids of ``Observation`` that a person states.
  ///   - vocabulary: all observations.
  public static func readings(
    of checks: Set<String>, observed: Set<String> = [], in crosswalks: [Crosswalk], by vocabulary: [Observation]
  ) -> [Reading] {
    let made = observed.union(vocabulary.filter { !checks.isDisjoint(with: $0.checks) }.map(\.id))
    return crosswalks.flatMap { crosswalk in
      crosswalk.rules.filter { made.contains($0.observation) }.map { rule in
        Reading(
          framework: crosswalk.id, frameworkTitle: crosswalk.title, observation: rule.observation,
          provision: rule.provision, outcome: rule.outcome, onlyIf: rule.onlyIf, why: rule.why,
          verified: crosswalk.provisions.first { $0.id == rule.provision }?.verified ?? true)
      }
    }
  }
}
