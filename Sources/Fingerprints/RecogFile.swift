internal import Documents
internal import Foundation
internal import XMLReading

/// Rapid7 Recog's XML, with what Recog's own library makes of it (lib/recog/db.rb, fingerprint.rb).
enum RecogFile {
  private static let defaultPreference = 0.10
  /// Ruby has one mode for what other languages have three names for: `.` matches line ends too.
  private static let dotFlags: Set = ["REG_DOT_NEWLINE", "REG_LINE_ANY_CRLF", "REG_MULTILINE"]
  /// A file that an example names.
  private static let mostExampleOctets = 1_048_576

  /// - Parameter withExamples: examples are only of use to tests.
  static func read(_ octets: [UInt8], path: String, withExamples: Bool) throws(DocumentError) -> FingerprintFile {
    let root = try document(octets, path)
    guard root.name.local == "fingerprints" else {
      throw error("the outermost element is \(root.name.local), not fingerprints", path, root.line)
    }
    let header = Header(root, path: path)
    var rules: [FingerprintRule] = []
    for element in root.children("fingerprint") {
      rules.append(try rule(element, path: path, withExamples: withExamples))
    }
    return FingerprintFile(
      path: path, kind: header.kind, protocolName: root.attribute("protocol")?.lowercased(),
      preference: header.preference, isRecog: true, rules: rules)
  }

  struct Header {
    let kind: FingerprintKind
    let preference: Double

    init(_ element: XMLElement, path: String) {
      let base = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      kind = FingerprintKind(recog: element.attribute("matches") ?? base)
      preference = element.attribute("preference").flatMap(Double.init) ?? RecogFile.defaultPreference
    }
  }

  /// What the first tag says, read from the beginning of a file alone; nil when it is not in there.
  static func header(_ beginning: [UInt8], path: String) -> Header? {
    let text = String(decoding: beginning, as: UTF8.self)
    guard let start = text.range(of: "<fingerprints"),
      let end = text[start.upperBound...].firstIndex(of: ">")
    else { return nil }
    let tag = text[start.lowerBound..<end] + "/>"
    guard let element = try? XMLElement(parsing: Array(tag.utf8)) else { return nil }
    return Header(element, path: path)
  }

  private static func document(_ octets: [UInt8], _ path: String) throws(DocumentError) -> XMLElement {
    do {
      return try XMLElement(parsing: octets, limits: .file)
    } catch {
      throw DocumentError(
        .syntax, file: path, line: error.line > 0 ? error.line : nil, problem: "not readable as XML: \(error.problem)",
        remedy: "correct the XML")
    }
  }

  private static func error(_ problem: String, _ path: String, _ line: Int) -> DocumentError {
    DocumentError(.content, file: path, line: line, problem: problem, remedy: "correct the file")
  }

  private static func rule(
    _ element: XMLElement, path: String, withExamples: Bool
  ) throws(DocumentError) -> FingerprintRule {
    guard let pattern = element.attribute("pattern") else {
      throw error("a fingerprint has no pattern", path, element.line)
    }
    let flags = Set((element.attribute("flags") ?? "").split(separator: ",").map(String.init))
    if let unknown = flags.subtracting(dotFlags).subtracting(["REG_ICASE"]).first {
      throw error("the flag \(unknown) is not known", path, element.line)
    }
    var parameters: [FingerprintRule.Parameter] = []
    for child in element.children("param") { parameters.append(try parameter(child, path: path)) }
    var examples: [FingerprintRule.Example] = []
    for child in withExamples ? element.children("example") : [] { examples.append(try example(child, path: path)) }
    let description = (element.child("description")?.text ?? "").split(whereSeparator: \.isWhitespace)
    return FingerprintRule(
      name: description.joined(separator: " "), line: element.line, pattern: pattern,
      ignoresCase: flags.contains("REG_ICASE"), dotMatchesNewline: !flags.isDisjoint(with: dotFlags),
      parameters: parameters, certainty: nil, examples: examples, counterexamples: [])
  }

  private static func parameter(_ element: XMLElement, path: String) throws(DocumentError) -> FingerprintRule.Parameter
  {
    guard let name = element.attribute("name"), let position = element.attribute("pos").flatMap(Int.init), position >= 0
    else { throw error("a param needs pos, from 0, and name", path, element.line) }
    switch (position, element.attribute("value")) {
    case (0, let value?) where !value.isEmpty: return .init(name: name, value: .text(value))
    case (0, _): throw error("\(name) is no group (pos 0) and has no value", path, element.line)
    case (_, let value?) where !value.isEmpty:
      throw error("\(name) is a group (pos \(position)) and has a value as well", path, element.line)
    default: return .init(name: name, value: .group(position))
    }
  }

  private static func example(_ element: XMLElement, path: String) throws(DocumentError) -> FingerprintRule.Example {
    let octets: [UInt8]
    if let name = element.attribute("_filename") {
      octets = try contents(ofExample: name, path: path, line: element.line)
    } else if element.attribute("_encoding") == "base64" {
      let code = element.text.filter { !$0.isWhitespace }
      guard let data = Data(base64Encoded: code) else { throw error("an example is no base64", path, element.line) }
      octets = Array(data)
    } else if let encoding = element.attribute("_encoding") {
      throw error("the encoding \(encoding) of an example is not known", path, element.line)
    } else {
      octets = Array(element.text.utf8)
    }
    let expected = element.attributes.filter { !$0.name.local.hasPrefix("_") }.map {
      FingerprintRule.Parameter(name: $0.name.local, value: .text($0.value))
    }
    return FingerprintRule.Example(octets: octets, expected: expected, line: element.line)
  }

  /// Files of examples lie in a folder named like the file; nothing outside it is opened, whatever a name or a link says.
  private static func contents(ofExample name: String, path: String, line: Int) throws(DocumentError) -> [UInt8] {
    let folder = URL(fileURLWithPath: path).deletingPathExtension().resolvingSymlinksInPath().path
    let file = URL(fileURLWithPath: folder + "/" + name).standardizedFileURL.resolvingSymlinksInPath()
    guard file.path.hasPrefix(folder + "/") else {
      throw error("an example names \(name), which is outside \(folder)", path, line)
    }
    guard let handle = try? FileHandle(forReadingFrom: file),
      let data = try? handle.read(upToCount: mostExampleOctets + 1), data.count <= mostExampleOctets
    else { throw error("an example names \(name), which is not there or larger than a mebibyte", path, line) }
    return Array(data)
  }
}
