internal import CLab
import Foundation
internal import Glibc

/// A network namespace held open. The lab's processes have one thread, so entering one moves the
/// whole process.
struct NetworkNamespace: ~Copyable {
  private let descriptor: CInt

  private init(path: String) throws(LabError) {
    descriptor = openFile(path, O_RDONLY)
    guard descriptor >= 0 else { throw .failed("cannot open \(path): \(lastReason())") }
  }

  deinit { close(descriptor) }

  static func current() throws(LabError) -> NetworkNamespace {
    try NetworkNamespace(path: "/proc/self/ns/net")
  }

  static func named(_ name: String) throws(LabError) -> NetworkNamespace {
    try NetworkNamespace(path: Layout.network(name))
  }

  func enter() throws(LabError) {
    guard CLab_enter_network(descriptor) == 0 else {
      throw .failed("cannot enter a network namespace: \(lastReason())")
    }
  }
}

/// The ports something listens on, read from the tables of /proc/net.
struct ListeningPorts: Hashable {
  private var tcp: Set<UInt16> = []
  private var udp: Set<UInt16> = []

  func contains(_ service: Service) -> Bool {
    switch service.transport {
    case .tcp: tcp.contains(service.port)
    case .udp: udp.contains(service.port)
    }
  }

  static func current(for device: Device) -> ListeningPorts {
    var ports = ListeningPorts()
    // One family alone: every daemon is told to listen on 0.0.0.0 or on [::], and these tables are slow to print.
    let family = device.address == nil ? "6" : ""
    ports.add(tcpTable: table("tcp\(family)"), udpTable: table("udp\(family)"))
    return ports
  }

  /// Local address and state are the second and fourth column; state 0A is LISTEN. A UDP socket
  /// that is bound is as ready as it gets.
  mutating func add(tcpTable: String, udpTable: String) {
    for (table, isTCP) in [(tcpTable, true), (udpTable, false)] {
      for line in table.split(separator: "\n").dropFirst() {
        let columns = line.split(separator: " ")
        guard columns.count > 3, let text = columns[1].split(separator: ":").last,
          let port = UInt16(text, radix: 16)
        else { continue }
        if !isTCP { udp.insert(port) } else if columns[3] == "0A" { tcp.insert(port) }
      }
    }
  }

  private static func table(_ name: String) -> String {
    // Not FileManager: these files say they have no length.
    guard let file = FileHandle(forReadingAtPath: "/proc/self/net/\(name)"),
      let data = try? file.readToEnd()
    else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}
