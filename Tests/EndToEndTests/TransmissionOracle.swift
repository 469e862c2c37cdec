import Foundation

/// Judges what left the auditor's machine, from a capture made there: a second reader of scope and frames that
/// shares no code with the product.
enum TransmissionOracle {
  /// - Parameters:
  ///   - scope: `networks`, `exclude` and `techniques` as the scope file has them, `udp` the ports that may be asked.
  /// - Returns: how many frames of each kind left.
  static func judge(_ capture: String, _ scope: [String: [String]], udp: [Int] = []) throws -> [String: Int] {
    var rules: [String: Any] = scope
    rules["udp"] = udp
    let text = String(decoding: try JSONSerialization.data(withJSONObject: rules), as: UTF8.self)
    let outcome = try Program.run("python3", ["-c", program, capture, text])
    guard outcome.status == 0 else { throw Outside(frames: outcome.errors + outcome.output) }
    return try JSONDecoder().decode([String: Int].self, from: Data(outcome.output.utf8))
  }

  /// Frames that the scope does not cover.
  struct Outside: Error { let frames: String }

  /// The capture holds outbound frames alone (`tcpdump -Q out`). What the auditor's kernel sends on its own account
  /// (answers to ARP questions, multicast listener reports) is counted apart.
  private static let program = """
    import ipaddress, json, struct, sys

    scope = json.loads(sys.argv[2])
    networks = [ipaddress.ip_network(text) for text in scope['networks']]
    excluded = [ipaddress.ip_network(text) for text in scope['exclude']]
    techniques = set(scope['techniques'])
    udp_ports = set(scope['udp'])
    counts, outside = {}, []

    def allowed(address):
        address = ipaddress.ip_address(address)
        return any(address in network for network in networks) and not any(address in network for network in excluded)

    def judge(frame):
        kind, = struct.unpack_from('!H', frame, 12)
        if kind == 0x0806:
            if frame[21] == 2: return 'kernel', True
            return 'arp', 'arp-discovery' in techniques and allowed(frame[38:42])
        if kind == 0x0800:
            size = (frame[14] & 15) * 4
            return ip(frame[23], frame[30:34], frame[14 + size:])
        if kind == 0x86dd:
            proto, payload = frame[20], frame[54:]
            if proto == 0: proto, payload = payload[0], payload[(payload[1] + 1) * 8:]
            if proto == 58: return icmp6(frame[38:54], payload)
            return ip(proto, frame[38:54], payload)
        return 'unknown', False

    def ip(proto, destination, payload):
        if proto == 6: return 'tcp', bool(techniques & {'tcp-syn', 'service-questions'}) and allowed(destination)
        if proto == 17:
            port, = struct.unpack_from('!H', payload, 2)
            return 'udp', 'udp-probe' in techniques and port in udp_ports and allowed(destination)
        if proto == 1 and payload[0] == 8: return 'echo', 'icmp-echo' in techniques and allowed(destination)
        return 'unknown', False

    def icmp6(destination, payload):
        everybody = destination == ipaddress.ip_address('ff02::1').packed
        whole = any(network.version == 6 and ipaddress.ip_network('fe80::/10').subnet_of(network)
                    for network in networks) and not any(network.version == 6 for network in excluded)
        if payload[0] in (131, 143, 133): return 'kernel', True
        if payload[0] == 128:
            if everybody: return 'echo-all', 'ipv6-discovery' in techniques and whole
            return 'echo6', 'icmp-echo' in techniques and allowed(destination)
        if payload[0] == 130: return 'listener-query', 'ipv6-discovery' in techniques and everybody and whole
        if payload[0] == 135: return 'solicitation', allowed(payload[8:24]) and 'ipv6-discovery' in techniques
        if payload[0] == 136: return 'kernel', True
        return 'unknown', False

    data = open(sys.argv[1], 'rb').read()
    assert data[:4] == b'\\xd4\\xc3\\xb2\\xa1', data[:4]
    place = 24
    while place < len(data):
        length, original = struct.unpack_from('<II', data, place + 8)
        assert length == original
        frame = data[place + 16:place + 16 + length]
        place += 16 + length
        name, fits = judge(frame)
        counts[name] = counts.get(name, 0) + 1
        if not fits: outside.append(name + ' ' + frame.hex())
    if outside: sys.exit('%d frames outside the scope:\\n' % len(outside) + '\\n'.join(outside[:10]))
    print(json.dumps(counts))
    """
}

/// A network of namespaces for one test: the auditor's interface `a0` (10.7.0.1), what the test adds, and nothing else.
enum Bench {
  /// Runs `setup` and then `command` in namespaces of their own, which the kernel removes with their last process.
  /// - Parameter place: a folder for what both write; `$PLACE` in their text.
  static func run(_ setup: String, _ command: String, in place: String) throws -> Outcome {
    let script = """
      set -e
      export PLACE=\(place)
      mount --make-rprivate /
      mkdir -p /run/netns
      mount -t tmpfs none /run/netns
      ip link set lo up
      # The kernel's own IPv6 would speak up on each new link.
      echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
      \(setup)
      set +e
      \(command)
      """
    return try Program.run("unshare", ["--net", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script])
  }

  /// Captures what leaves `a0` into `$PLACE/out.pcap` until ``captureEnd``.
  static let capture = """
    tcpdump -i a0 -Q out -s 0 -U -w $PLACE/out.pcap 2>$PLACE/tcpdump.err & dump=$!
    for i in $(seq 50); do grep -q listening $PLACE/tcpdump.err && break; sleep 0.1; done
    """
  static let captureEnd = "sleep 0.3; kill -INT $dump; wait $dump"

  /// A scope for the bench's addresses.
  static func scope(_ networks: String, techniques: String) -> String {
    """
    version: 1
    engagement: {id: BENCH-1, customer: "tenken lab", site: "network namespaces", operator: "lab operator"}
    valid: {from: "2026-01-01T00:00:00+09:00", until: "2036-01-01T00:00:00+09:00"}
    networks: [\(networks)]
    exclude: []
    techniques: [\(techniques)]
    rates: {perDevice: 10000, total: 100000}

    """
  }
}
