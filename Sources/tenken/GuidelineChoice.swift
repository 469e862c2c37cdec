internal import Documents
internal import Profiles

/// What the services of `tenken tls` are held against.
struct GuidelineChoice {
  /// The rule set that they come from, which the run needs as well.
  let store: ProfileStore
  let guidelines: [TLSGuideline]
  /// They were asked for by name: every row is told.
  let tellsAll: Bool

  /// - Parameters:
  ///   - ids: as given on the command line; empty for all.
  ///   - question: what will be asked.
  init(_ ids: [String], profiles: String?, for question: ServiceQuestion) throws {
    store = try RunOptions.loadProfiles(profiles, .service(question.rules))
    let all: TLSGuidelines
    do throws(DocumentError) {
      all = try TLSGuidelines(store)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    tellsAll = !ids.isEmpty
    var chosen: [TLSGuideline] = []
    for id in ids where !chosen.contains(where: { $0.id == id }) {
      guard let guideline = all[id] else {
        let known = all.all.map(\.id).joined(separator: ", ")
        throw CommandFailure(.usage, "there is no guideline \(id); known here: \(known)\nNothing was sent.")
      }
      chosen.append(guideline)
    }
    guidelines = ids.isEmpty ? all.all : chosen
  }
}
