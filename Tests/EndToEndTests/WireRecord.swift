import Foundation

/// What left the auditor's machine during an audit of the lab: recorded by tcpdump on its interface, read by tshark. No part
/// of it knows the product.
struct WireRecord: Sendable {
  /// A frame that the auditor sent.
  struct Frame: Sendable {
    let number: Int
    let destination: String
    let transport: String
    /// The device's; nil for what has no ports.
    let port: UInt16?
    /// The auditor's.
    let ownPort: UInt16?
    /// Payload of its TCP segment or datagram.
    let payload: [UInt8]
    /// What tshark took it for, from the outside in, such as `["eth", "ethertype", "ip", "tcp", "mqtt"]`.
    let protocols: [String]
    let isMalformed: Bool
    /// Severities of tshark's remarks, and their texts.
    let remarks: [(severity: Int, text: String)]
    /// The fields that were asked for, each with its values in order.
    let fields: [String: [String]]

    var shown: String {
      "frame \(number) to \(destination) \(transport)/\(port ?? 0) \(protocols.dropFirst(3).joined(separator: ":"))"
    }
  }

  /// The interface of the auditor, as the lab says.
  static let auditor = "02:00:00:00:00:fa"

  let capture: String
  /// Secrets of the TLS connections, as libcurl writes them for SSLKEYLOGFILE.
  let keys: String
  /// What tshark must be told: ports that it does not know.
  let options: [String]

  /// A shell command that runs another one while tcpdump records the interface on the way to an address.
  static func recording(_ command: String, towards address: String, in folder: String) -> String {
    """
    interface=$(ip -o -4 route get \(address) | sed 's/.* dev \\([^ ]*\\).*/\\1/')
    tcpdump -i $interface -s 0 -B 65536 -w \(folder)/wire.pcap 2>\(folder)/tcpdump.err & dump=$!
    for i in $(seq 50); do grep -q listening \(folder)/tcpdump.err && break; sleep 0.1; done
    SSLKEYLOGFILE=\(folder)/keys.log \(command); status=$?
    sleep 0.3; kill -INT $dump; wait $dump; exit $status
    """
  }

  struct Incomplete: Error { let said: String }

  /// - Parameters:
  ///   - folder: where ``recording(_:towards:in:)`` wrote.
  ///   - truth: what listens on which port.
  /// - Throws: when frames are missing in the record.
  init(_ folder: String, _ truth: LabTruth) throws {
    let said = try String(contentsOfFile: folder + "/tcpdump.err", encoding: .utf8)
    guard said.contains("\n0 packets dropped by kernel") else { throw Incomplete(said: said) }
    self.init(capture: folder + "/wire.pcap", keys: folder + "/keys.log", services: truth)
  }

  init(capture: String, keys: String, services truth: LabTruth) {
    self.capture = capture
    self.keys = keys
    let named = truth.devices.flatMap(\.tcp).compactMap { service in
      service.protocol.flatMap { Self.dissectors[$0] }.map { "tcp.port==\(service.port),\($0)" }
    }
    let ports = ["udp.port==10001,ubdp", "udp.port==1884,mqttsn"] + Set(named).sorted()
    options = ports.flatMap { ["-d", $0] } + Self.preferences
  }

  /// Protocols of the lab's truth in Wireshark's words, for ports that Wireshark does not connect with them.
  private static let dissectors = [
    "telnet": "telnet", "rtsp": "rtsp", "adb": "adb", "http": "http", "mqtt": "mqtt", "ftp": "ftp", "rfb": "vnc",
  ]
  /// Checksums too, and the commands inside IPMI.
  private static let preferences = [
    "ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE", "ipmi.dissect_bus_commands:TRUE",
  ].flatMap { ["-o", $0] }

  // MARK: Reading

  private static let own = [
    "frame.number", "ip.dst", "tcp.dstport", "udp.dstport", "tcp.srcport", "udp.srcport", "tcp.payload", "udp.payload",
    "frame.protocols", "_ws.malformed", "_ws.expert.severity", "_ws.expert.message",
  ]

  /// Every frame that the auditor sent.
  ///
  /// tshark takes whatever comes from a port that has once asked for a file for TFTP (RFC 1350 §4), and the scan asks all
  /// its questions from one port. So TFTP is read by itself.
  func frames(_ fields: [String] = []) throws -> [Frame] {
    try read(fields, "!(udp.dstport == 69)", ["--disable-protocol", "tftp"]) + read(fields, "udp.dstport == 69", [])
  }

  private func read(_ fields: [String], _ filter: String, _ more: [String]) throws -> [Frame] {
    var arguments = ["-r", capture, "-Y", "eth.src == \(Self.auditor) && \(filter)"] + options + more
    arguments += ["-o", "tls.keylog_file:\(keys)", "-T", "fields", "-E", "separator=\u{1f}", "-E", "aggregator=\u{1e}"]
    arguments += (Self.own + fields).flatMap { ["-e", $0] }
    let shark = try Program.run("tshark", arguments)
    guard shark.status == 0 else { throw Incomplete(said: shark.errors) }
    return shark.output.split(separator: "\n").map { Self.frame($0, fields) }
  }

  private static func frame(_ line: Substring, _ fields: [String]) -> Frame {
    let cells = line.split(separator: "\u{1f}", omittingEmptySubsequences: false).map { cell in
      cell.split(separator: "\u{1e}").map(String.init)
    }
    let value = Dictionary(uniqueKeysWithValues: zip(own + fields, cells))
    // Inside an ICMP error stands another datagram; the first of each is the frame's own.
    func first(_ name: String) -> String? { value[name]?.first }
    let transport = first("tcp.dstport") != nil ? "tcp" : "udp"
    return Frame(
      number: first("frame.number").flatMap { Int($0) } ?? 0, destination: first("ip.dst") ?? "",
      transport: transport, port: first("\(transport).dstport").flatMap { UInt16($0) },
      ownPort: first("\(transport).srcport").flatMap { UInt16($0) },
      payload: octets(first("\(transport).payload") ?? ""),
      protocols: (first("frame.protocols") ?? "").split(separator: ":").map(String.init),
      isMalformed: value["_ws.malformed"]?.isEmpty == false,
      remarks: zip(value["_ws.expert.severity"] ?? [], value["_ws.expert.message"] ?? [])
        .map { (Int($0) ?? .max, $1) },
      fields: value.filter { fields.contains($0.key) && !$0.value.isEmpty })
  }

  private static func octets(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
  }
}
