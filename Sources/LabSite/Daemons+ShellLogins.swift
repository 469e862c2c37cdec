extension Program {
  static let mosquittoPasswords = Program(name: "mosquitto_passwd", package: "mosquitto")
}

// SSH, with passwords that can be entered.
extension Daemon {
  private static func openSSH(
    _ name: String, isDefault: Bool = false, key: String = "ed25519", weaknesses: [String] = [], _ lines: String = ""
  ) -> Daemon {
    Daemon(
      "OpenSSH (\(name))", speaks: "ssh", weaknesses: (isDefault ? ["cred.default"] : []) + weaknesses,
      needs: [.sshd, .sshKeygen]
    ) { plan, at in
      plan.passwordSSH(at.port, at.home, key: key, lines.replacing("HOME", with: at.home))
    }
  }

  static let openSSHDefault = openSSH("default password", isDefault: true)
  static let openSSHOwner = openSSH("a password of its own")
  static let openSSHKeys = openSSH("keys alone", "PasswordAuthentication no")
  static let openSSHPartial = openSSH("password and key", "AuthenticationMethods password,publickey")
  static let openSSHOneTry = openSSH("one try", "MaxAuthTries 1")
  static let openSSHInteractive = openSSH(
    "keyboard-interactive", isDefault: true,
    """
    PasswordAuthentication no
    KbdInteractiveAuthentication yes
    UsePAM yes
    """)
  /// Keys of 1024 bits, SHA-1, CBC: Dropbear 0.52 and OpenSSH 4 offered nothing better.
  static let openSSHOld = openSSH(
    "old algorithms", isDefault: true, key: "rsa -b 1024",
    weaknesses: ["ssh.weak-kex", "ssh.weak-cipher", "ssh.weak-hostkey"],
    """
    RequiredRSASize 1024
    KexAlgorithms diffie-hellman-group1-sha1
    HostKeyAlgorithms ssh-rsa
    Ciphers 3des-cbc,aes128-cbc
    MACs hmac-sha1
    """)
  static let openSSHDSS = openSSH(
    "DSS key", key: "dsa", weaknesses: ["ssh.weak-hostkey"], "HostKeyAlgorithms ssh-dss")
  /// By pam_faillock, as the distributions of servers and appliances have it.
  static let openSSHLocking = Daemon(
    "OpenSSH (pam_faillock)", speaks: "ssh", weaknesses: ["cred.default"], needs: [.sshd, .sshKeygen]
  ) { plan, at in
    plan.passwordSSH(at.port, at.home, key: "ed25519", "UsePAM yes")
    let lock = "deny=3 unlock_time=600 even_deny_root dir=\(at.home)/faillock"
    plan.directories.append("faillock")
    plan.files.append(
      DaemonPlan.File(
        path: "pam-sshd",
        text: """
          auth required pam_faillock.so preauth \(lock)
          auth [success=1 default=bad] pam_unix.so
          auth [default=die] pam_faillock.so authfail \(lock)
          auth sufficient pam_faillock.so authsucc \(lock)
          account required pam_unix.so
          session required pam_permit.so

          """))
    plan.binds.append(DaemonPlan.Bind(source: "pam-sshd", target: "/etc/pam.d/sshd"))
  }

  private static func dropbear(_ name: String, _ options: String = "") -> Daemon {
    Daemon(
      "dropbear (\(name))", speaks: "ssh", weaknesses: ["cred.default"], needs: [.dropbear, .dropbearKey]
    ) { plan, at in
      plan.dropbear(at.port, at.home)
      plan.command[plan.command.count - 1] += options
    }
  }

  static let dropbearDefault = dropbear("default password")
  static let dropbearOnce = dropbear("one try", " -T 1")
  static let dropbearBlank = dropbear("blank password", " -B")

  /// Dropbear behind a relay that keeps each answer for a while.
  static let slowShell = Daemon(
    "dropbear (slow)", speaks: "ssh", weaknesses: ["cred.default"], needs: [.dropbear, .dropbearKey, .python]
  ) { plan, at in
    plan.dropbear(2222, at.home)
    plan.files.append(DaemonPlan.File(path: "relay.py", text: ShellScripts.relay))
    let daemon = plan.command.last ?? ""
    plan.command = [
      "/bin/sh", "-c",
      daemon.replacing("exec /usr", with: "{ /usr").replacing("0.0.0.0:2222", with: "127.0.0.1:2222")
        + " & } && exec /usr/bin/python3 -I \(at.home)/relay.py \(at.port) 2222 1.5",
    ]
  }
  static let resettingShell = Daemon("resetting SSH simulator", speaks: "ssh", needs: [.python]) { plan, at in
    plan.files.append(DaemonPlan.File(path: "reset.py", text: ShellScripts.reset))
    plan.command = ["/usr/bin/python3", "-I", "\(at.home)/reset.py", "\(at.port)"]
  }
}

