extension Program {
  static let vnc = Program(name: "Xtigervnc", package: "tigervnc-standalone-server")
  static let xrdp = Program(name: "xrdp", package: "xrdp")
  static let smbd = Program(name: "smbd", package: "samba")
  static let coapServer = Program(name: "coap-server-notls", package: "libcoap3-bin")
}

// Messages.
extension Daemon {
  static let mosquittoWithPassword = Daemon(
    "mosquitto (allow_anonymous false)", speaks: "mqtt", weaknesses: ["mqtt.plaintext"], needs: [.mosquitto]
  ) { $0.mosquitto($1.port, $1.home, "allow_anonymous false") }
  /// Grants every subscription and delivers nothing: an access list without entries.
  static let mosquittoWithholding = Daemon(
    "mosquitto (access list)", speaks: "mqtt", weaknesses: ["mqtt.plaintext"], needs: [.mosquitto]
  ) { plan, at in
    let list = "mosquitto-\(at.port).acl"
    plan.mosquitto(at.port, at.home, "allow_anonymous true\nacl_file \(at.home)/\(list)")
    plan.files.append(DaemonPlan.File(path: list, text: "# nothing is permitted\n"))
  }
  static let libcoap = Daemon("libcoap", speaks: "coap", weaknesses: ["coap.open"], needs: [.coapServer]) {
    $0.libcoap($1.port)
  }
}

// Pictures. No package of Debian serves RTSP without a camera or a desktop's worth of libraries, so that these speak by
// a script: the answers are RFC 2326's (§10.1, §10.2, §11.3) and RFC 7616's.
extension Daemon {
  static let rtspOpen = rtsp("open", weaknesses: ["rtsp.no-auth"])
  static let rtspBasic = rtsp("basic", weaknesses: ["rtsp.basic"])
  static let rtspDigest = rtsp("digest")
  /// Describes a stream whatever the path, as some cameras do that ask for the password later.
  static let rtspAnyPath = rtsp("any-path")

  private static func rtsp(_ manner: String, weaknesses: [String] = []) -> Daemon {
    Daemon("lab RTSP server (\(manner))", speaks: "rtsp", weaknesses: weaknesses, needs: [.python]) { plan, at in
      plan.files = [DaemonPlan.File(path: "rtsp.py", text: DaemonPlan.rtspServer)]
      plan.command = ["/usr/bin/python3", "-I", "\(at.home)/rtsp.py", manner, "\(at.port)"]
    }
  }
}

// Desktops and their file sharing.
extension Daemon {
  static let vncOpen = Daemon("TigerVNC", speaks: "rfb", weaknesses: ["vnc.no-auth"], needs: [.vnc]) {
    $0.vnc($1.port, $1.home, security: "None")
  }
  static let vncWithPassword = Daemon("TigerVNC (password)", speaks: "rfb", needs: [.vnc]) {
    $0.vnc($1.port, $1.home, security: "VncAuth")
  }
  static let xrdp = Daemon("xrdp", speaks: "rdp", weaknesses: ["rdp.no-nla"], needs: [.xrdp]) {
    $0.xrdp($1.port, $1.home)
  }
  static let samba = Daemon("Samba", speaks: "smb", needs: [.smbd]) { $0.samba($1.port, $1.home, oldest: "SMB2") }
  static let sambaWithSMB1 = Daemon("Samba (NT1)", speaks: "smb", weaknesses: ["smb.v1"], needs: [.smbd]) {
    $0.samba($1.port, $1.home, oldest: "NT1")
  }
}

extension DaemonPlan {
  mutating func mosquitto(_ port: UInt16, _ home: String, _ access: String) {
    let name = "mosquitto-\(port).conf"
    files = [
      File(
        path: name,
        text: """
          listener \(port) 0.0.0.0
          \(access)
          persistence false
          user root
          log_dest stderr

          """)
    ]
    command = ["/usr/sbin/mosquitto", "-c", "\(home)/\(name)"]
  }

