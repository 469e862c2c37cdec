import Certificates
import Foundation
import LabSupport
import Testing

/// Chains that OpenSSL's command line made: a root, an authority below it, a certificate below that, and a second root of the same name.
struct PublicAuthoritiesTests {
  private static let made = Result { try make() }
  private let der: [String: [UInt8]]

  init() throws { der = try Self.made.get() }

  private static func make() throws -> [String: [UInt8]] {
    let folder = NSTemporaryDirectory() + "tenken-authorities-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let script = """
      cd \(folder)
      root() { openssl req -x509 -newkey rsa:2048 -nodes -keyout $1.key -out $1.pem -days 30 -subj "/O=Test/CN=Root"; }
      below() {
        openssl req -newkey rsa:2048 -nodes -keyout $1.key -out $1.csr -subj "/CN=$1"
        openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -out $1.pem -days 30 -set_serial 7
      }
      root root; root other; below middle root; below leaf middle; below direct root
      for name in root other middle leaf direct; do openssl x509 -in $name.pem -outform der -out $name.der; done
      """
    _ = try outputOf("sh", "-ec", script)
    return try ["root", "other", "middle", "leaf", "direct"].reduce(into: [:]) {
      $0[$1] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($1).der")))
    }
  }

  private func chain(_ names: String...) throws -> [[UInt8]] { try names.map { try #require(der[$0]) } }

  @Test func `signatures are followed to an authority of the list, whatever the order of the chain`() throws {
    let list = PublicAuthorities(source: "test", certificates: try chain("root"))
    #expect(list.count == 1)
    for names in [
      ["leaf", "middle"], ["leaf", "direct", "middle"], ["leaf", "middle", "root"], ["direct"], ["root"],
    ] {
      let chain = try names.map { try #require(der[$0]) }
      #expect(list.authority(above: chain) == "CN=Root,O=Test", "\(names)")
    }
  }

  @Test func `a name alone is no authority`() throws {
    // The same name, another key.
    let list = PublicAuthorities(source: "test", certificates: try chain("other"))
    for names in [["leaf", "middle"], ["direct"], ["leaf", "middle", "root"], ["root"]] {
      #expect(list.authority(above: try names.map { try #require(der[$0]) }) == nil, "\(names)")
    }
    // Both are there: the one that signed counts.
    #expect(
      PublicAuthorities(source: "test", certificates: try chain("other", "root")).authority(above: try chain("direct"))
        != nil)
  }

  @Test func `what is missing, broken or altered leads nowhere`() throws {
    let list = PublicAuthorities(source: "test", certificates: try chain("root") + [[1, 2, 3]])
    #expect(list.count == 1 && list.authority(above: []) == nil && list.authority(above: [[0x30]]) == nil)
    #expect(list.authority(above: try chain("leaf")) == nil)
    var altered = try #require(der["direct"])
    altered[altered.count - 1] ^= 1
    #expect(list.authority(above: [altered]) == nil)
    // Round and round: the chain ends all the same.
    #expect(list.authority(above: Array(repeating: try #require(der["leaf"]), count: 40)) == nil)
  }
}
