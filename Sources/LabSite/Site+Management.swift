extension Site {
  /// What manages, names, times and prints: an open one of each, and one that declines.
  static let managementEquipment = [
    Device(
      name: "oldrouter", address: "10.0.0.51", mac: "00:a0:b0:10:00:51",
      identity: Identity(role: "router", maker: "Debian", model: "Debian router"),
      vendor: "I-O DATA DEVICE,INC.", kind: "router",
      services: [
        Service(23, .openShell), Service(21, .anonymousFTP), Service(53, .openResolver, over: .udp),
        Service(5000, .miniupnpdWeb), Service(1900, .miniupnpdWithoutMapping, over: .udp),
      ]),
    Device(
      name: "clock", address: "10.0.0.52", mac: "00:80:92:10:00:52",
      vendor: "Silex Technology, Inc.", kind: "time server",
      services: [
        Service(123, .ntpdOpen, over: .udp), Service(161, .snmpdSecret, over: .udp), Service(631, .cupsWithLogin),
        Service(22, .outdatedShell),
      ]),
    Device(
      name: "kiosk", address: "10.0.0.53", mac: "68:79:ed:10:00:53",
      identity: Identity(role: "projector", model: "PN-HW431"),
      vendor: "SHARP Corporation", kind: "digital signage",
      services: [
        Service(5555, .debugBridge), Service(631, .cups), Service(123, .ntpdNoQuery, over: .udp),
      ]),
    Device(
      name: "branch", address: "10.0.0.54", mac: "40:64:a4:10:00:54",
      vendor: "THE FURUKAWA ELECTRIC CO., LTD", kind: "router",
      services: [
        Service(21, .encryptedFTP), Service(5555, .lockedDebugBridge), Service(53, .closedResolver, over: .udp),
        Service(161, .snmpdV3, over: .udp),
      ]),
  ]
}
