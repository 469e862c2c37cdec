import Documents
import Foundation

/// Checks YAML against the part of JSON Schema (draft 2020-12) that Profiles/schema uses. A keyword
/// that it does not know is a complaint, so that no rule is passed over.
struct SchemaValidator {
  private typealias Schema = [String: Any]

  private let root: Schema
  private static let silent: Set = ["$schema", "$id", "$defs", "title", "description"]

  init(_ json: Data) throws {
    guard let root = try JSONSerialization.jsonObject(with: json) as? Schema else {
      throw CocoaError(.propertyListReadCorrupt)
    }
    self.root = root
  }

  /// Complaints, each with the place in the document; none when the document is valid.
  func complaints(about value: YAMLValue) -> [String] { complaints(about: value, by: root, at: "") }

  private func complaints(about value: YAMLValue, by schema: Schema, at place: String) -> [String] {
    schema.keys.sorted().flatMap { keyword in
      complaints(about: value, by: schema, keyword, at: place)
    }
  }

  private func complaints(
    about value: YAMLValue, by schema: Schema, _ keyword: String, at place: String
  ) -> [String] {
    func unless(_ fits: Bool) -> [String] { fits ? [] : ["\(place): \(keyword) \(schema[keyword] ?? "")"] }
    let argument = schema[keyword]
    // A null is only ever judged by its type and by lists of values.
    if value.isNull, !["type", "enum", "$ref"].contains(keyword) { return [] }
    switch keyword {
    case _ where SchemaValidator.silent.contains(keyword): return []
    case "$ref":
      let name = String((argument as? String ?? "").dropFirst("#/$defs/".count))
      guard let target = (root["$defs"] as? Schema)?[name] as? Schema else { return unless(false) }
      return complaints(about: value, by: target, at: place)
    case "type":
      let types = argument as? [String] ?? [argument as? String ?? ""]
      return unless(types.contains { isOf(type: $0, value) })
    case "enum":
      return unless(
        (argument as? [Any])?.contains { $0 is NSNull ? value.isNull : text(of: $0) == (try? value.string()) } == true)
    case "const": return unless((try? value.string()) == argument as? String)
    case "required":
      let keys = Set(((try? value.pairs()) ?? []).map(\.key))
      return unless(keys.isSuperset(of: argument as? [String] ?? []))
    case "properties", "additionalProperties":
      return keyword == "properties" ? properties(of: value, by: schema, at: place) : []
    case "minProperties": return unless((try? value.pairs().count >= number(argument)) == true)
    case "maxProperties": return unless((try? value.pairs().count <= number(argument)) == true)
    case "items":
      return ((try? value.elements()) ?? []).enumerated().flatMap {
        complaints(about: $1, by: argument as? Schema ?? [:], at: "\(place)/\($0)")
      }
    case "maxItems": return unless((try? value.elements().count <= number(argument)) == true)
    case "minItems": return unless((try? value.elements().count >= number(argument)) == true)
    case "minLength": return unless((try? value.string().count >= number(argument)) == true)
    case "minimum": return unless(figure(value).map { $0 >= Double(number(argument)) } == true)
    case "maximum": return unless(figure(value).map { $0 <= Double(number(argument)) } == true)
    case "pattern":
      let pattern = try? Regex(argument as? String ?? "(")
      return unless(pattern.flatMap { try? value.string().firstMatch(of: $0) } != nil)
    case "oneOf":
      let fitting = (argument as? [Schema] ?? []).filter { complaints(about: value, by: $0, at: place).isEmpty }
      return unless(fitting.count == 1)
    default: return ["\(place): the keyword \(keyword) is not known to this test"]
    }
  }

  private func properties(of value: YAMLValue, by schema: Schema, at place: String) -> [String] {
    let known = schema["properties"] as? [String: Schema] ?? [:]
    return ((try? value.pairs()) ?? []).flatMap { key, value in
      guard let schema = known[key] else {
        return schema["additionalProperties"] as? Bool == false ? ["\(place)/\(key): not in the schema"] : []
      }
      return complaints(about: value, by: schema, at: "\(place)/\(key)")
    }
  }

  private func isOf(type: String, _ value: YAMLValue) -> Bool {
    switch type {
    case "null": value.isNull
    case "object": value.isMapping
    case "array": (try? value.elements()) != nil
    case "integer": (try? value.integer()) != nil
    case "number": figure(value) != nil
    case "boolean": (try? value.boolean()) != nil
    case "string": (try? value.string()) != nil
    default: false
    }
  }

  private func figure(_ value: YAMLValue) -> Double? { (try? value.string()).flatMap(Double.init) }

  private func number(_ value: Any?) -> Int { (value as? NSNumber)?.intValue ?? .max }

  /// A value of the schema as YAML writes it.
  private func text(of value: Any) -> String {
    if let text = value as? String { return text }
    guard let number = value as? NSNumber else { return "" }
    // JSON's true is the number 1 to Foundation; no list of values here has the number.
    return number.intValue == 1 ? "true" : number.stringValue
  }
}
