import Foundation

/// The part of JSON Schema 2020-12 that Docs/OutputSchema uses, written from the specification.
public struct SchemaCheck {
  private let root: [String: Any]
  private let isClosed: Bool

  /// - Parameter closed: members that the schema does not describe are faults too, so that a type cannot grow past its schema.
  public init(root: [String: Any], closed: Bool = false) {
    self.root = root
    isClosed = closed
  }

  /// What a value has against the schema; empty when nothing.
  public func faults(of value: Any, at place: String) -> [String] { faults(value, root, place) }

  private func faults(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
    var faults: [String] = []
    if let reference = schema["$ref"] as? String {
      let name = reference.replacing("#/$defs/", with: "")
      guard let target = (root["$defs"] as? [String: [String: Any]])?[name] else {
        return ["\(place): no \(reference)"]
      }
      faults += self.faults(value, target, place)
    }
    for keyword in ["anyOf", "oneOf"] {
      guard let choices = schema[keyword] as? [[String: Any]] else { continue }
      let fitting = choices.count { self.faults(value, $0, place).isEmpty }
      if fitting == 0 || (keyword == "oneOf" && fitting > 1) { faults.append("\(place): \(fitting) of \(keyword) fit") }
    }
    let types = (schema["type"] as? String).map { [$0] } ?? schema["type"] as? [String] ?? []
    if !types.isEmpty, !types.contains(where: { Self.isOf($0, value) }) { faults.append("\(place): is no \(types)") }
    if let allowed = schema["enum"] as? [Any], !allowed.contains(where: { "\($0)" == "\(value)" }) {
      faults.append("\(place): \(value) is none of \(allowed)")
    }
    if let object = value as? [String: Any] { faults += members(object, schema, place) }
    if let list = value as? [Any], let inner = schema["items"] as? [String: Any] {
      for (index, element) in list.enumerated() { faults += self.faults(element, inner, "\(place)[\(index)]") }
    }
    return faults + scalars(value, schema, place)
  }

  private func members(_ object: [String: Any], _ schema: [String: Any], _ place: String) -> [String] {
    var faults: [String] = []
    for name in schema["required"] as? [String] ?? [] where object[name] == nil {
      faults.append("\(place): lacks \(name)")
    }
    for (name, inner) in schema["properties"] as? [String: [String: Any]] ?? [:] {
      if let member = object[name] { faults += self.faults(member, inner, "\(place).\(name)") }
    }
    if isClosed, let described = schema["properties"] as? [String: Any] {
      for name in object.keys.sorted() where described[name] == nil {
        faults.append("\(place): \(name) is not described")
      }
    }
    return faults
  }

  private func scalars(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
    var faults: [String] = []
    if let text = value as? String {
      if let pattern = schema["pattern"] as? String, text.range(of: pattern, options: .regularExpression) == nil {
        faults.append("\(place): \(text) does not match \(pattern)")
      }
      if let length = schema["minLength"] as? Int, text.count < length { faults.append("\(place): is too short") }
    }
    if Self.isOf("number", value), let number = (value as? NSNumber)?.doubleValue {
      if let least = (schema["minimum"] as? NSNumber)?.doubleValue, number < least {
        faults.append("\(place): \(number)")
      }
      if let most = (schema["maximum"] as? NSNumber)?.doubleValue, number > most {
        faults.append("\(place): \(number)")
      }
    }
    return faults
  }

  private static func isOf(_ type: String, _ value: Any) -> Bool {
    switch type {
    case "null": return value is NSNull
    case "object": return value is [String: Any]
    case "array": return value is [Any]
    case "string": return value is String
    case "boolean": return isBoolean(value)
    case "number": return value is NSNumber && !isBoolean(value)
    case "integer":
      guard let number = value as? NSNumber, !isBoolean(value) else { return false }
      return number.doubleValue == number.doubleValue.rounded()
    default: return false
    }
  }

  private static func isBoolean(_ value: Any) -> Bool {
    // JSONSerialization gives true and 1 the same class; only their text differs.
    guard let number = value as? NSNumber else { return false }
    return unsafe String(cString: number.objCType) == "c"
  }
}
