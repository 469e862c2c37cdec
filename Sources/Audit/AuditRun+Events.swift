internal import Addressing
internal import Authority
internal import Engine
internal import Profiles
internal import Records
internal import Wire

extension AuditRun {
  func handle(_ event: SegmentScan.Event, segment: Int, now: MonotonicInstant) throws {
    switch event {
    case .found(let address, let mac, let isOffLink):
      try found(address, mac, isOffLink: isOffLink, segment: segment, now: now)
    case .sighted(let sighting): try sighted(sighting, segment: segment, now: now)
    case .storm(let mac): try evidence.record("arp.storm", at: environment.wall(), StormEvent(mac: mac))
    case .conflict(let address, let mac):
      try evidence.record(
        "address.conflict", at: environment.wall(), DeviceEvent(address: address, mac: mac, vendor: nil))
    case .open(let address, let port): try opened(address, port)
    case .stack(let address, let timeToLive, let window): try classify(address, timeToLive, window)
    case .datagram(let address, let place, let isAnswer, let octets):
      try answered(address, datagrams[place], isAnswer: isAnswer, octets, now: now)
    case .answersEverything(let address): try answersEverything(address)
    case .finished(let address): try finishScan(of: address, now: now)
    case .froze(let addresses): try froze(addresses)
    case .distress(let addresses, let distress): try report(distress, addresses, segment: segment, now: now)
    case .unwatchable(let address):
      try evidence.record("device.unwatchable", at: environment.wall(), AddressEvent(address: address))
    case .alive(let address, let alive): try concludeTarget(address, alive: alive)
    }
  }

  // MARK: Devices

  func found(
    _ address: IPAddress, _ nextHop: MACAddress, isOffLink: Bool, segment: Int, now: MonotonicInstant
  ) throws {
    let moment = environment.wall()
    // Without frames, the kernel may know the neighbour that answered its connection.
    let mac = isOffLink ? segments[segment].plan.neighbour(address) : nextHop
    // Whoever answers a question to everybody was perhaps not meant.
    guard plan.selection.contains(address) else {
      // In the words of a sighting, which a continuation of the run reads.
      let event = SightingEvent(mac: nextHop, address: address, by: "answer", name: nil, vendorClass: nil)
      try evidence.record("device.sighted", at: moment, event)
      return noteBystander(address, mac)
    }
    // An earlier run was done with it.
    guard positions[address] == nil else { return }
    // The device behind an address is known only now; an exclusion by MAC takes effect here.
    if let refusal = plan.scope.refusal(of: address, mac: mac, for: plan.technique(for: address), at: moment) {
      try refuse(address, mac, refusal, at: moment)
      return
    }
    let vendor = mac.flatMap { plan.vendors?.vendor(of: $0) }
    let care = care(for: address, mac, vendor)
    if care.isOT, plan.leavesIndustrialOut { return try leaveOut(address, mac, vendor, care) }
    let id = identify(address, mac, vendor)
    let earlier = unsettled.removeValue(forKey: RestoredRun.Key(device: id, address: address))
    let deviceClass = min(care.deviceClass, earlier?.deviceClass ?? care.deviceClass)
    let position = enter(
      DeviceRecord(
        segment: segment, address: address, device: id, mac: mac, from: earlier?.from ?? moment,
        deviceClass: deviceClass, dropsBefore: segments[segment].plan.link.receiveDrops(), to: moment))
    segments[segment].scan.scan(
      address, nextHop: mac ?? nextHop, limits: plan.limits(for: deviceClass), isOffLink: mac == nil,
      known: earlier.map(settled), now: now)
    if let earlier { return try goOn(with: earlier, position) }
    if plan.keepsObservations, !plan.onlyListens {
      if isOffLink, !segments[segment].scan.discovery.hasAnsweredEcho(address) {
        try observe(.tcpSYN, .device(id), .answeredSYN(address: address), at: moment)
      } else if isOffLink {
        try observe(.icmpEcho, .device(id), .answeredEcho(address: address), at: moment)
      } else if address.isIPv4 {
        try observe(.arpDiscovery, .device(id), .answeredARP(address: address), at: moment)
      } else {
        try observe(.ipv6Discovery, .device(id), .answeredNeighbourSolicitation(address: address), at: moment)
      }
    }
    // After the observation: this line says that both are whole.
    try evidence.record(
      "device.found", at: moment,
      FoundEvent(
        address: address, mac: mac, vendor: vendor?.name, vendorSource: vendor?.source, deviceClass: deviceClass))
    guard plan.findsOnly, !plan.onlyListens else { return }
    // It has just answered; asking again would only make it answer twice.
    segments[segment].scan.dismiss(address)
    try concludeTarget(address, alive: true)
  }

