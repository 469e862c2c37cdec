public import Records

extension Declarations {
  /// What the owner requires everywhere; nil where nothing was said.
  public struct Policies: Hashable, Sendable {
    /// Logs leave a device encrypted only.
    public var encryptedLogs: Bool?
    /// Updates come through a protected channel only.
    public var protectedUpdates: Bool?
    /// There is a wireless LAN on the site.
    public var wirelessLAN: Bool?
    /// Only administrators may read logs.
    public var logsForAdministrators: Bool?
    /// Devices must identify themselves before the network admits them.
    public var admissionControl: Bool?
    /// The company makes the devices (the rows of guides for makers are about it).
    public var makesDevices: Bool?

    public init() {}
  }

  /// Something that a named person says of devices or of the site, on a day. The program never says it by itself.
  public struct Statement: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      /// Can be reached through the gateway named by `value` only.
      case behindGateway = "behind-gateway"
      /// Cannot be protected well by itself; without devices and with `value: none`, there is no such device.
      case hardToSecure = "hard-to-secure"
      /// Produces neither data nor logs.
      case producesNoLogs = "produces-no-logs"
      /// Has one kind of account by design.
      case singleRole = "single-role"
      /// Its maker says that it cannot be updated.
      case notUpdatable = "not-updatable"
      /// Was used elsewhere before; `value` is a name it had there.
      case reused = "reused"
      /// Is no longer in use, or out of order.
      case retired = "retired"
      /// The function (a check's id) named by `value` is not needed.
      case unneeded = "unneeded"
      /// The function (a check's id) named by `value` is needed.
      case needed = "needed"
      /// The advisory named by `value` does not concern the device.
      case notAffected = "not-affected"
      /// What the check or advisory named by `value` tells was mended by `at`.
      case mended = "mended"
      /// The service named by `value` (`tcp/80`) carries data that must be protected.
      case sensitive = "sensitive"
      /// Nothing was disposed of or reused in the period.
      case noDisposal = "no-disposal"
      /// The difference named by `value` was looked at.
      case acknowledged = "acknowledged"
      /// An agreed drill; `value` is `alerted` or `not-alerted`.
      case drill = "drill"
      /// The device log was read after the provoked failed login; `value` is `entry` or `no-entry`.
      case logRead = "log-read"
      /// A log record of the device was looked at and holds what it must not; `value` says of which kind (`password` …).
      case logSecret = "log-secret"
      /// A sign of tampering was confirmed; `value` says which.
      case knownBad = "known-bad"
      /// SSH cannot be had on the device.
      case noSSH = "no-ssh"
    }

    public let kind: Kind
    /// None: the whole site.
    public let targets: [Target]
    public let value: String?
    public let by: String
    /// The day, `2026-11-30`.
    public let at: String
    public let why: String?
    /// The file and line.
    public let source: String

    public init(
      _ kind: Kind, of targets: [Target] = [], value: String? = nil, by: String, at: String, why: String? = nil,
      source: String = ""
    ) {
      self.kind = kind
      self.targets = targets
      self.value = value
      self.by = by
      self.at = at
      self.why = why
      self.source = source
    }

    /// Whether it is about the device: named, or everywhere.
    public func concerns(_ device: Device) -> Bool {
      targets.isEmpty
        || targets.contains { $0.names(macs: device.mac.map { [$0] } ?? [], addresses: device.addresses) }
    }
  }
}
