import Foundation
import Testing

@testable import LabSite

struct LoginSiteTests {
  @Test func `the logins are there once each, on a network of their own`() throws {
    let site = try Site.make(.logins)
    for values in [site.devices.map(\.name), site.devices.compactMap(\.address), site.devices.map(\.mac)] {
      #expect(Set(values).count == site.devices.count)
    }
    for device in site.devices {
      #expect(device.address?.hasPrefix("10.0.2.") == true && "v-\(device.name)".utf8.count <= 15, "\(device.name)")
      #expect(!device.services.isEmpty)
    }
    let consoles = site.devices.filter { !$0.telnetPorts.isEmpty }
    #expect(consoles.count >= 22 && consoles.allSatisfy { $0.telnetPorts == [23] })
    // Both kinds: with a maker's password, and without one.
    let defaults = site.devices.count { $0.services.contains { $0.weaknesses.contains("cred.default") } }
    #expect(defaults >= 14 && site.devices.count - defaults >= 8)
    #expect(ScopeText(of: .logins).yaml.contains("networks: [10.0.2.0/24]\n"))
    #expect(!ScopeText(of: .logins).yaml.contains("default-credentials"), "nobody consents by himself")
  }

  @Test func `web logins are of every kind, and their simulator is told every word that it asks for`() throws {
    let devices = Site.webLogins
    #expect(Set(devices.flatMap { $0.services.map(\.port) }) == [80, 443, 554, 3702])
    #expect(devices.count { $0.services.contains { $0.weaknesses.contains("cred.default") } } >= 14)
    let device = try #require(devices.first { $0.name == "web-tls" })
    let plan = DaemonPlan(for: try #require(device.services.first), of: device, home: "/run/home")
    // Keys first, then the simulator; what it is told is one word of the shell.
    let command = try #require(plan.command.last)
    #expect(plan.command.first == "/bin/sh" && command.hasPrefix("openssl req"))
    let told = try #require(command.firstMatch(of: #/'(\{.*\})'/#)).1
    let words = try #require(try JSONSerialization.jsonObject(with: Data(told.utf8)) as? [String: Any])
    #expect(words["oldTLS"] as? Bool == true && words["password"] as? String == "admin")
    let asked = WebLoginSimulator.python.matches(of: #/how\[['"]([A-Za-z]+)['"]\]/#).map { String($0.1) }
    #expect(asked.count >= 20 && Set(asked).isSubset(of: Set(words.keys)))
  }

  @Test func `a simulator is told how to behave, with every word that it asks for`() throws {
    let site = try Site.make(.logins, only: ["lock-source"])
    let device = try #require(site.devices.first)
    let plan = DaemonPlan(for: try #require(device.services.first), of: device, home: "/run/home")
    let told = try #require(plan.command.last)
    let words = try #require(try JSONSerialization.jsonObject(with: Data(told.utf8)) as? [String: Any])
    #expect(words["locksAt"] as? Int == 3 && words["locksBySource"] as? Bool == true)
    let asked = LoginSimulator.python.matches(of: #/how\['([A-Za-z]+)'\]/#).map { String($0.1) }
    #expect(asked.count >= 15 && Set(asked).isSubset(of: Set(words.keys)))
  }
}