  /// The device behind an address. A MAC address that answers for more addresses than one device has
  /// is a relay's: what lies behind it is told apart by address, and its own MAC stays unseen.
  private func identify(_ address: IPAddress, _ mac: MACAddress?, _ vendor: Attribution?) -> DeviceID {
    if let mac, addressesPerMAC[mac, default: 0] < SegmentScan.addressesOfOneDevice {
      addressesPerMAC[mac, default: 0] += 1
      let id = DeviceID(mac: mac)
      if devices[id]?.addresses.contains(address) != true {
        devices[id, default: Device(mac: mac, addresses: [], vendor: vendor)].addresses.append(address)
      }
      return id
    }
    let device = Device(address: address)
    if devices[device.id] == nil { devices[device.id] = device }
    return device.id
  }

  /// - Returns: the record's place.
  private func enter(_ record: DeviceRecord) -> Int {
    devicesFound += 1
    let place = freeRecords.popLast() ?? records.count
    positions[record.address] = place
    if place < records.count { records[place] = record } else { records.append(record) }
    return place
  }

  /// Lets go of an address that nothing is left to do on. What came out was told already; it is kept
  /// only where the end of the run needs it.
  private func leave(_ position: Int) {
    let record = records[position]
    segments[record.segment].scan.forget(record.address, now: environment.monotonic())
    guard !plan.keepsResults else { return }
    positions[record.address] = nil
    // Other addresses of the device may still be under way.
    devices[record.device]?.addresses.removeAll { $0 == record.address }
    if devices[record.device]?.addresses.isEmpty == true { devices[record.device] = nil }
    records[position].coverage = nil
    records[position].distress = []
    freeRecords.append(position)
  }

  private func refuse(_ address: IPAddress, _ mac: MACAddress?, _ refusal: Refusal, at moment: Timestamp) throws {
    try evidence.record("target.refused", at: moment, RefusedEvent(address: address, mac: mac, reason: "\(refusal)"))
    try omit(
      Coverage.Omission(
        addresses: "\(address)", reason: plan.scope.techniques.contains(.tcpSYN) ? .outOfScope : .noAuthorisation,
        detail: LocalizedText(
          ja: "応答はありましたが、許可範囲により、それ以上は調べていません(\(refusal))。",
          en: "It answered and was not looked at further: \(refusal).")), at: moment)
  }

  /// A controller of a plant or building: nothing is sent to it without consent.
  private func leaveOut(_ address: IPAddress, _ mac: MACAddress?, _ vendor: Attribution?, _ care: Care) throws {
    try evidence.record(
      "target.industrial", at: environment.wall(), DeviceEvent(address: address, mac: mac, vendor: vendor?.name))
    try omit(
      Coverage.Omission(
        addresses: "\(address)", reason: .noAuthorisation,
        detail: LocalizedText(
          ja: "\(care.whyOT.ja)、所在の確認のほかは何も送信していません。調べるには許可範囲にot-identifyが必要です。\(care.reason.ja)",
          en:
            "\(care.whyOT.en), so nothing was sent to it after it was found; looking at it needs the technique ot-identify. \(care.reason.en)"
        )), at: environment.wall())
  }

  /// Another run of which this is the continuation may have said the same.
  private func omit(_ omission: Coverage.Omission, at moment: Timestamp) throws {
    guard !omitted.contains(omission) else { return }
    omitted.append(omission)
    try evidence.record("target.omitted", at: moment, omission)
  }

  /// Time to live and window tell small stacks: what a device bears is corrected downwards.
  private func classify(_ address: IPAddress, _ timeToLive: UInt8, _ window: UInt16) throws {
    guard let position = positions[address] else { return }
    let vendor = devices[records[position].device]?.vendor?.name
    try reclassify(position, DeviceClassRules.Signs(vendor: vendor, timeToLive: timeToLive, window: window))
  }

  func reclassify(_ position: Int, _ signs: DeviceClassRules.Signs) throws {
    try lower(position, to: plan.profiles.deviceClassRules.classify(signs).deviceClass)
  }

  /// Corrects downwards what a device is trusted to bear.
  func lower(_ position: Int, to deviceClass: DeviceClass) throws {
    let record = records[position]
    guard deviceClass < record.deviceClass, record.phase != .done else { return }
    records[position].deviceClass = deviceClass
    try evidence.record(
      "device.class", at: environment.wall(), ClassEvent(address: record.address, deviceClass: deviceClass))
    guard let figures = segments[record.segment].scan.figures(of: record.address) else { return }
    let limits = plan.limits(for: deviceClass).lowered(to: figures.limits)
    segments[record.segment].scan.setLimits(limits, of: record.address)
  }

  // MARK: Ports

  private func opened(_ address: IPAddress, _ port: UInt16) throws {
    guard let position = positions[address] else { return }
    openPorts += 1
    let moment = environment.wall()
    let endpoint = ServiceEndpoint(transport: .tcp, port: port)
    let device = records[position].device
    // Answers to probes that were on their way when it showed that open ports say nothing here.
    let saysNothing = segments[records[position].segment].scan.target(address)?.answersEverything == true
    if !saysNothing { add(Service(endpoint: endpoint, state: .open), to: device) }
    if plan.keepsObservations { try observe(.tcpSYN, .service(device, endpoint), .port(.open), at: moment) }
    try evidence.record("port.open", at: moment, PortEvent(address: address, port: port))
    guard plan.keepsObservations, !saysNothing else { return }
    if plan.mayConnect(to: port) {
      try enqueue(port, position)
    } else {
      try evidence.record("service.not-permitted", at: moment, PortEvent(address: address, port: port))
    }
  }

