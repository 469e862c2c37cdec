extension Site {
  /// Appliances, and controllers of plants and buildings.
  static let plantEquipment = [
    Device(
      name: "aircon", address: "10.0.0.61", mac: "00:80:4f:10:00:61",
      identity: Identity(role: "thermostat", maker: "Daikin Industries", model: "S22ZTES-W"),
      vendor: "DAIKIN INDUSTRIES, LTD.", kind: "air conditioner adapter",
      services: [Service(3610, .echonetAppliances, over: .udp)]),
    Device(
      name: "powermeter", address: "10.0.0.62", mac: "00:0e:6b:10:00:62",
      identity: Identity(role: "instrument", maker: "Janitza electronics", model: "UMG 604", firmware: "5.015"),
      vendor: "Janitza electronics GmbH", kind: "power meter",
      services: [
        Service(502, .modbus), Service(4840, .opcUA), Service(44818, .ethernetIP, over: .udp),
        Service(3671, .securedKNX, over: .udp),
      ]),
    Device(
      name: "thermometer", address: "10.0.0.63", mac: "00:05:2b:10:00:63",
      identity: Identity(role: "sensor"),
      vendor: "HORIBA, Ltd.", kind: "environment sensor",
      services: [Service(3610, .echonetSensors, over: .udp)]),
    Device(
      name: "rooftop", address: "10.0.0.64", mac: "04:18:d6:10:00:64",
      identity: Identity(
        role: "ap", maker: "Ubiquiti", model: "NanoStation Loco M5", firmware: "XM.ar7240.v6.3.11.33396"),
      vendor: "Ubiquiti Networks Inc.", kind: "wireless bridge",
      services: [Service(10001, .ubiquitiDiscovery, over: .udp)]),
    Device(
      name: "building", address: "10.0.0.65", mac: "00:0a:b3:10:00:65",
      identity: Identity(role: "building", maker: "GIRA", model: "Building 1", firmware: "3.2.1"),
      vendor: "Fa. GIRA", kind: "building controller",
      services: [
        Service(4840, .securedOPCUA), Service(47808, .bacnet, over: .udp), Service(3671, .knxd, over: .udp),
      ]),
  ]
}
