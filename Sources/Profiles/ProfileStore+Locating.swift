public import Documents
internal import Foundation

extension ProfileStore {
  /// The environment variable that names the folder.
  public static let environmentVariable = "TENKEN_PROFILES"

  /// The file that makes a folder a Profiles folder.
  private static let marker = "ports/iot1000.yaml"

  /// Finds the Profiles folder: what `--profiles` says, what `TENKEN_PROFILES` says,
  /// `../share/tenken/Profiles` beside the executable's folder, then `Profiles` in one of the
  /// folders above the executable.
  ///
  /// A folder that was named but holds no rule set is an error, not a reason to look further:
  /// running with other rules than those named would falsify the report.
  /// - Parameters:
  ///   - explicit: the value of `--profiles`, or nil.
  ///   - environment: the process environment.
  ///   - executable: the path of the running program; links in it are resolved.
  /// - Throws: ``DocumentError`` that says what was looked at and what to do.
  public static func locate(
    explicit: String?, environment: [String: String], executable: String
  ) throws(DocumentError) -> String {
    if let explicit { return try confirmed(explicit, namedBy: "--profiles") }
    if let named = environment[environmentVariable], !named.isEmpty {
      return try confirmed(named, namedBy: environmentVariable)
    }
    let program = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
    var folder = program.deletingLastPathComponent()
    let installed = folder.deletingLastPathComponent().appendingPathComponent("share/tenken/Profiles").path
    if holdsRules(installed) { return installed }
    while true {
      let candidate = folder.appendingPathComponent("Profiles").path
      if holdsRules(candidate) { return candidate }
      let parent = folder.deletingLastPathComponent()
      if parent.path == folder.path || folder.path == "/" { break }
      folder = parent
    }
    throw DocumentError(
      .missing, file: installed, problem: "no Profiles folder is here or in a folder above \(program.path)",
      remedy: "install the rule set, or name the folder with --profiles or \(environmentVariable)")
  }

  private static func confirmed(_ directory: String, namedBy origin: String) throws(DocumentError) -> String {
    guard holdsRules(directory) else {
      throw DocumentError(
        .missing, file: directory, problem: "the folder named by \(origin) has no \(marker)",
        remedy: "name the folder that contains ports/, checks/ and catalogs/")
    }
    return directory
  }

  private static func holdsRules(_ directory: String) -> Bool {
    FileManager.default.fileExists(atPath: directory + "/" + marker)
  }
}
