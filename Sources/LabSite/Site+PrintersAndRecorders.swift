extension Site {
  /// What prints for everybody and what does not; recorders and cameras with protocols of their makers.
  static let printersAndRecorders = [
    Device(
      name: "laser", address: "10.0.0.71", mac: "84:ba:3b:10:00:71",
      identity: Identity(role: "printer", maker: "Canon", model: "LBP7660C"), vendor: "CANON INC.", kind: "printer",
      services: [Service(9100, .p910nd), Service(161, .canonAgent, over: .udp)]),
    Device(
      name: "copier", address: "10.0.0.72", mac: "68:79:ed:10:00:72",
      identity: Identity(role: "printer", maker: "Sharp", model: "MX-2614N"), vendor: "SHARP Corporation",
      kind: "multifunction printer",
      services: [Service(9100, .p910ndWithAccessList), Service(161, .sharpAgent, over: .udp)]),
    Device(
      name: "dvr", address: "10.0.0.73", mac: "ac:95:72:10:00:73",
      identity: Identity(model: "NBD80S16S-KL", firmware: "V4.03.R11.C6380199"),
      vendor: "Jovision Technology Co., Ltd.",
      kind: "video recorder",
      services: [Service(34567, .dvrip), Service(34569, .dvripSearch, over: .udp)]),
    Device(
      name: "dvr-login", address: "10.0.0.74", mac: "ac:95:72:10:00:74", vendor: "Jovision Technology Co., Ltd.",
      kind: "video recorder", services: [Service(34567, .dvripWithLogin)]),
    Device(
      name: "domecam", address: "10.0.0.75", mac: "08:ed:ed:10:00:75",
      identity: Identity(role: "camera", maker: "Dahua", model: "IPC-HDW5421S", firmware: "2.400.0.8"),
      vendor: "Zhejiang Dahua Technology Co., Ltd.", kind: "network camera",
      services: [Service(37810, .dhip, over: .udp)]),
    // Looks like everything: what it is asked is what it answers. (Not MQTT: how long a client's name is differs from run
    // to run. Not ADB: Wireshark 4.0 does not survive its echo.)
    Device(
      name: "echo", address: "10.0.0.76", mac: "dc:a6:32:10:00:76",
      identity: Identity(role: "single-board-computer"), vendor: "Raspberry Pi Trading Ltd",
      kind: "single-board computer",
      services: [445, 3389, 6379, 34567].map { Service($0, .echo) }),
  ]
}
