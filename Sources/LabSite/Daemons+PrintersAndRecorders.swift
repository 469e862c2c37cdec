extension Program {
  static let p910nd = Program(name: "p910nd", package: "p910nd")
}

// Raw printing, by a real print server: what it is sent would come to its spool file.
extension Daemon {
  static let p910nd = Daemon("p910nd", speaks: "jetdirect", weaknesses: ["printer.raw-open"], needs: [.p910nd]) {
    $0.p910nd($1.port, serves: "ALL")
  }
  /// Takes connections, as every listening port does, and ends them at once.
  static let p910ndWithAccessList = Daemon("p910nd (access list)", speaks: "jetdirect", needs: [.p910nd]) {
    $0.p910nd($1.port, serves: "10.0.0.1")
  }
  /// Not of a printer: a web server that has the same port, as Prometheus' exporters do.
  static let lighttpdOnPrintPort = Daemon("lighttpd (metrics)", needs: [.lighttpd]) {
    $0.lighttpd($1.port, $1.home, $1.device)
  }
  static let epsonAgent = printerAgent("EPSON Built-in 11b/g/n Print Server")
  static let canonAgent = printerAgent("Canon LBP7660C /P")
  static let sharpAgent = printerAgent("SHARP MX-2614N")

  /// snmpd with the words of a real printer (Profiles/fingerprints/snmp.yaml names where they were seen).
  private static func printerAgent(_ description: String) -> Daemon {
    Daemon(
      "snmpd (\(description))", speaks: "snmp", weaknesses: ["snmp.default-community", "snmp.v1v2c"], needs: [.snmpd]
    ) { plan, at in
      plan.snmpd(at.port, at.home, at.device)
      plan.replace("sysDescr \(at.device.vendor) \(at.device.kind)", by: "sysDescr \(description)")
    }
  }
}

// Recorders and cameras whose protocols no package of Debian serves: the layouts are those that users of the protocols describe,
// written down here a second time so that they can contradict Sources/Wire.
extension Daemon {
  static let dvrip = recorder("DVRIP recorder", "open", weaknesses: ["dvrip.open"])
  static let dvripWithLogin = recorder("DVRIP recorder (login)", "login")
  static let echo = Daemon("echo", needs: [.python]) { $0.script(RecorderScripts.echo, $1) }
  static let dvripSearch = Daemon(
    "DVRIP search", speaks: "dvrip", weaknesses: ["dvrip.open"], needs: [.python]
  ) { $0.script(RecorderScripts.dvripSearch, $1, [$1.device.mac, $1.device.name]) }
  static let dhip = Daemon("Dahua discovery", speaks: "dahua-dhip", needs: [.python]) {
    $0.script(RecorderScripts.dhip, $1, [$1.device.mac, $1.device.address ?? "0.0.0.0"])
  }

  private static func recorder(_ name: String, _ manner: String, weaknesses: [String] = []) -> Daemon {
    Daemon(name, speaks: "dvrip", weaknesses: weaknesses, needs: [.python]) {
      $0.script(RecorderScripts.dvrip, $1, [manner])
    }
  }
}

extension DaemonPlan {
  /// - Parameter clients: whom it serves, in the words of hosts_access(5).
  fileprivate mutating func p910nd(_ port: UInt16, serves clients: String) {
    directories = ["lock/p910nd"]
    files = [
      File(path: "hosts.allow", text: "# for port \(port)\np910nd: \(clients)\n"),
      File(path: "hosts.deny", text: "p910nd: ALL\n"),
      File(path: "spool", text: ""),
    ]
    // Its lock would be shared by every device, and its port is 9100 and a number.
    binds = [
      Bind(source: "lock", target: "/run/lock"), Bind(source: "hosts.allow", target: "/etc/hosts.allow"),
      Bind(source: "hosts.deny", target: "/etc/hosts.deny"),
    ]
    command = ["/usr/sbin/p910nd", "-d", "-f", "/dev/null", "\(port - 9100)"]
  }
}

enum RecorderScripts {
  /// `echo.py port`: TCP (RFC 862).
  static let echo = """
    import socketserver, sys

    class Echo(socketserver.BaseRequestHandler):
        def handle(self):
            while octets := self.request.recv(4096):
                self.request.sendall(octets)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    Server(("0.0.0.0", int(sys.argv[1])), Echo).serve_forever()

    """

