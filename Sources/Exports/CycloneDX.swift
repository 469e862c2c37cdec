internal import Addressing
internal import Records
internal import Reports

/// The inventory as a CycloneDX 1.6 bill of materials (ECMA-424): a component of the type `device` for each, its firmware within.
public enum CycloneDX {
  public static func octets(_ source: ExportSource) throws -> [UInt8] {
    let run = source.result.run
    let document: JSONValue = [
      "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
      "serialNumber": .text("urn:uuid:" + NamedUUID.make(run.runID, "bom", source.packDigest)), "version": 1,
      "metadata": [
        "timestamp": .text(run.ended.rfc3339()),
        "tools": [
          "components": [["type": "application", "name": "tenken", "version": .text(run.toolVersion)]]
        ],
        "properties": .list([
          property("tenken:run", run.runID), property("tenken:tagmanifest-sha256", source.packDigest),
        ]),
      ],
      "components": .list(source.result.inventory.devices.map(component)),
    ]
    return try document.octets(indented: true)
  }

  private static func property(_ name: String, _ value: String) -> JSONValue {
    ["name": .text(name), "value": .text(inert(value))]
  }

  private static func component(_ device: Device) -> JSONValue {
    var properties = device.addresses.map { property("tenken:address", "\($0)") }
    if let mac = device.mac { properties.append(property("tenken:mac", "\(mac)")) }
    properties += device.services.filter { $0.state == .open }.sorted { $0.endpoint < $1.endpoint }.map { service in
      property("tenken:open", service.endpoint.description + (service.protocolName.map { " \($0.rawValue)" } ?? ""))
    }
    // Where each statement comes from: none is a guess, and none is proof.
    for (name, said) in [("vendor", device.vendor), ("model", device.model), ("firmware", device.firmware)] {
      if let said { properties.append(property("tenken:\(name)-source", said.source)) }
    }
    var members: [String: JSONValue] = [
      "type": "device", "bom-ref": .text(device.id.rawValue),
      "name": .text(inert(device.model?.name ?? device.id.rawValue)), "properties": .list(properties),
    ]
    if let vendor = device.vendor { members["manufacturer"] = ["name": .text(inert(vendor.name))] }
    if let firmware = device.firmware {
      members["components"] = [
        [
          "type": "firmware", "bom-ref": .text(device.id.rawValue + "-firmware"),
          "name": .text(inert((device.model?.name ?? device.id.rawValue) + " firmware")),
          "version": .text(inert(firmware.name)),
        ]
      ]
    }
    return .object(members)
  }
}
