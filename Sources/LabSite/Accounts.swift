/// The account files a device's daemons see instead of the machine's: nobody can try the machine's
/// passwords through the lab, and the lab's default login exists nowhere else.
enum Accounts {
  /// Hash of 12345, the factory password of many cameras; the salt is fixed so raising is repeatable.
  private static let factoryHash = "$1$tenken$SKBGdTPIT7j4lILCnZVS5/"

  private static func passwd(shell: String) -> String {
    """
    root:x:0:0:root:/:\(shell)
    daemon:x:1:1:daemon:/:/usr/sbin/nologin
    www-data:x:33:33:www-data:/:/usr/sbin/nologin
    sshd:x:101:65534::/run/sshd:/usr/sbin/nologin
    ftp:x:102:65534::/run:/usr/sbin/nologin
    mosquitto:x:103:65534::/run:/usr/sbin/nologin
    avahi:x:104:104::/run:/usr/sbin/nologin
    nobody:x:65534:65534:nobody:/:/usr/sbin/nologin

    """
  }

  private static let group = """
    root:x:0:
    daemon:x:1:
    tty:x:5:
    utmp:x:43:
    www-data:x:33:
    avahi:x:104:
    nogroup:x:65534:

    """

  private static func shadow(root: String) -> String {
    """
    root:\(root):19000:0:99999:7:::
    daemon:*:19000:0:99999:7:::
    www-data:*:19000:0:99999:7:::
    sshd:*:19000:0:99999:7:::
    ftp:*:19000:0:99999:7:::
    mosquitto:*:19000:0:99999:7:::
    avahi:*:19000:0:99999:7:::
    nobody:*:19000:0:99999:7:::

    """
  }

  /// Names are answered from the hosts file alone: no daemon waits for a name server, and no query
  /// leaves for one.
  static let nameService = """
    passwd: files
    group: files
    shadow: files
    hosts: files
    networks: files
    protocols: files
    services: files

    """

  static func hosts(of site: Site) -> String {
    let devices = site.devices.compactMap { device in device.address.map { "\($0) \(device.name)" } }
    return (["127.0.0.1 localhost", "\(site.auditorAddress) \(Site.auditorName)"] + devices)
      .joined(separator: "\n") + "\n"
  }

  /// For daemons on the machine's file system, in which one account has a shell and a password.
  static func open(to account: String, hash: String) -> [DaemonPlan.File] {
    let isRoot = account == "root"
    return [
      DaemonPlan.File(
        path: "etc/passwd", text: passwd(shell: "/bin/sh") + (isRoot ? "" : "\(account):x:1000:1000::/:/bin/sh\n")),
      DaemonPlan.File(path: "etc/group", text: group + (isRoot ? "" : "\(account):x:1000:\n")),
      DaemonPlan.File(
        path: "etc/shadow",
        text: shadow(root: isRoot ? hash : "*") + (isRoot ? "" : "\(account):\(hash):19000:0:99999:7:::\n")),
    ]
  }

  /// For daemons on the machine's file system; every login is refused.
  static let locked: [DaemonPlan.File] = [
    DaemonPlan.File(path: "etc/passwd", text: passwd(shell: "/usr/sbin/nologin")),
    DaemonPlan.File(path: "etc/group", text: group),
    DaemonPlan.File(path: "etc/shadow", text: shadow(root: "*")),
  ]

  /// For a device's own root file system; root logs in with 12345 unless the device has another.
  static func factory(of device: Device) -> [DaemonPlan.File] {
    let greeting = device.identity.greeting ?? "\n\(device.vendor) \(device.kind)\n\n"
    return [
      DaemonPlan.File(path: "rootfs/etc/passwd", text: passwd(shell: "/bin/sh")),
      DaemonPlan.File(path: "rootfs/etc/group", text: group),
      DaemonPlan.File(path: "rootfs/etc/shadow", text: shadow(root: device.passwordHash ?? factoryHash)),
      DaemonPlan.File(path: "rootfs/etc/nsswitch.conf", text: nameService),
      DaemonPlan.File(path: "rootfs/etc/issue.net", text: greeting),
      DaemonPlan.File(
        path: "rootfs/www/index.html",
        text: DaemonPlan.page(titled: device.title)),
    ]
  }
}
