import Evidence
import Foundation
import Testing

struct PackArchiveTests {
  private static let forms = PackArchive.Form.allCases

  @discardableResult
  private func python(_ script: String, _ arguments: [String]) throws -> String {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    process.standardOutput = pipe
    try process.run()
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: said, as: UTF8.self)
  }

  private func files(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      files[path] = FileManager.default.contents(atPath: folder + "/" + path)
    }
    return files
  }

  @Test(arguments: forms)
  func `a pack comes out of its archive as it went in`(form: PackArchive.Form) throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    let archive = folder.path + "/a" + form.rawValue
    let written = try PackArchive.write(pack, PackVerifier.verify(directory: pack), to: archive, form: form)
    let permissions = try FileManager.default.attributesOfItem(atPath: archive)[.posixPermissions] as? Int
    #expect(permissions == 0o600)
    let out = try PrivateFolder.make(in: folder.path)
    let unpacked = try PackArchive.unpack(archive, into: out)
    #expect(unpacked.pack == out + "/" + written.folder && unpacked.count.octets == written.octets)
    #expect(try files(unpacked.pack) == files(pack))
    #expect(try files(pack).keys.contains("data/report/報告 書.html"))
    let verification = PackVerifier.verify(directory: unpacked.pack)
    #expect(verification.isIntact && verification.packDigest == PackVerifier.verify(directory: pack).packDigest)
    #expect(throws: PackError.self) {
      try PackArchive.write(pack, verification, to: archive, form: form)
    }
  }

  @Test(arguments: forms)
  func `the same pack gives the same archive, whenever, wherever and by whom its files were made`(
    form: PackArchive.Form
  ) throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    let copy = folder.path + "/other name"
    try python(
      """
      import os, shutil, sys
      shutil.copytree(sys.argv[1], sys.argv[2])
      for root, _, names in os.walk(sys.argv[2]):
          for name in names:
              os.utime(os.path.join(root, name), (1, 1)); os.chmod(os.path.join(root, name), 0o644)
      """, [pack, copy])
    let (first, second) = (folder.path + "/1" + form.rawValue, folder.path + "/2" + form.rawValue)
    _ = try PackArchive.write(pack, PackVerifier.verify(directory: pack), to: first, form: form)
    _ = try PackArchive.write(copy, PackVerifier.verify(directory: copy), to: second, form: form)
    #expect(FileManager.default.contents(atPath: first) == FileManager.default.contents(atPath: second))
  }

  /// Python's own readers, which share nothing with libarchive.
  @Test func `others read the archives, their names sorted and their time the run's end`() throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    let verification = PackVerifier.verify(directory: pack)
    let zip = folder.path + "/a.zip"
    _ = try PackArchive.write(pack, verification, to: zip, form: .zip)
    let told = try python(
      """
      import os, sys, zipfile
      z = zipfile.ZipFile(sys.argv[1])
      assert z.testzip() is None
      names = z.namelist()
      assert len(set(n.split('/')[0] for n in names)) == 1
      for n in names:
          assert z.read(n) == open(os.path.join(sys.argv[2], n.split('/', 1)[1]), 'rb').read()
      assert names == sorted(names, key=lambda n: n.encode()), names
      assert len({i.date_time for i in z.infolist()}) == 1
      print(len(names), *z.infolist()[0].date_time)
      """, [zip, pack])
    let ended = try #require(verification.bagInfo.first { $0.label == "Tenken-Ended" }?.value)
    let moment = try #require(ISO8601DateFormatter.withFractions.date(from: ended))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: moment)
    let second = (parts.second ?? 0) / 2 * 2  // ZIP counts in two seconds (APPNOTE 4.4.6)
    let entries = try FileManager.default.subpathsOfDirectory(atPath: pack).filter {
      try FileManager.default.attributesOfItem(atPath: pack + "/" + $0)[.type] as? FileAttributeType == .typeRegular
    }
    let expected = [
      entries.count, parts.year ?? 0, parts.month ?? 0,
      parts.day ?? 0, parts.hour ?? 0, parts.minute ?? 0, second,
    ].map(String.init).joined(separator: " ")
    #expect(told.trimmingCharacters(in: .whitespacesAndNewlines) == expected)
  }

  /// Archives that no pack makes, each with what must be said of it. Made by Python, which checks nothing.
  private static let hostile: [(name: String, script: String, said: String)] = [
    ("up.zip", "z.writestr('pack/../../escaped', 'x')", "a part of dots only"),
    ("absolute.zip", "z.writestr('/tmp/tenken-escaped', 'x')", "is absolute"),
    ("twice.zip", "z.writestr('p/a', 'x'); z.writestr('p/a', 'y')", "two files of one name"),
    ("control.zip", "z.writestr('p/a\\x1b[2J', 'x')", "control character"),
    ("empty.zip", "pass", "no archive that can be read"),
    ("link.zip", "i = zipfile.ZipInfo('p/a'); i.external_attr = 0o120777 << 16; z.writestr(i, '/etc/passwd')", "link"),
    ("bomb.zip", "z.writestr('p/a', b'\\0' * (8 << 20), zipfile.ZIP_DEFLATED)", "may be unpacked here"),
    ("many.zip", "[z.writestr(f'p/{n}', '') for n in range(60)]", "more than 50 entries"),
    ("inside.zip", "z.writestr('p/a', 'x'); z.writestr('p/a/b', 'x')", "cannot be created"),
    ("up.tar.zst", "add('../escaped', tarfile.REGTYPE)", "a part of dots only"),
    ("soft.tar.zst", "add('p/a', tarfile.SYMTYPE, '/etc')", "link"),
    ("hard.tar.zst", "add('p/a', tarfile.LNKTYPE, '/etc/passwd')", "link"),
    ("pipe.tar.zst", "add('p/a', tarfile.FIFOTYPE)", "pipe"),
    ("device.tar.zst", "add('p/a', tarfile.CHRTYPE)", "device"),
    ("twice.tar.zst", "add('p/a', tarfile.REGTYPE); add('p/a', tarfile.REGTYPE)", "two files of one name"),
    ("latin.tar.zst", "add('p/\\udce4', tarfile.REGTYPE)", "UTF-8"),
    ("bomb.tar.zst", "add('p/a', tarfile.REGTYPE, octets=8 << 20)", "may be unpacked here"),
  ]

  @Test(arguments: hostile.indices)
  func `what no pack holds is refused, and nothing is written outside`(index: Int) throws {
    let (name, script, said) = Self.hostile[index]
    let folder = try TemporaryFolder()
    let archive = folder.path + "/" + name
    if name.hasSuffix(".zip") {
      try python(
        "import sys, warnings, zipfile; warnings.simplefilter('ignore'); z = zipfile.ZipFile(sys.argv[1], 'w')\n\(script)\nz.close()",
        [archive])
    } else {
      try python(
        """
        import io, subprocess, sys, tarfile
        octets = io.BytesIO()
        t = tarfile.open(fileobj=octets, mode='w', format=tarfile.GNU_FORMAT)
        def add(name, kind, link='', octets=0):
            i = tarfile.TarInfo(name); i.type = kind; i.linkname = link; i.size = octets
            t.addfile(i, io.BytesIO(bytes(octets)))
        \(script)
        t.close()
        subprocess.run(['zstd', '-q', '-o', sys.argv[1]], input=octets.getvalue(), check=True)
        """, [archive])
    }
    let out = try PrivateFolder.make(in: folder.path)
    var limits = PackArchive.Limits(files: 50, ratio: 100, generous: 1 << 20)
    limits.octets = 4 << 20
    let error = try #require(throws: PackError.self) {
      try PackArchive.unpack(archive, into: out + "/", limits: limits)
    }
    #expect(error.description.contains(said), "\(error)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
    #expect(!FileManager.default.fileExists(atPath: "/tmp/tenken-escaped"))
  }

  @Test(arguments: forms)
  func `an archive that is cut or changed is never taken for the pack`(form: PackArchive.Form) throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.smallest(in: folder)
    let archive = folder.path + "/a" + form.rawValue
    _ = try PackArchive.write(pack, PackVerifier.verify(directory: pack), to: archive, form: form)
    let whole = try folder.octets("a" + form.rawValue)
    let original = try files(pack)
    var random = SystemRandomNumberGenerator()
    var refused = 0
    for round in 0..<60 {
      var octets = whole
      let place = Int.random(in: octets.indices, using: &random)
      if round % 2 == 0 { octets.removeSubrange(place...) } else { octets[place] ^= 1 << UInt8.random(in: 0..<8) }
      try folder.put(octets, at: "b" + form.rawValue)
      let out = try PrivateFolder.make(in: folder.path)
      defer { try? FileManager.default.removeItem(atPath: out) }
      do throws(PackError) {
        let unpacked = try PackArchive.unpack(folder.path + "/b" + form.rawValue, into: out)
        // Some octets say nothing of the files, such as a time; then they must all be as they were.
        let isIntact = PackVerifier.verify(directory: unpacked.pack).isIntact
        #expect(!isIntact || (try? files(unpacked.pack)) == original, "octet \(place)")
        if !isIntact { refused += 1 }
      } catch {
        #expect(error.code == .archive || error.code == .create, "\(error)")
        refused += 1
      }
    }
    #expect(refused > 20)
  }

  @Test func `a pack that does not verify is not archived`() throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.smallest(in: folder)
    try folder.put([1], at: "pack/data/more")
    #expect(throws: PackError.self) {
      try PackArchive.write(pack, PackVerifier.verify(directory: pack), to: folder.path + "/a.zip", form: .zip)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/a.zip"))
  }
}

extension ISO8601DateFormatter {
  fileprivate static var withFractions: ISO8601DateFormatter {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    return formatter
  }
}
