extension Site {
  /// What is found by those who look for it, and what a browser shows without a login.
  static let discoveryEquipment = [
    Device(
      name: "homerouter", address: "10.0.0.31", mac: "6c:e4:da:10:00:31",
      identity: Identity(role: "router", maker: "NEC Platforms, Ltd.", model: "Aterm WG1200HP4"),
      vendor: "NEC Platforms, Ltd.",
      kind: "home router",
      services: [
        Service(80, .lighttpdAdmin), Service(5000, .miniupnpdWeb), Service(1900, .miniupnpd, over: .udp),
      ]),
    Device(
      name: "homegateway", address: "10.0.0.32", mac: "00:a0:b0:10:00:32",
      identity: Identity(role: "router", maker: "I-O DATA DEVICE, INC.", model: "WN-DX1300GR"),
      vendor: "I-O DATA DEVICE,INC.",
      kind: "home gateway",
      services: [
        Service(7547, .lighttpdDigest), Service(5000, .simulatorWeb), Service(1900, .mediaSimulator, over: .udp),
      ]),
    Device(
      name: "ipcam", address: "10.0.0.33", mac: "bc:ba:c2:10:00:33",
      identity: Identity(
        role: "camera", maker: "HIKVISION", model: "DS-2CD2042WD-I", firmware: "V5.4.5 build 170124"),
      vendor: "Hangzhou Hikvision Digital Technology Co.,Ltd.", kind: "network camera",
      services: [
        Service(8899, .simulatorWeb), Service(3702, .openCameraSimulator, over: .udp),
        Service(37020, .simulatorOpenSADP, over: .udp),
      ]),
    Device(
      name: "ipcam-auth", address: "10.0.0.34", mac: "bc:ba:c2:10:00:34",
      identity: Identity(
        role: "camera", maker: "Hikvision", model: "DS-2CD2042WD-I", firmware: "V5.4.5build 170124"),
      vendor: "Hangzhou Hikvision Digital Technology Co.,Ltd.", kind: "network camera",
      services: [
        Service(8899, .simulatorWeb), Service(3702, .cameraSimulator, over: .udp),
        Service(37020, .simulatorSADP, over: .udp),
      ]),
  ]
}
