import Fingerprints
import Foundation

/// How long a text takes to be recognised with everything loaded, over all examples of the folders named:
/// `tenken-fingerprint-bench Profiles FOLDER…`. Prints names and microseconds; Profiles' own fingerprints are always in.
@main struct FingerprintBench {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let profiles = arguments.first else { return print("usage: tenken-fingerprint-bench PROFILES [FOLDER…]") }
    let vocabulary = try FingerprintVocabulary(profiles: profiles)
    let folders = [profiles + "/fingerprints"] + arguments.dropFirst()
    let texts = try folders.flatMap { try FingerprintSet.examples(directory: $0, vocabulary: vocabulary) }

    var set = FingerprintSet(vocabulary: vocabulary)
    let start = try microseconds {
      set = FingerprintSet(vocabulary: vocabulary)
      for folder in folders { try set.add(directory: folder) }
    }
    print("texts \(texts.count)")
    print("start \(Int(start))")
    for kind in set.kinds.map(\.rawValue).sorted() {
      let time = try microseconds { _ = try set.match(FingerprintKind(rawValue: kind), Array("tenken".utf8)) }
      print("load \(kind) \(Int(time))")
    }
    // In the first pass patterns are compiled when they are first tried; in the next ones they are there.
    for pass in ["first", "second", "third"] {
      var times: [Double] = []
      var matches = 0
      for (kind, octets) in texts {
        times.append(try microseconds { matches += try set.match(kind, octets).count })
      }
      times.sort()
      func quantile(_ share: Double) -> String { String(format: "%.1f", times[Int(Double(times.count - 1) * share)]) }
      print(
        "\(pass) matches \(matches) p50 \(quantile(0.5)) p99 \(quantile(0.99)) p99.9 \(quantile(0.999)) max \(quantile(1))"
      )
    }
  }

  private static func microseconds(_ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body)
    return Double(time.components.seconds) * 1e6 + Double(time.components.attoseconds) * 1e-12
  }
}
