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
      let isHeld: Bool?
    }

    let identification: String
    let algorithms: Lists
    let hostKeys: [Key]
    let authenticationMethods: [String]?
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

  /// OpenSSH's client, which asks by `none` first and prints the answer; with what it still has of old methods.
  private static let client = """
    ssh -v -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=none \
    -o IdentityFile=/dev/null -o HostKeyAlgorithms=+ssh-rsa,ssh-dss -o Ciphers=+aes128-cbc,3des-cbc -o MACs=+hmac-md5 \
    -o KexAlgorithms=+diffie-hellman-group1-sha1,diffie-hellman-group14-sha1 -o RequiredRSASize=1024 -o ConnectTimeout=5
    """
  private static let canContinue = "Authentications that can continue:"

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
      for address in \(targets); do
        \(tool) --skip-rate-test --json $address > \(folder)/$address.json 2> /dev/null
        \(Self.client) tenken@$address true < /dev/null 2> \(folder)/$address.methods
      done
      true
      """
    let only = devices.map(\.name).joined(separator: ",")
    let outcome = try Program.run(
      Program.lab, ["run", "--quiet", "--site", site, "--only", only, "--", "sh", "-c", script])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let captures = try Self.captures(folder + "/pack")
    var compared = 0
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
      // The clock shows a published key, whose private half is nowhere; DSA's signatures are not looked at.
      let held = Set(capture.hostKeys.filter { $0.type != "ssh-dss" && $0.type != "rsa1" }.map(\.isHeld))
      #expect(held.isSubset(of: [device.name != "clock"]), "\(device.name)")
      let said = try String(contentsOfFile: "\(folder)/\(device.address).methods", encoding: .utf8)
      guard let line = said.split(separator: "\n").first(where: { $0.contains(Self.canContinue) }) else { continue }
      let list = line.split(separator: " ").last?.trimmingCharacters(in: CharacterSet(charactersIn: "().\r\n"))
      // What has no algorithm in common with us is not asked; the lab's gateway takes nothing but ChaCha20.
      if let methods = capture.authenticationMethods {
        #expect(methods.joined(separator: ",") == list, "\(device.name)")
        compared += 1
      } else {
        #expect(device.name == "gateway")
      }
    }
    #expect(compared >= 5, "of \(devices.count) the client had an answer from \(compared)")
    let found = try PackFiles(folder + "/pack").findings.filter { $0.check.hasPrefix("ssh.") }
    let expected = devices.flatMap { device in
      device.tcp.flatMap(\.weaknesses).filter { $0.hasPrefix("ssh.") }.map { "\(device.address) \($0)" }
    }
    #expect(found.map { "\($0.device.addresses[0]) \($0.check)" }.sorted() == expected.sorted())
    print("\(site): connections", devices.map { captures[$0.mac.replacing(":", with: "")]?.connections ?? 0 })
  }
}
