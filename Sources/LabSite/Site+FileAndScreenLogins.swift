extension Program {
  static let pyftpdlib = Program(
    name: "/usr/lib/python3/dist-packages/pyftpdlib/__main__.py", package: "python3-pyftpdlib")
}

// Logins to files, screens and data: FTP, VNC, Redis.
extension Site {
  static let fileAndScreenLogins: [Device] = [
    ftp("ftp-open", 61, kind: "FTP with a maker's password", isDefault: true) {
      ($0.account, $0.password) = ("admin", "admin")
      $0.motd = "530 is not the code of this line"
      $0.locksAt = 3
    },
    ftp("ftp-lock", 62, kind: "FTP, locks an account at 3 failures") {
      $0.account = "admin"
      $0.locksAt = 3
    },
    ftp("ftp-all", 63, kind: "FTP, accepts whatever is entered") {
      $0.account = "admin"
      $0.accepts = .everything
    },
    ftp("ftp-resets", 64, kind: "FTP, resets after a failure") {
      $0.account = "admin"
      $0.failure = .reset
      $0.locksAt = 3
    },
    device("ftp-real", 65, kind: "pyftpdlib with a maker's password", Service(21, .pyftpdlib("admin"))),
    device(
      "ftp-own", 66, kind: "pyftpdlib with a password of the owner", Service(21, .pyftpdlib("only-the-owner-knows-7"))),
    device("vnc-default", 67, kind: "TigerVNC with a published password", Service(5900, .vncWithDefault)),
    device("vnc-own", 68, kind: "TigerVNC with a password of the owner", Service(5900, .vncWithOwn)),
    device("redis-default", 69, kind: "Redis with a published password", Service(6379, .redisWithDefault)),
    device("redis-own", 70, kind: "Redis with a password of the owner", Service(6379, .redisWithPassword)),
  ]

  private static func device(_ name: String, _ number: Int, kind: String, _ service: Service) -> Device {
    Device(
      name: name, address: "10.0.2.\(number)", mac: "02:00:00:02:00:\(number)", vendor: "Private", kind: kind,
      services: [service])
  }

  private static func ftp(
    _ name: String, _ number: Int, kind: String, isDefault: Bool = false, _ change: (inout LoginBehaviour) -> Void
  ) -> Device {
    var behaviour = LoginBehaviour()
    change(&behaviour)
    let how = behaviour
    let daemon = Daemon(
      "FTP login simulator (\(name))", speaks: "ftp",
      weaknesses: ["ftp.plaintext"] + (isDefault ? ["cred.default"] : []), needs: [.python]
    ) { $0.ftpLoginSimulator(how, $1) }
    return device(name, number, kind: kind, Service(21, daemon))
  }
}

extension Daemon {
  fileprivate static func pyftpdlib(_ password: String) -> Daemon {
    Daemon(
      "pyftpdlib (\(password == "admin" ? "default password" : "own password"))", speaks: "ftp",
      weaknesses: ["ftp.plaintext"] + (password == "admin" ? ["cred.default"] : []), needs: [.python, .pyftpdlib]
    ) { plan, at in
      plan.directories = ["files"]
      plan.command = [
        "/usr/bin/python3", "-m", "pyftpdlib", "-i", "0.0.0.0", "-p", "\(at.port)", "-d", "\(at.home)/files", "-u",
        "admin",
        "-P", password,
      ]
    }
  }

  /// The file of a password is the password under DES with a key that everybody knows (vncpasswd(1)); both were made with
  /// `openssl enc -des-ecb -provider legacy -nopad -K e84ad660c4721ae0`.
  fileprivate static let vncWithDefault = vnc(
    "default password", file: "\\333\\330\\074\\375\\162\\172\\024\\130", weaknesses: ["cred.default"])
  fileprivate static let vncWithOwn = vnc(
    "own password", file: "\\072\\304\\104\\351\\067\\163\\247\\300", weaknesses: [])

  private static func vnc(_ name: String, file: String, weaknesses: [String]) -> Daemon {
    Daemon("TigerVNC (\(name))", speaks: "rfb", weaknesses: weaknesses, needs: [.vnc]) { plan, at in
      plan.vnc(at.port, at.home, security: "VncAuth")
      let server = plan.command.map { $0 == "\(at.home)/nobody" ? "\(at.home)/password" : $0 }.joined(separator: " ")
      plan.command = ["/bin/sh", "-c", "printf '\(file)' > \(at.home)/password && exec \(server)"]
    }
  }

  fileprivate static let redisWithDefault = Daemon(
    "redis (the example's requirepass)", speaks: "redis", weaknesses: ["cred.default"], needs: [.redis]
  ) { $0.redis($1.port, $1.home, password: "foobared") }
}
