internal import Addressing
internal import Authority
internal import Engine
internal import Profiles
internal import Records

// Devices that were heard without having been asked.
extension AuditRun {
  func sighted(_ sighting: PassiveSensor.Sighting, segment: Int, now: MonotonicInstant) throws {
    let moment = environment.wall()
    try evidence.record(
      "device.sighted", at: moment,
      SightingEvent(
        mac: sighting.mac, address: sighting.address, by: sighting.kind.rawValue, name: sighting.name,
        vendorClass: sighting.vendorClass))
    guard let address = sighting.address, address.v6?.isMulticast != true else { return }
    guard plan.selection.contains(address) else { return noteBystander(address, sighting.mac) }
    if plan.onlyListens {
      if positions[address] == nil, judged.insert(address).inserted {
        try found(address, sighting.mac, isOffLink: false, segment: segment, now: now)
      }
      if plan.keepsObservations, let position = positions[address] {
        try observe(
          .passive, .device(records[position].device), .sighted(address: address, by: sighting.kind.rawValue),
          at: moment)
      }
    }
    // The name may tell what the vendor does not: what a device bears is corrected downwards.
    guard let name = sighting.name, let position = positions[address] else { return }
    try tell(name, by: sighting.kind, position, at: moment)
    let vendor = devices[records[position].device]?.vendor?.name
    try reclassify(position, DeviceClassRules.Signs(vendor: vendor, name: name))
  }

  /// Keeps a name that a device gave itself, once.
  private func tell(_ name: String, by kind: PassiveSensor.Kind, _ position: Int, at moment: Timestamp) throws {
    let device = records[position].device
    let claim = Claim(
      kind == .dhcp ? .name : .host, name, source: "\(kind.rawValue), heard unasked", confidence: .high)
    guard devices[device]?.claims.contains(claim) == false else { return }
    add([claim], to: device)
    guard plan.keepsObservations else { return }
    try observe(.passive, .device(device), .claimed([claim]), at: moment)
  }

  /// Remembers an address that nobody asked to look at: the report says that it is there.
  func noteBystander(_ address: IPAddress, _ mac: MACAddress?) {
    guard bystanders[address] != nil || bystanders.count < Self.bystanderLimit else { return }
    bystanders[address] = mac
  }

  /// The row of the report about them; nil when there are none.
  var bystanderRow: Coverage.Omission? {
    guard !bystanders.isEmpty else { return nil }
    return .bystanders(Array(bystanders.keys), more: bystanders.count == Self.bystanderLimit)
  }

  /// What a run that only listens says about each device in place of results.
  static var onlyListened: LocalizedText {
    LocalizedText(
      ja: "受信のみの検査のため、何も送信していません。機器が自発的に送信した通信だけを記録しました。",
      en: "This run only listened and sent nothing: what is known is what the device said unasked.")
  }

  var nobodyHeard: Coverage.Omission {
    Coverage.Omission(
      addresses: plan.selection.description, reason: .vantage,
      detail: LocalizedText(
        ja: "待ち受けた時間内に、対象から自発的な通信は受信されませんでした。機器が存在しないことを意味しません。",
        en: "None of the targets said anything unasked while this run listened. That does not mean that there is none.")
    )
  }
}

extension Coverage.Omission {
  /// Addresses that were heard of although nobody asked for them.
  static func bystanders(_ addresses: [IPAddress], more: Bool) -> Coverage.Omission {
    Coverage.Omission(
      addresses: TargetSelection.list(addresses), reason: .outOfScope,
      detail: LocalizedText(
        ja: "同じネットワーク上で確認されましたが、検査の対象に指定されていないため、送信していません。\(more ? "ほかにもあります。" : "")",
        en:
          "Seen on the link, not among the targets: nothing was sent to it.\(more ? " There are more of them." : "")"))
  }
}

extension AuditPlan {
  /// The technique without which a device that was found is left alone.
  func technique(for address: IPAddress) -> Technique {
    if onlyListens { return .passive }
    guard findsOnly else { return .tcpSYN }
    return address.isIPv4 ? .arpDiscovery : .ipv6Discovery
  }

  /// Controllers of plants get no probe without consent; where nothing is probed there is nothing to leave out.
  var leavesIndustrialOut: Bool { !scope.techniques.contains(.otIdentify) && !findsOnly && !onlyListens }
}
