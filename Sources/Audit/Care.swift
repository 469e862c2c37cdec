internal import Addressing
internal import Declarations
internal import Profiles
internal import Records

/// How a device is to be handled that was found just now, and who says so.
struct Care {
  let deviceClass: DeviceClass
  let isOT: Bool
  /// In a sentence for reports.
  let reason: LocalizedText
  /// The beginning of a sentence: why it is taken for a controller.
  let whyOT: LocalizedText
}

extension AuditRun {
  /// By the class rules, by the profile of the device's family as far as it is known by now, and by the owner's
  /// declaration: the most careful of them.
  func care(for address: IPAddress, _ mac: MACAddress?, _ vendor: Attribution?) -> Care {
    let decision = plan.profiles.deviceClassRules.classify(DeviceClassRules.Signs(vendor: vendor?.name))
    let name = vendor?.name ?? "-"
    var opinions = [
      Care(
        deviceClass: decision.deviceClass, isOT: decision.isOT, reason: decision.reason,
        whyOT: LocalizedText(
          ja: "製造者(\(name))から産業用制御機器とみられるため", en: "Its maker (\(name)) builds industrial controllers"))
    ]
    if let declared = plan.declarations?.fragility(macs: [mac].compactMap(\.self), addresses: [address]) {
      opinions.append(
        Care(
          deviceClass: .fragile, isOT: declared.isOT, reason: LocalizedText(ja: declared.why, en: declared.why),
          whyOT: LocalizedText(ja: "所有者が産業用制御機器と宣言しているため", en: "Its owner declares it a controller")))
    }
    // What an interrupted run heard of it is known already.
    var device = Device(address: address, vendor: vendor)
    device.claims = devices[mac.map { DeviceID(mac: $0) } ?? DeviceID(address: address)]?.claims ?? []
    if let profile = plan.profiles.deviceProfiles.match(DeviceProfile.Signs(of: device)) {
      let fragility = profile.fragility
      opinions.append(
        Care(
          deviceClass: fragility.deviceClass, isOT: fragility.isOT, reason: fragility.why,
          whyOT: LocalizedText(
            ja: "\(profile.family.ja)とみられるため", en: "It seems to be of a family of controllers (\(profile.family.en))")))
    }
    let most = opinions.min { $0.deviceClass < $1.deviceClass } ?? opinions[0]
    // Who takes it for a controller says why.
    return opinions.first(where: \.isOT).map {
      Care(deviceClass: most.deviceClass, isOT: true, reason: $0.reason, whyOT: $0.whyOT)
    } ?? most
  }
}
