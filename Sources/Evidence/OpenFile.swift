internal import Glibc

/// An open file. The only type of this target that holds a descriptor, and it closes it.
struct OpenFile: ~Copyable {
  private let descriptor: CInt
  let path: String
  /// Octets in the file, for a file that this program writes.
  private(set) var length = 0

  /// Creates a file that must not exist yet, for appending.
  ///
  /// Evidence shows how to enter devices, so only the owner may read it.
  init(creating path: String) throws(PackError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    try self.init(path, flags: flags, code: .create)
  }

  /// Opens an existing file or device for appending.
  init(appendingTo path: String) throws(PackError) {
    try self.init(path, flags: O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW, code: .write)
    if case .file(let octets) = FileKind(at: path) { length = octets }
  }

  /// Opens a file for appending, which need not exist yet. Its length counts from ``measure()`` on.
  init(growing path: String) throws(PackError) {
    try self.init(path, flags: O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, code: .write)
  }

  /// Looks how long the file is, once it is locked.
  mutating func measure() throws(PackError) {
    guard case .file(let octets) = FileKind(at: path) else {
      throw PackError(.write, path: path, problem: "is no file any more")
    }
    length = octets
  }

  /// Opens a file for reading. Not a symbolic link, and never waiting for a pipe's other end.
  init(reading path: String) throws(PackError) {
    try self.init(path, flags: O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, code: .read)
  }

  private init(_ path: String, flags: CInt, code: PackError.Code) throws(PackError) {
    let opened = unsafe open(path, flags, mode_t(0o600))
    guard opened >= 0 else { throw PackError(code, path: path, errno: errno) }
    descriptor = opened
    self.path = path
  }

  deinit { _ = close(descriptor) }

  /// Appends octets with one `write(2)`. Should the system take only a part of them and refuse the
  /// rest, the part is taken back, so that a full disk leaves whole lines and whole blocks.
  mutating func append(_ octets: [UInt8]) throws(PackError) {
    var written = 0
    while written < octets.count {
      let count = unsafe octets.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), octets.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let refusal = errno
        _ = ftruncate(descriptor, off_t(length))
        throw PackError(.write, path: path, errno: refusal)
      }
      written += count
    }
    length += octets.count
  }

  /// The next octets, or nil at the end of the file.
  func read(atMost limit: Int) throws(PackError) -> [UInt8]? {
    var count = 0
    let octets = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      repeat { count = unsafe Glibc.read(descriptor, buffer.baseAddress, limit) } while count < 0 && errno == EINTR
      filled = max(0, count)
    }
    guard count >= 0 else { throw PackError(.read, path: path, errno: errno) }
    return octets.isEmpty ? nil : octets
  }

  /// Takes the file for this process alone until it is closed.
  /// - Throws: ``PackError/Code/inUse`` when another process has it.
  func lock() throws(PackError) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
    guard errno == EWOULDBLOCK else { throw PackError(.write, path: path, errno: errno) }
    throw PackError(
      .inUse, path: path, problem: "is being written by another process",
      advice: "Wait until that run has ended, or stop it; then try again.")
  }

  /// Takes away what stands behind the first octets.
  mutating func cut(to octets: Int) throws(PackError) {
    guard ftruncate(descriptor, off_t(octets)) == 0 else { throw PackError(.write, path: path, errno: errno) }
    length = octets
    try synchronise()
  }

  /// Returns when the octets written are on the disk.
  func synchroniseData() throws(PackError) {
    guard fdatasync(descriptor) == 0 else { throw PackError(.write, path: path, errno: errno) }
  }

  /// Returns when the octets written and the file's name and length are on the disk.
  func synchronise() throws(PackError) {
    guard fsync(descriptor) == 0 else { throw PackError(.write, path: path, errno: errno) }
  }
}

/// What stands under a name.
enum FileKind: Hashable {
  case file(octets: Int)
  case folder
  case symbolicLink
  /// A device, pipe or socket.
  case special

  /// nil when nothing of that name can be seen. Links are not followed.
  init?(at path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file(octets: Int(status.st_size))
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .symbolicLink
    default: self = .special
    }
  }
}

/// The few calls on folders that a pack needs.
enum Folder {
  /// Makes a folder for its owner only.
  static func make(_ path: String) throws(PackError) {
    guard unsafe mkdir(path, 0o700) == 0 || (errno == EEXIST && FileKind(at: path) == .folder) else {
      throw PackError(.create, path: path, errno: errno)
    }
  }

  /// The names in a folder as octets, sorted, without `.` and `..`. Octets, because a name need not
  /// be UTF-8 and must be noticed all the same.
  static func names(in path: String) throws(PackError) -> [[UInt8]] {
    guard let stream = unsafe opendir(path) else { throw PackError(.read, path: path, errno: errno) }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    errno = 0
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw PackError(.read, path: path, errno: errno) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Octets that its disk still takes.
  static func free(_ path: String) throws(PackError) -> Int {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { throw PackError(.read, path: path, errno: errno) }
    return Int(clamping: status.f_bavail) * Int(clamping: status.f_frsize)
  }

  /// Makes the names in a folder last.
  static func synchronise(_ path: String) throws(PackError) { try OpenFile(reading: path).synchronise() }

  /// Puts a file in another's place in one step and makes the new name last.
  static func rename(_ old: String, to new: String, in folder: String) throws(PackError) {
    guard unsafe Glibc.rename(old, new) == 0 else { throw PackError(.write, path: new, errno: errno) }
    try synchronise(folder)
  }
}
