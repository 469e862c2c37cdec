import Foundation
import Testing

/// What must not be sent is not sent: proven on the device's side.
@Suite(.needsLab, .serialized) struct AuthorityEndToEndTests {
  /// Without those that announce themselves to everybody, which would hide that nobody else says anything.
  private static let talkative = ["speaker", "homerouter", "oldrouter", "building"]
  private static let quietSite = ["--without", talkative.joined(separator: ",")]

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func scope(_ options: [String] = [], edit: (String) -> String = { $0 }) throws -> String {
    let text = edit(try Program.run(Program.lab, ["scope"] + options).output)
    let path = scratch.path + "/scope.yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func `an excluded device gets no frame, as a capture on its side shows`() throws {
    let camera = try LabTruth.read().device("camera")
    let scope = try scope(["--exclude", camera.address])
    let capture = scratch.path + "/camera.pcap"
    let states = scratch.path + "/states.json"
    // tcpdump runs in the camera's namespace, on its side of the cable.
    let outcome = try Program.inLab(
      """
      ip netns exec camera tcpdump -i eth0 -w \(capture) -U 2>\(scratch.path)/tcpdump.err & dump=$!
      for i in $(seq 50); do grep -q listening \(scratch.path)/tcpdump.err && break; sleep 0.1; done
      \(Program.tenken) audit 10.0.0.0/24 --scope \(scope) --output \(scratch.path)/pack --ports 23,80 --quiet
      status=$?; sleep 0.5; kill -9 $dump; wait $dump; exit $status
      """, lab: Self.quietSite + ["--state-out", states])
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(try LabState(file: states).devices["camera"]?.frames == 0)

    func count(_ filter: String) throws -> Int {
      let read = try Program.run("tcpdump", ["-nn", "-r", capture, filter])
      #expect(read.status == 0, "\(read.errors)")
      return read.output.split(separator: "\n").count
    }
    #expect(try count("ether dst \(camera.mac)") == 0)
    #expect(try count("arp and arp[24:4] = 0x0a00000b") == 0, "no question names its address")
    #expect(try count("ip") == 0)
    #expect(try count("arp") > 200, "the capture worked: it saw the questions about others")

    let pack = try PackFiles(scratch.path + "/pack")
    #expect(pack.device(at: camera.address) == nil)
    #expect(pack.verdicts.contains { $0.device == nil && $0.status == "not-tested" && $0.reason == "NT-SCOPE" })
    let expected = try LabTruth.read().weaknesses(
      onTCP: { [23, 80].contains($0) }, except: ["camera"] + Self.talkative)
    #expect(pack.findings.count == expected && expected > 2, "router and switch remain")
  }

  @Test(arguments: ["target outside", "expired", "unparsable", "empty", "excluded host", "technique missing"])
  func `a scope that does not allow it stops everything before the first frame`(_ name: String) throws {
    let target = name == "target outside" ? "10.0.1.5" : "10.0.0.11"
    let scope = try scope(name == "excluded host" ? ["--exclude", target] : []) { text in
      switch name {
      case "expired":
        return text.replacingOccurrences(of: "2036-", with: "2026-02-")
          .replacingOccurrences(of: "2026-02-01-01", with: "2026-02-01")
      case "unparsable": return text + "exclud: [10.0.0.11]\n"
      case "empty": return text.replacingOccurrences(of: "networks: [10.0.0.0/24]", with: "networks: []")
      case "technique missing": return text.replacingOccurrences(of: "arp-discovery, ", with: "")
      default: return text
      }
    }
    let states = scratch.path + "/states.json"
    let outcome = try Program.run(
      Program.lab,
      ["run"] + Self.quietSite + [
        "--state-out", states, "--", Program.tenken, "audit", target, "--scope", scope, "--output",
        scratch.path + "/pack",
      ])
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(outcome.errors.contains("Nothing was sent"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/pack"))
    for (device, state) in try LabState(file: states).devices {
      #expect(state.frames == 0 && state.broadcast == 0, "\(device)")
    }
  }

  @Test func `without the privilege for raw sockets nothing is written and the message says what to do`() throws {
    let scope = try scope()
    let outcome = try Program.inLab(
      "chmod 755 \(scratch.path); setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "
        + "\(Program.tenken) audit 10.0.0.11 --scope \(scope) --output \(scratch.path)/pack")
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(outcome.errors.contains("CAP_NET_RAW"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/pack"))
  }
}
