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

  /// `home` is the directory of the device, on the private /run.
  init(for service: Service, of device: Device, home: String) {
    let port = service.port
    let everywhere = device.address == nil ? "[::]" : "0.0.0.0"
    self.init(command: [])
    switch service.daemon {
    case .busyboxTelnetd:
      usesRootfs = true
      command = ["/bin/busybox", "telnetd", "-F", "-b", "\(everywhere):\(port)", "-l", "/bin/login"]
    case .busyboxHTTPd:
      usesRootfs = true
      command = ["/bin/busybox", "httpd", "-f", "-p", "\(everywhere):\(port)", "-h", "/www"]
    case .inetutilsTelnetd: superServer(port, home)
    case .lighttpd: lighttpd(port, home, device)
    case .nginx: nginx(port, home, device, certificate: false)
    case .nginxBasic: nginx(port, home, device, certificate: false, basic: true)
    case .nginxTLS: nginx(port, home, device, certificate: true)
    case .vsftpd: vsftpd(port, home)
    case .openSSH: openSSH(port, home, hardened: false)
    case .hardenedOpenSSH: openSSH(port, home, hardened: true)
    case .dropbear: dropbear(port, home)
    case .mosquitto: mosquitto(port, home)
    case .snmpd: snmpd(port, home, device)
    case .redis: redis(port, home, password: false)
    case .redisWithPassword: redis(port, home, password: true)
    case .tftpd: tftpd(port, home)
    case .jetDirectSink:
      command = [
        "/proc/self/exe", "simulate-sink", "\(port)", "\(Layout.state)/\(device.name).sink.json",
      ]
    case .serialConsole:
      command = ["/proc/self/exe", "simulate-console", "\(port)"]
    case .endlessBanner:
      command = ["/proc/self/exe", "simulate-endless", "\(port)"]
    case .groupMember:
      command = ["/proc/self/exe", "simulate-member", "\(port)"]
    case .emulatedTelnet, .emulatedWebUI, .emulatedPrinting, .emulatedDNS, .emulatedMDNS, .emulatedSNMP, .emulatedSSDP,
      .emulatedCoAP:
      break
    }
  }

  private init(command: [String]) {
    self.command = command
  }

  /// Keys are made when the device starts, beside the other devices' start: `preparation` first,
  /// then the shell becomes the daemon.
  private mutating func run(_ preparation: String, then daemon: String) {
    command = ["/bin/sh", "-c", "\(preparation) && exec \(daemon)"]
  }

  private mutating func superServer(_ port: UInt16, _ home: String) {
    files = [
      File(
        path: "inetd.conf",
        text: "0.0.0.0:\(port) stream tcp nowait root /usr/sbin/telnetd telnetd -h\n")
    ]
    // -d stays in the foreground. The rate is inetd's guard against loops, not part of the lab.
    command = ["/usr/sbin/inetutils-inetd", "-d", "-R", "60000", "\(home)/inetd.conf"]
  }

  private mutating func lighttpd(_ port: UInt16, _ home: String, _ device: Device) {
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

  private mutating func nginx(
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
        + "-subj /CN=\(device.name) -keyout \(home)/tls.key -out \(home)/tls.crt",
      then: daemon)
  }

  private mutating func vsftpd(_ port: UInt16, _ home: String) {
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

  private mutating func openSSH(_ port: UInt16, _ home: String, hardened: Bool) {
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

  private mutating func dropbear(_ port: UInt16, _ home: String) {
    run(
      "dropbearkey -t ed25519 -f \(home)/dropbear_key",
      then:
        "/usr/sbin/dropbear -F -E -p 0.0.0.0:\(port) -r \(home)/dropbear_key -P \(home)/dropbear.pid"
    )
  }

  private mutating func mosquitto(_ port: UInt16, _ home: String) {
    files = [
      File(
        path: "mosquitto.conf",
        text: """
          listener \(port) 0.0.0.0
          allow_anonymous true
          persistence false
          user root
          log_dest stderr

          """)
    ]
    command = ["/usr/sbin/mosquitto", "-c", "\(home)/mosquitto.conf"]
  }

  private mutating func snmpd(_ port: UInt16, _ home: String, _ device: Device) {
    directories = ["snmp"]
    files = [
      File(
        path: "snmpd.conf",
        text: """
          agentaddress udp:0.0.0.0:\(port)
          rocommunity public
          sysDescr \(device.vendor) \(device.kind)
          sysName \(device.name)

          """)
    ]
    environment = ["SNMP_PERSISTENT_DIR=\(home)/snmp", "MIBS="]
    command = ["/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", "\(home)/snmpd.conf", "-I", "-smux"]
  }

  private mutating func redis(_ port: UInt16, _ home: String, password: Bool) {
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
          \(password ? "requirepass a-password-of-the-lab" : "")

          """)
    ]
    command = ["/usr/bin/redis-server", "\(home)/redis.conf"]
  }

  private mutating func tftpd(_ port: UInt16, _ home: String) {
    directories = ["tftp"]
    // -L: stay in the foreground.
    command = ["/usr/sbin/in.tftpd", "-L", "-4", "-a", "0.0.0.0:\(port)", "-u", "root", "-s", "\(home)/tftp"]
  }

  private static func page(of device: Device) -> File {
    File(path: "www/index.html", text: page(titled: "\(device.vendor) \(device.kind)"))
  }

  static func page(titled title: String) -> String {
    "<!DOCTYPE html><html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>\n"
  }
}