// Communities and brokers.
extension Daemon {
  static let snmpdUsual = Daemon(
    "snmpd (public and private)", speaks: "snmp",
    weaknesses: ["snmp.default-community", "snmp.v1v2c", "cred.default"], needs: [.snmpd]
  ) {
    $0.snmpd($1.port, $1.home, $1.device)
    $0.replace("rocommunity public", by: "rocommunity public\nrwcommunity private")
  }
  static let snmpdWriting = Daemon(
    "snmpd (private)", speaks: "snmp", weaknesses: ["cred.default"], needs: [.snmpd]
  ) {
    $0.snmpd($1.port, $1.home, $1.device)
    $0.replace("rocommunity public", by: "rwcommunity private")
  }
  static let snmpdOwnUser = snmpdUser("another password", "SHA only-the-owner-knows-7")
  static let snmpdMD5User = snmpdUser("version 3 with MD5", "MD5 a-password-of-the-lab")

  private static func snmpdUser(_ name: String, _ user: String) -> Daemon {
    Daemon("snmpd (\(name))", speaks: "snmp", needs: [.snmpd]) {
      $0.snmpd($1.port, $1.home, $1.device)
      $0.replace("rocommunity public", by: "createUser auditor \(user)\nrouser auditor auth")
    }
  }

  /// Version 2c has no access, and its questions no answer.
  static let snmpdVersion1 = Daemon("snmpd (version 1)", speaks: "snmp", needs: [.snmpd]) {
    $0.snmpd($1.port, $1.home, $1.device)
    $0.replace(
      "rocommunity public",
      by: """
        com2sec old default a-word-of-the-lab
        group old v1 old
        view all included .1
        access old "" v1 noauth exact all none none
        """)
  }

  /// Without version 3 it does not answer the discovery, so that nothing recognises it.
  static let snmpdMute = Daemon(
    "snmpd (version 2c, private)", speaks: "snmp", weaknesses: ["cred.default"], needs: [.snmpd]
  ) {
    $0.snmpd($1.port, $1.home, $1.device)
    $0.replace("rocommunity public", by: "rocommunity private\n[snmp] disableSNMPv3 yes\n[snmpd]")
  }
  /// From outside it looks like a filter.
  static let muteDatagrams = Daemon("mute UDP port", speaks: "snmp", needs: [.python]) { plan, at in
    plan.command = [
      "/usr/bin/python3", "-I", "-c",
      "import socket as s\nd = s.socket(s.AF_INET, s.SOCK_DGRAM)\nd.bind(('0.0.0.0', \(at.port)))\nwhile True: d.recv(2048)",
    ]
  }

  /// It does not look at the community, so that none proves anything.
  static let snmpAnything = Daemon(
    "SNMP simulator (any community)", speaks: "snmp", weaknesses: ["snmp.default-community", "snmp.v1v2c"],
    needs: [.python]
  ) { plan, at in
    plan.files.append(DaemonPlan.File(path: "snmp.py", text: ShellScripts.anyCommunity))
    plan.command = ["/usr/bin/python3", "-I", "\(at.home)/snmp.py", "\(at.port)"]
  }

  private static func mosquitto(_ name: String, isDefault: Bool, _ account: String, _ password: String) -> Daemon {
    Daemon(
      "mosquitto (\(name))", speaks: "mqtt", weaknesses: ["mqtt.plaintext"] + (isDefault ? ["cred.default"] : []),
      needs: [.mosquitto, .mosquittoPasswords]
    ) { plan, at in
      plan.mosquitto(at.port, at.home, "allow_anonymous false\npassword_file \(at.home)/mosquitto.users")
      plan.run(
        "mosquitto_passwd -c -b \(at.home)/mosquitto.users \(account) \(password)",
        then: plan.command.joined(separator: " "))
    }
  }

  static let mosquittoDefault = mosquitto("default password", isDefault: true, "admin", "public")
  static let mosquittoSecond = mosquitto("another default password", isDefault: true, "admin", "admin")
  static let mosquittoOwner = mosquitto("a password of its own", isDefault: false, "admin", "only-the-owner-knows-7")
}

