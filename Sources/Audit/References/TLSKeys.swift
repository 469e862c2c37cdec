internal import Inventory
internal import Records

/// The keys that the TLS services of a run showed, as far as the devices behind them are known to be different ones.
struct TLSKeys {
  struct Sighting {
    let device: DeviceID
    let service: ServiceEndpoint
    let key: CertificateFacts.PublicKey
    let evidence: [String]
    /// Records that are one device (Inventory) have one number.
    let owner: Int
  }

  /// In the order of devices and services; the last capture of a service counts.
  let sightings: [Sighting]

  init(_ devices: [Device], _ observations: [Observation]) {
    var owners: [DeviceID: Int] = [:]
    let rows = IdentityResolver.rows(devices.map { .init(run: "", device: $0) })
    for (number, row) in rows.enumerated() {
      for record in row.records { owners[record] = number }
    }
    var seen: [Observation.Subject: Sighting] = [:]
    for observation in observations {
      guard case .tls(let capture) = observation.fact, case .service(let device, let service) = observation.subject,
        let owner = owners[device], let key = capture.certificates.first?.publicKey
      else { continue }
      seen[observation.subject] = Sighting(
        device: device, service: service, key: key, evidence: observation.evidence, owner: owner)
    }
    sightings = seen.values.sorted { ($0.device, $0.service) < ($1.device, $1.service) }
  }
}

extension Sequence<TLSKeys.Sighting> {
  /// `192.0.2.7 tcp/443, 192.0.2.8 tcp/443`, shortened beyond eight.
  func named(_ devices: [Device]) -> String {
    let all = map { sighting in
      let address = devices.first { $0.id == sighting.device }?.addresses.first.map { "\($0)" }
      return "\(address ?? sighting.device.rawValue) \(sighting.service)"
    }
    let shown = all.prefix(8).joined(separator: ", ")
    return all.count > 8 ? "\(shown), …" : shown
  }
}
