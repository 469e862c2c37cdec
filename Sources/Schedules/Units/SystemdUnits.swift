/// A service and a timer for systemd, which wake the program; what is then done is the program's decision.
///
/// The service gets what an audit needs and nothing else: two capabilities, its own user, its own state folder, and the folders
/// that it is told (systemd.exec(5)).
public struct SystemdUnits: Hashable, Sendable {
  public struct Place: Hashable, Sendable {
    public var program: String
    /// Folder of the schedules.
    public var schedules: String
    public var user: String
    /// Rule data beside the program; nil where it is found by itself.
    public var profiles: String?
    /// Files and folders elsewhere that the audit reads, and such that it writes.
    public var reads: [String]
    public var writes: [String]

    public init(
      program: String, schedules: String, user: String, profiles: String? = nil, reads: [String] = [],
      writes: [String] = []
    ) {
      self.program = program
      self.schedules = schedules
      self.user = user
      self.profiles = profiles
      self.reads = reads
      self.writes = writes
    }
  }

  /// The first line of each unit, by which `remove` knows its own.
  public static let mark = "# Made by tenken schedule; changes are lost when it is made again."

  public let schedule: Schedule
  public let place: Place

  public init(_ schedule: Schedule, _ place: Place) {
    self.schedule = schedule
    self.place = place
  }

  public var serviceName: String { "tenken-\(schedule.name).service" }
  public var timerName: String { "tenken-\(schedule.name).timer" }

  /// `%` begins a specifier, `$` a variable, and words end at blanks.
  static func word(_ text: String) -> String {
    var quoted = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": quoted += "%%"
      case "$": quoted += "$$"
      case "\"", "\\": quoted += "\\" + String(scalar)
      default: quoted += String(scalar)
      }
    }
    let isPlain = text.utf8.allSatisfy { octet in
      (0x30...0x39).contains(octet) || (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
        || Array("-_./:=@+,%".utf8).contains(octet)
    }
    return isPlain && !text.isEmpty ? quoted : "\"\(quoted)\""
  }

  /// In lists of paths `$` is no variable. Paths that are bound take what follows a colon for another path.
  private static func path(_ text: String, isBound: Bool = false) -> String {
    let octets = text.unicodeScalars.map { scalar in
      switch scalar {
      case "%": "%%"
      case "\"", "\\": "\\\(scalar)"
      case ":": isBound ? "\\\\:" : ":"
      default: String(scalar)
      }
    }
    return "\"\(octets.joined())\""
  }

  public var timer: String {
    var lines = [
      Self.mark, "[Unit]", "Description=tenken: when the audit \(schedule.name) is due", "",
      "[Timer]", "OnCalendar=\(schedule.calendar)",
      "# A turn that passed while this computer was off or asleep is made up for, once.", "Persistent=true",
    ]
    if schedule.randomDelay > 0 {
      lines += [
        "RandomizedDelaySec=\(schedule.randomDelay)",
        "# The same each time: a computer that is often off is not put off again and again.", "FixedRandomDelay=true",
      ]
    }
    lines += ["Unit=\(serviceName)", "", "[Install]", "WantedBy=timers.target"]
    return lines.map { $0 + "\n" }.joined()
  }

  public var service: String {
    let words = [place.program, "schedule", "run", "--due", "--timer", "--schedules", place.schedules, schedule.name]
    var lines = [
      Self.mark, "[Unit]", "Description=tenken: scheduled audit \(schedule.name)",
      "Wants=network-online.target", "After=network-online.target time-sync.target",
      // A run of days that is tried again every quarter of an hour is no failure.
      "StartLimitIntervalSec=0", "", "[Service]", "Type=exec",
      "ExecStart=\(words.map(Self.word).joined(separator: " "))",
      "# 1 findings, 4 interrupted by the end of its window, 6 skipped; 75 cannot begin yet.",
      "SuccessExitStatus=1 4 6 75", "RestartForceExitStatus=75", "RestartSec=15min",
      "# SIGTERM has the run closed in order: its pack is whole and can be gone on with.", "TimeoutStopSec=2min",
      "User=\(place.user)", "Group=\(place.user)", "StateDirectory=tenken", "StateDirectoryMode=0700",
      "Environment=XDG_STATE_HOME=/var/lib",
    ]
    if let profiles = place.profiles { lines.append("Environment=\(Self.word("TENKEN_PROFILES=\(profiles)"))") }
    lines += ["Nice=5", "UMask=0077", ""] + Self.hardening
    lines += place.reads.map { "BindReadOnlyPaths=-\(Self.path($0, isBound: true))" }
    lines += place.writes.map { "ReadWritePaths=\(Self.path($0))" }
    return lines.map { $0 + "\n" }.joined()
  }

  public var noticesServiceName: String { "tenken-\(schedule.name)-notices.service" }
  public var noticesTimerName: String { "tenken-\(schedule.name)-notices.timer" }

  /// Tries again what could not be delivered, and sends the digest. Its own service, because the local sendmail may have to become
  /// another user to reach the queue of mail, which the audit's service cannot.
  public var noticesService: String? {
    schedule.notices.map { notices in
      var lines = [
        Self.mark, "[Unit]", "Description=tenken: notices of the audit \(schedule.name)", "Wants=network-online.target",
        "After=network-online.target", "", "[Service]", "Type=oneshot",
        "ExecStart=\([place.program, "notices", "flush", notices].map(Self.word).joined(separator: " "))",
        "User=\(place.user)", "Group=\(place.user)", "StateDirectory=tenken", "StateDirectoryMode=0700",
        "Environment=XDG_STATE_HOME=/var/lib",
      ]
      if let profiles = place.profiles { lines.append("Environment=\(Self.word("TENKEN_PROFILES=\(profiles)"))") }
      lines += ["UMask=0077", "ProtectSystem=full", "ProtectHome=read-only", "PrivateTmp=yes", "PrivateDevices=yes"]
      return lines.map { $0 + "\n" }.joined()
    }
  }

  public var noticesTimer: String {
    [
      Self.mark, "[Unit]", "Description=tenken: when notices of the audit \(schedule.name) are tried again", "",
      "[Timer]", "OnCalendar=hourly", "RandomizedDelaySec=300", "Unit=\(noticesServiceName)", "", "[Install]",
      "WantedBy=timers.target",
    ].map { $0 + "\n" }.joined()
  }

  /// systemd-sysusers(8) makes the user that the service runs as.
  public var user: String {
    "\(Self.mark)\nu \(place.user) - \"tenken scheduled audits\" /var/lib/tenken\n"
  }

  private static let hardening = [
    "# Raw frames, and whether a Wi-Fi interface may listen; nothing else of root's.",
    "AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN", "CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN",
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=tmpfs", "PrivateTmp=yes", "PrivateDevices=yes",
    "DevicePolicy=closed", "ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes", "ProtectHostname=yes", "ProtectProc=invisible", "ProcSubset=all",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET", "RestrictNamespaces=yes",
    "RestrictRealtime=yes", "RestrictSUIDSGID=yes", "LockPersonality=yes", "MemoryDenyWriteExecute=yes",
    "RemoveIPC=yes",
    "KeyringMode=private", "SystemCallArchitectures=native", "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources @mount @swap @reboot @module @raw-io @debug @cpu-emulation @obsolete",
    "# How well the clock is kept stands in the evidence; it is only read.", "SystemCallFilter=adjtimex clock_adjtime",
    "SystemCallErrorNumber=EPERM",
  ]
}
