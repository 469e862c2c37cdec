// Remote consoles. The serial console speaks nothing of RFC 854, but a login prompt in clear text is what a Telnet
// client meets there, and what the check is about.
extension Daemon {
  static let busyboxTelnetd = Daemon(
    "busybox telnetd", speaks: "telnet", weaknesses: ["telnet.enabled"], needs: [.busybox]
  ) { plan, at in
    plan.usesRootfs = true
    plan.command = ["/bin/busybox", "telnetd", "-F", "-b", "\(at.everywhere):\(at.port)", "-l", "/bin/login"]
  }
  static let inetutilsTelnetd = Daemon(
    "inetutils telnetd", speaks: "telnet", weaknesses: ["telnet.enabled"], needs: [.inetd, .telnetd]
  ) { $0.superServer($1.port, $1.home) }
  static let serialConsole = simulator(
    "tenken-lab serial console", speaks: "telnet", weaknesses: ["telnet.enabled"]
  ) { ["simulate-console", "\($0.port)"] }
  static let openSSH = Daemon("OpenSSH", speaks: "ssh", needs: [.sshd, .sshKeygen]) {
    $0.openSSH($1.port, $1.home, hardened: false)
  }
  static let hardenedOpenSSH = Daemon("OpenSSH (hardened)", speaks: "ssh", needs: [.sshd, .sshKeygen]) {
    $0.openSSH($1.port, $1.home, hardened: true)
  }
  static let dropbear = Daemon("dropbear", speaks: "ssh", needs: [.dropbear, .dropbearKey]) {
    $0.dropbear($1.port, $1.home)
  }
}

// The web.
extension Daemon {
  static let busyboxHTTPd = Daemon("busybox httpd", speaks: "http", needs: [.busybox]) { plan, at in
    plan.usesRootfs = true
    plan.command = ["/bin/busybox", "httpd", "-f", "-p", "\(at.everywhere):\(at.port)", "-h", "/www"]
  }
  static let lighttpd = Daemon("lighttpd", speaks: "http", needs: [.lighttpd]) {
    $0.lighttpd($1.port, $1.home, $1.device)
  }
  static let nginx = Daemon("nginx", speaks: "http", needs: [.nginx]) {
    $0.nginx($1.port, $1.home, $1.device, certificate: false)
  }
  static let nginxBasic = Daemon(
    "nginx (Basic authentication)", speaks: "http", weaknesses: ["http.plaintext-login"], needs: [.nginx]
  ) { $0.nginx($1.port, $1.home, $1.device, certificate: false, basic: true) }
  static let nginxTLS = Daemon(
    "nginx (TLS)", speaks: "https", weaknesses: selfSigned, needs: [.nginx, .openssl]
  ) {
    $0.nginx($1.port, $1.home, $1.device, certificate: true)
  }
}

// TLS.
extension Daemon {
  /// What a certificate of the lab's own making is: signed by itself, with a commonName alone.
  static let selfSigned = ["tls.cert-self-signed", "tls.cert-name"]
}

// Files, data and management.
extension Daemon {
  static let vsftpd = Daemon("vsftpd", speaks: "ftp", weaknesses: ["ftp.plaintext"], needs: [.vsftpd]) {
    $0.vsftpd($1.port, $1.home)
  }
  static let tftpd = Daemon("tftpd-hpa", speaks: "tftp", weaknesses: ["tftp.enabled"], needs: [.tftpd]) {
    $0.tftpd($1.port, $1.home)
  }
  static let snmpd = Daemon(
    "snmpd", speaks: "snmp", weaknesses: ["snmp.default-community", "snmp.v1v2c"], needs: [.snmpd]
  ) { $0.snmpd($1.port, $1.home, $1.device) }
  static let mosquitto = Daemon(
    "mosquitto", speaks: "mqtt", weaknesses: ["mqtt.anonymous", "mqtt.plaintext"], needs: [.mosquitto]
  ) { $0.mosquitto($1.port, $1.home, "allow_anonymous true") }
  static let redis = Daemon("redis", speaks: "redis", weaknesses: ["redis.no-auth"], needs: [.redis]) {
    $0.redis($1.port, $1.home, password: nil)
  }
  static let redisWithPassword = Daemon("redis (requirepass)", speaks: "redis", needs: [.redis]) {
    $0.redis($1.port, $1.home, password: "a-password-of-the-lab")
  }
  static let jetDirectSink = simulator(
    "tenken-lab JetDirect sink", speaks: "jetdirect", weaknesses: ["printer.raw-open"]
  ) {
    ["simulate-sink", "\($0.port)", "\(Layout.state)/\($0.device.name).sink.json"]
  }
}

// What misbehaves, and what ``EmulatedDevice`` answers itself, without a program of its own.
extension Daemon {
  static let endlessBanner = simulator("tenken-lab endless banner") { ["simulate-endless", "\($0.port)"] }
  static let groupMember = simulator("tenken-lab multicast group member") { ["simulate-member", "\($0.port)"] }

  static let emulatedTelnet = Daemon("emulated telnet", speaks: "telnet", weaknesses: ["telnet.enabled"])
  static let emulatedWebUI = Daemon("emulated web UI", speaks: "http")
  static let emulatedPrinting = Daemon("emulated printing", speaks: "jetdirect")
  static let emulatedDNS = Daemon("emulated DNS", speaks: "dns")
  static let emulatedMDNS = Daemon("emulated mDNS", speaks: "mdns")
  static let emulatedSNMP = Daemon("emulated SNMP", speaks: "snmp")
  static let emulatedSSDP = Daemon("emulated SSDP", speaks: "ssdp")
  static let emulatedCoAP = Daemon("emulated CoAP", speaks: "coap")
}
