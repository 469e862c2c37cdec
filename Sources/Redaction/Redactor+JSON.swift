// Texts inside JSON.
extension Redactor {
  /// Masks the string values of a JSON text; keys, numbers and the form of the text stay. nil where nothing is to be masked.
  ///
  /// The value of a claim about a name (an object whose `kind` is `name` or `host`, with `value` behind it) and a member `name`
  /// beside `mac` of a sighting are read as the name of a device.
  /// - Parameter json: as an encoder with sorted keys writes it, so that a claim's kind stands before its value.
  public func masked(json: [UInt8]) -> Masked? {
    var walk = JSONWalk(json)
    var octets: [UInt8] = []
    var counts: [(rule: String, count: Int, digests: String)] = []
    var start = 0
    while let string = walk.nextValue() {
      let text = string.text
      let isName = string.isName && !text.utf8.isEmpty
      guard let masked = masked(text: text, isName: isName) else { continue }
      octets += json[start..<string.range.lowerBound] + JSONWalk.quoted(masked.text)
      start = string.range.upperBound
      for redaction in masked.redactions {
        if let place = counts.firstIndex(where: { $0.rule == redaction.rule }) {
          counts[place].count += redaction.count
          counts[place].digests += redaction.digest
        } else {
          counts.append((redaction.rule, redaction.count, redaction.digest))
        }
      }
    }
    guard !counts.isEmpty else { return nil }
    return Masked(
      octets: octets + json[start...],
      redactions: counts.sorted { $0.rule < $1.rule }.map {
        Redaction(rule: $0.rule, count: $0.count, digest: digest(of: Array($0.digests.utf8)))
      })
  }
}

/// Goes through the string values of a JSON text (RFC 8259) without reading the rest.
struct JSONWalk {
  struct Value {
    /// With its quotation marks.
    let range: Range<Int>
    let text: String
    let isName: Bool
  }

  private let octets: [UInt8]
  private var place = 0
  private var key = ""
  /// The kinds of the objects around this place.
  private var kinds: [String] = []
  private var hasMAC: [Bool] = []

  init(_ octets: [UInt8]) { self.octets = octets }

  mutating func nextValue() -> Value? {
    while place < octets.count {
      switch octets[place] {
      case 0x7b:
        kinds.append("")
        hasMAC.append(false)
      case 0x7d:
        _ = kinds.popLast()
        _ = hasMAC.popLast()
      case 0x22:
        let start = place
        let text = string()
        if let colon = next(place), octets[colon] == 0x3a {
          key = text
          place = colon + 1
          if key == "mac", !hasMAC.isEmpty { hasMAC[hasMAC.count - 1] = true }
          continue
        }
        if key == "kind", !kinds.isEmpty { kinds[kinds.count - 1] = text }
        let isClaim = key == "value" && ["name", "host"].contains(kinds.last)
        return Value(
          range: start..<place, text: text, isName: isClaim || (key == "name" && hasMAC.last == true))
      default: break
      }
      place += 1
    }
    return nil
  }

  private func next(_ start: Int) -> Int? {
    var place = start
    while place < octets.count, [0x20, 0x09, 0x0a, 0x0d].contains(octets[place]) { place += 1 }
    return place < octets.count ? place : nil
  }

  /// Takes the string that begins here.
  private mutating func string() -> String {
    place += 1
    var text: [UInt8] = []
    var units: [UInt16] = []
    func flush() {
      if !units.isEmpty { text += Array(String(decoding: units, as: UTF16.self).utf8) }
      units = []
    }
    while place < octets.count, octets[place] != 0x22 {
      guard octets[place] == 0x5c, place + 1 < octets.count else {
        flush()
        text.append(octets[place])
        place += 1
        continue
      }
      if octets[place + 1] == 0x75, place + 6 <= octets.count,
        let unit = UInt16(String(decoding: octets[(place + 2)..<(place + 6)], as: UTF8.self), radix: 16)
      {
        units.append(unit)
        place += 6
        continue
      }
      flush()
      text.append(Self.escapes[octets[place + 1]] ?? octets[place + 1])
      place += 2
    }
    flush()
    place = min(place + 1, octets.count)
    return String(decoding: text, as: UTF8.self)
  }

  private static let escapes: [UInt8: UInt8] = [0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9]

  static func quoted(_ text: String) -> [UInt8] {
    var octets: [UInt8] = [0x22]
    for octet in text.utf8 {
      switch octet {
      case 0x22, 0x5c: octets += [0x5c, octet]
      case 0..<0x20:
        octets += Array("\\u00".utf8) + Array((octet < 16 ? "0" : "1").utf8) + Array(String(octet & 15, radix: 16).utf8)
      default: octets.append(octet)
      }
    }
    return octets + [0x22]
  }
}
