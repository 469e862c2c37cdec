public import Foundation

/// The machine-readable ground truth: what an auditor that made no mistake would have found.
public struct Truth: Hashable, Sendable, Encodable {
  public var site: Site

  public init(of site: Site) {
    self.site = site
  }

  private enum Key: String, CodingKey {
    case network, auditor, devices
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(site.network, forKey: .network)
    try container.encode(site.auditorAddress, forKey: .auditor)
    try container.encode(site.devices.map(DeviceTruth.init), forKey: .devices)
  }

  /// Sorted keys, so that two prints of the same site are the same octets.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// A table for people.
  public var table: String {
    let rows = site.devices.map { device in
      let ports = device.services.map { service in
        "\(service.port)/\(service.transport.rawValue) \(service.applicationProtocol ?? "-")"
      }
      let name = device.name.padding(toLength: 12, withPad: " ", startingAt: 0)
      let notes = [
        device.telnetPorts.isEmpty ? nil : "TELNET",
        device.answersPing ? nil : "no ping",
        device.closedPorts == .silent ? "silent" : nil,
        device.diesAbovePacketsPerSecond.map { "dies above \($0)/s" },
        device.isHardened ? "hardened" : nil,
        device.expectation?.weakness,
      ]
      let joined = ports.joined(separator: ", ")
      let text = joined.padding(toLength: max(46, joined.count), withPad: " ", startingAt: 0)
      let address = (device.address ?? "-").padding(toLength: 10, withPad: " ", startingAt: 0)
      return "\(address)  \(device.mac)  \(name) \(text) "
        + notes.compactMap { $0 }.joined(separator: ", ")
    }
    return rows.joined(separator: "\n")
  }
}

/// One device in ``Truth``. Written by hand because absent values must read `null`, not be left out.
private struct DeviceTruth: Encodable {
  var device: Device

  private enum Key: String, CodingKey {
    case name, address, mac, vendor, tcp, udp, telnetPorts, answersPing, closedPorts, fragile,
      hardened
    case kind = "class"
    case linkLocal, expect
    case role, maker, model, firmware
  }

  private enum FragileKey: String, CodingKey {
    case diesAbovePacketsPerSecond
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(device.name, forKey: .name)
    try container.encode(device.address, forKey: .address)
    try container.encode(device.mac, forKey: .mac)
    try container.encode(device.vendor, forKey: .vendor)
    try container.encode(device.kind, forKey: .kind)
    try container.encode(device.identity.role, forKey: .role)
    try container.encode(device.identity.maker, forKey: .maker)
    try container.encode(device.identity.model, forKey: .model)
    try container.encode(device.identity.firmware, forKey: .firmware)
    let services = device.services.map(ServiceTruth.init)
    try container.encode(services.filter { $0.service.transport == .tcp }, forKey: .tcp)
    try container.encode(services.filter { $0.service.transport == .udp }, forKey: .udp)
    try container.encode(device.telnetPorts, forKey: .telnetPorts)
    try container.encode(device.answersPing, forKey: .answersPing)
    try container.encode(device.closedPorts.rawValue, forKey: .closedPorts)
    try container.encode(device.isHardened, forKey: .hardened)
    if let expectation = device.expectation {
      try container.encode(device.linkLocal, forKey: .linkLocal)
      try container.encode(expectation, forKey: .expect)
    }
    guard let limit = device.diesAbovePacketsPerSecond else {
      return try container.encodeNil(forKey: .fragile)
    }
    var fragile = container.nestedContainer(keyedBy: FragileKey.self, forKey: .fragile)
    try fragile.encode(limit, forKey: .diesAbovePacketsPerSecond)
  }
}

private struct ServiceTruth: Encodable {
  var service: Service

  private enum Key: String, CodingKey {
    case port, daemon, telnet, weaknesses, technique
    case name = "protocol"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(service.port, forKey: .port)
    try container.encode(service.daemon.name, forKey: .daemon)
    try container.encode(service.isTelnet, forKey: .telnet)
    try container.encode(service.weaknesses, forKey: .weaknesses)
    try container.encode(service.daemon.technique, forKey: .technique)
    if let name = service.applicationProtocol {
      try container.encode(name, forKey: .name)
    } else {
      try container.encodeNil(forKey: .name)
    }
  }
}
