import Foundation
import Testing

@testable import LabSite

struct TruthTests {
  let site: Site

  init() throws {
    site = try Site.standard()
  }

  @Test func `the site is large enough and nothing on it is there twice`() {
    #expect(site.devices.count >= 10)
    for values in [site.devices.map(\.name), site.devices.compactMap(\.address), site.devices.map(\.mac)] {
      #expect(Set(values).count == values.count)
    }
    for device in site.devices {
      let ports = device.services.map { "\($0.transport)\($0.port)" }
      #expect(Set(ports).count == ports.count, "\(device.name)")
    }
  }

  @Test func `the victims are there once each, on a network of their own`() throws {
    let victims = try Site.make(.victims)
    for values in [victims.devices.map(\.name), victims.devices.compactMap(\.address), victims.devices.map(\.mac)] {
      #expect(Set(values).count == values.count)
    }
    for device in victims.devices {
      #expect(device.address?.hasPrefix("10.0.1.") ?? device.speaksIPv6, "\(device.name)")
      #expect(device.expectation != nil, "\(device.name)")
      #expect("v-\(device.name)".utf8.count <= 15)
    }
    #expect(Set(victims.devices.map(\.mac)).isDisjoint(with: site.devices.map(\.mac)))
  }

  /// RFC 4291 appendix A: 34-56-78-9A-BC-DE is 3656:78FF:FE9A:BCDE.
  @Test func `a link-local address is made of the MAC`() throws {
    var device = try #require(try Site.make(.victims, only: ["v6-only"]).devices.first)
    device.mac = "34:56:78:9a:bc:de"
    #expect(device.linkLocal == "fe80::3656:78ff:fe9a:bcde")
  }

  @Test func `the truth of the victims says what must be reported, null included`() throws {
    let data = try Truth(of: try Site.make(.victims)).json()
    let truth = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(truth["network"] as? String == "10.0.1.0/24")
    let devices = try #require(truth["devices"] as? [[String: Any]])
    for device in devices {
      let expect = try #require(device["expect"] as? [String: Any])
      #expect(
        expect.keys.sorted() == [
          "answersAllNodes", "answersEverything", "distress", "limits", "neverWrite", "reachableBy", "weakness",
        ])
      let limits = try #require(expect["limits"] as? [String: Any])
      #expect(limits.count == 5)
    }
    let quiet = try #require(devices.first { $0["name"] as? String == "quiet-v6" })
    #expect(quiet["address"] is NSNull)
    // The universal bit of 94 turned: 96.
    #expect(quiet["linkLocal"] as? String == "fe80::96de:b8ff:fe10:124")
  }

  @Test func `every address is on the network and is not the auditor's`() {
    for device in site.devices {
      #expect(device.address?.hasPrefix("10.0.0.") == true)
      #expect(device.address != site.auditorAddress)
    }
  }

  @Test func `an interface can be named after every device`() {
    // IFNAMSIZ is 16, with the final zero.
    for device in site.devices { #expect("v-\(device.name)".utf8.count <= 15) }
  }

  @Test func `telnet is where a telnet daemon listens, and on the serial console`() {
    let telnet = site.devices.filter { !$0.telnetPorts.isEmpty }
    #expect(telnet.map(\.name) == ["camera", "router", "recorder", "switch", "console", "oldrouter"])
    #expect(telnet.map(\.telnetPorts) == [[23], [23], [9527], [23], [4001], [23]])
    for device in site.devices where device.isHardened { #expect(device.telnetPorts.isEmpty) }
  }

  @Test func `vendors are spelt as ieee-data spells them`() throws {
    let path = "/usr/share/ieee-data/oui.txt"
    guard let data = FileManager.default.contents(atPath: path) else { return }
    let registry = String(decoding: data, as: UTF8.self)
    for device in try site.devices + Site.make(.victims).devices {
      let prefix = device.mac.prefix(8).replacing(":", with: "").uppercased()
      #expect(registry.contains("\(prefix)     (base 16)\t\t\(device.vendor)"), "\(device.name)")
    }
  }

  @Test func `the truth has every key, and says null rather than nothing`() throws {
    let object = try JSONSerialization.jsonObject(with: Truth(of: site).json())
    let truth = try #require(object as? [String: Any])
    #expect(truth["network"] as? String == "10.0.0.0/24")
    #expect(truth["auditor"] as? String == "10.0.0.250")
    let devices = try #require(truth["devices"] as? [[String: Any]])
    #expect(devices.count == site.devices.count)
    for device in devices {
      #expect(
        device.keys.sorted() == [
          "address", "answersPing", "class", "closedPorts", "firmware", "fragile", "hardened", "mac", "maker", "model",
          "name", "role", "tcp", "telnetPorts", "udp", "vendor",
        ])
      let tcp = try #require(device["tcp"] as? [[String: Any]])
      for entry in tcp {
        #expect(entry.keys.sorted() == ["daemon", "port", "protocol", "technique", "telnet", "weaknesses"])
      }
      let telnet = tcp.filter { $0["telnet"] as? Bool == true }.compactMap { $0["port"] as? Int }
      #expect(telnet == device["telnetPorts"] as? [Int])
    }
    let sensor = try #require(devices.first { $0["name"] as? String == "sensor" })
    for key in ["role", "maker", "model", "firmware"] { #expect(sensor[key] is NSNull) }
    #expect(devices.count { $0["role"] is String } >= 20)
    #expect(sensor["fragile"] as? [String: Int] == ["diesAbovePacketsPerSecond": 200])
  }

  @Test func `a part of the site can be chosen, and a wrong name is told`() throws {
    #expect(try Site.standard(only: ["sensor", "camera"]).names == "camera,sensor")
    #expect(try Site.standard(without: ["sensor"]).devices.count == site.devices.count - 1)
    #expect(throws: LabError.self) { try Site.standard(only: ["fridge"]) }
    #expect(throws: LabError.self) { try Site.standard(only: ["sensor"], without: ["sensor"]) }
  }

  @Test func `the scope allows the lab's network and leaves out what is excluded`() {
    #expect(ScopeText().yaml.contains("networks: [10.0.0.0/24]\nexclude: []\n"))
    #expect(
      ScopeText(excluding: ["10.0.0.17", "10.0.0.16"]).yaml.contains(
        "exclude: [10.0.0.17, 10.0.0.16]\n"))
    #expect(ScopeText(of: .victims).yaml.contains("networks: [10.0.1.0/24, fe80::/10]\n"))
  }
}
