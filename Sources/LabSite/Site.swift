/// The lab's devices, or a part of them. `truth` and the raised network come from the same value.
public struct Site: Hashable, Sendable {
  /// The sites there are. Each has a network of its own.
  public enum Plan: String, Hashable, Sendable, CaseIterable, Codable {
    /// Everyday equipment: real daemons on real stacks.
    case standard
    /// Equipment that is easily harmed: emulated stacks with known weaknesses.
    case victims
    /// Logins by Telnet and the web: with makers' passwords and without, that lock, that lie, that are slow.
    case logins

    public var network: String { "\(prefix).0/24" }
    public var auditorAddress: String { "\(prefix).250" }

    private var prefix: String {
      switch self {
      case .standard: "10.0.0"
      case .victims: "10.0.1"
      case .logins: "10.0.2"
      }
    }

    var devices: [Device] {
      switch self {
      case .standard: Site.everything
      case .victims: Site.victims
      case .logins: Site.logins
      }
    }
  }

  public static let prefixLength = 24
  public static let auditorName = "auditor"
  /// What the inspecting switch is called among the states.
  static let switchName = "dai-switch"
  /// Locally administered: the auditor's machine is nobody's product.
  static let auditorMAC = "02:00:00:00:00:fa"

  public var plan: Plan
  public var devices: [Device]
  /// Dynamic ARP inspection: above this many ARP frames of the auditor's within any second, the switch takes the
  /// auditor's port down for good. Nil: the switch bears everything.
  public var arpLimit: Int?

  public var network: String { plan.network }
  public var auditorAddress: String { plan.auditorAddress }
  var emulated: [Device] { devices.filter { $0.victim != nil } }

  /// - Throws: ``LabError`` naming a device that is not in the site.
  public static func standard(only: [String] = [], without: [String] = []) throws(LabError) -> Site {
    try make(.standard, only: only, without: without)
  }

  /// - Throws: ``LabError`` naming a device that is not in the site.
  public static func make(
    _ plan: Plan, only: [String] = [], without: [String] = []
  ) throws(LabError) -> Site {
    let everything = plan.devices
    let known = everything.map(\.name)
    for name in only + without where !known.contains(name) {
      throw LabError.usage(
        "no device is called \(name); there are: \(known.joined(separator: ", "))")
    }
    let chosen = everything.filter { device in
      (only.isEmpty || only.contains(device.name)) && !without.contains(device.name)
    }
    guard !chosen.isEmpty else { throw LabError.usage("no device is left to raise") }
    return Site(plan: plan, devices: chosen)
  }

  private static let everything: [Device] =
    homeEquipment + officeEquipment + specialCases + discoveryEquipment + messageAndScreenEquipment
    + managementEquipment + plantEquipment + printersAndRecorders

  private static let homeEquipment = [
    Device(
      name: "camera", address: "10.0.0.11", mac: "44:47:cc:10:00:11",
      vendor: "Hangzhou Hikvision Digital Technology Co.,Ltd.", kind: "network camera",
      services: [Service(23, .busyboxTelnetd), Service(80, .busyboxHTTPd)]),
    Device(
      name: "router", address: "10.0.0.12", mac: "34:3d:c4:10:00:12",
      identity: Identity(role: "router", maker: "Buffalo", model: "WSR-2533DHPL2", title: "WSR-2533DHPL2"),
      vendor: "BUFFALO.INC", kind: "router",
      services: [Service(23, .inetutilsTelnetd), Service(80, .lighttpd), Service(69, .tftpd, over: .udp)]),
    Device(
      name: "recorder", address: "10.0.0.13", mac: "d4:2d:c5:10:00:13",
      identity: Identity(role: "nvr", maker: "i-PRO", model: "WJ-NX410K", title: "WJ-NX410K"),
      vendor: "i-PRO Co., Ltd.", kind: "video recorder",
      services: [Service(9527, .busyboxTelnetd), Service(80, .nginx), Service(8080, .nginxBasic)]),
    Device(
      name: "nas", address: "10.0.0.14", mac: "00:11:32:10:00:14",
      identity: Identity(role: "nas", maker: "Synology", title: "Synology DiskStation - nas"),
      vendor: "Synology Incorporated", kind: "network storage",
      services: [
        Service(21, .vsftpd), Service(22, .openSSH), Service(5000, .lighttpd), Service(6379, .redisWithPassword),
      ]),
    Device(
      name: "broker", address: "10.0.0.15", mac: "dc:a6:32:10:00:15",
      identity: Identity(role: "single-board-computer"),
      vendor: "Raspberry Pi Trading Ltd", kind: "single-board computer",
      services: [
        Service(22, .dropbear), Service(1883, .mosquitto), Service(6379, .redis), Service(9100, .lighttpdOnPrintPort),
      ]),
  ]

  private static let officeEquipment = [
    Device(
      name: "printer", address: "10.0.0.16", mac: "50:57:9c:10:00:16",
      identity: Identity(role: "printer", maker: "Seiko Epson", model: "EPSON WF-7840 Series"),
      vendor: "Seiko Epson Corporation", kind: "printer",
      services: [
        Service(631, .lighttpd), Service(9100, .jetDirectSink), Service(161, .epsonAgent, over: .udp),
      ]),
    Device(
      name: "sensor", address: "10.0.0.17", mac: "24:6f:28:10:00:17",
      vendor: "Espressif Inc.", kind: "sensor",
      services: [Service(80, .busyboxHTTPd)], diesAbovePacketsPerSecond: 200),
    Device(
      name: "gateway", address: "10.0.0.18", mac: "ac:44:f2:10:00:18",
      vendor: "YAMAHA CORPORATION", kind: "gateway",
      services: [Service(22, .hardenedOpenSSH)], isHardened: true),
  ]

  private static let specialCases = [
    Device(
      name: "switch", address: "10.0.0.19", mac: "00:00:cd:10:00:19",
      identity: Identity(
        maker: "Allied Telesis", greeting: "TELNET session now in ESTABLISHED state\n\n"),
      vendor: "Allied Telesis Labs Ltd", kind: "switch",
      services: [Service(23, .busyboxTelnetd)], answersPing: false),
    Device(
      name: "console", address: "10.0.0.20", mac: "00:90:e8:10:00:20",
      identity: Identity(role: "serial-server", maker: "Moxa", model: "NPort 5110", firmware: "2.11"),
      vendor: "MOXA TECHNOLOGIES CORP., LTD.", kind: "serial console server",
      services: [Service(4001, .serialConsole)]),
    Device(
      name: "doorlock", address: "10.0.0.21", mac: "b8:a4:4f:10:00:21",
      identity: Identity(
        role: "building", maker: "Axis", model: "AXIS A1001", title: "AXIS A1001 Network Door Controller",
        subject: "/O=Axis Communications AB/CN=axis-b8a44f100021-eccp256-1"),
      vendor: "Axis Communications AB", kind: "door controller",
      services: [Service(443, .nginxTLS)], answersPing: false, closedPorts: .silent),
  ]
}
