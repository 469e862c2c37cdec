internal import Addressing
internal import Records

/// The check `tls.cert-name`: whether the certificate names the device as clients compare it (RFC 9525 §6): by subjectAltName alone,
/// host names by their labels, addresses by their octets.
///
/// On a LAN most devices are known by their address only, and a certificate with a host name cannot match by nature: that decides nothing. It
/// is proven when the certificate names nothing at all, or only what cannot be the device: other addresses, and names that belong to
/// nobody on a network (RFC 2606, RFC 6761).
struct CertificateNaming {
  /// The reader stops there.
  private static let mostNames = 1000
  private static let reserved = [
    "localhost", "localdomain", "example", "example.com", "example.net", "example.org", "invalid", "test",
  ]

  private let own: CertificateFacts
  private let addresses: [IPAddress]
  private let hosts: [String]

  init(_ own: CertificateFacts, names: [String]) {
    self.own = own
    addresses = names.compactMap { IPAddress($0) }
    hosts = names.filter { IPAddress($0) == nil && !$0.isEmpty }.map(Self.comparable)
  }

  var verdict: ProbeVerdict {
    let all = hostNames + certified.map { "\($0)" }
    let named = all.prefix(8).map(\.shown).joined(separator: ", ") + (all.count > 8 ? ", … (\(all.count))" : "")
    if let match {
      return verdict(
        .refuted, "証明書は、この機器を\(match.shown)として示しています。", "The certificate names the device as \(match.shown).")
    }
    if own.names.count >= Self.mostNames {
      return verdict(
        .inconclusive(reason: "too-many-names"), "証明書の名前が多すぎるため、一部だけを照合しました。",
        "The certificate has so many names that only some were compared.")
    }
    if all.isEmpty { return nameless }
    if foreign.count == all.count {
      return verdict(
        .proven, "証明書が示す名前(\(named))は、いずれもこの機器を指しません。接続するクライアントには名前の不一致として拒否されます。",
        "What the certificate names (\(named)) is not this device: clients refuse it for the name.")
    }
    guard hosts.isEmpty || hostNames.isEmpty else {
      return verdict(
        .inconclusive(reason: "other-name"),
        "証明書が示す名前(\(named))は、分かっている機器の名前(\(hosts.prefix(4).map(\.shown).joined(separator: ", ")))と異なります。その名前でもこの機器に到達するかは調べていません。",
        "The certificate names \(named); the device is known as \(hosts.prefix(4).map(\.shown).joined(separator: ", ")). Whether the former leads to it as well was not looked at."
      )
    }
    return verdict(
      .inconclusive(reason: "no-name-to-compare"),
      "証明書が示す名前(\(named))と比べられる名前が、この機器について分かっていません。IPアドレスだけで接続する場合、名前は一致しません。",
      "The certificate names \(named), and nothing is known of the device that could be compared. Who connects by its address finds no match."
    )
  }

  private func verdict(_ result: ProbeVerdict.Result, _ ja: String, _ en: String) -> ProbeVerdict {
    ProbeVerdict(CertificateJudgement.name, result, basis: LocalizedText(ja: ja, en: en))
  }

  private var nameless: ProbeVerdict {
    let common = own.commonName.map(\.shown) ?? ""
    return verdict(
      .proven,
      "証明書にsubjectAltNameの名前がありません。commonName(\(common))だけでは、現在のクライアントは照合しません(RFC 9525)。",
      "The certificate has no name in subjectAltName; clients of today do not look at its commonName (\(common)) (RFC 9525)."
    )
  }

  private var hostNames: [String] {
    own.names.compactMap { if case .dns(let name) = $0 { name } else { nil } }
  }

  private var certified: [IPAddress] {
    own.names.compactMap { if case .address(let text) = $0 { IPAddress(text) } else { nil } }
  }

  private var match: String? {
    if let address = certified.first(where: { addresses.contains($0) }) { return "\(address)" }
    return hostNames.first { name in hosts.contains { Self.matches($0, pattern: Self.comparable(name)) } }
  }

  /// Names that cannot be the device.
  private var foreign: [String] {
    let others = certified.filter { address in
      // Of an address of a family in which none of the device's is known nothing can be said.
      "\(address)" == "::1" || "\(address)".hasPrefix("127.") || addresses.contains { $0.isIPv4 == address.isIPv4 }
    }
    return hostNames.filter { Self.isNobodys(Self.comparable($0)) } + others.map { "\($0)" }
  }

  private static func isNobodys(_ name: String) -> Bool {
    // An address as a host name is never compared with addresses (RFC 9525 §6.4).
    IPAddress(name) != nil || reserved.contains { name == $0 || name.hasSuffix(".\($0)") }
  }

  /// Lower case, without the root's dot.
  private static func comparable(_ name: String) -> String {
    let name = name.lowercased()
    return name.hasSuffix(".") ? String(name.dropLast()) : name
  }

  /// RFC 9525 §6.3: an asterisk is the whole first label and stands for one.
  private static func matches(_ host: String, pattern: String) -> Bool {
    if host == pattern { return true }
    guard pattern.hasPrefix("*."), let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
    return host[dot...] == pattern.dropFirst()
  }
}
