import Documents
import Foundation
import Profiles
import Testing

@testable import Fingerprints

/// One list of roles for fingerprints and device profiles.
struct VocabularyTests {
  /// Recog's words on the left are values of hw.device in its data (identifiers/hw_device.txt).
  @Test(arguments: [
    ("Router", "router"), ("video encoder", "encoder"), ("UPS", "ups"), ("Power Device", "power"),
    ("Device Server", "serial-server"), ("Media Player", "media-player"), ("Television", "tv"),
    ("HMI Controller", "hmi"), ("Network Appliance", "network-appliance"),
  ])
  func `a word of Recog's is one of our roles`(word: String, role: String) throws {
    let vocabulary = try TestData.vocabulary()
    #expect(vocabulary.role(ofRecog: word) == role)
    #expect(vocabulary.roles.contains(role))
  }

  @Test func `a word that no role lists is none`() throws {
    #expect(try TestData.vocabulary().role(ofRecog: "Toaster") == nil)
  }

  @Test func `fingerprints know the roles that device profiles know`() throws {
    let store = try ProfileStore(directory: TestData.repository.appendingPathComponent("Profiles").path)
    #expect(try TestData.vocabulary().roles == store.roles.map(\.id))
  }

  @Test(arguments: [
    ("- { id: a, title: { en: A, ja: A } }\n- { id: a, title: { en: B, ja: B } }", "given twice"),
    (
      "- { id: a, title: { en: A, ja: A }, recog: [Hub] }\n- { id: b, title: { en: B, ja: B }, recog: [hub] }",
      "stands for two roles"
    ),
    ("- { id: a, title: { en: A, ja: A }, alias: [Hub] }", "alias"),
  ])
  func `a list of roles that says two things is refused`(rows: String, complaint: String) throws {
    let document = try YAMLValue(parsing: Array("roles:\n\(rows)\n".utf8), file: "roles.yaml")
    let error = #expect(throws: DocumentError.self) { try DeviceRole.list(document) }
    #expect("\(try #require(error))".contains(complaint))
  }
}
