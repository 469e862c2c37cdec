import Foundation
import Testing

/// The structure of Docs/Modules.md, checked from the sources.
@Suite struct StructureTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Targets that may contain `unsafe`, and how often at most. The numbers may only go down; SessionIO's went up by
  /// five when its sockets began to send: a write, a datagram each way, an exchange's text in and its parts out; and by four
  /// for logins by SSH: a name and a password in, texts out, and whether a connection is made.
  /// LegacyText is one call of iconv: opened, given two buffers, closed. LinkIO's went up by five for the two threads that
  /// share a batch, whose memory is C's: opened, used, closed; and by eleven for a capture without a ring: a filter compiled and
  /// handed over, a frame taken, frames counted.
  private static let unsafeBudget = [
    // Evidence's went up by nineteen for archives: a file opened, an archive begun, a file in it, its octets, ended, and the same
    // for reading, what went wrong, the space that is left, a folder of one's own.
    // RadioIO: its own libpcap handle as LinkIO has one, and texts and numbers into nl80211's requests.
    "RadioIO": 31, "LinkIO": 50, "SessionIO": 14, "Evidence": 47, "LabSite": 41, "XMLReading": 35, "Fingerprints": 25,
    "LegacyText": 5,
    // One call: a program run to its end.
    "Printing": 1,
    // One call each: a request, messages to syslog, a program, a lock, a file replaced, a secret read.
    "NoticeIO": 6,
    // Digests and DES; one call each for ciphers, agreements and signatures (issue 6: what SSH says once it is encrypted).
    "Cryptography": 17,
    // One call each: keys made, read, written, a signature made, checked; a query made, an answer checked.
    "Sealing": 10,
    // One call each: a workbook begun, a sheet, a width, a height, a text, a number, a link, marks, a filter, ended, copied;
    // a package opened, its members counted, named, measured, read, replaced, ended, copied.
    "Workbooks": 23,
    // One call each: a certificate in, a key in, what a server sent in, parts out, two sums with moduli, one with a key,
    // a signature of one certificate on another.
    "Certificates": 8,
  ]
  /// Targets that may import Foundation: files, YAML, text for people. None of them is in the packet path.
  private static let foundation: Set = [
    "Documents", "Profiles", "Fingerprints", "Sealing", "Evidence", "Reports", "Exports", "Printing", "History",
    "NoticeIO", "tenken",
    "LabSite",
    "tenken-lab",
  ]
  private static let shims = [
    "CLinux": ["LinkIO", "RadioIO", "SessionIO", "Printing", "tenken"], "CPcap": ["LinkIO", "RadioIO"],
    "CNL80211": ["RadioIO"],
    "CLibNL": [], "CCrypto": ["Evidence", "Cryptography"], "CArchive": ["Evidence"], "CLibArchive": [],
    "CLab": ["LabSite"],
    "CNotices": ["NoticeIO"], "CHTTP": ["SessionIO"], "CCurl": [], "CSSH": ["SessionIO"], "CLibSSH": [],
    "CExpat": ["XMLReading"], "CPCRE2": ["Fingerprints"], "CTLS": ["Certificates", "Cryptography"],
    "CSeal": ["Sealing"], "CWorkbook": ["Workbooks"], "CXLSX": [], "CPackage": ["Workbooks"], "CLibZip": [],
  ]
  private static let edges: Set = ["LinkIO", "RadioIO", "SessionIO", "Evidence", "LegacyText", "Printing", "NoticeIO"]

  private struct Source {
    let target: String
    let path: String
    let text: String
    var lines: [Substring] { text.split(separator: "\n") }

    var imports: [String] {
      lines.filter { !$0.hasPrefix("//") }.compactMap { line in
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position <= 1, position + 1 < words.count else {
          return nil
        }
        return String(words[position + 1])
      }
    }
  }

  private let sources: [Source]

  init() throws {
    let root = Self.repository + "/Sources"
    sources = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }.sorted().map {
      Source(
        target: String($0.prefix { $0 != "/" }), path: $0,
        text: try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8))
    }
    try #require(sources.count > 50)
  }

  @Test func `unsafe stays at the edges and within its budget`() {
    let word = /\bunsafe\b/
    for (target, files) in Dictionary(grouping: sources, by: \.target) {
      let count = files.flatMap(\.lines).filter { !$0.drop { $0 == " " }.hasPrefix("//") }.reduce(0) {
        $0 + $1.matches(of: word).count
      }
      #expect(count <= Self.unsafeBudget[target] ?? 0, "\(target)")
    }
  }

  @Test func `Foundation stays out of the packet path`() {
    for source in sources where source.imports.contains("Foundation") {
      #expect(Self.foundation.contains(source.target), "\(source.path)")
    }
  }

  @Test func `each C module has its own importers`() {
    for source in sources {
      for module in source.imports {
        guard let allowed = Self.shims[module] else { continue }
        #expect(allowed.contains(source.target), "\(source.path) imports \(module)")
      }
    }
  }

  @Test func `only the program joins edges to cores`() {
    for source in sources where source.target != "tenken" {
      for module in source.imports where Self.edges.contains(module) {
        Issue.record("\(source.path) imports the edge \(module)")
      }
    }
  }

  @Test func `every target has its paragraph in the module map`() throws {
    let map = try String(contentsOfFile: Self.repository + "/Docs/Modules.md", encoding: .utf8)
    for target in Set(sources.map(\.target)) { #expect(map.contains("**\(target)**"), "\(target)") }
  }

  @Test func `no source leaves work undone or traps where it could report`() {
    for source in sources {
      for word in ["TODO", "FIXME", "try!", "@unchecked Sendable", "as!"] {
        #expect(!source.text.contains(word), "\(source.path): \(word)")
      }
    }
  }

  /// Its workers are looked for in /proc, and where that shows another PID namespace the process is ended.
  @Test func `no queue of libdispatch is used`() {
    for source in sources where source.target != "LabSite" {
      for word in ["DispatchQueue", "concurrentPerform", "DispatchSource"] {
        #expect(!source.text.contains(word), "\(source.path): \(word)")
      }
    }
  }

  @Test func `the rule data and titles are shipped, the sheet's sentences and peers' data are not`() throws {
    for name in [
      "LICENSE", "README.md", "README.ja.md", "CHANGELOG.md", "CONTRIBUTING.md", ".ci/run", "Scripts/test",
      "Scripts/demo",
    ] {
      #expect(FileManager.default.fileExists(atPath: "\(Self.repository)/\(name)"), "\(name)")
    }
    let licence = try String(contentsOfFile: Self.repository + "/LICENSE", encoding: .utf8)
    #expect(licence.contains("Apache License") && licence.contains("Version 2.0"))
  }
}
