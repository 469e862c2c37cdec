import Declarations
import Documents
import Fingerprints
import Foundation
import Profiles
import Records
import Testing

@testable import Audit

/// The rule set with a family of devices that exists only here, so that no fact about a real product is tested.
enum TestRules {
  static let folder: String = {
    let path = NSTemporaryDirectory() + "tenken-rules-" + UUID().uuidString
    do {
      let original = URL(fileURLWithPath: VirtualAudit.profiles.directory).resolvingSymlinksInPath().path
      try FileManager.default.copyItem(atPath: original, toPath: path)
      try FileManager.default.createDirectory(atPath: path + "/devices/test", withIntermediateDirectories: true)
      for (name, deviceClass, ot) in [("box", "fragile", false), ("controller", "fragile", true)] {
        try Data(family(name, deviceClass, ot: ot).utf8).write(
          to: URL(fileURLWithPath: "\(path)/devices/test/\(name).yaml"))
      }
    } catch {
      preconditionFailure("\(error)")
    }
    return path
  }()

  static let store: ProfileStore = {
    do { return try ProfileStore(directory: folder) } catch { preconditionFailure("\(error)") }
  }()

  private static func family(_ name: String, _ deviceClass: String, ot: Bool) -> String {
    """
    id: test/\(name)
    maker: { name: { en: Test, ja: 試験 } }
    family: { en: Test \(name), ja: 試験機 \(name) }
    roles: [gateway]
    class: \(deviceClass)
    ot: \(ot)
    why: { en: It is a test., ja: 試験である。 }
    match: [{ model: ["test-\(name)*"] }]
    examples: [{ model: test-\(name) 1 }]
    counterexamples: [{ model: test }]
    services:
      - { transport: tcp, port: 80, protocol: http, why: { en: Settings, ja: 設定 }, source: manual }
    servicesAreComplete: \(ot)
    firmware:
      - { version: 2.0, relation: latest, date: 2026-01-15, source: releases }
    sources:
      - { id: manual, title: Test manual, document: T-1, retrieved: 2026-01-16 }
      - { id: releases, title: Test release notes, document: T-2, retrieved: 2026-01-17 }
    """
  }

  static func declarations(_ text: String) throws -> Declarations {
    try Declarations(parsing: Array("version: 1\n\(text)\n".utf8), file: "d.yaml")
  }
}

/// Finds `test-box 1.4` in a banner: the part behind the blank is the firmware.
struct TestRecogniser: TextRecogniser {
  var confidence = Claim.Confidence.medium

  func recognise(_ text: SpokenText, at source: String) -> TextReading {
    let words = String(decoding: text.octets, as: UTF8.self).split(separator: " ")
    guard text.kind == .sshBanner, words.count == 2 else { return TextReading() }
    return TextReading(claims: [
      Claim(.model, String(words[0]), source: source + " ssh.banner", confidence: confidence),
      Claim(.firmware, String(words[1]), source: source + " ssh.banner", confidence: confidence),
    ])
  }
}
