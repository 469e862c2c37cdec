internal import Inventory
public import Records

/// The check `ssh.shared-hostkey`: the same host key on two devices of the run. Several addresses, ports or records of one device are
/// none.
public struct SharedHostKeyReference: ReferenceCheck {
  /// The check's id, and the question of its rule.
  public static let question = "ssh.shared-hostkey"
  /// Other services named in a verdict.
  private static let shown = 8

  private struct Holder {
    /// The row of the inventory.
    let row: DeviceID
    let device: DeviceID
    let service: ServiceEndpoint
    let address: String
    let keys: [SSHCapture.HostKey]
    let evidence: [String]

    var place: String { "\(address) \(service)" }
  }

  public init() {}

  public func verdicts(of devices: [Device]) -> [ReferenceVerdict] { [] }

  /// None where no other device showed a host key.
  public func verdicts(of devices: [Device], observations: [Observation]) -> [ReferenceVerdict] {
    let holders = holders(devices, observations)
    guard Set(holders.map(\.row)).count > 1 else { return [] }
    return holders.map { holder in
      let others = holders.filter { $0.row != holder.row }
      let verdict = verdict(holder, others)
      return ReferenceVerdict(
        device: holder.device, service: holder.service, verdict: verdict, evidence: holder.evidence)
    }
  }

  private func holders(_ devices: [Device], _ observations: [Observation]) -> [Holder] {
    let rows = IdentityResolver.rows(devices.map { .init(run: "", device: $0) })
    var latest: [Observation.Subject: Observation] = [:]
    for observation in observations {
      if case .ssh = observation.fact { latest[observation.subject] = observation }
    }
    return devices.flatMap { device in
      device.services.compactMap { service -> Holder? in
        guard let seen = latest[.service(device.id, service.endpoint)], case .ssh(let capture) = seen.fact,
          !capture.hostKeys.isEmpty
        else { return nil }
        return Holder(
          row: rows.first { $0.records.contains(device.id) }?.id ?? device.id, device: device.id,
          service: service.endpoint, address: device.addresses.first.map { "\($0)" } ?? device.id.rawValue,
          keys: capture.hostKeys, evidence: seen.evidence)
      }
    }
  }

  private func verdict(_ holder: Holder, _ others: [Holder]) -> ProbeVerdict {
    for key in holder.keys {
      let same = others.filter { $0.keys.contains { $0.fingerprint == key.fingerprint } }
      guard !same.isEmpty else { continue }
      let more = same.count - Self.shown
      let places = same.prefix(Self.shown).map(\.place)
      return ProbeVerdict(
        Self.question, .proven,
        basis: LocalizedText(
          ja: "ホスト鍵\(key.type)(SHA256:\(key.fingerprint))を、別の機器も示しています: \(places.joined(separator: "、"))"
            + (more > 0 ? "、ほか\(more)件。" : "。") + key.holding.ja,
          en: "The host key \(key.type) (SHA256:\(key.fingerprint)) is shown by another device as well: "
            + places.joined(separator: ", ") + (more > 0 ? " and \(more) more." : ".") + " " + key.holding.en))
    }
    let count = Set(others.map(\.row)).count
    return ProbeVerdict(
      Self.question, .refuted,
      basis: LocalizedText(
        ja: "この検査でホスト鍵を示したほかの\(count)台の機器に、同じ鍵はありません。",
        en: "None of the \(count) other devices that showed host keys in this run has one of its keys."))
  }
}
