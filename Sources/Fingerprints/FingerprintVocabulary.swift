public import Documents
internal import Foundation
public import Profiles

/// The names that claims may have and the roles that a device may be said to play, with what Recog calls them.
/// Read from `vocabularies/`; a fingerprint that uses another word is an error.
public struct FingerprintVocabulary: Hashable, Sendable {
  struct Claim: Hashable {
    let name: String
    /// Recog's parameters that say the same, the best first.
    let recog: [String]
  }

  /// In the order in which claims are listed.
  let claims: [Claim]
  /// By Recog's word, in lower case.
  private let rolesOfRecog: [String: String]
  public let roles: [String]

  /// - Parameters:
  ///   - document: `vocabularies/claims.yaml`.
  ///   - roles: those of `vocabularies/roles.yaml`.
  public init(_ document: YAMLValue, roles: [DeviceRole]) throws(DocumentError) {
    try document.allowOnly(["claims"])
    var claims: [Claim] = []
    for value in try document.required("claims").elements() {
      try value.allowOnly(["name", "meaning", "recog"])
      _ = try value.required("meaning").localized()
      let name = try value.required("name").string()
      guard !claims.contains(where: { $0.name == name }) else { throw value.error("\(name) is listed twice") }
      claims.append(Claim(name: name, recog: try value.optional("recog")?.strings() ?? []))
    }
    var rolesOfRecog: [String: String] = [:]
    for role in roles {
      for word in role.recog { rolesOfRecog[word.lowercased()] = role.id }
    }
    (self.claims, self.roles, self.rolesOfRecog) = (claims, roles.map(\.id), rolesOfRecog)
  }

  /// Reads the words of a rule set.
  /// - Parameter profiles: the folder that holds `vocabularies/`.
  public init(profiles: String) throws(DocumentError) {
    func document(_ name: String) throws(DocumentError) -> YAMLValue {
      let path = "\(profiles)/vocabularies/\(name)"
      guard let data = FileManager.default.contents(atPath: path) else {
        throw DocumentError(
          .missing, file: path, problem: "the vocabulary is not there", remedy: "restore the file from the package")
      }
      return try YAMLValue(parsing: Array(data), file: path)
    }
    try self.init(try document("claims.yaml"), roles: try DeviceRole.list(try document("roles.yaml")))
  }

  var claimNames: [String] { claims.map(\.name) }

  func role(ofRecog word: String) -> String? { rolesOfRecog[word.lowercased()] }
}

/// Something that a match says of a device.
public struct FingerprintClaim: Hashable, Sendable {
  /// A name of the vocabulary: `vendor`, `model`, `firmware`, `role`, …
  public let name: String
  /// The device's own characters where a group captured them; never empty.
  public let value: String
  /// Above 0, at most 1. Recog's default is 0.85.
  public let certainty: Double
}

extension FingerprintVocabulary {
  private static let defaultCertainty = 0.85

  /// What a match of Recog's says, in our words.
  func claims(ofRecog values: [String: String]) -> [FingerprintClaim] {
    claims.compactMap { claim in
      for parameter in claim.recog {
        guard let said = values[parameter], !said.isEmpty else { continue }
        guard let value = claim.name == "role" ? role(ofRecog: said) : said else { continue }
        // `hw.vendor` is as sure as `hw.certainty` says, and so on.
        let group = parameter.prefix { $0 != "." }
        let certainty = values["\(group).certainty"].flatMap(Double.init) ?? Self.defaultCertainty
        guard certainty > 0 else { continue }
        return FingerprintClaim(name: claim.name, value: value, certainty: min(certainty, 1))
      }
      return nil
    }
  }

  /// What a match of ours says; its parameters are claims already.
  func claims(of values: [String: String], certainty: Double) -> [FingerprintClaim] {
    claims.compactMap { claim in
      guard let value = values[claim.name], !value.isEmpty, certainty > 0 else { return nil }
      return FingerprintClaim(name: claim.name, value: value, certainty: certainty)
    }
  }
}
