/// How one service of a device is brought up: the files it needs and the command that stays.
/// Pure text, so that a test can read what a daemon will be told without starting it.
struct DaemonPlan: Hashable, Sendable {
  struct File: Hashable, Sendable {
    /// Below the device's home.
    var path: String
    var text: String
  }

  var files: [File] = []
  /// Below the device's home.
  var directories: [String] = []
  var command: [String]
  /// The device's own root file system instead of the machine's.
  var usesRootfs = false
  var environment: [String] = []
  /// It changes the network of its own device: routes, interfaces, rules.
  var administersNetwork = false
  /// What of the device's home it sees in place of the machine's own.
  var binds: [Bind] = []

  struct Bind: Hashable, Sendable {
    /// Below the device's home.
    var source: String
    /// Has to exist on the machine.
    var target: String
  }

  /// Where a daemon is to run.
  struct Surroundings {
    var service: Service
    var device: Device
    /// The directory of the device, on the private /run.
    var home: String

    var port: UInt16 { service.port }
    /// Every address of the device, in the family it has.
    var everywhere: String { device.address == nil ? "[::]" : "0.0.0.0" }
  }

  /// `home` is the directory of the device, on the private /run.
  init(for service: Service, of device: Device, home: String) {
    self.init(command: [])
    service.daemon.prepare(&self, Surroundings(service: service, device: device, home: home))
  }

  init(command: [String]) {
    self.command = command
  }

  /// Keys are made when the device starts, beside the other devices' start: `preparation` first,
  /// then the shell becomes the daemon.
  mutating func run(_ preparation: String, then daemon: String) {
    command = ["/bin/sh", "-c", "\(preparation) && exec \(daemon)"]
  }

  mutating func superServer(_ port: UInt16, _ home: String) {
    files = [
      File(
        path: "inetd.conf",
        text: "0.0.0.0:\(port) stream tcp nowait root /usr/sbin/telnetd telnetd -h\n")
    ]
    // -d stays in the foreground. The rate is inetd's guard against loops, not part of the lab.
    command = ["/usr/sbin/inetutils-inetd", "-d", "-R", "60000", "\(home)/inetd.conf"]
  }

  mutating func lighttpd(_ port: UInt16, _ home: String, _ device: Device) {
    files = [
      File(
        path: "lighttpd.conf",
        text: """
          server.port = \(port)
          server.bind = "0.0.0.0"
          server.document-root = "\(home)/www"
          server.upload-dirs = ( "\(home)" )
          index-file.names = ( "index.html" )
          mimetype.assign = ( ".html" => "text/html" )

          """),
      Self.page(of: device),
    ]
    command = ["/usr/sbin/lighttpd", "-D", "-f", "\(home)/lighttpd.conf"]
  }

