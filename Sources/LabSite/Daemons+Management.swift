extension Program {
  static let unbound = Program(name: "unbound", package: "unbound")
  static let ntpd = Program(name: "ntpd", package: "ntpsec")
  static let cupsd = Program(name: "cupsd", package: "cups-daemon")
}

// Consoles and files: an open one of each, and those that only look alike.
extension Daemon {
  static let openShell = Daemon(
    "busybox telnetd (no login)", speaks: "telnet", weaknesses: ["telnet.enabled", "telnet.no-auth"],
    needs: [.busybox]
  ) { plan, at in
    plan.usesRootfs = true
    plan.command = ["/bin/busybox", "telnetd", "-F", "-b", "\(at.everywhere):\(at.port)", "-l", "/bin/sh"]
  }
  /// Lets the anonymous user in and nobody else, so that no password of anybody's crosses the network.
  static let anonymousFTP = Daemon(
    "vsftpd (anonymous)", speaks: "ftp", weaknesses: ["ftp.anonymous"], needs: [.vsftpd]
  ) { $0.anonymousFTP($1.port, $1.home) }
  static let encryptedFTP = Daemon(
    "vsftpd (TLS required)", speaks: "ftp", weaknesses: selfSigned, needs: [.vsftpd, .openssl]
  ) {
    $0.encryptedFTP($1.port, $1.home, $1.device)
  }
  static let debugBridge = simulator(
    "tenken-lab debug bridge", speaks: "adb", weaknesses: ["adb.open"]
  ) { ["simulate-debug-bridge", "\($0.port)"] }
  static let lockedDebugBridge = simulator("tenken-lab debug bridge (keys)", speaks: "adb") {
    ["simulate-debug-bridge", "\($0.port)", "--asks-for-key"]
  }
}

// Management, time, names, printing.
extension Daemon {
  static let snmpdSecret = Daemon("snmpd (a community of its own)", speaks: "snmp", needs: [.snmpd]) {
    $0.snmpd($1.port, $1.home, $1.device)
    $0.replace("rocommunity public", by: "rocommunity a-word-of-the-lab")
  }
  static let snmpdV3 = Daemon("snmpd (version 3)", speaks: "snmp", needs: [.snmpd]) {
    $0.snmpd($1.port, $1.home, $1.device)
    $0.replace("rocommunity public", by: "createUser auditor SHA a-password-of-the-lab\nrouser auditor auth")
  }
  static let ntpdOpen = Daemon("ntpd", speaks: "ntp", weaknesses: ["ntp.mode6"], needs: [.ntpd]) {
    $0.ntpd($1.port, $1.home, flags: "nomodify")
  }
  static let ntpdNoQuery = Daemon("ntpd (noquery)", speaks: "ntp", needs: [.ntpd]) {
    $0.ntpd($1.port, $1.home, flags: "nomodify noquery")
  }
  static let openResolver = Daemon(
    "unbound", speaks: "dns", weaknesses: ["dns.open-resolver"], needs: [.unbound]
  ) { $0.unbound($1.port, $1.home, access: "allow") }
  static let closedResolver = Daemon("unbound (recursion refused)", speaks: "dns", needs: [.unbound]) {
    $0.unbound($1.port, $1.home, access: "refuse_non_local")
  }
  static let cups = Daemon("cupsd", speaks: "http", weaknesses: ["ipp.no-auth"], needs: [.cupsd]) {
    $0.cups($1.port, $1.home, login: false)
  }
  static let cupsWithLogin = Daemon(
    "cupsd (login)", speaks: "http", weaknesses: ["http.plaintext-login"], needs: [.cupsd]
  ) { $0.cups($1.port, $1.home, login: true) }
}

extension DaemonPlan {
  mutating func replace(_ text: String, by other: String) {
    for place in files.indices { files[place].text = files[place].text.replacing(text, with: other) }
  }

  fileprivate mutating func anonymousFTP(_ port: UInt16, _ home: String) {
    vsftpd(port, home)
    directories.append("pub")
    replace("anonymous_enable=NO", by: "anonymous_enable=YES\nanon_root=\(home)/pub")
    replace("local_enable=YES", by: "local_enable=NO")
    replace("DiskStation FTP server, please login: user and password required.", by: "FTP server ready.")
  }

