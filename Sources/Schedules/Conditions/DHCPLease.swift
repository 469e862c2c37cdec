public import Addressing

/// Who leased this computer its address, from what its DHCP client keeps.
public enum DHCPLease {
  /// Octets of a file that are looked at.
  static let longest = 1 << 20

  /// Of a lease of systemd-networkd or NetworkManager's own client: lines `KEY=value`.
  public static func server(inKeys octets: [UInt8]) -> IPv4Address? {
    for line in lines(octets) where line.hasPrefix("SERVER_ADDRESS=") {
      return IPv4Address(String(line.dropFirst("SERVER_ADDRESS=".count)))
    }
    return nil
  }

  /// Of dhclient.leases(5): the last lease that names the interface counts.
  public static func server(inLeases octets: [UInt8], of interface: String) -> IPv4Address? {
    var found: IPv4Address?
    var isOurs = false
    var server: IPv4Address?
    for line in lines(octets) {
      let text = line.drop { $0 == " " || $0 == "\t" }
      if text.hasPrefix("lease ") || text == "lease{" {
        (isOurs, server) = (false, nil)
      } else if text.hasPrefix("interface \"") {
        isOurs = text.dropFirst("interface \"".count).prefix { $0 != "\"" } == interface
      } else if text.hasPrefix("option dhcp-server-identifier ") {
        let value = text.dropFirst("option dhcp-server-identifier ".count).prefix { $0 != ";" }
        server = IPv4Address(String(value))
      } else if text.hasPrefix("}"), isOurs {
        found = server
      }
    }
    return found
  }

  private static func lines(_ octets: [UInt8]) -> [String] {
    octets.prefix(longest).split(separator: 0x0a).map { line in
      String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
    }
  }
}