  /// It would listen on TCP as well (RFC 8323), which hardly a device does: no descriptor is left for that.
  mutating func libcoap(_ port: UInt16) {
    let close = (3...9).map { "\($0)>&-" }.joined(separator: " ")
    command = ["/bin/sh", "-c", "exec \(close); ulimit -n 6; exec /usr/bin/coap-server-notls -A 0.0.0.0 -p \(port)"]
  }

  /// A display of its own for each port; without the lock file, which would lie outside the home. Nobody can log in: there
  /// is no file of passwords.
  mutating func vnc(_ port: UInt16, _ home: String, security: String) {
    command = [
      "/usr/bin/Xtigervnc", ":\(port)", "-rfbport", "\(port)", "-SecurityTypes", security, "-PasswordFile",
      "\(home)/nobody", "-geometry", "64x64", "-depth", "16", "-nolock", "-nolisten", "unix", "-nolisten", "tcp",
    ]
  }

  mutating func xrdp(_ port: UInt16, _ home: String) {
    files = [
      File(
        path: "xrdp.ini",
        text: """
          [Globals]
          ini_version=1
          fork=true
          port=tcp://:\(port)
          security_layer=rdp
          crypt_level=high
          [Logging]
          LogFile=\(home)/log/xrdp.log
          LogLevel=ERROR
          EnableSyslog=false
          [Xorg]
          name=Xorg
          lib=libxup.so

          """)
    ]
    run("mkdir -p /run/xrdp", then: "/usr/sbin/xrdp -n -c \(home)/xrdp.ini")
  }

  mutating func samba(_ port: UInt16, _ home: String, oldest: String) {
    let places = ["private", "lock", "state", "cache", "pid", "ncalrpc"]
    directories = places.map { "samba/\($0)" }
    files = [
      File(
        path: "smb.conf",
        text: """
          [global]
          smb ports = \(port)
          server min protocol = \(oldest)
          server role = standalone server
          map to guest = never
          disable netbios = yes
          disable spoolss = yes
          load printers = no
          printing = bsd
          private dir = \(home)/samba/private
          lock directory = \(home)/samba/lock
          state directory = \(home)/samba/state
          cache directory = \(home)/samba/cache
          pid directory = \(home)/samba/pid
          ncalrpc dir = \(home)/samba/ncalrpc
          log file = \(home)/log/samba

          """)
    ]
    command = ["/usr/sbin/smbd", "-F", "--no-process-group", "-l", "\(home)/log", "-s", "\(home)/smb.conf"]
  }

  /// `rtsp.py manner port`: `open` has a stream at /stream1, `any-path` wherever it is asked for one.
  static let rtspServer = #"""
    import socketserver, sys

    manner, port = sys.argv[1], int(sys.argv[2])
    sdp = ("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=Lab camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
           "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n")
    schemes = {"basic": 'Basic realm="TP-LINK IP-Camera"', "digest": 'Digest realm="TP-LINK IP-Camera", nonce="0badc0de"'}

    def answer(method, target):
        if method == "OPTIONS":
            return "200 OK", ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"], ""
        if method != "DESCRIBE":
            return "501 Not Implemented", [], ""
        if manner in schemes:
            return "401 Unauthorized", ["WWW-Authenticate: " + schemes[manner]], ""
        if manner == "any-path" or target.endswith("/stream1"):
            return "200 OK", ["Content-Type: application/sdp"], sdp
        return "404 Stream Not Found", [], ""

    class Camera(socketserver.StreamRequestHandler):
        def handle(self):
            while True:
                head = []
                while (line := self.rfile.readline(8192).decode("latin-1").strip()):
                    head.append(line)
                words = head[0].split() if head else []
                if len(words) != 3 or not words[2].startswith("RTSP/"):
                    return
                number = [line for line in head[1:] if line.lower().startswith("cseq:")]
                status, fields, body = answer(words[0], words[1])
                fields = number[:1] + ["Server: lab RTSP server"] + fields
                if body:
                    fields.append("Content-Length: %d" % len(body))
                self.wfile.write(("RTSP/1.0 %s\r\n%s\r\n\r\n%s" % (status, "\r\n".join(fields), body)).encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    Server(("0.0.0.0", port), Camera).serve_forever()

    """#
}
