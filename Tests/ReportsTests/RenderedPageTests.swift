import Foundation
import LabSupport
import Records
import Testing

@testable import Reports

/// The pages as programs of others read and draw them: html5lib, and Chromium on screens and on paper. Scripts/test installs both
/// and fails when this suite did not run.
@Suite(.serialized, .enabled(if: Programs.areInstalled)) struct RenderedPageTests {
  /// A telephone, a tablet, a laptop, and A3 in landscape at 96 dots an inch within its margins, in pixels.
  private static let widths = [390, 820, 1280, 1684]

  struct Sheet: CustomTestStringConvertible, Sendable {
    let name: String
    let language: Language
    let audience: Audience
    let isLarge: Bool
    var isDifference = false

    var testDescription: String { name }

    func html() throws -> String {
      guard !isDifference else {
        return try HTMLReport(ShippedInputs.inputs()).render(
          SampleHistory.difference(), language: language, offsetMinutes: 540, version: "0")
      }
      return try isLarge
        ? RenderedPageTests.large.get()
        : ShippedInputs.html(language, audience: audience, history: SampleHistory.history())
    }
  }

  /// The largest page, made once.
  private static let large = Result {
    try ShippedInputs.html(
      .ja, of: LargeSiteTests.result, sheet: LargeSiteTests.sheet.get(), history: SampleHistory.large)
  }

  static let pages = Language.allCases.flatMap { language in
    Audience.allCases.map { Sheet(name: "\($0) \(language)", language: language, audience: $0, isLarge: false) } + [
      Sheet(
        name: "difference \(language)", language: language, audience: .auditor, isLarge: false, isDifference: true)
    ]
  }
  static let largest = Sheet(name: "large", language: .ja, audience: .auditor, isLarge: true)

  @Test(arguments: pages) func `html5lib reads the page without an error`(page: Sheet) throws {
    let folder = try Scratch()
    try folder.write(try page.html(), "page.html")
    let script = "import html5lib, sys; html5lib.HTMLParser(strict=True).parse(open(sys.argv[1], encoding='utf-8'))"
    let outcome = try Programs.run(Programs.python, ["-c", script, folder.path("page.html")])
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test(arguments: pages + [largest]) func `nothing is wider than the window, with everything unfolded or not`(
    page: Sheet
  ) throws {
    let folder = try Scratch()
    let html = try page.html()
    try folder.write(html, "folded.html")
    try folder.write(
      html.replacing(" open=\"open\"", with: "").replacing("<details", with: "<details open=\"\""), "unfolded.html")
    let frames = ["folded", "unfolded"].flatMap { name in
      Self.widths.map { "<iframe src='\(name).html' style='border:0;width:\($0)px;height:600px'></iframe>" }
    }
    try folder.write(
      "<!DOCTYPE html><body>\(frames.joined())<script>onload = () => { document.title = [...document.querySelectorAll('iframe')]"
        + ".map(f => f.contentDocument.documentElement.scrollWidth).join(' ') }</script></body>", "frames.html")
    let seen = try Programs.chromium(["--allow-file-access-from-files", "--dump-dom", folder.url("frames.html")])
    let title = try #require(seen.output.firstMatch(of: /<title>([0-9 ]+)<\/title>/)?.1, "\(seen.output.prefix(300))")
    #expect(title.split(separator: " ").compactMap { Int($0) } == Self.widths + Self.widths)
  }

  /// Chromium makes a whole page smaller when something on it is too wide; so the widths of what is printed are measured under
  /// the rules for print.
  @Test(arguments: pages + [largest]) func `nothing is wider than the paper, A4 upright and A3 across`(page: Sheet)
    throws
  {
    let folder = try Scratch()
    let html = try page.html().replacing("@media print {", with: "@media all {")
    try folder.write(html, "print.html")
    // 210 mm without 26 mm, 420 mm without 28 mm, at 96 dots an inch.
    let script = """
      onload = () => { const [narrow, wide] = [...document.querySelectorAll('iframe')].map(f => f.contentDocument);
        const far = (d, s) => Math.max(0, ...[...d.querySelectorAll(s)].map(e => e.scrollWidth));
        document.title = [far(narrow, 'header, nav, main > section:not(.wide)'), far(wide, 'main > section.wide')].join(' ') }
      """
    try folder.write(
      "<!DOCTYPE html><body><iframe src='print.html' style='border:0;width:695px;height:600px'></iframe>"
        + "<iframe src='print.html' style='border:0;width:1481px;height:600px'></iframe><script>\(script)</script></body>",
      "frames.html")
    let seen = try Programs.chromium(["--allow-file-access-from-files", "--dump-dom", folder.url("frames.html")])
    let title = try #require(
      seen.output.firstMatch(of: /<title>([0-9]+) ([0-9]+)<\/title>/), "\(seen.output.prefix(300))")
    #expect(try #require(Int(title.1)) <= 695)
    #expect(try #require(Int(title.2)) <= 1481)
  }

  @Test(arguments: Language.allCases, [false, true])
  func `the page for managers is one printed page`(language: Language, isLarge: Bool) throws {
    let folder = try Scratch()
    let html =
      try isLarge
      ? ShippedInputs.html(
        language, of: LargeSiteTests.result, sheet: LargeSiteTests.sheet.get(), audience: .management)
      : ShippedInputs.html(language, audience: .management)
    let alone = "</style><style>header, nav, footer, main > section:not(#summary) { display: none }</style>"
    try folder.write(html.replacing("</style>", with: alone), "page.html")
    #expect(try paper(folder, "page.html") == ["595x842"])
  }

  @Test func `the printed report has upright A4 for text and A3 across for tables`() throws {
    let folder = try Scratch()
    try folder.write(try ShippedInputs.html(.ja), "page.html")
    let pages = try paper(folder, "page.html")
    #expect(Set(pages) == ["595x842", "1191x842"] && pages.first == "595x842")
  }

  /// The size of each page in points, as `595x842`.
  private func paper(_ folder: Scratch, _ name: String) throws -> [String] {
    _ = try Programs.chromium([
      "--no-pdf-header-footer", "--print-to-pdf=" + folder.path("page.pdf"), folder.url(name),
    ])
    // Compressed parts of the file become nonsense that the pattern does not match.
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.path("page.pdf"))), as: UTF8.self)
    return text.matches(of: /\/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]/).compactMap { match in
      guard let width = Double(match.1), let height = Double(match.2) else { return nil }
      return "\(Int(width.rounded()))x\(Int(height.rounded()))"
    }
  }
}

/// Programs that nobody here wrote.
private enum Programs {
  static let repository = ShippedInputs.folder.deletingLastPathComponent().deletingLastPathComponent().path
  static let python = repository + "/.build/oracles/bin/python"

  static var areInstalled: Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")
      && (try? run(python, ["-c", "import html5lib"]).status) == 0
  }

  static func chromium(_ arguments: [String]) throws -> (status: Int32, output: String) {
    try run(
      "/usr/bin/chromium",
      ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=60000"] + arguments)
  }

  static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = program == python ? output : FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let octets = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: octets, as: UTF8.self))
  }
}

/// A folder for one test.
private final class Scratch {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tenken-page-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func url(_ name: String) -> String { folder.appendingPathComponent(name).absoluteString }

  func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }
}
