internal import Addressing
public import Records

/// How a family's passwords follow from what a device's label says, and what it says of itself.
public struct CredentialFormula: Hashable, Sendable {
  public enum Origin: String, Hashable, Sendable, CaseIterable {
    /// 12 hexadecimal digits without separators.
    case mac
    /// As the device says it.
    case serial
  }

  public enum Letters: String, Hashable, Sendable, CaseIterable { case upper, lower }

  public let origin: Origin
  /// So many characters of its end; nil for the whole.
  public let last: Int?
  /// nil: capital letters in a MAC address, a serial number as it stands.
  public let letters: Letters?

  public init(origin: Origin, last: Int? = nil, letters: Letters? = nil) {
    self.origin = origin
    self.last = last
    self.letters = letters
  }

  static let longestSerial = 64
  static let macDigits = 12

  /// nil where the device does not say what it follows from.
  func secret(of device: Device) -> Secret? {
    guard let whole = origin == .mac ? Self.mac(of: device) : Self.serial(of: device) else { return nil }
    guard whole.utf8.count >= last ?? 1 else { return nil }
    let part = String(whole.suffix(last ?? whole.utf8.count))
    let text =
      switch letters {
      case .upper: part.uppercased()
      case .lower: part.lowercased()
      case nil: part
      }
    return Secret(Array(text.utf8))
  }

  /// The one that frames come from, before one that it only names.
  private static func mac(of device: Device) -> String? {
    let named = device.claims.filter { $0.kind == .mac }.min(by: Claim.isListedBefore)
    guard let mac = device.mac ?? named.flatMap({ MACAddress($0.value) }) else { return nil }
    return mac.octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }

  /// The best believed. A line end in it would be entered with it, and a row of one character is a maker's blank.
  private static func serial(of device: Device) -> String? {
    let values = device.claims.filter { $0.kind == .serial }.sorted(by: Claim.isListedBefore).map(\.value)
    return values.first { value in
      value.utf8.count <= longestSerial && value.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        && Set(value.utf8).count > 1
    }
  }

  /// What it follows from, for people.
  var text: LocalizedText {
    switch origin {
    case .mac: LocalizedText(ja: "MACアドレスから", en: "from the MAC address")
    case .serial: LocalizedText(ja: "製造番号から", en: "from the serial number")
    }
  }
}

extension CredentialProfile {
  /// The profile with the passwords that follow from what a device says of itself. A pair keeps its place, and its formula
  /// where the device does not say it.
  public func resolved(for device: Device) -> CredentialProfile {
    var copy = self
    copy.pairs = pairs.map { pair in
      guard let secret = pair.formula?.secret(of: device) else { return pair }
      return CredentialPair(account: pair.account, secret: secret)
    }
    return copy
  }

  /// Something can be entered.
  var hasKnownPair: Bool { pairs.contains { $0.formula == nil } }

  /// `#1 admin, #2 admin (from the MAC address / …)`: which accounts would be tried, for people. No password.
  /// - Parameter device: the one that they are tried on; nil where it is any.
  public func accounts(on device: Device?) -> String {
    let known = device.map { resolved(for: $0).pairs } ?? pairs
    return pairs.indices.map { index in
      let name = "#\(index + 1) \(pairs[index].account.isEmpty ? "-" : pairs[index].account)"
      guard let formula = pairs[index].formula else { return name }
      let isMissing = device != nil && known[index].formula != nil
      let (en, ja) = isMissing ? (", which is not known", "、不明のため試しません") : ("", "")
      return "\(name) (\(formula.text.en)\(en) / \(formula.text.ja)\(ja))"
    }.joined(separator: ", ")
  }
}
