import Foundation

/// A program of the machine the lab needs, and the Debian package that brings it.
public struct Program: Hashable, Sendable {
  /// Of a program on the search path, or the whole path of another file, such as a library of Python's.
  public var name: String
  public var package: String

  static let ip = Program(name: "ip", package: "iproute2")
  static let nft = Program(name: "nft", package: "nftables")
  static let busybox = Program(name: "busybox", package: "busybox-static")
  static let inetd = Program(name: "inetutils-inetd", package: "inetutils-inetd")
  static let telnetd = Program(name: "telnetd", package: "inetutils-telnetd")
  static let lighttpd = Program(name: "lighttpd", package: "lighttpd")
  static let nginx = Program(name: "nginx", package: "nginx")
  static let openssl = Program(name: "openssl", package: "openssl")
  static let vsftpd = Program(name: "vsftpd", package: "vsftpd")
  static let sshd = Program(name: "sshd", package: "openssh-server")
  static let sshKeygen = Program(name: "ssh-keygen", package: "openssh-client")
  static let dropbear = Program(name: "dropbear", package: "dropbear-bin")
  static let dropbearKey = Program(name: "dropbearkey", package: "dropbear-bin")
  static let mosquitto = Program(name: "mosquitto", package: "mosquitto")
  static let snmpd = Program(name: "snmpd", package: "snmpd")
  static let redis = Program(name: "redis-server", package: "redis-server")
  static let python = Program(name: "python3", package: "python3")
  static let tftpd = Program(name: "in.tftpd", package: "tftpd-hpa")

  /// Where Debian puts programs; the caller's PATH may lack the sbin ones.
  static let directories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
  static let searchPath = directories.joined(separator: ":")

  /// What `site` cannot be raised without, in a fixed order.
  public static func needed(for site: Site) -> [Program] {
    var programs = [ip]
    for device in site.devices {
      if device.closedPorts == .silent { programs.append(nft) }
      for service in device.services { programs += service.daemon.programs }
    }
    var seen: Set<Program> = []
    return programs.filter { seen.insert($0).inserted }
  }

  /// The apt packages of everything `site` needs, sorted.
  ///
  /// The victims can be raised without the tools that fell them; their tests cannot.
  public static func packages(for site: Site) -> [String] {
    let tools = site.plan == .victims ? ["arping", "ndisc6", "nmap", "python3"] : []
    return Set(needed(for: site).map(\.package) + tools).sorted()
  }

  /// Where the program is on this machine.
  var path: String? {
    if name.hasPrefix("/") { return FileManager.default.fileExists(atPath: name) ? name : nil }
    return Program.directories.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// - Throws: ``LabError`` for the first program that is not installed.
  static func requireAll(for site: Site) throws(LabError) {
    for program in needed(for: site) {
      guard let path = program.path else { throw missing(program) }
      if program == .busybox, try !bringsTelnetd(path) { throw missing(program) }
    }
  }

  private static func missing(_ program: Program) -> LabError {
    .missing("\(program.name) is missing: apt-get install \(program.package)")
  }

  /// The plain busybox package has no telnetd, and is linked dynamically: it could not start in a
  /// device's bare chroot.
  private static func bringsTelnetd(_ path: String) throws(LabError) -> Bool {
    guard let image = FileManager.default.contents(atPath: path) else {
      throw LabError.failed("cannot read \(path)")
    }
    return image.range(of: Data("telnetd".utf8)) != nil
  }
}
