import Foundation
import Records
import Testing

@testable import Probes

/// Real banners from the Recog fingerprint collection (rapid7/recog), where a copy lies beside the
/// repository. It is not part of the repository, so its absence is no failure.
struct RecogCorpusTests {
  private static let folder = Fixtures.repository.appendingPathComponent("../shared/data/recog/xml")

  /// The octets of every `<example>`; nil, with a printed reason, without the file.
  private func examples(_ name: String) throws -> [[UInt8]]? {
    let place = Self.folder.appendingPathComponent("\(name).xml").standardizedFileURL
    guard let data = FileManager.default.contents(atPath: place.path) else {
      print("not run: \(place.path) is not there")
      return nil
    }
    let text = String(decoding: data, as: UTF8.self)
    let pattern = try Regex(#"<example([^>]*[^/>])?>([^<]*)</example>"#, as: (Substring, Substring?, Substring).self)
    return text.matches(of: pattern).map { match in
      let (_, attributes, body) = match.output
      guard attributes?.contains("_encoding=\"base64\"") == true else { return Array(unescaped(body).utf8) }
      return Array(Data(base64Encoded: String(body), options: .ignoreUnknownCharacters) ?? Data())
    }
  }

  private func unescaped(_ text: Substring) -> String {
    var result = String(text)
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#13;", "\r"), ("&#10;", "\n"), ("&amp;", "&"),
    ] { result = result.replacingOccurrences(of: entity, with: character) }
    return result
  }

  /// Scanners cut the space behind a prompt and end the banner with a line feed.
  private func prompt(_ octets: [UInt8]) -> [UInt8]? {
    let end = octets.lastIndex { ![0x20, 0x0a, 0x0d].contains($0) } ?? 0
    guard octets.indices.contains(end), [0x3a, 0x3e].contains(octets[end]) else { return nil }
    return Array(octets[...end])
  }

  @Test func `Telnet banners that end in a prompt are seen`() throws {
    guard let banners = try examples("telnet_banners") else { return }
    let recogniser = try Fixtures.recogniser()
    for banner in banners { _ = recogniser.identify(banner) }
    let prompts = banners.compactMap(prompt)
    let missed = prompts.filter { recogniser.name($0) != .telnet }
    print("recog: \(prompts.count - missed.count) of \(prompts.count) Telnet prompts identified; missed:")
    for banner in missed { print("  …\(String(decoding: banner.suffix(60), as: UTF8.self).debugDescription)") }
    #expect(banners.count >= 170)
    #expect(prompts.count - missed.count >= 130)
  }

  @Test(arguments: [
    ("ssh_banners", "SSH-2.0-", ""), ("ftp_banners", "220 ", "\r\n"), ("ftp_banners", "220-", "\r\n220 login:"),
  ])
  func `banners of other protocols are never Telnet`(file: String, before: String, after: String) throws {
    guard let banners = try examples(file) else { return }
    let recogniser = try Fixtures.recogniser()
    #expect(banners.count >= 100)
    for banner in banners {
      let octets = Array(before.utf8) + banner + Array(after.utf8)
      #expect(recogniser.name(octets) != .telnet, "\(String(decoding: octets, as: UTF8.self))")
    }
  }
}