  /// `dvrip.py port manner`: TCP. `open` tells a stranger what it is, `login` that nobody is logged in. Anything but the one
  /// question ends the connection.
  static let dvrip = #"""
    import json, socketserver, struct, sys

    port, manner = int(sys.argv[1]), sys.argv[2]
    system = {"AlarmInChannel": 4, "BuildTime": "2017-12-04 09:41:20", "DeviceRunTime": "0x0000004F",
              "EncryptVersion": "Unknown", "HardWare": "NBD80S16S-KL", "SerialNo": "a1b2c3d4e5f60718",
              "SoftWareVersion": "V4.03.R11.C6380199", "VideoInChannel": 16}

    class Recorder(socketserver.StreamRequestHandler):
        def handle(self):
            while len(head := self.rfile.read(20)) == 20:
                magic, version, session, number, total, current, command, size = struct.unpack("<BBxxIIBBHI", head)
                if (magic, version, session, command) != (0xff, 0, 0, 1020) or size > 200:
                    return
                asked = json.loads(self.rfile.read(size).rstrip(b"\n\0"))
                if asked != {"Name": "SystemInfo", "SessionID": "0x00000000"}:
                    return
                answer = {"Name": "SystemInfo", "Ret": 100, "SessionID": "0x00000000", "SystemInfo": system}
                if manner == "login":
                    answer = {"Name": "", "Ret": 105, "SessionID": "0x00000000"}
                content = json.dumps(answer).encode() + b"\n\0"
                self.wfile.write(struct.pack("<BBxxIIBBHI", 0xff, 1, 0, number, 0, 0, 1021, len(content)) + content)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    Server(("0.0.0.0", port), Recorder).serve_forever()

    """#

  /// `search.py port mac name`: UDP. Tells its network settings to the search that the maker's tool sends.
  static let dvripSearch = #"""
    import json, socket, struct, sys

    port, mac, name = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    settings = {"HostIP": "0x4700000A", "HostName": name, "HttpPort": 80, "MAC": mac, "SN": "a1b2c3d4e5f60718",
                "SSLPort": 8443, "Submask": "0x00FFFFFF", "TCPPort": 34567, "UDPPort": 34568}
    content = json.dumps({"NetWork.NetCommon": settings, "Ret": 100, "SessionID": "0x00000000"}).encode() + b"\n\0"
    answer = struct.pack("<BBxxIIBBHI", 0xff, 1, 0, 0, 0, 0, 1531, len(content)) + content
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("0.0.0.0", port))
    while True:
        asked, sender = server.recvfrom(2048)
        if asked == struct.pack("<BBxxIIBBHI", 0xff, 0, 0, 0, 0, 0, 1530, 0):
            server.sendto(answer, sender)

    """#

  /// `dhip.py port mac address`: UDP. The fields that users of the protocol published of a camera.
  static let dhip = #"""
    import json, socket, struct, sys

    port, mac, address = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    device = {"AlarmInputChannels": 0, "DeviceClass": "IPC", "DeviceType": "IPC-HDW5421S", "HttpPort": 80, "Init": 150,
              "IPv4Address": {"DhcpEnable": False, "IPAddress": address, "SubnetMask": "255.255.255.0"},
              "MachineName": "LAB00000PAX00073", "Manufacturer": "Private", "Port": 37777,
              "SerialNo": "LAB00000PAX00073", "Vendor": "Dahua", "Version": "2.400.0.8", "VideoInputChannels": 1}
    content = json.dumps({"mac": mac, "method": "client.notifyDevInfo", "params": {"deviceInfo": device}}).encode() + b"\n"
    header = lambda size: struct.pack("<I4sIIQQ", 32, b"DHIP", 0, 0, size, size)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("0.0.0.0", port))
    while True:
        asked, sender = server.recvfrom(2048)
        if asked[:32] != header(len(asked) - 32):
            continue
        if json.loads(asked[32:]).get("method") == "DHDiscover.search":
            server.sendto(header(len(content)) + content, sender)

    """#
}
