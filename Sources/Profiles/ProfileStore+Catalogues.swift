public import Documents
public import Records

extension ProfileStore {
  /// Reads a catalogue that a user wrote, from the octets of its file. What it says of other files is not followed.
  /// - Parameter file: what complaints name it.
  /// - Throws: ``DocumentError`` with file, line and remedy for the first fault found.
  public static func catalogue(parsing octets: [UInt8], file: String) throws(DocumentError) -> Catalogue {
    try Catalogue(try YAMLValue(parsing: octets, file: file), named: nil)
  }

  /// Reads links that a user wrote, against the catalogues and observations that are here.
  public func crosswalk(parsing octets: [UInt8], file: String) throws(DocumentError) -> Crosswalk {
    let context = Crosswalk.Context(catalogues: catalogues, observations: observations)
    return try Crosswalk(try YAMLValue(parsing: octets, file: file), named: nil, in: context)
  }

  /// What each framework makes of findings.
  /// - Parameters:
  ///   - checks: ids of checks with findings, `cred.default`.
  ///   - observed: ids of ``observations`` that a person states.
  public func readings(of checks: Set<String>, observed: Set<String> = []) -> [Crosswalk.Reading] {
    Crosswalk.readings(of: checks, observed: observed, in: crosswalks, by: observations)
  }

  /// The catalogue row of a fully qualified id such as `jssec-iot-v1/JSSEC-14.2.c`, or nil.
  public func catalogueItem(_ qualifiedID: String) -> Catalogue.Item? {
    for catalogue in catalogues {
      if let item = catalogue.items.first(where: { catalogue.qualifiedID(of: $0) == qualifiedID }) { return item }
    }
    return nil
  }

  /// What a verdict on each row never says, by fully qualified id.
  public var cannotConclude: [String: LocalizedText] {
    var texts: [String: LocalizedText] = [:]
    for catalogue in catalogues {
      for item in catalogue.items { texts[catalogue.qualifiedID(of: item)] = item.cannotConclude }
      for rule in catalogue.rules { texts["\(catalogue.id)/\(rule.id)"] = rule.cannotConclude }
    }
    return texts
  }
}
