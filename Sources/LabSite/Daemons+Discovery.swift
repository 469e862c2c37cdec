extension Program {
  static let miniupnpd = Program(name: "miniupnpd", package: "miniupnpd-nftables")
  static let avahi = Program(name: "avahi-daemon", package: "avahi-daemon")
}

// What tells those who look for it, and administration without a login.
extension Daemon {
  static let miniupnpd = Daemon(
    "miniupnpd (a port mapping)", speaks: "ssdp", weaknesses: ["upnp.enabled", "upnp.igd", "upnp.port-mapping"],
    needs: [.miniupnpd, .nft]
  ) { $0.miniupnpd($1.home, $1.device, mappings: "TCP:8080:10.0.0.11:80:0:camera\n") }
  static let miniupnpdWithoutMapping = Daemon(
    "miniupnpd", speaks: "ssdp", weaknesses: ["upnp.enabled", "upnp.igd"], needs: [.miniupnpd, .nft]
  ) { $0.miniupnpd($1.home, $1.device, mappings: "") }
  static let miniupnpdWeb = Daemon("miniupnpd's HTTP", speaks: "http") { $0.wait($1.port) }
  static let avahi = Daemon("avahi-daemon", speaks: "mdns", needs: [.avahi, .nft]) { $0.avahi($1.home, $1.device) }
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

  /// A gateway whose other side leads nowhere. The address there only has to look public to the daemon.
  fileprivate mutating func miniupnpd(_ home: String, _ device: Device, mappings: String) {
    administersNetwork = true
    files = [
      File(path: "leases", text: mappings),
      File(
        path: "miniupnpd.nft",
        text: """
          table inet filter {
            chain miniupnpd {
            }
          }
          table inet nat {
            chain prerouting_miniupnpd {
            }
            chain postrouting_miniupnpd {
            }
          }

          """),
      File(
        path: "miniupnpd.conf",
        text: """
          # Its search answers on UDP port 1900, as the protocol has it.
          ext_ifname=wan0
          listening_ip=eth0
          http_port=5000
          ipv6_disable=yes
          enable_upnp=yes
          enable_natpmp=no
          secure_mode=yes
          friendly_name=lab router
          \(device.identity.maker.map { "manufacturer_name=\($0)" } ?? "")
          \(device.identity.model.map { "model_name=\($0)" } ?? "")
          serial=LAB-\(device.name)
          uuid=b5f4c1a0-3d0e-4b7c-9a51-\(device.mac.split(separator: ":").joined())
          lease_file=\(home)/leases
          upnp_table_name=filter
          upnp_nat_table_name=nat
          upnp_forward_chain=miniupnpd
          upnp_nat_chain=prerouting_miniupnpd
          upnp_nat_postrouting_chain=postrouting_miniupnpd
          allow 1024-65535 10.0.0.0/24 1-65535
          deny 0-65535 0.0.0.0/0 0-65535

          """),
    ]
    run(
      "ip link add wan0 type veth peer name wan1 && ip addr add 11.0.0.1/32 dev wan0 && ip link set wan0 up "
        + "&& ip link set wan1 up && nft -f \(home)/miniupnpd.nft",
      then: "/usr/sbin/miniupnpd -d -f \(home)/miniupnpd.conf -P \(home)/miniupnpd.pid")
  }

  /// Without the bus, on which other programs of the machine would hear of it; and without what it tells unasked when it
  /// starts, which one audit would hear and the next would not.
  fileprivate mutating func avahi(_ home: String, _ device: Device) {
    administersNetwork = true
    files = [
      File(
        path: "quiet.nft",
        text: """
          table ip quiet {
            chain output {
              type filter hook output priority 0;
              ip daddr 224.0.0.0/4 drop
            }
          }

          """),
      File(
        path: "avahi-5353.conf",
        text: """
          [server]
          host-name=\(device.name)
          enable-dbus=no
          use-ipv6=no
          [publish]
          publish-workstation=yes

          """),
      File(
        path: "services/accessory.service",
        text: """
          <?xml version="1.0"?>
          <!DOCTYPE service-group SYSTEM "avahi-service.dtd">
          <service-group>
            <name>\(device.name)</name>
            <service>
              <type>_hap._tcp</type>
              <port>7000</port>
              <txt-record>md=\(device.identity.model ?? "")</txt-record>
            </service>
          </service-group>

          """),
    ]
    directories = ["services"]
    binds = [Bind(source: "services", target: "/etc/avahi/services")]
    run(
      "nft -f \(home)/quiet.nft",
      then: "/usr/sbin/avahi-daemon --no-drop-root --no-chroot --no-rlimits -f \(home)/avahi-5353.conf")
  }

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
  mutating func lighttpdDigest(_ port: UInt16, _ home: String) { lighttpdLogin(port, home, "digest", users: "") }

  /// The whole server asks for a login, with this file of users.
  mutating func lighttpdLogin(_ port: UInt16, _ home: String, _ method: String, users: String) {
    let backend = method == "digest" ? "htdigest" : "plain"
    lighttpd(
      port, home, modules: ["mod_auth", "mod_authn_file"],
      """
      auth.backend = "\(backend)"
      auth.backend.\(backend).userfile = "\(home)/users-\(port)"
      auth.require = ( "/" => ( "method" => "\(method)", "realm" => "cpe", "require" => "valid-user" ) )
      """)
    files += [
      File(path: "users-\(port)", text: users.isEmpty ? "" : users + "\n"),
      File(path: "www-\(port)/index.html", text: Self.page(titled: "cpe")),
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
