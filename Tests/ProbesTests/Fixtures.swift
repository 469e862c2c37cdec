import Foundation
import Probes
import Profiles
import Records
import Testing

/// The recogniser as an audit builds it, and octets as a test writes them.
enum Fixtures {
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func profiles() throws -> ProfileStore {
    try ProfileStore(directory: repository.appendingPathComponent("Profiles").path)
  }

  static func recogniser() throws -> GreetingRecogniser {
    GreetingRecogniser(promptStems: try profiles().telnetPromptStems)
  }

  /// Hexadecimal octets, then text.
  static func octets(_ hex: String, _ text: String = "") -> [UInt8] {
    let digits = hex.utf8.filter { $0 != 0x20 }.map { UInt8($0 > 0x39 ? $0 - 0x57 : $0 - 0x30) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] } + Array(text.utf8)
  }
}

extension GreetingRecogniser {
  func name(_ octets: [UInt8]) -> ProtocolName? { identify(octets)?.protocolName }
  func name(_ text: String) -> ProtocolName? { name(Array(text.utf8)) }
}
