extension Program {
  static let vnc = Program(name: "Xtigervnc", package: "tigervnc-standalone-server")
  static let xrdp = Program(name: "xrdp", package: "xrdp")
  static let smbd = Program(name: "smbd", package: "samba")
  static let coapServer = Program(name: "coap-server-notls", package: "libcoap3-bin")
  static let rtspServer = Program(name: "rtsp-server-perl", package: "rtsp-server-perl")
  static let freeRDP = Program(name: "freerdp-shadow-cli", package: "freerdp2-shadow-x11")
}

// Messages.
extension Daemon {
  static let mosquittoWithPassword = Daemon(
    "mosquitto (allow_anonymous false)", speaks: "mqtt", weaknesses: ["mqtt.plaintext"], needs: [.mosquitto]
  ) { $0.mosquitto($1.port, $1.home, "allow_anonymous false") }
  static let mosquittoWithTLS = Daemon(
    "mosquitto (TLS)", speaks: "tls", weaknesses: selfSigned, needs: [.mosquitto, .openssl]
  ) {
    $0.mosquittoWithTLS($1.port, $1.home, $1.device)
  }
  /// Grants every subscription and delivers nothing: an access list without entries.
  static let mosquittoWithholding = Daemon(
    "mosquitto (access list)", speaks: "mqtt", weaknesses: ["mqtt.plaintext"], needs: [.mosquitto]
  ) { plan, at in
    let list = "mosquitto-\(at.port).acl"
    plan.mosquitto(at.port, at.home, "allow_anonymous true\nacl_file \(at.home)/\(list)")
    plan.files.append(DaemonPlan.File(path: list, text: "# nothing is permitted\n"))
  }
  /// CoAP's suite of certificates (RFC 7252 §9.1.3.3) and its sound neighbour, nothing else.
  static let dtls = Daemon("OpenSSL (DTLS)", speaks: "dtls", weaknesses: selfSigned, needs: [.openssl]) {
    $0.dtls($1.port, $1.home, $1.device)
  }
  static let libcoap = Daemon("libcoap", speaks: "coap", weaknesses: ["coap.open"], needs: [.coapServer]) {
    $0.libcoap($1.port)
  }
}

// Pictures. RTSP::Server is the one server in Debian without a desktop's worth of libraries; it knows no log-in, so that those
// which do speak by a script: the answers are RFC 2326's (§10.1, §10.2, §11.3) and RFC 7616's.
extension Daemon {
  static let rtspServer = Daemon(
    "RTSP::Server", speaks: "rtsp", weaknesses: ["rtsp.no-auth"], needs: [.rtspServer, .python]
  ) { $0.rtspServer($1.port, $1.home) }
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
  /// A desktop of its own, for nobody: it asks for a name and a password before it shows anything.
  static let freeRDP = Daemon("FreeRDP shadow server (NLA)", speaks: "rdp", needs: [.freeRDP, .vnc]) {
    $0.freeRDP($1.port, $1.home)
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

  fileprivate mutating func mosquittoWithTLS(_ port: UInt16, _ home: String, _ device: Device) {
    mosquitto(port, home, "allow_anonymous false\ncertfile \(home)/mqtt.crt\nkeyfile \(home)/mqtt.key")
    run(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 "
        + "-subj /CN=\(device.name) -keyout \(home)/mqtt.key -out \(home)/mqtt.crt",
      then: command.joined(separator: " "))
  }

  /// The server ends with its standard input, which therefore never ends.
  fileprivate mutating func dtls(_ port: UInt16, _ home: String, _ device: Device) {
    run(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 "
        + "-subj /CN=\(device.name) -keyout \(home)/dtls.key -out \(home)/dtls.crt",
      then:
        "sleep infinity | /usr/bin/openssl s_server -4 -accept 0.0.0.0:\(port) -dtls1_2 -quiet -key \(home)/dtls.key "
        + "-cert \(home)/dtls.crt -cipher ECDHE-ECDSA-AES128-CCM8:ECDHE-ECDSA-AES128-GCM-SHA256")
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

  /// It shows an X display, which needs no port.
  mutating func freeRDP(_ port: UInt16, _ home: String) {
    environment = ["HOME=\(home)", "DISPLAY=:\(port)"]
    let display =
      "/usr/bin/Xtigervnc :\(port) -rfbport -1 -SecurityTypes None -geometry 64x64 -depth 24 -nolock -nolisten unix "
      + "-nolisten tcp"
    command = [
      "/bin/sh", "-c",
      """
      \(display) & until grep -q '@/tmp/.X11-unix/X\(port)$' /proc/net/unix; do sleep 0.05; done
      exec /usr/bin/freerdp-shadow-cli /port:\(port) /bind-address:0.0.0.0 /sec:nla
      """,
    ]
  }

  /// The server, and the camera that publishes its stream there from the device itself.
  mutating func rtspServer(_ port: UInt16, _ home: String) {
    files = [File(path: "publisher.py", text: Self.publisher)]
    command = [
      "/bin/sh", "-c",
      "/usr/bin/python3 -I \(home)/publisher.py & exec /usr/bin/rtsp-server-perl --clientport \(port) "
        + "--source_listen_address 127.0.0.1",
    ]
  }

  /// ANNOUNCE, SETUP and RECORD of /stream1 (RFC 2326 §10.3, §10.4, §10.11), and never a picture.
  private static let publisher = #"""
    import socket, time

    sdp = ("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=Lab camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
           "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:streamid=0\r\n")
    url = "rtsp://127.0.0.1:5545/stream1"
    while True:
        try:
            server = socket.create_connection(("127.0.0.1", 5545))
            break
        except OSError:
            time.sleep(0.02)

    def ask(number, method, target, field, body=""):
        server.sendall(f"{method} {target} RTSP/1.0\r\nCSeq: {number}\r\n{field}\r\n\r\n{body}".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += server.recv(4096)

    ask(1, "ANNOUNCE", url, f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}", sdp)
    ask(2, "SETUP", url + "/streamid=0", "Transport: RTP/AVP;unicast;client_port=6000-6001;mode=record")
    ask(3, "RECORD", url, "Range: npt=0.000-")
    server.recv(1)

    """#

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

  /// `rtsp.py manner port`: `any-path` describes a stream wherever it is asked for one.
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
        if manner == "any-path":
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
