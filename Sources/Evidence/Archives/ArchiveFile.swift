internal import CArchive
internal import Glibc

/// An archive that is being written. With ``ArchiveInput`` the only type that calls libarchive.
@safe
final class ArchiveOutput {
  private let archive: OpaquePointer
  private let descriptor: CInt
  private let path: String

  /// The file must not exist yet; only its owner may read it.
  init(creating path: String, form: PackArchive.Form, modified: Int64) throws(PackError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
    guard descriptor >= 0 else { throw PackError(.create, path: path, errno: errno) }
    let form = form == .zip ? CARCHIVE_ZIP : CARCHIVE_TAR_ZSTD
    guard let archive = unsafe CArchive_create(descriptor, CInt(form), modified) else {
      close(descriptor)
      throw PackError(.create, path: path, errno: ENOMEM)
    }
    unsafe self.archive = archive
    self.descriptor = descriptor
    self.path = path
  }

  deinit {
    unsafe CArchive_free(archive)
    close(descriptor)
  }

  func add(_ file: String, as name: String, octets: Int) throws(PackError) {
    let input = try OpenFile(reading: file)
    guard unsafe CArchive_begin(archive, name, Int64(octets)) == 1 else { throw problem() }
    var read = 0
    while let piece = try input.read(atMost: 1 << 18) {
      read += piece.count
      guard read <= octets, unsafe CArchive_add(archive, piece, piece.count) == 1 else { throw problem() }
    }
    guard read == octets else { throw PackError(.read, path: file, problem: "changed while it was read") }
  }

  func finish() throws(PackError) {
    guard unsafe CArchive_finish(archive) == 1 else { throw problem() }
    guard fsync(descriptor) == 0 else { throw PackError(.write, path: path, errno: errno) }
  }

  func discard() { _ = unsafe unlink(path) }

  private func problem() -> PackError {
    PackError(
      .write, path: path, problem: unsafe problemWords(archive), advice: "Check the space that is left on the disk.")
  }
}

/// An archive that is being read, entry by entry.
@safe
final class ArchiveInput {
  struct Entry {
    enum Kind { case file, folder, other, encrypted }
    let kind: Kind
    let name: [UInt8]
    /// nil where the archive does not say.
    let octets: Int?
  }

  private let archive: OpaquePointer
  private let descriptor: CInt
  private let path: String
  /// Longer names than a pack can have are cut, and so refused.
  private static let longestName = 8192

  init(_ path: String) throws(PackError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw PackError(.read, path: path, errno: errno) }
    guard let archive = unsafe CArchive_open(descriptor) else {
      close(descriptor)
      throw PackError(.read, path: path, errno: ENOMEM)
    }
    unsafe self.archive = archive
    self.descriptor = descriptor
    self.path = path
  }

  deinit {
    unsafe CArchive_free(archive)
    close(descriptor)
  }

  /// nil at the end.
  func next() throws(PackError) -> Entry? {
    var name = [UInt8](repeating: 0, count: Self.longestName)
    var (length, octets) = (0, Int64(-1))
    let kind: Entry.Kind
    switch unsafe CArchive_next(archive, &name, name.count, &length, &octets) {
    case CInt(CARCHIVE_END): return nil
    case CInt(CARCHIVE_FILE): kind = .file
    case CInt(CARCHIVE_FOLDER): kind = .folder
    case CInt(CARCHIVE_OTHER): kind = .other
    case CInt(CARCHIVE_ENCRYPTED): kind = .encrypted
    default: throw problem()
    }
    return Entry(kind: kind, name: Array(name.prefix(length)), octets: octets < 0 ? nil : Int(octets))
  }

  /// The entry's next octets, or nil at its end.
  func read(atMost limit: Int) throws(PackError) -> [UInt8]? {
    var octets = [UInt8](repeating: 0, count: limit)
    let count = unsafe CArchive_read(archive, &octets, limit)
    guard count >= 0 else { throw problem() }
    return count == 0 ? nil : Array(octets.prefix(Int(count)))
  }

  private func problem() -> PackError {
    PackError(
      .archive, path: path, problem: "is no archive that can be read: \(unsafe problemWords(archive))",
      advice: "Name a pack's folder, a .zip or a .tar.zst.")
  }
}

private func problemWords(_ archive: OpaquePointer) -> String {
  var words = [CChar](repeating: 0, count: 512)
  unsafe CArchive_problem(archive, &words, words.count)
  return String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
