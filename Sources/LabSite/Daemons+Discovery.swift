// What tells those who look for it, and administration without a login.
extension Daemon {
  static let gatewaySimulator = Daemon(
    "UPnP gateway simulator", speaks: "ssdp", weaknesses: ["upnp.enabled", "upnp.igd", "upnp.port-mapping"],
    needs: [.python]
  ) { $0.discoverySimulator("gateway", $1) }
  static let mediaSimulator = Daemon(
    "UPnP media server simulator", speaks: "ssdp", weaknesses: ["upnp.enabled"], needs: [.python]
  ) { $0.discoverySimulator("media", $1) }
  static let openCameraSimulator = Daemon(
    "ONVIF camera simulator (no authentication)", speaks: "ws-discovery", weaknesses: ["onvif.no-auth"],
    needs: [.python]
  ) { $0.discoverySimulator("camera-open", $1) }
  static let cameraSimulator = Daemon("ONVIF camera simulator", speaks: "ws-discovery", needs: [.python]) {
    $0.discoverySimulator("camera", $1)
  }
  /// Further ports of the simulator on the same device.
  static let simulatorWeb = Daemon("simulator's HTTP", speaks: "http") { $0.wait($1.port) }
  static let simulatorSADP = Daemon("simulator's SADP", speaks: "sadp") { $0.wait($1.port) }
  static let simulatorOpenSADP = Daemon(
    "simulator's SADP (not activated)", speaks: "sadp", weaknesses: ["sadp.unactivated"]
  ) { $0.wait($1.port) }

  static let lighttpdAdmin = Daemon(
    "lighttpd (administration without a login)", speaks: "http", weaknesses: ["http.no-auth-admin"], needs: [.lighttpd]
  ) { $0.lighttpdAdmin($1.port, $1.home) }
  static let lighttpdDigest = Daemon(
    "lighttpd (Digest authentication)", speaks: "http", weaknesses: ["tr069.open"], needs: [.lighttpd]
  ) { $0.lighttpdDigest($1.port, $1.home) }
}

extension DaemonPlan {
  /// Another daemon of the device has the port.
  mutating func wait(_ port: UInt16) { command = ["/bin/sh", "-c", "exec sleep infinity # \(port)"] }

  mutating func discoverySimulator(_ role: String, _ at: Surroundings) {
    files = [File(path: "simulator.py", text: DiscoverySimulator.python)]
    command = ["/usr/bin/python3", "-I", "\(at.home)/simulator.py", role, at.device.address ?? ""]
  }

  /// A frame with forms that nobody guards, as old routers have it. Their targets do not exist.
  mutating func lighttpdAdmin(_ port: UInt16, _ home: String) {
    lighttpd(port, home, modules: [], "")
    files += [
      File(
        path: "www-\(port)/index.html",
        text: "<html><head><title>router</title></head><frameset><frame src=\"Setup.html\"></frameset></html>\n"),
      File(
        path: "www-\(port)/Setup.html",
        text: """
          <html><body><h1>Setup</h1>
          <form method="post" action="/goform/fw" enctype="multipart/form-data">Firmware: <input type="file" name="fw">
          <input type="submit" value="Update"></form>
          <form method="post" action="/goform/sys"><input type="submit" name="act" value="Reboot"></form>
          </body></html>

          """),
    ]
  }

  /// As a server for connection requests of TR-069 answers. Nobody can log in: the file of users is empty.
  mutating func lighttpdDigest(_ port: UInt16, _ home: String) {
    lighttpd(
      port, home, modules: ["mod_auth", "mod_authn_file"],
      """
      auth.backend = "htdigest"
      auth.backend.htdigest.userfile = "\(home)/users-\(port)"
      auth.require = ( "/" => ( "method" => "digest", "realm" => "cpe", "require" => "valid-user" ) )
      """)
    files += [
      File(path: "users-\(port)", text: ""), File(path: "www-\(port)/index.html", text: Self.page(titled: "cpe")),
    ]
  }

  private mutating func lighttpd(_ port: UInt16, _ home: String, modules: [String], _ more: String) {
    files = [
      File(
        path: "lighttpd-\(port).conf",
        text: """
          server.modules = ( \(modules.map { "\"\($0)\"" }.joined(separator: ", ")) )
          server.port = \(port)
          server.bind = "0.0.0.0"
          server.document-root = "\(home)/www-\(port)"
          server.upload-dirs = ( "\(home)" )
          index-file.names = ( "index.html" )
          mimetype.assign = ( ".html" => "text/html" )
          \(more)

          """)
    ]
    command = ["/usr/sbin/lighttpd", "-D", "-f", "\(home)/lighttpd-\(port).conf"]
  }
}
