public import Profiles
public import Records

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
  /// What the family that a device is of is for, first of all; nil when the family is not known.
  func role(of device: Device) -> Claim? {
    guard let profile = match(DeviceProfile.Signs(of: device)), let role = profile.roles.first else { return nil }
    return Claim(.role, role, source: "device profile \(profile.id)", confidence: .low)
  }
}
