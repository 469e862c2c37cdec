internal import CLab
import Foundation
internal import Glibc

/// Builds the site inside the private namespaces. Runs as their process 1, so that whatever it
/// starts or mounts is gone when it is.
struct Raising {
  let site: Site
  private(set) var daemons: [pid_t: String] = [:]
  /// The programs of the lab's own that keep figures: the watcher, and the emulators where there are any.
  private(set) var counters: [pid_t] = []

  init(site: Site) {
    self.site = site
  }

  mutating func raise() throws(LabError) {
    try prepareFiles()
    try buildNetwork()
    counters = [try startCounter("watch")]
    if !site.emulated.isEmpty { counters.append(try startCounter("emulate")) }
    for device in site.devices { try start(device) }
    try waitUntilReady()
  }

  // MARK: Files

  private func prepareFiles() throws(LabError) {
    guard CLab_private_mounts() == 0 else { throw .failed("cannot mount: \(lastReason())") }
    for directory in [Layout.names, Layout.state, Layout.logs, "/run/sshd", "/run/lock"] {
      try make(directory)
    }
    try write("hosts", Accounts.hosts(of: site), below: Layout.base)
    try write("nsswitch.conf", Accounts.nameService, below: Layout.base)
    for name in ["hosts", "nsswitch.conf"]
    where FileManager.default.fileExists(atPath: "/etc/\(name)") {
      guard unsafe CLab_bind("\(Layout.base)/\(name)", "/etc/\(name)") == 0 else {
        throw .failed("cannot cover /etc/\(name): \(lastReason())")
      }
    }
    for device in site.devices { try prepareHome(of: device) }
  }

  private func prepareHome(of device: Device) throws(LabError) {
    let home = Layout.home(of: device.name)
    try make("\(home)/log")
    let plans = device.services.map { DaemonPlan(for: $0, of: device, home: home) }
    var files = Accounts.locked
    if let hash = device.passwordHash, !plans.contains(where: \.usesRootfs) {
      files = Accounts.open(to: device.account, hash: hash)
    }
    for plan in plans {
      for directory in plan.directories { try make("\(home)/\(directory)") }
      files += plan.files
    }
    if plans.contains(where: \.usesRootfs) {
      try makeRootfs("\(home)/rootfs")
      files += Accounts.factory(of: device)
    }
    for file in files { try write(file.path, file.text, below: home) }
    // vsftpd refuses a chroot directory that others may write to, sshd refuses open key files.
    unsafe chmod("\(home)/etc/shadow", 0o600)
  }

