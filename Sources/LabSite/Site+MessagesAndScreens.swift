extension Site {
  /// Messages, pictures, desktops: each weakness beside its secured twin or what merely looks alike.
  static let messageAndScreenEquipment = [
    Device(
      name: "streamer", address: "10.0.0.41", mac: "d0:37:45:10:00:41",
      identity: Identity(role: "camera"),
      vendor: "TP-LINK TECHNOLOGIES CO.,LTD.", kind: "network camera",
      services: [
        Service(554, .rtspServer), Service(8554, .rtspBasic), Service(10554, .rtspDigest), Service(5554, .rtspAnyPath),
        Service(22, .clonedDropbear),
      ]),
    Device(
      name: "signage", address: "10.0.0.42", mac: "c8:f7:50:10:00:42",
      identity: Identity(role: "computer"),
      vendor: "Dell Inc.", kind: "signage player",
      services: [
        Service(5900, .vncOpen), Service(5901, .vncWithPassword), Service(3389, .xrdp), Service(445, .samba),
        Service(22, .clonedDropbear),
      ]),
    Device(
      name: "old-nas", address: "10.0.0.43", mac: "24:5e:be:10:00:43",
      identity: Identity(role: "nas"),
      vendor: "QNAP Systems, Inc.", kind: "network storage",
      services: [Service(22, .legacyOpenSSH), Service(445, .sambaWithSMB1), Service(1883, .mosquittoWithholding)]),
    Device(
      name: "hub", address: "10.0.0.44", mac: "90:fd:9f:10:00:44",
      vendor: "Silicon Laboratories", kind: "radio gateway",
      services: [
        Service(1883, .mosquittoWithPassword), Service(8883, .mosquittoWithTLS), Service(5683, .libcoap, over: .udp),
        Service(5684, .dtls, over: .udp),
      ]),
    Device(
      name: "till", address: "10.0.0.45", mac: "c8:3a:1b:10:00:45",
      identity: Identity(role: "computer"),
      vendor: "Toshiba TEC Corporation Inc", kind: "point-of-sale terminal",
      services: [Service(3389, .freeRDP)]),
    Device(
      name: "speaker", address: "10.0.0.46", mac: "54:2a:1b:10:00:46",
      identity: Identity(role: "speaker", model: "One SL"),
      vendor: "Sonos, Inc.", kind: "loudspeaker",
      services: [Service(5353, .avahi, over: .udp)]),
  ]
}
