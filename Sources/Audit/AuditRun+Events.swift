internal import Addressing
internal import Authority
internal import Engine
internal import Profiles
internal import Records
internal import Wire

extension AuditRun {
  func handle(_ event: SegmentScan.Event, segment: Int, now: MonotonicInstant) throws {
    switch event {
    case .found(let address, let mac): try found(address, mac, segment: segment, now: now)
    case .conflict(let address, let mac): try conflict(address, mac)
    case .port(let address, let port, let cell): try settled(address, port, cell)
    case .finished(let address): mutate(address) { $0.scanFinished = true }
    case .lost(let address): try lost(address)
    case .alive(let address, let alive): try concludeTarget(address, alive: alive)
    }
  }

  func mutate(_ address: IPv4Address, _ change: (inout DeviceRecord) -> Void) {
    guard let position = positions[address] else { return }
    change(&records[position])
  }

  private func found(
    _ address: IPv4Address, _ mac: MACAddress, segment: Int, now: MonotonicInstant
  ) throws {
    let moment = environment.wall()
    // The device behind an address is known only now; an exclusion by MAC takes effect here.
    if let refusal = plan.scope.refusal(of: address, mac: mac, for: .tcpSYN, at: moment) {
      try evidence.record("target.refused", at: moment, RefusedEvent(address: address, mac: mac, reason: "\(refusal)"))
      omitted.append(
        Coverage.Omission(
          addresses: "\(address)", reason: plan.scope.techniques.contains(.tcpSYN) ? .outOfScope : .noAuthorisation,
          detail: LocalizedText(
            ja: "ARPには応答しましたが、許可範囲により、それ以上は調べていません(\(refusal))。",
            en: "It answered ARP and was not looked at further: \(refusal).")))
      return
    }
    var device = devices[mac] ?? Device(mac: mac, addresses: [], vendor: plan.vendors?.vendor(of: mac))
    device.addresses.append(address)
    devices[mac] = device
    let vantage = Vantage(interface: segments[segment].plan.interface, address: segments[segment].plan.source)
    positions[address] = records.count
    records.append(
      DeviceRecord(
        segment: segment, address: address, mac: mac,
        coverage: DeviceCoverage(
          device: device.id, address: address,
          tcp: DeviceCoverage.TCP(requested: plan.ports.description, requestedCount: plan.ports.count),
          aliveBefore: true, from: moment, vantage: vantage)))
    segments[segment].scan.scan(address, mac: mac, now: now)
    try observe(.arpDiscovery, .device(device.id), .answeredARP(address: address), at: moment)
    try evidence.record(
      "device.found", at: moment, DeviceEvent(address: address, mac: mac, vendor: device.vendor?.name))
  }

  private func conflict(_ address: IPv4Address, _ mac: MACAddress) throws {
    try evidence.record(
      "address.conflict", at: environment.wall(), DeviceEvent(address: address, mac: mac, vendor: nil))
  }

  private func settled(_ address: IPv4Address, _ port: UInt16, _ cell: PortStateTable.Cell) throws {
    guard cell == .open, let position = positions[address] else { return }
    let moment = environment.wall()
    let mac = records[position].mac
    let endpoint = ServiceEndpoint(transport: .tcp, port: port)
    // A device with two addresses shows the same service twice; it is listed once.
    if devices[mac]?.services.contains(where: { $0.endpoint == endpoint }) == false {
      devices[mac]?.services.append(Service(endpoint: endpoint, state: .open))
    }
    try evidence.record("port.open", at: moment, PortEvent(address: address, port: port))
    try observe(.tcpSYN, .service(DeviceID(mac: mac), endpoint), .port(.open), at: moment)
    if plan.mayConnect(to: port) {
      records[position].queue.append(port)
    } else {
      try evidence.record("service.not-permitted", at: moment, PortEvent(address: address, port: port))
    }
  }

  private func lost(_ address: IPv4Address) throws {
    let moment = environment.wall()
    try evidence.record("device.lost", at: moment, AddressEvent(address: address))
    mutate(address) { record in
      record.coverage.stopped = LocalizedText(
        ja: "機器が検査とARPのどちらにも応答しなくなったため、送信を止めました。",
        en: "The device stopped answering probes and ARP, so nothing more was sent to it.")
      record.queue.removeAll()
      record.scanFinished = true
    }
  }

  /// When ports and connections are done, the device is asked once more whether it is there.
  func advancePhases(now: MonotonicInstant) throws {
    for index in records.indices where records[index].phase == .scanning {
      let record = records[index]
      guard record.scanFinished, record.queue.isEmpty, record.visit == nil else { continue }
      records[index].phase = .checkingAlive
      segments[record.segment].scan.checkAlive(record.address, now: now)
    }
  }

  private func concludeTarget(_ address: IPv4Address, alive: Bool) throws {
    guard let position = positions[address] else { return }
    records[position].coverage.aliveAfter = alive
    try evidence.record(
      "device.done", at: environment.wall(), AliveEvent(address: address, aliveAfter: alive))
    try measure(position)
    // Last, so that a device whose evidence could not be written does not count as done.
    records[position].phase = .done
  }

  @discardableResult
  func observe(
    _ technique: Technique, _ subject: Observation.Subject, _ fact: Observation.Fact, at moment: Timestamp,
    evidence paths: [String] = []
  ) throws -> Observation {
    let observation = Observation(
      id: numbered("EV-", observations.count + 1, digits: 6), at: moment, technique: technique, subject: subject,
      fact: fact, evidence: paths)
    observations.append(observation)
    try evidence.record("observation", at: moment, observation)
    return observation
  }
}

/// `F-0001`: a prefix and a number of at least so many digits, so that names sort as they came.
func numbered(_ prefix: String, _ number: Int, digits: Int) -> String {
  let text = String(number)
  return prefix + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

struct RefusedEvent: Encodable, Sendable {
  let address: IPv4Address
  let mac: MACAddress
  let reason: String
}

struct DeviceEvent: Encodable, Sendable {
  let address: IPv4Address
  let mac: MACAddress
  let vendor: String?
}

struct PortEvent: Encodable, Sendable {
  let address: IPv4Address
  let port: UInt16
}

struct AddressEvent: Encodable, Sendable { let address: IPv4Address }

struct AliveEvent: Encodable, Sendable {
  let address: IPv4Address
  let aliveAfter: Bool
}

struct SessionEventRecord: Encodable, Sendable {
  let address: IPv4Address
  let port: UInt16
  let outcome: String
  let octets: Int
}