  fileprivate mutating func encryptedFTP(_ port: UInt16, _ home: String, _ device: Device) {
    vsftpd(port, home)
    replace("DiskStation FTP server, please login: user and password required.", by: "FTP server ready.")
    replace(
      "local_enable=YES",
      by: """
        local_enable=YES
        ssl_enable=YES
        force_local_logins_ssl=YES
        force_local_data_ssl=YES
        rsa_cert_file=\(home)/ftp.crt
        rsa_private_key_file=\(home)/ftp.key
        """)
    run(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 "
        + "-subj /CN=\(device.name) -keyout \(home)/ftp.key -out \(home)/ftp.crt",
      then: command.joined(separator: " "))
  }

  /// A clock that is nobody's to set. ntpd listens on port 123 only.
  fileprivate mutating func ntpd(_ port: UInt16, _ home: String, flags: String) {
    files = [
      File(
        path: "ntp-\(port).conf",
        text: """
          disable ntp
          disable monitor
          server 127.127.1.0
          restrict default ignore
          restrict 10.0.0.0 mask 255.255.255.0 \(flags)

          """)
    ]
    command = ["/usr/sbin/ntpd", "-n", "-c", "\(home)/ntp-\(port).conf"]
  }

  /// A resolver, and behind it, on the device itself, a server that knows the whole world to be empty: nothing is asked
  /// outside the lab.
  fileprivate mutating func unbound(_ port: UInt16, _ home: String, access: String) {
    let common = """
      do-daemonize: no
        chroot: ""
        username: ""
        pidfile: ""
        directory: "\(home)"
        use-syslog: no
        num-threads: 1
        module-config: "iterator"
      """
    files = [
      File(
        path: "unbound.conf",
        text: """
          server:
            interface: 0.0.0.0
            port: \(port)
            do-tcp: no
            do-not-query-localhost: no
            access-control: 10.0.0.0/24 \(access)
            \(common)
          forward-zone:
            name: "."
            forward-addr: 127.0.0.1@5335

          """),
      File(
        path: "world.conf",
        text: """
          server:
            interface: 127.0.0.1
            port: 5335
            do-tcp: no
            local-zone: "." static
            \(common)

          """),
    ]
    command = [
      "/bin/sh", "-c",
      "/usr/sbin/unbound -d -c \(home)/world.conf & exec /usr/sbin/unbound -d -c \(home)/unbound.conf",
    ]
  }

  fileprivate mutating func cups(_ port: UInt16, _ home: String, login: Bool) {
    directories = ["spool", "cache", "state", "tmp", "cups"].map { "cups/\($0)" }
    files = [
      File(path: "cups/cupsd.conf", text: Self.cupsAccess(port, login: login)),
      File(
        path: "cups/cups-files.conf",
        text: """
          ServerRoot \(home)/cups
          RequestRoot \(home)/cups/spool
          CacheDir \(home)/cups/cache
          StateDir \(home)/cups/state
          TempDir \(home)/cups/tmp
          AccessLog stderr
          ErrorLog stderr
          PageLog stderr
          User nobody
          Group nogroup
          SystemGroup root

          """),
      File(path: "cups/printers.conf", text: Self.cupsQueue),
    ]
    command = ["/usr/sbin/cupsd", "-f", "-c", "\(home)/cups/cupsd.conf", "-s", "\(home)/cups/cups-files.conf"]
  }

  private static func cupsAccess(_ port: UInt16, login: Bool) -> String {
    """
    Listen 0.0.0.0:\(port)
    ServerAlias *
    Browsing No
    WebInterface No
    DefaultEncryption Never
    DefaultAuthType \(login ? "Basic" : "None")
    <Location />
      Order allow,deny
      Allow all
      \(login ? "AuthType Basic\nRequire valid-user" : "")
    </Location>
    <Policy default>
      <Limit All>
        Order deny,allow
      </Limit>
    </Policy>

    """
  }

  /// A queue that leads nowhere.
  private static let cupsQueue = """
    NextPrinterId 2
    <DefaultPrinter Label>
    UUID urn:uuid:5bc0bd51-7f4b-3a8c-5e0e-1d2c3b4a5f60
    Info Label printer
    DeviceURI socket://127.0.0.1:9
    State Idle
    Type 4
    Accepting Yes
    Shared Yes
    </DefaultPrinter>

    """
}
