import Foundation
import Records
import Testing
import Workbooks

/// Workbooks and archives of a small pack, read by programs of others; nothing here reaches a network.
@Suite struct WorkbookEndToEndTests {
  private static let python = Program.repository + "/.build/oracles/bin/python"
  private let scratch: Scratch
  private let pack: String
  private let poc: String

  init() throws {
    scratch = try Scratch()
    pack = scratch.path + "/pack"
    poc = scratch.path + "/poc"
    try ChecklistPack.write(to: pack, runID: "run-production", telnet: .fail)
    try ChecklistPack.write(to: poc, runID: "run-poc", telnet: .pass)
  }

  struct Book: Decodable {
    struct Sheet: Decodable {
      let name: String
      let cells: [[Value?]]
      let links: [String: String]
      let kinds: [String: Int]
      let italic: [String]
      let frozen: String?
      let filter: String?
      let titles: String?
      let orientation: String?
      let paper: Int?
      let tall: Int?
      let fits: Bool
      let lists: [String: String]

      func column(_ title: String) -> [String] {
        guard let place = cells[0].firstIndex(where: { $0?.text == title }) else { return [] }
        return cells.dropFirst().map { $0[place]?.text ?? "" }
      }
    }

    struct Value: Decodable {
      let text: String
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = try (try? container.decode(String.self)) ?? "\(container.decode(Int.self))"
      }
    }

    let created: String
    let sheets: [Sheet]

    func sheet(_ name: String) throws -> Sheet { try #require(sheets.first { $0.name == name }) }
  }

  private func read(_ path: String) throws -> Book {
    let read = try Program.run(Self.python, [Program.repository + "/Tests/Oracles/read_workbook.py", path])
    try #require(read.status == 0, "\(read.errors)")
    return try JSONDecoder().decode(Book.self, from: Data(read.output.utf8))
  }

  private func report(_ pack: String, _ arguments: [String], to name: String) throws -> String {
    let path = scratch.path + "/" + name
    let made = try Program.run(Program.tenken, ["report", pack, "--output", path] + arguments)
    try #require(made.status == 0, "\(made.errors)")
    return path
  }

