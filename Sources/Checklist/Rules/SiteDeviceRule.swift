internal import Declarations
public import Records

/// A rule that looks at one device and at what is known of the site beside it.
public protocol SiteDeviceRule: ChecklistRule {
  func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict]
}

extension SiteDeviceRule {
  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    site.devices.flatMap { judge($0, of: site, in: context) }
  }
}

extension SiteFacts {
  /// The zone that an address of the device is in.
  func zone(of device: Device) -> String? {
    guard let declarations else { return nil }
    return device.addresses.compactMap { declarations.zone(of: $0)?.id }.first
  }

  /// The declarations as evidence: a pack has the file.
  var declared: [String] { declarations.map { [PackPath.payload + $0.file] } ?? [] }

  func reach(of device: Device) -> [ReachFact] { reach.filter { $0.device == device.id } }
}

extension Declarations.Statement {
  /// Who says so, when and where it stands.
  var attribution: LocalizedText {
    let reason = why.map { ("理由: \($0)、", "because: \($0); ") } ?? ("", "")
    return LocalizedText(ja: "\(by)の申告(\(at)、\(reason.0)\(source))", en: "\(by) says so (\(at); \(reason.1)\(source))")
  }
}

extension LocalizedText {
  static let nothing = LocalizedText(ja: "", en: "")

  /// One sentence after the other.
  static func + (left: LocalizedText, right: LocalizedText) -> LocalizedText {
    let blank = left.en.isEmpty || right.en.isEmpty ? "" : " "
    return LocalizedText(ja: left.ja + right.ja, en: left.en + blank + right.en)
  }
}

/// Rows that a capture answers.
extension ChecklistRule {
  /// Nobody captured anything: one row, and how to get one.
  func noCapture(in context: ChecklistContext) -> Verdict {
    siteVerdict(
      .notTested, in: context, reason: .noCapture,
      LocalizedText(
        ja: "機器自身の通信の記録がないため、判断していません。ミラーポートなどで通信を記録し、その記録を渡して判断し直してください。",
        en:
          "There is no capture of the devices' own traffic, so this item was not answered. Capture it, at a mirror port for instance, and judge again with the capture."
      ))
  }

  /// The capture has nothing of the device.
  func unseen(_ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext) -> Verdict {
    verdict(
      .notTested, facts, in: context, reason: .noCapture,
      LocalizedText(
        ja: "通信の記録(\(traffic.span.ja))に、この機器自身の通信がありません。機器が通る経路で記録し直してください。",
        en:
          "The capture (\(traffic.span.en)) has no traffic of the device's own. Capture again where its traffic passes."
      ))
  }
}

extension TrafficFacts {
  /// When and where, with what the capture lost.
  var span: LocalizedText {
    let (begin, end) = (from.rfc3339(offsetMinutes: Timestamp.jst), to.rfc3339(offsetMinutes: Timestamp.jst))
    let lost = dropped > 0 ? ("、取りこぼし\(dropped)個", ", \(dropped) packets lost") : ("", "")
    return LocalizedText(ja: "\(begin)～\(end)、\(place)\(lost.0)", en: "\(begin) to \(end), \(place)\(lost.1)")
  }
}

extension TrafficFacts.Flow {
  /// `tcp/443 of iot.example (203.0.113.9)`.
  var described: String {
    let endpoint = ServiceEndpoint(transport: transport, port: port)
    return isIncoming ? "\(endpoint) (\(peer))" : "\(name.map { "\($0) (\(peer))" } ?? "\(peer)") \(endpoint)"
  }

  /// Names, time and addresses: every device asks for them in the clear, and no data of its own is in them.
  var isUpkeep: Bool {
    transport == .udp && [53, 67, 68, 123, 546, 547, 5353, 5355].contains(port) || transport == .tcp && port == 53
  }

  /// The version of TLS as people write it.
  static func shown(_ version: UInt16) -> String {
    switch version {
    case 0x0300: "SSL 3.0"
    case 0x0301...0x0304: "TLS 1.\(version - 0x0301)"
    case 0xfeff: "DTLS 1.0"
    case 0xfefd: "DTLS 1.2"
    default: "0x" + String(version, radix: 16)
    }
  }

  /// TLS 1.2 or later; DTLS counts downwards from 0xfeff (RFC 6347 §4.1).
  var isProtected: Bool {
    guard case .tls(let version) = protection else { return false }
    return version >= 0xfe00 ? version <= 0xfefd : version >= 0x0303
  }
}

/// Texts, shortened beyond eight.
func list(_ texts: [String]) -> String {
  var seen: Set<String> = []
  let texts = texts.filter { seen.insert($0).inserted }
  let shown = texts.prefix(8).joined(separator: ", ")
  return texts.count > 8 ? "\(shown), … (\(texts.count))" : shown
}
