internal import Glibc

/// A folder that only its owner may enter.
public enum PrivateFolder {
  /// Makes a folder of a new name below another.
  /// - Throws: ``PackError`` when the system refuses.
  public static func make(in folder: String) throws(PackError) -> String {
    let stem = (folder.hasSuffix("/") ? folder : folder + "/") + "tenken-"
    var template = Array((stem + "XXXXXX").utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw PackError(.create, path: stem, errno: errno) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