  /// A device with two addresses shows the same service twice; it is listed once.
  func add(_ service: Service, to device: DeviceID) {
    guard devices[device]?.services.contains(where: { $0.endpoint == service.endpoint }) == false else { return }
    devices[device]?.services.append(service)
  }

  private func answered(
    _ address: IPAddress, _ planned: PlannedDatagram, isAnswer: Bool, _ octets: [UInt8], now: MonotonicInstant
  ) throws {
    guard let position = positions[address] else { return }
    let moment = environment.wall()
    let endpoint = ServiceEndpoint(transport: .udp, port: planned.port)
    let device = records[position].device
    add(
      Service(endpoint: endpoint, state: .open, protocolName: isAnswer ? planned.probe.protocolName : nil), to: device)
    let name = "\(place(position))-udp-\(planned.port)"
    let question = segments[records[position].segment].scan.question(planned.place, to: address)
    try evidence.conversation(name, request: question, response: octets)
    if plan.keepsObservations {
      let paths = PackPath.conversation(name)
      try observe(
        planned.probe.technique, .service(device, endpoint), .udp(.open, probe: planned.probe.id), at: moment,
        evidence: [paths.request, paths.response])
      if isAnswer {
        let claims = heard(octets, from: endpoint, speaking: planned.probe.protocolName, position)
        try tellClaims(
          claims, by: planned.probe.technique, of: endpoint, position, at: moment, [paths.request, paths.response])
      }
    }
    try evidence.record(
      "datagram.answered", at: moment,
      DatagramEvent(
        address: address, port: planned.port, probe: planned.probe.id, isAnswer: isAnswer, octets: octets.count))
    guard isAnswer else { return }
    if plan.keepsObservations { try heedClaims(position, now: now) }
    try choose(endpoint, planned.probe.protocolName, tls: false, said: octets, position)
  }

  private func answersEverything(_ address: IPAddress) throws {
    try evidence.record("device.answers-everything", at: environment.wall(), AddressEvent(address: address))
    guard let position = positions[address] else { return }
    noteAnswersEverything(position)
  }

  func noteAnswersEverything(_ position: Int) {
    records[position].stopped = LocalizedText(
      ja: "使われないはずのポートも含め、どのポートにも接続応答が返るため、開いているポートを判断できません。",
      en: "It accepts connections on every port, also on ports that nothing uses, so open ports say nothing here.")
    records[position].queue.removeAll()
    forgetUnknownServices(of: records[position].device)
  }

  /// Ports that accept like all the others are no services; what was recognised stays.
  func forgetUnknownServices(of device: DeviceID) {
    devices[device]?.services.removeAll { $0.endpoint.transport == .tcp && $0.protocolName == nil }
  }

  /// The name of an address in file names: the device's, with the address from its second one on.
  func place(_ position: Int) -> String {
    let record = records[position]
    let isFirst = devices[record.device]?.addresses.first == record.address
    // Colons are no good in file names.
    let address = String("\(record.address)".map { $0 == ":" ? "-" : $0 })
    return isFirst ? record.device.rawValue : "\(record.device.rawValue)-\(address)"
  }

  private func finishScan(of address: IPAddress, now: MonotonicInstant) throws {
    guard let position = positions[address] else { return }
    records[position].scanFinished = true
    try endIfDone(position, now: now)
  }

  /// When ports and connections are done, the device is asked once more whether it is there.
  func endIfDone(_ position: Int, now: MonotonicInstant) throws {
    let record = records[position]
    guard record.phase == .scanning, record.scanFinished, record.queue.isEmpty, record.visit == nil else { return }
    // Logins come last: by then everything is known that says which device this is.
    if let login = try nextLogin(position, now: now) { return enqueue(login, position) }
    records[position].phase = .checkingAlive
    segments[record.segment].scan.checkAlive(record.address, now: now)
  }

  private func concludeTarget(_ address: IPAddress, alive: Bool?) throws {
    guard let position = positions[address], records[position].phase != .done else { return }
    records[position].aliveAfter = alive
    try measure(position)
    // After the figures: this line says that nothing is left to do.
    try evidence.record(
      "device.done", at: environment.wall(),
      AliveEvent(address: address, device: records[position].device, aliveAfter: alive))
    // Last, so that a device whose evidence could not be written does not count as done.
    records[position].phase = .done
    recordsDone += 1
    leave(position)
  }

  @discardableResult
  func observe(
    _ technique: Technique, _ subject: Observation.Subject, _ fact: Observation.Fact, at moment: Timestamp,
    evidence paths: [String] = []
  ) throws -> Observation {
    lastObservation += 1
    let observation = Observation(
      id: numbered("EV-", lastObservation, digits: 6), at: moment, technique: technique, subject: subject,
      fact: fact, evidence: paths)
    observations.append(observation)
    try evidence.record("observation", at: moment, observation)
    return observation
  }
}
