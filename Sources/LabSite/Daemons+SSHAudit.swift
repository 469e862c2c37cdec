// SSH as it is found on devices: old options, small keys, keys that several devices share.
extension Daemon {
  /// What OpenSSH 9.2 still does when it is told to: groups of 1024 bits, 64-bit blocks, MD5, RSA of 1024 bits and DSA.
  static let legacyOpenSSH = Daemon(
    "OpenSSH (legacy options)", speaks: "ssh",
    weaknesses: ["ssh.weak-kex", "ssh.weak-cipher", "ssh.weak-mac", "ssh.weak-hostkey"], needs: [.sshd, .sshKeygen]
  ) { plan, at in
    plan.files = [
      DaemonPlan.File(
        path: "sshd_config",
        text: """
          Port \(at.port)
          ListenAddress 0.0.0.0
          HostKey \(at.home)/ssh_host_rsa_key
          HostKey \(at.home)/ssh_host_dsa_key
          HostKeyAlgorithms ssh-rsa,ssh-dss
          RequiredRSASize 1024
          KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha256
          Ciphers 3des-cbc,aes128-cbc,aes128-ctr
          MACs hmac-md5,hmac-sha1-96,hmac-sha1
          PidFile none
          UseDNS no
          UsePAM no
          MaxStartups 200

          """)
    ]
    plan.run(
      "ssh-keygen -q -t rsa -b 1024 -N '' -f \(at.home)/ssh_host_rsa_key"
        + " && ssh-keygen -q -t dsa -N '' -f \(at.home)/ssh_host_dsa_key",
      then: "/usr/sbin/sshd -D -e -f \(at.home)/sshd_config")
  }

  /// One image on several devices: whichever starts first makes the key, which is a small one.
  static let clonedDropbear = Daemon(
    "dropbear (cloned)", speaks: "ssh", weaknesses: ["ssh.shared-hostkey", "ssh.weak-hostkey"],
    needs: [.dropbear, .dropbearKey]
  ) { plan, at in
    let key = "\(Layout.state)/cloned_key"
    plan.run(
      "flock \(key).lock sh -c '[ -e \(key) ] || dropbearkey -t rsa -s 1024 -f \(key)'",
      then: "/usr/sbin/dropbear -F -E -p 0.0.0.0:\(at.port) -r \(key) -P \(at.home)/dropbear.pid")
  }

  /// Says that it is a version with known flaws, speaks version 1 too, and shows a published key (of Piunora's image, in
  /// rapid7/ssh-badkeys), whose private half it does not need: nobody gets that far.
  static let outdatedShell = Daemon(
    "outdated SSH simulator", speaks: "ssh", weaknesses: ["ssh.v1", "ssh.known-key", "ssh.vulnerable-version"],
    needs: [.python]
  ) { plan, at in
    plan.files.append(DaemonPlan.File(path: "shell.py", text: outdatedShellScript))
    plan.command = ["/usr/bin/python3", "-I", "\(at.home)/shell.py", "\(at.port)"]
  }

  private static let outdatedShellScript = """
    import base64, os, socket, struct, sys, threading

    KEY = base64.b64decode('AAAAC3NzaC1lZDI1NTE5AAAAINkvt5FDLWCDLr7DfhdM5aE6WUcuF1EjcnkZ3gaUQUBi')
    LISTS = ['curve25519-sha256', 'ssh-ed25519'] + ['chacha20-poly1305@openssh.com,aes128-ctr'] * 2 + ['hmac-sha2-256'] * 2
    LISTS += ['none'] * 2 + [''] * 2


    def string(octets): return struct.pack('>I', len(octets)) + octets


    def packet(payload):
        padding = 4 + -(len(payload) + 9) % 8
        return struct.pack('>IB', len(payload) + padding + 1, padding) + payload + bytes(padding)


    def number(bits): return struct.pack('>H', bits) + b'\\x80' + bytes(bits // 8 - 2) + b'\\x01'


    def version1():
        keys = struct.pack('>I', 768) + b'\\x00\\x06\\x25' + number(768) + struct.pack('>I', 1024) + b'\\x00\\x06\\x25' + number(1024)
        body = b'\\x02' + bytes(8) + keys + struct.pack('>III', 2, 8, 8) + bytes(4)
        return struct.pack('>I', len(body)) + bytes(8 - len(body) % 8) + body


    def read(file):
        length, padding = struct.unpack('>IB', file.read(5))
        return file.read(length - 1)[:length - padding - 1]


    def serve(client):
        file = client.makefile('rb')
        try:
            client.settimeout(30)
            client.sendall(b'SSH-1.99-libssh_0.8.1\\r\\n')
            if file.readline(256).startswith(b'SSH-1.5'):
                client.sendall(version1())
                file.read(1)
                return
            client.sendall(packet(b'\\x14' + os.urandom(16) + b''.join(string(names.encode()) for names in LISTS) + bytes(5)))
            while message := read(file):
                if message[0] == 30:
                    reply = b'\\x1f' + string(KEY) + string(os.urandom(32))
                    reply += string(string(b'ssh-ed25519') + string(bytes(64)))
                    client.sendall(packet(reply) + packet(b'\\x15'))
                    file.read(1)
                    return
        except (OSError, struct.error): pass
        finally: client.close()


    listener = socket.create_server(('0.0.0.0', int(sys.argv[1])), backlog=16)
    while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    """
}
