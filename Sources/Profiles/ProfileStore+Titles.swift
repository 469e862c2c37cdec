public import Documents
public import Records

extension ProfileStore {
  /// What the checks of a rule set are called, by their ids, for who tells of findings and needs nothing else of the rules.
  ///
  /// - Parameter directory: the folder, as ``locate(explicit:environment:executable:)`` found it.
  /// - Throws: ``DocumentError`` for the first check that cannot be read.
  public static func checkTitles(in directory: String) throws(DocumentError) -> [String: LocalizedText] {
    var titles: [String: LocalizedText] = [:]
    let files = try files(of: directory, in: "checks/") { $0.hasSuffix("/check.yaml") }
    for check in try RuleReader(directory: directory, files: files).checks(withCases: false) {
      titles[check.id] = check.title
    }
    return titles
  }
}
