import LabSupport
import Probes

extension ProbeBench {
  /// The HTTP requests that the probe wanted, in order.
  var fetches: [HTTPRequest] { actions.compactMap { if case .fetch(_, let request) = $0 { request } else { nil } } }
}

/// A golden message with a few octets changed, left out or doubled.
enum Mutation {
  static func of(_ octets: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var result = octets
    for _ in 0..<Int.random(in: 1...4, using: &random) where !result.isEmpty {
      let at = Int.random(in: 0..<result.count, using: &random)
      switch Int.random(in: 0...3, using: &random) {
      case 0: result[at] = UInt8.random(in: 0...255, using: &random)
      case 1: result.remove(at: at)
      case 2: result.insert(result[at], at: at)
      default: result.removeLast(Int.random(in: 0...min(40, result.count), using: &random))
      }
    }
    return result
  }
}
