public import Profiles
public import Records
internal import Wire

extension DeviceProfile.Signs {
  /// What is known of a device: the holder of its MAC address's block, and every claim of a kind that a sign is named by.
  public init(of device: Device) {
    self.init()
    if let vendor = device.vendor { add(vendor.name, as: .organisation) }
    for claim in device.claims {
      guard let sign = DeviceProfile.Sign(rawValue: claim.kind.rawValue), sign != .organisation else { continue }
      add(claim.value, as: sign)
    }
  }
}

extension DeviceProfiles {
  /// What a device is for by its family, and its maker by the number that its agent bears.
  func claims(of device: Device) -> [Claim] { [role(of: device)].compactMap(\.self) + makers(of: device) }

  /// What the family that a device is of is for, first of all; nil when the family is not known, or has devices for
  /// several things and the model does not tell for which.
  private func role(of device: Device) -> Claim? {
    let signs = DeviceProfile.Signs(of: device)
    let models = (signs.values[.model] ?? []) + (signs.values[.upnpModel] ?? [])
    guard let profile = match(signs), let role = profile.role(models: models) else { return nil }
    // By the maker of its network interface alone others would be taken for the family too.
    let isTold = profile.isNamed(by: signs) || profile.rolesOfModels != nil
    return Claim(.role, role, source: "device profile \(profile.id)", confidence: isTold ? .medium : .low)
  }

  /// Who numbered the agent's object identifier (RFC 3418 §2, sysObjectID).
  private func makers(of device: Device) -> [Claim] {
    device.claims.filter { $0.kind == .sysObjectID }.compactMap { claim in
      let arcs = claim.value.split(separator: ".").compactMap { UInt32($0) }
      guard let number = ObjectIdentifier(arcs).enterprise, let maker = maker(ofEnterprise: number) else { return nil }
      return Claim(.vendor, maker.en, source: claim.source, confidence: .medium)
    }
  }
}
