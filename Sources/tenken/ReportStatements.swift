internal import Addressing
internal import Authority
internal import Evidence
internal import Profiles
internal import Records
internal import Reports
internal import RunComparison
internal import Sheets

extension ScopeStatement {
  /// The scope file in the words of a page.
  init(_ scope: Scope) {
    func names(_ techniques: Set<Technique>) -> [String] {
      Technique.known.filter(techniques.contains).map(\.rawValue)
    }
    self.init(
      from: scope.validFrom, until: scope.validUntil, networks: scope.networks.map(\.description),
      exclusions: scope.exclusions.map { exclusion in
        let target =
          switch exclusion.target {
          case .addresses(let range): "\(range)"
          case .device(let mac): "\(mac)"
          }
        return Exclusion(target: target, reason: exclusion.reason)
      },
      techniques: names(scope.techniques),
      consents: scope.consents.map { consent in
        Consent(
          group: consent.name, members: consent.members.map(\.description), administrator: consent.administrator.name,
          organisation: consent.administrator.organisation, techniques: names(consent.techniques),
          from: consent.validFrom, until: consent.validUntil, paper: consent.paper.file,
          paperDigest: consent.paper.sha256)
      },
      perDevice: scope.rates.perDevice, total: scope.rates.total)
  }
}

extension SheetTable {
  /// See ``ChecklistOverview/ofRun(_:_:_:)``.
  static func ofRun(
    _ result: AuditResult, _ store: ProfileStore, _ difference: DifferenceDocument? = nil
  ) -> SheetTable? {
    ChecklistOverview.ofRun(result, store, difference)?.table
  }
}

extension FinishedPack {
  /// What the owner of the network allowed, from the scope file in the pack.
  /// - Throws: ``CommandFailure``.
  func scope() throws -> ScopeStatement? {
    guard try PackReader(path).octets(of: "scope/scope.yaml") != nil else { return nil }
    return ScopeStatement(try readScope("\(path)/data/scope/scope.yaml"))
  }

  var statement: PackStatement { PackStatement(digest: digest, signer: signer) }
}