  mutating func nginx(
    _ port: UInt16, _ home: String, _ device: Device, certificate: Bool, basic: Bool = false
  ) {
    let login = basic ? "auth_basic camera; auth_basic_user_file \(home)/nginx-\(port)/users;" : ""
    let tls = "ssl_certificate \(home)/tls.crt; ssl_certificate_key \(home)/tls.key;"
    let scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "  \($0)_temp_path \(home)/nginx-\(port)/\($0);" }.joined(separator: "\n")
    directories = ["nginx-\(port)"]
    files = [
      File(
        path: "nginx-\(port).conf",
        text: """
          daemon off;
          user root;
          worker_processes 1;
          pid \(home)/nginx-\(port)/pid;
          error_log stderr;
          events { worker_connections 64; }
          http {
            access_log off;
          \(scratch)
            server {
              listen 0.0.0.0:\(port)\(certificate ? " ssl" : "");
              \(certificate ? tls : "")
              \(login)
              root \(home)/www;
            }
          }

          """),
      Self.page(of: device),
    ]
    // Nobody can log in: the file of users is empty.
    if basic { files.append(File(path: "nginx-\(port)/users", text: "")) }
    let daemon = "/usr/sbin/nginx -p \(home)/nginx-\(port) -e stderr -c \(home)/nginx-\(port).conf"
    guard certificate else {
      command = daemon.split(separator: " ").map(String.init)
      return
    }
    run(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 "
        + "-subj '\(device.identity.subject ?? "/CN=" + device.name)' -keyout \(home)/tls.key -out \(home)/tls.crt",
      then: daemon)
  }

  mutating func vsftpd(_ port: UInt16, _ home: String) {
    directories = ["empty"]
    // The banner looks like a login prompt on purpose: it must not be taken for Telnet.
    files = [
      File(
        path: "vsftpd.conf",
        text: """
          listen=YES
          listen_address=0.0.0.0
          listen_port=\(port)
          background=NO
          anonymous_enable=NO
          local_enable=YES
          ftpd_banner=DiskStation FTP server, please login: user and password required.
          secure_chroot_dir=\(home)/empty
          isolate=NO
          isolate_network=NO
          seccomp_sandbox=NO
          xferlog_enable=NO

          """)
    ]
    command = ["/usr/sbin/vsftpd", "\(home)/vsftpd.conf"]
  }

  mutating func openSSH(_ port: UInt16, _ home: String, hardened: Bool) {
    let strict = """
      PasswordAuthentication no
      PermitRootLogin no
      KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256
      Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
      MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
      MaxAuthTries 3
      """
    // OpenSSH would turn bursts of connections away at random, and a test could not be repeated.
    files = [
      File(
        path: "sshd_config",
        text: """
          Port \(port)
          ListenAddress 0.0.0.0
          HostKey \(home)/ssh_host_ed25519_key
          PidFile none
          UseDNS no
          UsePAM no
          KbdInteractiveAuthentication no
          MaxStartups 200
          \(hardened ? strict : "PasswordAuthentication yes")

          """)
    ]
    run(
      "ssh-keygen -q -t ed25519 -N '' -f \(home)/ssh_host_ed25519_key",
      then: "/usr/sbin/sshd -D -e -f \(home)/sshd_config")
  }

  mutating func dropbear(_ port: UInt16, _ home: String) {
    run(
      "dropbearkey -t ed25519 -f \(home)/dropbear_key",
      then:
        "/usr/sbin/dropbear -F -E -p 0.0.0.0:\(port) -r \(home)/dropbear_key -P \(home)/dropbear.pid"
    )
  }

  mutating func snmpd(_ port: UInt16, _ home: String, _ device: Device) {
    directories = ["snmp"]
    files = [
      File(
        path: "snmpd.conf",
        text: """
          agentaddress udp:0.0.0.0:\(port)
          rocommunity public
          sysDescr \(device.vendor) \(device.kind)
          sysName \(device.name)
          \(device.kind == "printer" ? Self.printerMIB(device.identity.model ?? "") : "")

          """)
    ]
    environment = ["SNMP_PERSISTENT_DIR=\(home)/snmp", "MIBS="]
    command = ["/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", "\(home)/snmpd.conf", "-I", "-smux"]
  }

  /// The first row of hrDeviceTable, as RFC 3805 §2.2 wants a printer to have it.
  private static func printerMIB(_ model: String) -> String {
    let row = ".1.3.6.1.2.1.25.3.2.1"
    return """
      override \(row).2.1 object_id .1.3.6.1.2.1.25.3.1.5
      override \(row).3.1 octet_str "\(model)"
      """
  }

  mutating func redis(_ port: UInt16, _ home: String, password: String?) {
    files = [
      File(
        path: "redis.conf",
        text: """
          bind 0.0.0.0
          port \(port)
          protected-mode no
          dir \(home)
          save ""
          appendonly no
          \(password.map { "requirepass \($0)" } ?? "")

          """)
    ]
    command = ["/usr/bin/redis-server", "\(home)/redis.conf"]
  }

  mutating func tftpd(_ port: UInt16, _ home: String) {
    directories = ["tftp"]
    // -L: stay in the foreground.
    command = ["/usr/sbin/in.tftpd", "-L", "-4", "-a", "0.0.0.0:\(port)", "-u", "root", "-s", "\(home)/tftp"]
  }

  static func page(of device: Device) -> File {
    File(path: "www/index.html", text: page(titled: device.title))
  }

  static func page(titled title: String) -> String {
    "<!DOCTYPE html><html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>\n"
  }
}
