import Foundation
import Testing

/// What an audit wrote down of the SSH services of the lab, against ssh-audit, which is asked of the same daemons.
@Suite(.needsLab, .serialized) struct SSHListsTests {
  private struct Capture: Decodable {
    struct Lists: Decodable {
      let keyExchange: [String]
      let hostKey: [String]
      let encryptionServerToClient: [String]
      let macServerToClient: [String]
    }

    struct Key: Decodable {
      let type: String
      let fingerprint: String
    }

    let identification: String
    let algorithms: Lists
    let hostKeys: [Key]
    let connections: Int
  }

  /// A line of run.jsonl.
  private struct Line: Decodable {
    struct Fact: Decodable {
      struct SSH: Decodable { let _0: Capture }
      let ssh: SSH?
    }

    struct Subject: Decodable {
      struct Service: Decodable { let _0: String }
      let service: Service?
    }

    let fact: Fact?
    let subject: Subject?
  }

  /// What ssh-audit writes with `--json`.
  private struct Audited: Decodable {
    struct Algorithm: Decodable { let algorithm: String }
    struct Print: Decodable {
      let hash: String
      let algorithm: String

      enum CodingKeys: String, CodingKey {
        case hash
        case algorithm = "hash_alg"
      }
    }
    struct Banner: Decodable { let raw: String }

    let banner: Banner
    let kex: [Algorithm]
    let key: [Algorithm]
    let enc: [Algorithm]
    let mac: [Algorithm]
    let fingerprints: [Print]
  }

  /// SHA-256 of the empty string (FIPS 180-4), in Base64.
  private static let nothing = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

  /// Captures by the device's MAC address, without colons.
  private static func captures(_ pack: String) throws -> [String: Capture] {
    var captures: [String: Capture] = [:]
    for line in try String(contentsOfFile: pack + "/data/run.jsonl", encoding: .utf8).split(separator: "\n")
    where line.contains("\"ssh\":{") {
      let line = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      guard let capture = line.fact?.ssh?._0, let device = line.subject?.service?._0 else { continue }
      captures[String(device.dropFirst("dev-".count))] = capture
    }
    return captures
  }

  @Test(arguments: ["standard", "logins"])
  func `lists and fingerprints are those of ssh-audit, with six connections at most`(site: String) throws {
    struct Truth: Decodable { let devices: [LabTruth.Device] }
    let truth = try Program.run(Program.lab, ["truth", "--site", site]).output
    // Who resets before its lists has none to compare.
    let devices = try JSONDecoder().decode(Truth.self, from: Data(truth.utf8)).devices.filter { device in
      device.name != "ssh-resets" && device.tcp.contains { $0.protocol == "ssh" && $0.port == 22 }
    }
    #expect(devices.count >= 7)
    let scratch = try Scratch()
    let folder = scratch.path
    let scope = try Program.run(Program.lab, ["scope", "--site", site]).output
    try Data(scope.utf8).write(to: URL(fileURLWithPath: folder + "/scope.yaml"))
    let targets = devices.map(\.address).joined(separator: " ")
    let tool = Program.repository + "/.build/oracles/bin/ssh-audit"
    let script = """
      '\(Program.tenken)' audit \(targets) --scope \(folder)/scope.yaml --output \(folder)/pack --ports 22 --quiet \
      > \(folder)/own 2>&1
      for address in \(targets); do \(tool) --skip-rate-test --json $address > \(folder)/$address.json 2> /dev/null; done
      true
      """
    let only = devices.map(\.name).joined(separator: ",")
    let outcome = try Program.run(
      Program.lab, ["run", "--quiet", "--site", site, "--only", only, "--", "sh", "-c", script])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let captures = try Self.captures(folder + "/pack")
    for device in devices {
      let capture = try #require(captures[device.mac.replacing(":", with: "")], "\(device.name)")
      let peer = try JSONDecoder().decode(
        Audited.self, from: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(device.address).json")))
      #expect(capture.identification == peer.banner.raw)
      #expect(capture.algorithms.keyExchange == peer.kex.map(\.algorithm), "\(device.name)")
      #expect(capture.algorithms.hostKey == peer.key.map(\.algorithm), "\(device.name)")
      #expect(capture.algorithms.encryptionServerToClient == peer.enc.map(\.algorithm), "\(device.name)")
      #expect(capture.algorithms.macServerToClient == peer.mac.map(\.algorithm), "\(device.name)")
      // Of a key that is listed and cannot be had, ssh-audit prints the digest of no octets at all.
      let prints = Set(peer.fingerprints.filter { $0.algorithm == "SHA256" }.map(\.hash)).subtracting([Self.nothing])
      let own = Set(capture.hostKeys.filter { $0.type != "rsa1" }.map(\.fingerprint))
      #expect(own == prints && !own.isEmpty, "\(device.name): \(own) \(prints)")
      #expect(capture.connections <= 6)
    }
    let found = try PackFiles(folder + "/pack").findings.filter { $0.check.hasPrefix("ssh.") }
    let expected = devices.flatMap { device in
      device.tcp.flatMap(\.weaknesses).filter { $0.hasPrefix("ssh.") }.map { "\(device.address) \($0)" }
    }
    #expect(found.map { "\($0.device.addresses[0]) \($0.check)" }.sorted() == expected.sorted())
    print("\(site): connections", devices.map { captures[$0.mac.replacing(":", with: "")]?.connections ?? 0 })
  }
}