  @Test func `the workbook has the sheet, its marks, and links that lead into the packs`() throws {
    let book = try read(try report(pack, ["--format", "xlsx", "--lang", "en", "--poc", poc], to: "a.xlsx"))
    #expect(
      book.sheets.map(\.name) == [
        "Check sheet", "Findings", "Inventory", "Not tested", "Coverage", "Evidence", "About",
      ])
    for sheet in book.sheets {
      #expect(sheet.kinds["f"] == nil, "\(sheet.name)")
      #expect(sheet.orientation == "landscape" && sheet.paper == 8 && sheet.fits && sheet.tall == 0, "\(sheet.name)")
      #expect(sheet.titles == "$1:$1" && sheet.frozen?.hasSuffix("2") == true && sheet.filter != nil, "\(sheet.name)")
    }
    let sheet = try book.sheet("Check sheet")
    let ids = sheet.column("Item")
    let telnet = try #require(ids.firstIndex(of: "JSSEC-14.2.c"))
    #expect(ids.first == "JSSEC-1.1" && ids.count == 132)
    #expect(sheet.lists.values.allSatisfy { $0 == "\"●,○,−\"" } && sheet.lists.count == 2)
    let marks = sheet.column("POC: mark (italic: this tool's proposal)")
    #expect(Set(marks).isSubset(of: ["●", "○", "−", ""]) && Set(marks).count > 1)
    // Without a company's sheet each mark is a proposal, and looks it.
    #expect(sheet.italic.count >= marks.count { !$0.isEmpty })
    #expect(sheet.column("Production: proposal")[telnet].isEmpty == false)
    // What ChecklistPack wrote: a device each of fail, pass, review; at the POC the first passed.
    #expect(sheet.column("Production: counts")[telnet].split(separator: "\n").count == 3)
    #expect(sheet.column("POC: counts")[telnet].split(separator: "\n").count == 2)
    let evidence = try book.sheet("Evidence")
    #expect(Set(evidence.links.values) == ["pack/data/ports/x.json", "poc/data/ports/x.json"])
    #expect(sheet.links.values.allSatisfy { $0.hasPrefix("#'Evidence'!A") } && !sheet.links.isEmpty)
    let about = try book.sheet("About")
    #expect(about.cells.contains { $0[1]?.text.contains("no recommendation of JSSEC") == true })
    // 2026-11-23T02:02:11Z is the end of the run.
    #expect(book.created == "2026-11-23T02:02:11")
  }

  @Test func `the same pack gives the same workbook, and a pack's archive the same again`() throws {
    let first = try report(pack, ["--format", "xlsx"], to: "a.xlsx")
    let second = try report(pack, ["--format", "xlsx"], to: "b.xlsx")
    #expect(try Data(contentsOf: URL(fileURLWithPath: first)) == Data(contentsOf: URL(fileURLWithPath: second)))
    let archive = scratch.path + "/p.tar.zst"
    #expect(try Program.run(Program.tenken, ["evidence", "archive", pack, "--output", archive]).status == 0)
    let third = try read(try report(archive, ["--format", "xlsx", "--lang", "en"], to: "c.xlsx"))
    // The folder that the archive makes where it lies.
    #expect(Set(try third.sheet("Evidence").links.values) == ["run-production/data/ports/x.json"])
  }

  @Test func `counts are those of CSV and JSON, and each reader gets what is theirs`() throws {
    let book = try read(try report(pack, ["--format", "xlsx", "--lang", "en"], to: "a.xlsx"))
    let csv = try String(
      contentsOfFile: try report(pack, ["--format", "csv", "--lang", "en"], to: "a.csv"), encoding: .utf8)
    let json = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: try report(pack, ["--format", "json"], to: "a.json"))))
        as? [String: Any])
    let verdicts = try #require(json["verdicts"] as? [[String: Any]])
    let untested = verdicts.count { $0["status"] as? String == "not-tested" }
    #expect(untested == 1 && csv.components(separatedBy: "NT-VANT").count - 1 == untested)
    #expect(try book.sheet("Not tested").cells.count - 1 == untested)
    let devices = try #require((json["inventory"] as? [String: Any])?["devices"] as? [Any])
    #expect(try book.sheet("Inventory").cells.count - 1 == devices.count)
    #expect(try book.sheet("Findings").cells.count - 1 == (json["findings"] as? [Any])?.count)
    let about = try book.sheet("About")
    let rows = about.cells.first { $0[0]?.text == "Rows of proposals" }?[1]?.text
    #expect(rows == "\(verdicts.count)" && csv.split(separator: "\r\n").count == verdicts.count + 1)
    let vendor = try read(try report(pack, ["--format", "xlsx", "--for", "vendor", "--lang", "en"], to: "v.xlsx"))
    #expect(!vendor.sheets.contains { $0.name == "Check sheet" })
    let brief = try read(try report(pack, ["--format", "xlsx", "--for", "management", "--lang", "en"], to: "m.xlsx"))
    #expect(!brief.sheets.contains { ["Evidence", "Inventory"].contains($0.name) })
  }

  @Test(arguments: ["ja", "en"])
  func `LibreOffice opens the workbook`(language: String) throws {
    let file = try report(pack, ["--format", "xlsx", "--lang", language, "--poc", poc], to: "a.xlsx")
    let made = try Program.run(
      "soffice",
      [
        "--headless", "-env:UserInstallation=file://\(scratch.path)/office", "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        "--outdir", scratch.path, file,
      ])
    #expect(made.status == 0, "\(made.errors)")
    let text = try String(contentsOfFile: scratch.path + "/a.csv", encoding: .utf8)
    #expect(text.contains("JSSEC-14.2.c") && !text.contains("#NAME?") && !text.contains("Err:"))
  }

  /// What devices and people wrote, as openpyxl reads it back: texts, each as it was.
  @Test func `no text becomes a formula`() throws {
    let texts = [
      "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1+1", "_x0041_", "a\u{1b}[2Jb", "<f>1</f>",
      "http://a.example/",
      "1", "2026-11-30", "TRUE", "#REF!",
    ]
    let book = Workbook(
      title: "t", application: "t", created: 0,
      sheets: [.init("s", [.init("h", 10)], rows: texts.map { [.text($0)] })])
    let path = scratch.path + "/t.xlsx"
    try Data(try book.octets()).write(to: URL(fileURLWithPath: path))
    let sheet = try read(path).sheet("s")
    #expect(sheet.kinds == ["s": texts.count + 1])
    #expect(sheet.column("h") == texts.map { $0.replacing("\u{1b}", with: "␛") })
    #expect(sheet.links.isEmpty)
  }

  /// Python ends the program by SIGTERM as soon as it has begun to unpack.
  @Test func `what was unpacked goes away, at the end, on a refusal and by a signal`() throws {
    let archive = scratch.path + "/p.zip"
    #expect(try Program.run(Program.tenken, ["evidence", "archive", pack, "--output", archive]).status == 0)
    let script = """
      import os, signal, subprocess, sys, zipfile
      tenken, archive, base = sys.argv[1:]
      os.mkdir(base)
      def run(file, kill=False):
          process = subprocess.Popen([tenken, 'evidence', 'verify', file], env=dict(os.environ, TMPDIR=base),
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
          while kill and process.poll() is None:
              found = [d for d, _, names in os.walk(base) if names]
              if found:
                  process.send_signal(signal.SIGTERM)
                  break
          print(process.wait(), os.listdir(base))
      run(archive)
      with zipfile.ZipFile(base + '.bad.zip', 'w') as z:
          z.writestr('p/a', 'x'); z.writestr('p/../../b', 'x')
      run(base + '.bad.zip')
      with zipfile.ZipFile(base + '.large.zip', 'w') as z:
          for n in range(200): z.writestr(f'p/{n}', bytes(1 << 20))
      run(base + '.large.zip', kill=True)
      """
    let told = try Program.run("python3", ["-c", script, Program.tenken, archive, scratch.path + "/temporary"])
    #expect(told.output == "0 []\n5 []\n143 []\n", "\(told.output) \(told.errors)")
  }

  @Test func `all forms at once are the forms one by one`() throws {
    let folder = scratch.path + "/all"
    let made = try Program.run(Program.tenken, ["report", pack, "--all", "--lang", "en", "--output", folder])
    #expect(made.status == 0, "\(made.errors)")
    let files = [
      "json": "result.json", "csv": "rows.csv", "markdown": "summary.md", "ocsf": "ocsf.jsonl", "oscal": "oscal.json",
      "defectdojo": "defectdojo.json", "cyclonedx": "cyclonedx.json", "nmap-xml": "nmap.xml",
    ]
    for (form, file) in files {
      let one = try Program.run(Program.tenken, ["report", pack, "--format", form, "--lang", "en"])
      let octets = try #require(FileManager.default.contents(atPath: "\(folder)/\(file)"))
      #expect(one.output == String(decoding: octets, as: UTF8.self) && !octets.isEmpty, "\(form)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(Set(names) == Set(files.values).union(["report.html", "checklist.xlsx"]))
    // Links begin where the page lies.
    let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
    #expect(!page.contains("href=\"data/"))
    let again = try Program.run(Program.tenken, ["report", pack, "--all", "--output", folder])
    #expect(again.status == 2 && again.errors.contains("does not exist"), "\(again.errors)")
  }

  /// 300 MiB through each command in less memory than a quarter of it.
  @Test func `large packs stream`() throws {
    let script = """
      import hashlib, os, resource, subprocess, sys
      tenken, pack, out = sys.argv[1:]
      block = os.urandom(1 << 20)
      h = hashlib.sha256()
      with open(pack + '/data/large.bin', 'wb') as f:
          for _ in range(300):
              f.write(block); h.update(block)
      m = pack + '/manifest-sha256.txt'
      lines = open(m, 'rb').read().split(b'\\n')[:-1] + [h.hexdigest().encode() + b'  data/large.bin']
      open(m, 'wb').write(b'\\n'.join(sorted(lines, key=lambda l: l[66:])) + b'\\n')
      b = pack + '/bag-info.txt'
      info = open(b).read().split('\\n')
      for n, line in enumerate(info):
          if line.startswith('Payload-Oxum'):
              octets, count = line.split(': ')[1].split('.')
              info[n] = f'Payload-Oxum: {int(octets) + (300 << 20)}.{int(count) + 1}'
      open(b, 'w').write('\\n'.join(info))
      tags = ['bag-info.txt', 'bagit.txt', 'manifest-sha256.txt']
      open(pack + '/tagmanifest-sha256.txt', 'w').write(''.join(
          f"{hashlib.sha256(open(pack + '/' + t, 'rb').read()).hexdigest()}  {t}\\n" for t in tags))
      for command in (['verify', pack], ['archive', pack, '--output', out], ['verify', out]):
          subprocess.run([tenken, 'evidence'] + command, check=True, stdout=subprocess.DEVNULL)
          print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
      """
    let measured = try Program.run(
      "python3", ["-c", script, Program.tenken, pack, scratch.path + "/large.tar.zst"])
    #expect(measured.status == 0, "\(measured.errors)")
    let peaks = measured.output.split(separator: "\n").compactMap { Int($0) }
    #expect(peaks.count == 3 && peaks.allSatisfy { $0 < 64 * 1024 }, "\(peaks)")
  }
}
