extension DaemonPlan {
  /// Brings a program of ``PlantScripts`` up, told its port and these arguments.
  fileprivate mutating func script(_ text: String, _ at: Surroundings, _ arguments: [String] = []) {
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
    "Modbus/TCP", speaks: "modbus", weaknesses: ["modbus.open"], technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.modbus, $1) }
  static let bacnet = Daemon(
    "BACnet/IP", speaks: "bacnet", weaknesses: ["bacnet.open"], technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.bacnet, $1) }
  static let ethernetIP = Daemon(
    "EtherNet/IP", speaks: "ethernet-ip", weaknesses: ["enip.open"], technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.ethernetIP, $1, [$1.device.address ?? "0.0.0.0"]) }
  static let knxGateway = Daemon(
    "KNXnet/IP", speaks: "knxnet-ip", weaknesses: ["knx.open"], technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.knx, $1, [$1.device.mac]) }
  static let opcUA = Daemon(
    "OPC UA", speaks: "opcua", weaknesses: ["opcua.anonymous"], technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.opcUA, $1, ["3=1", "1=0,1"]) }
  /// Its endpoint without security asks for a name and a password.
  static let securedOPCUA = Daemon(
    "OPC UA (no anonymous sessions)", speaks: "opcua", technique: "ot-identify", needs: [.python]
  ) { $0.script(PlantScripts.opcUA, $1, ["3=0,1", "1=1"]) }
}
