internal import Addressing
internal import Records
internal import Reports

/// The inventory in the form that tools read which take over Nmap's results (`xmloutputversion` 1.05). Ports and services only: no
/// finding and no verdict has a place in it.
public enum NmapXML {
  public static func octets(_ source: ExportSource) -> [UInt8] {
    let run = source.result.run
    let (from, to) = (run.started.nanoseconds / 1_000_000_000, run.ended.nanoseconds / 1_000_000_000)
    let coverage = Dictionary(
      source.result.coverage.devices.map { ($0.device, $0) }, uniquingKeysWith: { first, _ in first })
    let hosts = source.result.inventory.devices.compactMap { host($0, coverage[$0.id], from, to) }
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <nmaprun scanner="tenken" args="\(escaped("tenken audit " + run.targets.joined(separator: " ")))" start="\(from)" startstr="\(escaped(source.time(run.started)))" version="\(escaped(run.toolVersion))" xmloutputversion="1.05">
      <scaninfo type="syn" protocol="tcp" numservices="\(coverage.values.map(\.tcp.requestedCount).max() ?? 0)" services="\(escaped(run.ports))"/>
      \(hosts.joined(separator: "\n"))
      <runstats><finished time="\(to)" timestr="\(escaped(source.time(run.ended)))" elapsed="\(max(0, to - from))" summary="" exit="\(run.partial ? "error" : "success")"/><hosts up="\(hosts.count)" down="0" total="\(source.result.coverage.addressesAsked)"/></runstats>
      </nmaprun>

      """
    return Array(text.utf8)
  }

  private static func host(_ device: Device, _ coverage: DeviceCoverage?, _ from: Int64, _ to: Int64) -> String? {
    guard !device.addresses.isEmpty else { return nil }
    var lines = [
      "<host starttime=\"\((coverage?.from.nanoseconds).map { $0 / 1_000_000_000 } ?? from)\" endtime=\"\((coverage?.to.nanoseconds).map { $0 / 1_000_000_000 } ?? to)\"><status state=\"up\" reason=\"arp-response\" reason_ttl=\"0\"/>"
    ]
    lines += device.addresses.map { "<address addr=\"\($0)\" addrtype=\"\($0.isIPv4 ? "ipv4" : "ipv6")\"/>" }
    if let mac = device.mac {
      let vendor = device.vendor.map { " vendor=\"\(escaped($0.name))\"" } ?? ""
      lines.append("<address addr=\"\("\(mac)".uppercased())\" addrtype=\"mac\"\(vendor)/>")
    }
    let names = device.claims.filter { $0.kind == .host }.map {
      "<hostname name=\"\(escaped($0.value))\" type=\"user\"/>"
    }
    lines.append("<hostnames>\(names.joined())</hostnames>")
    lines.append("<ports>")
    if let tcp = coverage?.tcp {
      for (state, count) in [("closed", tcp.closed), ("filtered", tcp.silent)] where count > 0 {
        lines.append("<extraports state=\"\(state)\" count=\"\(count)\"/>")
      }
    }
    lines += device.services.sorted { $0.endpoint < $1.endpoint }.map(port)
    lines.append("</ports></host>")
    return lines.joined(separator: "\n")
  }

  private static func port(_ service: Service) -> String {
    let state =
      switch service.state {
      case .open: "open"
      case .closed: "closed"
      default: "filtered"
      }
    let name = service.protocolName.map { name in
      "<service name=\"\(escaped(name.rawValue))\"\(service.tls ? " tunnel=\"ssl\"" : "") method=\"probed\" conf=\"10\"/>"
    }
    return
      "<port protocol=\"\(service.endpoint.transport)\" portid=\"\(service.endpoint.port)\"><state state=\"\(state)\" reason=\"\(state == "open" ? "syn-ack" : "no-response")\" reason_ttl=\"0\"/>\(name ?? "")</port>"
  }

  /// For attribute values; what XML 1.0 §2.2 cannot hold is left out.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in inert(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{fffe}", "\u{ffff}": continue
      default:
        if scalar.value >= 0x20 { result.unicodeScalars.append(scalar) }
      }
    }
    return result
  }
}
