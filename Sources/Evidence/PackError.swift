internal import Glibc

/// Why a pack could not be written or read: what, where, and what to do about it.
public struct PackError: Error, Hashable, Sendable {
  /// What was being done. More codes may come.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The folder for the pack is there already and holds something, or is no folder.
    public static let occupied = Code(rawValue: "occupied")
    public static let create = Code(rawValue: "create")
    public static let write = Code(rawValue: "write")
    public static let read = Code(rawValue: "read")
    /// A value has no JSON form.
    public static let encode = Code(rawValue: "encode")
    /// A path that may not stand in a pack.
    public static let unsafePath = Code(rawValue: "unsafe-path")
    /// A file below `data/` is not what the run wrote there.
    public static let altered = Code(rawValue: "altered")
    /// Another process is writing to the pack.
    public static let inUse = Code(rawValue: "in-use")
    /// The folder holds no run that could be continued.
    public static let notContinuable = Code(rawValue: "not-continuable")
    /// An archive that is none, or holds what no pack has.
    public static let archive = Code(rawValue: "archive")
    /// The pack was closed before.
    public static let closed = Code(rawValue: "closed")
  }

  public let code: Code
  public let path: String
  /// The system's error number; 0 where the system refused nothing.
  public let errno: CInt
  /// What was wrong, as a clause such as "already holds files".
  public let problem: String
  /// What the operator can do, as a sentence; empty where nothing is known.
  public let advice: String

  init(_ code: Code, path: String, problem: String, advice: String = "") {
    self.code = code
    self.path = path
    self.errno = 0
    self.problem = problem
    self.advice = advice
  }

  /// A refusal of the system.
  init(_ code: Code, path: String, errno: CInt) {
    self.code = code
    self.path = path
    self.errno = errno
    problem = unsafe String(cString: strerror(errno))
    advice = Self.advice(errno)
  }

  private static func advice(_ errno: CInt) -> String {
    switch errno {
    case ENOSPC:
      return "The disk is full. Free space or put the pack on another disk; what was written so far can be read."
    case EDQUOT: return "The disk quota is used up. Free space or put the pack on another disk."
    case EROFS: return "The file system is read-only. Choose another folder for the pack."
    case EACCES, EPERM: return "The folder's permissions do not allow it. Choose another folder or change them."
    case ENOENT, ENOTDIR: return "Make the folder above it first, or check the path for a typing error."
    case EIO: return "The disk reports a fault. Keep what is there and use another disk."
    case EMFILE, ENFILE: return "Too many files are open. Raise the limit (ulimit -n) and run again."
    case EFBIG: return "The file has reached the largest size allowed here (ulimit -f)."
    case ELOOP: return "It is a symbolic link, and links are not followed in a pack."
    default: return ""
    }
  }
}

extension PackError: CustomStringConvertible {
  public var description: String {
    let action: String
    switch code {
    case .create: action = "cannot be created: "
    case .write: action = "cannot be written: "
    case .read: action = "cannot be read: "
    default: action = ""
    }
    return "\(path) \(action)\(problem)." + (advice.isEmpty ? "" : " " + advice)
  }
}