  private func makeRootfs(_ root: String) throws(LabError) {
    for directory in ["bin", "dev/pts", "etc", "tmp", "www"] { try make("\(root)/\(directory)") }
    guard let busybox = Program.busybox.path else { throw .failed("busybox went away") }
    do {
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: busybox).resolvingSymlinksInPath(),
        to: URL(fileURLWithPath: "\(root)/bin/busybox"))
      for applet in ["login", "sh", "ls", "cat", "echo", "uname", "id"] {
        try FileManager.default.createSymbolicLink(
          atPath: "\(root)/bin/\(applet)", withDestinationPath: "busybox")
      }
      try FileManager.default.createSymbolicLink(
        atPath: "\(root)/dev/ptmx", withDestinationPath: "pts/ptmx")
    } catch {
      throw .failed("cannot fill \(root): \(error)")
    }
    guard unsafe CLab_mount_terminals("\(root)/dev/pts") == 0,
      unsafe CLab_make_null("\(root)/dev/null") == 0
    else {
      throw .failed("cannot make \(root)/dev: \(lastReason())")
    }
  }

  private func make(_ directory: String) throws(LabError) {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw .failed("cannot make \(directory): \(error)")
    }
  }

  private func write(_ path: String, _ text: String, below directory: String) throws(LabError) {
    let full = URL(fileURLWithPath: "\(directory)/\(path)")
    try make(full.deletingLastPathComponent().path)
    do {
      try Data(text.utf8).write(to: full)
    } catch {
      throw .failed("cannot write \(full.path): \(error)")
    }
  }

  // MARK: Network

  private func buildNetwork() throws(LabError) {
    let plan = NetworkPlan(of: site)
    let own = try NetworkNamespace.current()
    try write("namespaces.ip", plan.namespaces, below: Layout.base)
    try Command(["ip", "-batch", "\(Layout.base)/namespaces.ip"]).run()
    try apply(NetworkPlan.bridgeSettings)
    for member in plan.members {
      try NetworkNamespace.named(member.name).enter()
      try apply(NetworkPlan.settings(of: member))
    }
    try own.enter()
    try write("links.ip", plan.links, below: Layout.base)
    try Command(["ip", "-batch", "\(Layout.base)/links.ip"]).run()
    for member in plan.members {
      try NetworkNamespace.named(member.name).enter()
      try write("\(member.name).ip", NetworkPlan.inside(member), below: Layout.base)
      try Command(["ip", "-batch", "\(Layout.base)/\(member.name).ip"]).run()
      guard unsafe CLab_plain_link(NetworkPlan.interface) == 0 else {
        throw .failed("cannot switch offloads of \(member.name) off: \(lastReason())")
      }
    }
    for device in site.devices {
      guard let rules = NetworkPlan.firewall(of: device) else { continue }
      try NetworkNamespace.named(device.name).enter()
      try write("\(device.name).nft", rules, below: Layout.base)
      try Command(["nft", "-f", "\(Layout.base)/\(device.name).nft"]).run()
    }
    try own.enter()
  }

  /// Acts on the namespace the process is in: /proc/sys/net shows that of whoever opens it.
  private func apply(_ settings: [(path: String, value: String)]) throws(LabError) {
    for setting in settings {
      let path = "/proc/sys/net/\(setting.path)"
      // A kernel without IPv6 has nothing to be told.
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let descriptor = openFile(path, O_WRONLY)
      defer { close(descriptor) }
      guard descriptor >= 0, writeOctets(Array(setting.value.utf8), to: descriptor) else {
        throw .failed("cannot set \(path): \(lastReason())")
      }
    }
  }

  // MARK: Daemons

  private func startCounter(_ name: String) throws(LabError) -> pid_t {
    var command = Command(["/proc/self/exe", name] + site.arguments)
    command.ownSession = true
    let log = try openLog(name)
    defer { close(log) }
    command.log = log
    return try command.spawn()
  }

  private mutating func start(_ device: Device) throws(LabError) {
    guard device.victim == nil else { return }
    let home = Layout.home(of: device.name)
    for service in device.services {
      let plan = DaemonPlan(for: service, of: device, home: home)
      var command = Command(plan.command)
      command.environment = ["PATH=\(Program.searchPath)", "LANG=C"] + plan.environment
      command.network = Layout.network(device.name)
      command.hostname = device.name
      command.ownSession = true
      command.confined = true
      command.administersNetwork = plan.administersNetwork
      command.directory = "/"
      if plan.usesRootfs {
        command.root = "\(home)/rootfs"
      } else {
        command.binds = ["passwd", "group", "shadow"].map { ("\(home)/etc/\($0)", "/etc/\($0)") }
        command.binds.append(("\(home)/log", "/var/log"))
        command.binds += plan.binds.map { (source: "\(home)/\($0.source)", target: $0.target) }
      }
      let log = try openLog(Self.logName(device, service))
      defer { close(log) }
      command.log = log
      daemons[try command.spawn()] = "\(service.daemon.name) of \(device.name)"
    }
  }

  private func openLog(_ name: String) throws(LabError) -> CInt {
    let descriptor = openFile("\(Layout.logs)/\(name)", O_WRONLY | O_CREAT | O_APPEND)
    guard descriptor >= 0 else { throw .failed("cannot open a log: \(lastReason())") }
    return descriptor
  }

  private static func logName(_ device: Device, _ service: Service) -> String {
    "\(device.name)-\(service.port)"
  }

  // MARK: Readiness

  /// Asks each device's own kernel who listens. Nothing is sent over the bridge, so every counter
  /// is still at zero when the auditor starts.
  private func waitUntilReady() throws(LabError) {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(15)
    let own = try NetworkNamespace.current()
    var waiting = site.devices.filter { $0.victim == nil }
    var watched = false
    while !waiting.isEmpty || !watched {
      var late: [Device] = []
      for device in waiting {
        try NetworkNamespace.named(device.name).enter()
        if !device.services.allSatisfy(ListeningPorts.current(for: device).contains) { late.append(device) }
      }
      try own.enter()
      waiting = late
      watched = DeviceState.files(for: site).allSatisfy {
        FileManager.default.fileExists(atPath: "\(Layout.state)/\($0)")
      }
      if let name = endedDaemon() { throw notReady(waiting, because: "\(name) ended") }
      guard clock.now < deadline else { throw notReady(waiting, because: "not ready within 15 s") }
      usleep(15_000)
    }
  }

  /// A daemon that gave up need not be waited for. Children of daemons are reaped on the way.
  private func endedDaemon() -> String? {
    while true {
      let ended = waitpid(-1, nil, WNOHANG)
      guard ended > 0 else { return nil }
      if let name = daemons[ended] { return name }
    }
  }

  private func notReady(_ devices: [Device], because reason: String) -> LabError {
    let logs = devices.flatMap { device in
      device.services.compactMap { service -> String? in
        let name = Self.logName(device, service)
        guard let data = FileManager.default.contents(atPath: "\(Layout.logs)/\(name)") else {
          return nil
        }
        let text = String(decoding: data.suffix(300), as: UTF8.self)
        return
          "\(name): \(text.split(whereSeparator: \.isNewline).suffix(2).joined(separator: " | "))"
      }
    }
    return .failed(
      "\(reason); \(logs.isEmpty ? "the watcher is late" : logs.joined(separator: "; "))")
  }
}

extension Site {
  /// As the `--only` option of the hidden commands takes it.
  var names: String { devices.map(\.name).joined(separator: ",") }

  /// The options of the hidden commands that make this same site again.
  var arguments: [String] {
    ["--site", plan.rawValue, "--only", names] + (arpLimit.map { ["--arp-limit", "\($0)"] } ?? [])
  }
}
