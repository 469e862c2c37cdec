internal import CLinux
internal import Foundation

/// Prints a page of HTML as PDF by a program that is installed. None is asked to reach a network.
public struct PagePrinter: Sendable {
  public enum Kind: Sendable { case chromium, weasyPrint }

  /// Names of programs, the better first.
  private static let known: [(name: String, kind: Kind)] = [
    ("chromium", .chromium), ("chromium-browser", .chromium), ("google-chrome", .chromium), ("weasyprint", .weasyPrint),
  ]

  public let kind: Kind
  let program: String
  private let path: String

  /// Looks for a program.
  /// - Parameter path: folders with colons between, as in `PATH`.
  /// - Throws: ``PrintingError`` that names what can be installed.
  public init(path: String) throws(PrintingError) {
    for (name, kind) in Self.known {
      for folder in path.split(separator: ":") where folder.hasPrefix("/") {
        let program = "\(folder)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: program) else { continue }
        self.kind = kind
        self.program = program
        self.path = path
        return
      }
    }
    throw PrintingError(
      "PDF is printed by an installed Chromium or WeasyPrint, and neither is on PATH. Install the package chromium or weasyprint, or take --format html and print it."
    )
  }

  /// Prints.
  /// - Parameters:
  ///   - folder: an empty folder of the caller's own, for the page, the program's profile and the result.
  ///   - root: the process is root's, as whom Chromium does not start with its sandbox.
  ///   - created: seconds since 1970, which WeasyPrint writes as the time; Chromium writes the present one.
  public func print(
    _ page: [UInt8], in folder: String, root: Bool, created: Int64, seconds: Int = 180
  ) throws(PrintingError) -> [UInt8] {
    let (source, result, log) = ("\(folder)/page.html", "\(folder)/page.pdf", "\(folder)/log")
    do {
      try Data(page).write(to: URL(fileURLWithPath: source), options: .withoutOverwriting)
    } catch {
      throw PrintingError("\(source) cannot be written: \((error as NSError).localizedDescription)")
    }
    let words = [program] + arguments(source, result, folder, root: root)
    let environment = [
      "PATH=\(path)", "HOME=\(folder)", "TMPDIR=\(folder)", "XDG_CONFIG_HOME=\(folder)", "XDG_CACHE_HOME=\(folder)",
      "LANG=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=disabled:", "SOURCE_DATE_EPOCH=\(created)",
    ]
    let (list, variables) = (Self.list(words), Self.list(environment))
    let status = unsafe CLinux_run(list, list.count, variables, variables.count, log, Int32(clamping: seconds))
    guard status == 0, let octets = FileManager.default.contents(atPath: result),
      octets.starts(with: Array("%PDF-".utf8))
    else { throw PrintingError(problem(Int(status), log, seconds)) }
    return Array(octets)
  }

  func arguments(_ source: String, _ result: String, _ folder: String, root: Bool) -> [String] {
    let url = URL(fileURLWithPath: source).absoluteString
    switch kind {
    case .weasyPrint: return ["--encoding", "utf-8", source, result]
    case .chromium:
      let options = [
        "--headless", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-extensions",
        "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
        "--disable-dev-shm-usage", "--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND",
        "--user-data-dir=\(folder)/profile", "--print-to-pdf=\(result)",
      ]
      return options + (root ? ["--no-sandbox"] : []) + [url]
    }
  }

  private func problem(_ status: Int, _ log: String, _ seconds: Int) -> String {
    let advice = "Take --format html and print it."
    switch status {
    case -2: return "\(program) had not printed the page after \(seconds) s. \(advice)"
    case -1: return "\(program) could not be started. \(advice)"
    default:
      let said = FileManager.default.contents(atPath: log).map { String(decoding: $0.suffix(300), as: UTF8.self) } ?? ""
      return "\(program) did not print the page (status \(status)): \(said.split(separator: "\n").last ?? "") \(advice)"
    }
  }

  private static func list(_ words: [String]) -> [UInt8] { words.flatMap { Array($0.utf8.filter { $0 != 0 }) + [0] } }
}

/// Why nothing was printed, and what to do.
public struct PrintingError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
