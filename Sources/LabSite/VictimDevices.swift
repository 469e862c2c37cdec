// The second site: what is known to harm real equipment, each weakness on a device of its own. The numbers are those
// that people reported of products (the comments say where); the vendors are such as build equipment of the kind.
extension Site {
  static let victims: [Device] = smallStacks + limitedAnswers + disturbances + neighboursWithoutIPv4

  private static func device(
    _ name: String, _ host: Int, _ oui: String, _ vendor: String, _ kind: String, _ weakness: String,
    _ services: [Service], _ configure: (inout Victim) -> Void = { _ in }
  ) -> Device {
    var victim = Victim()
    configure(&victim)
    var device = Device(
      name: name, address: "10.0.1.\(host)", mac: "\(oui):10:01:\(host)", vendor: vendor, kind: kind, services: services
    )
    device.victim = victim
    if victim.answersEveryPort { device.closedPorts = .accepted }
    device.weakness = weakness
    return device
  }

  private static let smallStacks = [
    // picotcp issue 36: a hard fault after 40 to 50 SYNs.
    device(
      "syn-death", 11, "00:04:a3", "Microchip Technology Inc.", "controller",
      "dies for good at 40 half-open connections, or 40 SYNs within a second",
      [Service(23, .emulatedTelnet), Service(80, .emulatedWebUI)]
    ) {
      $0.timeToLive = 255
      $0.window = 2920
      $0.synDeath = Victim.SYNDeath(halfOpen: 40, perSecond: 40)
    },
    // lwIP's MEMP_NUM_TCP_PCB is 5 by default and 32 in AMD's port; its SYN-RECEIVED ends after 20 s.
    device(
      "lwip-8pcb", 12, "00:80:e1", "STMicroelectronics SRL", "controller",
      "has 8 TCP control blocks in all; its service is lost when they are all taken for more than 3 s",
      [Service(23, .emulatedTelnet), Service(80, .emulatedWebUI)]
    ) {
      $0.timeToLive = 255
      $0.window = 2144
      $0.halfOpenLifetime = .seconds(20)
      $0.pool = Victim.ConnectionPool(
        size: 8, heldAfterClose: .seconds(5), whenExhausted: .dropsSYNs(lostAfter: .seconds(3)))
    },
    // espressif/esp-idf issue 4900: nine of twenty clients get a socket.
    device(
      "esp-9", 13, "24:6f:28", "Espressif Inc.", "sensor", "restarts at the tenth simultaneous connection",
      [Service(80, .emulatedWebUI), Service(8080, .emulatedWebUI)]
    ) {
      $0.timeToLive = 255
      $0.window = 5744
      $0.pool = Victim.ConnectionPool(size: 9, heldAfterClose: 0, whenExhausted: .restarts)
    },
    // scanopy issue 455: a backlog of 200 overflowed.
    device(
      "backlog-200", 14, "00:08:9b", "ICP Electronics Inc.", "network storage",
      "its web UI hangs when a listening port has more than 200 half-open connections",
      [Service(80, .emulatedWebUI), Service(443, .emulatedWebUI), Service(8080, .emulatedWebUI)]
    ) {
      $0.uptime = 90_000_000
      $0.halfOpenLifetime = .seconds(60)
      $0.backlog = 200
    },
  ]

  private static let limitedAnswers = [
    device(
      "answers-all", 15, "00:09:0f", "Fortinet, Inc.", "middlebox", "answers SYN-ACK on every port", []
    ) { $0.answersEveryPort = true },
    device(
      "rst-100", 16, "00:a0:de", "YAMAHA CORPORATION", "router", "resets at most 100 closed ports a second",
      [Service(22, .emulatedTelnet), Service(23, .emulatedTelnet), Service(8080, .emulatedWebUI)]
    ) { $0.resetsPerSecond = 100 },
    device(
      "icmp-1", 17, "50:c7:bf", "TP-LINK TECHNOLOGIES CO.,LTD.", "home gateway",
      "reports at most one unreachable UDP port a second",
      [
        Service(53, .emulatedDNS, over: .udp), Service(161, .emulatedSNMP, over: .udp),
        Service(1900, .emulatedSSDP, over: .udp), Service(5353, .emulatedMDNS, over: .udp),
        Service(5683, .emulatedCoAP, over: .udp), Service(80, .emulatedWebUI),
      ]
    ) { $0.unreachablesPerSecond = 1 },
    device(
      "jetdirect", 18, "00:1b:a9", "Brother industries, LTD.", "printer", "prints every octet its ports are sent",
      ([515] + Array(9100...9107) + [9109, 9112]).map { Service($0, .emulatedPrinting) }),
  ]

  private static let disturbances = [
    // BL602, ESP8266 and other modules restart while they are scanned, whatever the rate.
    device(
      "reboots", 20, "10:d5:61", "Tuya Smart Inc.", "smart plug", "restarts once, at the 300th packet it gets",
      [Service(80, .emulatedWebUI), Service(6668, .emulatedTelnet)]
    ) {
      $0.timeToLive = 255
      $0.uptime = 900_000_000
      $0.restartsAfterProbes = 300
    },
    // arp-scan issue 176.
    device(
      "arp-storm", 21, "00:22:48", "Microsoft Corporation", "wireless bridge",
      "answers an ARP request 200 times, and sends 500 ARP replies a second for 10 s",
      [Service(80, .emulatedWebUI)]
    ) { $0.arpStorm = Victim.ARPStorm(replies: 200, perSecond: 500, lasts: .seconds(10)) },
    // zgrab2 issue 163. A real stack: what matters is how much of it is read.
    banner(),
    device(
      "power-save", 25, "7c:b9:4c", "Bouffalo Lab (Nanjing) Co., Ltd.", "battery sensor",
      "misses 30 % of the broadcasts, and answers 100 to 300 ms late", [Service(80, .emulatedWebUI)]
    ) {
      $0.radio = Victim.Radio(
        broadcastLossPercent: 30, delay: .milliseconds(100)...(.milliseconds(300)), seed: 25)
    },
  ]

  private static func banner() -> Device {
    var device = Device(
      name: "banner-flood", address: "10.0.1.22", mac: "00:80:a3:10:01:22", vendor: "Lantronix", kind: "serial server",
      services: [Service(23, .endlessBanner)])
    device.weakness = "its greeting never ends"
    return device
  }

  private static let neighboursWithoutIPv4 = [
    neighbour(
      "v6-only", 23, "00:17:88", "Philips Lighting BV", "lighting bridge", "has no IPv4 address",
      [Service(23, .busyboxTelnetd), Service(80, .busyboxHTTPd)]),
    neighbour(
      "quiet-v6", 24, "94:de:b8", "Silicon Laboratories", "lamp",
      "has no IPv4 address and hides from ff02::1; its MLD reports and its EUI-64 address give it away",
      [Service(80, .busyboxHTTPd), Service(5353, .groupMember, over: .udp)], answersAllNodes: false),
  ]

  /// Real stacks: a kernel's IPv6 is as robust as it should be.
  private static func neighbour(
    _ name: String, _ number: Int, _ oui: String, _ vendor: String, _ kind: String, _ weakness: String,
    _ services: [Service], answersAllNodes: Bool = true
  ) -> Device {
    var device = Device(
      name: name, address: nil, mac: "\(oui):10:01:\(number)", vendor: vendor, kind: kind, services: services)
    device.speaksIPv6 = true
    device.answersAllNodes = answersAllNodes
    device.weakness = weakness
    return device
  }
}
