extension Program {
  static let knxd = Program(name: "knxd", package: "knxd")
  static let pymodbus = Program(
    name: "/usr/lib/python3/dist-packages/pymodbus/server/async_io.py", package: "python3-pymodbus")
  // What pymodbus loads and its package does not ask for.
  static let pyserial = Program(
    name: "/usr/lib/python3/dist-packages/serial_asyncio/__init__.py", package: "python3-serial-asyncio")
}

extension DaemonPlan {
  /// A gateway to a bus on which nobody is. It joins the group of KNX routers, for which it needs a route.
  fileprivate mutating func knxd(_ port: UInt16, _ home: String) {
    administersNetwork = true
    files = [
      File(
        path: "knxd-\(port).ini",
        text: """
          [main]
          addr = 1.1.1
          client-addrs = 1.1.2:8
          connections = server,bus
          [server]
          server = ets_router
          port = \(port)
          tunnel = tunnel
          router = router
          discover = true
          name = lab-knx
          interface = eth0
          [tunnel]
          [router]
          [bus]
          driver = dummy

          """)
    ]
    run("ip route add 224.0.0.0/4 dev eth0", then: "/usr/bin/knxd \(home)/knxd-\(port).ini")
  }

  /// Brings a program of ``PlantScripts`` up, told its port and these arguments.
  mutating func script(_ text: String, _ at: Surroundings, _ arguments: [String] = []) {
    let path = "simulator-\(at.port).py"
    files = [File(path: path, text: text)]
    // Isolated and without site-packages: nothing but the standard library, and a fast start.
    command = ["/usr/bin/python3", "-I", "-S", "-B", "\(at.home)/\(path)", "\(at.port)"] + arguments
  }
}

// Appliances and makers' own protocols.
extension Daemon {
  static let echonetAppliances = Daemon(
    "ECHONET Lite node", speaks: "echonet-lite", weaknesses: ["echonet.control"], needs: [.python]
  ) {
    $0.script(
      PlantScripts.echonetLite, $1, ["000008", "S22ZTES-W", "013001=80,81,8f,b0,b3", "026f01=80,81,e0", "001101=81"])
  }
  /// One appliance has an empty map, of the other only its place can be set.
  static let echonetSensors = Daemon("ECHONET Lite node (sensors)", speaks: "echonet-lite", needs: [.python]) {
    $0.script(PlantScripts.echonetLite, $1, ["ffffff", "", "001101=", "001201=81"])
  }
  static let ubiquitiDiscovery = Daemon(
    "Ubiquiti discovery", speaks: "ubiquiti-discovery", weaknesses: ["ubnt.discovery"], needs: [.python]
  ) { $0.script(PlantScripts.ubiquiti, $1, [$1.device.mac, $1.device.address ?? "0.0.0.0"]) }
}

// Controllers: asked only by an auditor whose scope names ot-identify.
extension Daemon {
  static let modbus = Daemon(
    "pymodbus", speaks: "modbus", weaknesses: ["modbus.open"], technique: "ot-identify",
    needs: [.python, .pymodbus, .pyserial]
  ) { plan, at in
    plan.script(PlantScripts.modbus, at)
    plan.command.removeAll { $0 == "-S" }
  }
  static let bacnet = Daemon(
    "BACnet/IP", speaks: "bacnet", weaknesses: ["bacnet.open"], technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.bacnet, $1) }
  static let ethernetIP = Daemon(
    "EtherNet/IP", speaks: "ethernet-ip", weaknesses: ["enip.open"], technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.ethernetIP, $1, [$1.device.address ?? "0.0.0.0"]) }
  static let knxd = Daemon(
    "knxd", speaks: "knxnet-ip", weaknesses: ["knx.open"], technique: "ot-identify", needs: [.knxd]
  ) { $0.knxd($1.port, $1.home) }
  static let securedKNX = Daemon("KNX IP Secure", speaks: "knxnet-ip", technique: "ot-identify", needs: [.python]) {
    $0.script(PlantScripts.securedKNX, $1, [$1.device.mac])
  }
  static let opcUA = Daemon(
    "OPC UA", speaks: "opcua", weaknesses: ["opcua.anonymous"], technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.opcUA, $1, ["3=1", "1=0,1"]) }
  /// Its endpoint without security asks for a name and a password.
  static let securedOPCUA = Daemon(
    "OPC UA (no anonymous sessions)", speaks: "opcua", technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.opcUA, $1, ["3=0,1", "1=1"]) }
}
