import Testing

@testable import LabSite

struct PlanTests {
  let site: Site

  init() throws {
    site = try Site.standard()
  }

  private func plans() -> [(Device, Service, DaemonPlan)] {
    site.devices.flatMap { device in
      device.services.map { ($0, DaemonPlan(for: $0, of: device, home: "/lab/\(device.name)")) }
        .map { (device, $0.0, $0.1) }
    }
  }

  @Test func `every daemon is told its port`() {
    for (device, service, plan) in plans() {
      let told = (plan.command + plan.files.map(\.text)).joined(separator: "\n")
      #expect(told.contains("\(service.port)"), "\(device.name) \(service.daemon)")
      #expect(!plan.command.isEmpty)
    }
  }

  @Test func `nothing is written outside the device's home`() {
    for (_, _, plan) in plans() {
      for path in plan.files.map(\.path) + plan.directories {
        #expect(!path.hasPrefix("/") && !path.contains(".."))
      }
    }
  }

  @Test func `the look-alike greets with a login prompt over FTP`() throws {
    let (_, _, plan) = try #require(plans().first { $0.1.daemon == .vsftpd })
    #expect(plan.files[0].text.contains("ftpd_banner=DiskStation FTP server, please login:"))
  }

  @Test func `the hardened server takes no passwords`() throws {
    let (_, _, plan) = try #require(plans().first { $0.1.daemon == .hardenedOpenSSH })
    #expect(plan.files[0].text.contains("\nPasswordAuthentication no\n"))
  }

  @Test func `every member of the network gets a namespace, a link and its own MAC`() throws {
    let plan = NetworkPlan(of: try Site.standard(only: ["camera"]))
    #expect(plan.namespaces == "netns add auditor\nnetns add camera\n")
    #expect(
      plan.links == """
        link add br0 type bridge stp_state 0 mcast_snooping 0 forward_delay 0
        link set br0 up
        link add v-auditor type veth peer name eth0 netns auditor
        link set v-auditor master br0 up
        link add v-camera type veth peer name eth0 netns camera
        link set v-camera master br0 up

        """)
    #expect(
      NetworkPlan.inside(plan.members[1]) == """
        link set lo up
        link set eth0 address 44:47:cc:10:00:11
        addr add 10.0.0.11/24 broadcast + dev eth0
        link set eth0 up

        """)
  }

  @Test func `no member gets a route out`() {
    let plan = NetworkPlan(of: site)
    let everything = plan.links + plan.members.map(NetworkPlan.inside).joined()
    let words = Set(everything.split(whereSeparator: \.isWhitespace))
    #expect(words.isDisjoint(with: ["route", "via", "default"]))
  }

  @Test func `only the stealth device has a firewall`() throws {
    let guarded = site.devices.filter { NetworkPlan.firewall(of: $0) != nil }
    #expect(guarded.map(\.name) == ["doorlock"])
    let rules = try #require(NetworkPlan.firewall(of: guarded[0]))
    #expect(rules.contains("policy drop;\n    iif lo accept\n    tcp dport 443 accept\n  }\n}\n"))
  }

  @Test func `a switch that hides from ping is told so, and nobody speaks IPv6`() throws {
    for member in NetworkPlan(of: site).members {
      let settings = NetworkPlan.settings(of: member)
      #expect(settings.filter { $0.path.hasSuffix("disable_ipv6") }.map(\.value) == ["1", "1"])
      let isSilent = site.devices.contains { $0.name == member.name && !$0.answersPing }
      #expect(settings.contains { $0.path == "ipv4/icmp_echo_ignore_all" } == isSilent)
    }
  }

  @Test func `an emulated device's interface has its MAC and no address`() throws {
    let plan = NetworkPlan(of: try Site.make(.victims, only: ["esp-9", "v6-only"]))
    #expect(
      NetworkPlan.inside(plan.members[1]) == """
        link set lo up
        link set eth0 address 24:6f:28:10:01:13
        link set eth0 up

        """)
    func isMute(_ member: NetworkPlan.Member) -> Bool {
      NetworkPlan.settings(of: member).contains { $0.path == "ipv6/conf/all/disable_ipv6" && $0.value == "1" }
    }
    #expect(plan.members.map(isMute) == [false, true, false])
  }

  @Test func `a daemon without IPv4 listens on IPv6`() throws {
    let device = try #require(try Site.make(.victims, only: ["v6-only"]).devices.first)
    let plan = DaemonPlan(for: device.services[0], of: device, home: "/lab/x")
    #expect(plan.command.contains("[::]:23"))
  }

  @Test func `what the process inside is told makes the same site again`() throws {
    var site = try Site.make(.victims, only: ["esp-9", "jetdirect"])
    site.arpLimit = 15
    #expect(site.arguments == ["--site", "victims", "--only", "esp-9,jetdirect", "--arp-limit", "15"])
  }

  @Test func `the packages are those of the daemons chosen, each once`() throws {
    #expect(
      Program.packages(for: try Site.standard(only: ["camera", "switch"])) == [
        "busybox-static", "iproute2",
      ])
    #expect(
      Program.packages(for: try Site.standard(only: ["doorlock"])) == [
        "iproute2", "nftables", "nginx", "openssl",
      ])
  }

  @Test func `a listening port is one in state LISTEN, or a bound UDP one`() {
    var ports = ListeningPorts()
    ports.add(
      tcpTable: """
          sl  local_address rem_address   st tx_queue
           0: 00000000:0017 00000000:0000 0A 00000000:00000000
           1: 0B00000A:0050 FA00000A:C350 01 00000000:00000000
        """,
      udpTable: """
          sl  local_address rem_address   st tx_queue
           0: 00000000:00A1 00000000:0000 07 00000000:00000000
        """)
    #expect(ports.contains(Service(23, .busyboxTelnetd)))
    #expect(!ports.contains(Service(80, .busyboxHTTPd)))
    #expect(ports.contains(Service(161, .snmpd, over: .udp)))
    #expect(!ports.contains(Service(161, .lighttpd)))
  }

  @Test func `a report survives its way through the pipe`() {
    var state = DeviceState()
    state.frames = 12
    state.payloadOctets = 3
    let report = Report.states(["printer": state])
    #expect(Report(line: report.line.dropLast()) == report)
    #expect(Report(line: Report.ready.line.dropLast()) == .ready)
    #expect(Report(line: "something else") == nil)
  }
}