extension DaemonPlan {
  /// sshd that lets root and others in by password, unless `lines` say otherwise: the first value of a keyword counts.
  fileprivate mutating func passwordSSH(_ port: UInt16, _ home: String, key: String, _ lines: String) {
    let name = "ssh_host_key"
    files = [
      File(
        path: "sshd_config",
        text: """
          Port \(port)
          ListenAddress 0.0.0.0
          HostKey \(home)/\(name)
          PidFile none
          UseDNS no
          PermitRootLogin yes
          MaxStartups 200
          \(lines)
          UsePAM no
          KbdInteractiveAuthentication no
          PasswordAuthentication yes

          """)
    ]
    run("ssh-keygen -q -t \(key) -N '' -f \(home)/\(name)", then: "/usr/sbin/sshd -D -e -f \(home)/sshd_config")
  }
}

private enum ShellScripts {
  /// Passes everything on; what comes from the daemon waits first.
  static let relay = """
    import socket, sys, threading, time

    port, target, delay = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])


    def pass_on(source, sink, wait):
        try:
            while octets := source.recv(65536):
                time.sleep(wait)
                sink.sendall(octets)
        except OSError: pass
        for end in (source, sink):
            try: end.shutdown(socket.SHUT_RDWR)
            except OSError: pass


    listener = socket.create_server(('0.0.0.0', port), backlog=16)
    while True:
        client, _ = listener.accept()
        try: daemon = socket.create_connection(('127.0.0.1', target))
        except OSError:
            client.close()
            continue
        threading.Thread(target=pass_on, args=(daemon, client, delay), daemon=True).start()
        threading.Thread(target=pass_on, args=(client, daemon, 0), daemon=True).start()

    """

  /// Introduces itself, and resets as soon as it is answered.
  static let reset = """
    import socket, struct, sys, threading


    def serve(client):
        try:
            client.sendall(b'SSH-2.0-dropbear_0.52\\r\\n')
            client.settimeout(10)
            client.recv(1)
        except OSError: pass
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        client.close()


    listener = socket.create_server(('0.0.0.0', int(sys.argv[1])), backlog=16)
    while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    """

  /// Answers the discovery of version 3 with a report, and every GetRequest with sysDescr and sysObjectID.
  static let anyCommunity = """
    import socket, sys


    def read(octets):
        tag, length, start = octets[0], octets[1], 2
        if length & 0x80:
            start = 2 + (length & 0x7f)
            length = int.from_bytes(octets[2:start], 'big')
        return tag, octets[start:start + length], octets[start + length:]


    def parts(octets):
        found = []
        while octets:
            tag, content, octets = read(octets)
            found.append((tag, content))
        return found


    def made(tag, content):
        size = len(content)
        return bytes([tag]) + (bytes([size]) if size < 128 else b'\\x82' + size.to_bytes(2, 'big')) + content


    def value(name):
        if name == b'\\x2b\\x06\\x01\\x02\\x01\\x01\\x01\\x00': return made(4, b'Talks to anybody')
        if name == b'\\x2b\\x06\\x01\\x02\\x01\\x01\\x02\\x00': return made(6, b'\\x2b\\x06\\x01\\x04\\x01\\xbf\\x08\\x03\\x02\\x0a')
        return made(0x80, b'')


    def response(unit, community, version):
        number, _, _, names = parts(unit)
        rows = b''.join(made(0x30, made(6, parts(row)[0][1]) + value(parts(row)[0][1])) for _, row in parts(names[1]))
        data = made(2, number[1]) + made(2, b'\\0') + made(2, b'\\0') + made(0x30, rows)
        return made(0x30, made(2, version) + made(4, community) + made(0xa2, data))


    def report(message):
        header, security = parts(message[1][1]), made(4, b'\\x80\\0\\x1f\\x88\\x04lab')
        counter = made(0x30, made(6, b'\\x2b\\x06\\x01\\x06\\x03\\x0f\\x01\\x01\\x04\\x00') + made(0x41, b'\\1'))
        unit = made(0xa8, made(2, b'\\0') + made(2, b'\\0') + made(2, b'\\0') + made(0x30, counter))
        flags = made(0x30, made(2, header[0][1]) + made(2, b'\\x05\\xc0') + made(4, b'\\0') + made(2, b'\\3'))
        engine = made(4, made(0x30, security + made(2, b'\\1') + made(2, b'\\1') + made(4, b'') * 3))
        return made(0x30, made(2, b'\\3') + flags + engine + made(0x30, security + made(4, b'') + unit))


    daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    daemon.bind(('0.0.0.0', int(sys.argv[1])))
    while True:
        octets, source = daemon.recvfrom(2048)
        try:
            message = parts(read(octets)[1])
            version = message[0][1]
            daemon.sendto(report(message) if version == b'\\3' else response(message[2][1], message[1][1], version), source)
        except (IndexError, ValueError): pass

    """
}
