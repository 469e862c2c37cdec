internal import Credentials
internal import Documents
internal import Foundation
internal import Records

/// `tenken profile test --credentials`: profiles of default credentials against devices in memory.
struct ProfileTestCredentials {
  private struct Row: Encodable {
    struct Failure: Encodable {
      let transport: String
      let device: String
      let expected: String
      let came: String
    }

    let profile: String
    let simulated: [String]
    let notSimulated: [String]
    let failed: [Failure]

    init(_ simulation: CredentialSimulation) {
      profile = simulation.id
      simulated = simulation.simulated.map(\.rawValue)
      notSimulated = simulation.notSimulated.map(\.rawValue)
      failed = simulation.failures.map {
        Failure(transport: $0.transport.rawValue, device: $0.device.en, expected: $0.expected, came: $0.came)
      }
    }
  }

  let profiles: CredentialProfiles

  /// - Parameter names: ids of profiles; every one where none is named.
  func run(_ names: [String], json: Bool) throws {
    var chosen = names.isEmpty ? profiles.all : []
    for name in names {
      guard let profile = profiles.profile(name) else {
        throw CommandFailure(
          .usage, "there is no profile \(name); `tenken profile lint` lists them / プロファイル\(name)はありません")
      }
      chosen.append(profile)
    }
    let simulations = chosen.map { CredentialSimulation($0) }
    if json { try printJSON(simulations.map(Row.init)) } else { simulations.forEach(printLines) }
    let failed = simulations.count { !$0.failures.isEmpty }
    guard failed == 0 else {
      throw CommandFailure(
        .findings, "\(failed) of \(simulations.count) profiles failed / \(simulations.count)件中\(failed)件が不合格です")
    }
  }

  private func printLines(_ simulation: CredentialSimulation) {
    let transports =
      simulation.simulated.map(\.rawValue) + simulation.notSimulated.map { "\($0.rawValue)(not simulated)" }
    print("\(simulation.failures.isEmpty ? "OK" : "NG")  \(simulation.id)  \(transports.joined(separator: " "))")
    for failure in simulation.failures {
      print("    \(failure.transport): \(failure.device.en) / \(failure.device.ja)")
      print("        expected / 期待: \(failure.expected)    came / 結果: \(failure.came)")
    }
  }

  private func printJSON(_ rows: [Row]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(rows), as: UTF8.self))
  }
}
