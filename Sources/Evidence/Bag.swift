internal import Records

/// The names and fixed contents of a bag (RFC 8493 §2).
enum Bag {
  static let declarationPath = "bagit.txt"
  static let infoPath = "bag-info.txt"
  static let manifestPath = "manifest-sha256.txt"
  static let tagManifestPath = "tagmanifest-sha256.txt"
  static let payload = "data"

  static let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

  /// The files that the tag manifest lists: all of the top level but itself.
  static let tagged = [infoPath, declarationPath, manifestPath]
}

/// `bag-info.txt` (RFC 8493 §2.2.2): labels and values for people and programs that file bags.
package enum BagInfo {
  static let payloadOxum = "Payload-Oxum"

  static func facts(of run: RunSummary, software: String, octets: Int, files: Int) -> [(String, String)] {
    let ended = run.ended.rfc3339(offsetMinutes: run.offsetMinutes)
    return [
      ("Source-Organization", run.engagement.customer),
      ("External-Identifier", run.runID),
      ("Bagging-Date", String(ended.prefix(10))),
      ("Bag-Software-Agent", software),
      (payloadOxum, "\(octets).\(files)"),
      ("Tenken-Engagement", run.engagement.id),
      ("Tenken-Site", run.engagement.site),
      ("Tenken-Operator", run.engagement.operator),
      ("Tenken-Started", run.started.rfc3339(offsetMinutes: run.offsetMinutes)),
      ("Tenken-Ended", ended),
      ("Tenken-Time-Zone", zone(run.offsetMinutes)),
      ("Tenken-Clock", run.clock?.description ?? "system clock, of which nothing is known"),
      ("Tenken-Scope-Digest", run.scopeDigest),
      ("Tenken-Rules-Digest", run.rulesDigest),
      ("Tenken-Partial", run.partial ? "yes" : "no"),
    ]
  }

  static let chainHead = "Tenken-Chain-Head"
  static let chainLines = "Tenken-Chain-Lines"

  /// What stands for all lines of `data/run.jsonl`.
  static func facts(of chain: HashChain) -> [(String, String)] {
    [(chainHead, chain.head), (chainLines, "\(chain.lines)")]
  }

  /// One line a fact. Line ends and other control characters inside a value become spaces, lest a
  /// value make a line of its own.
  package static func text(_ facts: [(String, String)]) -> String {
    facts.map { label, value in "\(flat(label)): \(flat(value))\n" }.joined()
  }

  /// The facts of a file, or the first line that is none.
  package static func parse(_ octets: [UInt8]) -> Result<[(String, String)], UnreadableLine> {
    var facts: [(String, String)] = []
    let lines = octets.split(separator: 0x0a, omittingEmptySubsequences: false)
    for (index, line) in lines.dropLast().enumerated() {
      guard let colon = line.firstIndex(of: 0x3a), colon > line.startIndex, line[colon...].starts(with: [0x3a, 0x20]),
        let label = String(validating: line[..<colon], as: UTF8.self),
        let value = String(validating: line[colon...].dropFirst(2), as: UTF8.self)
      else { return .failure(UnreadableLine(number: index + 1)) }
      facts.append((label, value))
    }
    return lines.last == [] ? .success(facts) : .failure(UnreadableLine(number: lines.count))
  }

  package struct UnreadableLine: Error {
    package let number: Int
  }

  private static func zone(_ offsetMinutes: Int) -> String {
    let epoch = Timestamp(nanoseconds: 0).rfc3339(offsetMinutes: offsetMinutes)
    return offsetMinutes == 0 ? "UTC" : "UTC" + epoch.suffix(6)
  }

  private static func flat(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .lineSeparator, .paragraphSeparator: return " "
          default: return scalar
          }
        }))
  }
}
