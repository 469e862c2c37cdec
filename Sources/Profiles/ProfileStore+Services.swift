internal import Documents
internal import Foundation

extension ProfileStore {
  /// A kind of service that is asked alone, and what of the rule set that takes: the checks that its questions can meet, the
  /// folder that it is held against, the ports and profiles of scans, and of devices by what a family is known and how much it
  /// bears, since no question is worth a fragile device.
  ///
  /// A store of it holds no checklist, no wording and no limitation of reports, no Telnet prompt, no role, no other check, UDP
  /// questions only for DTLS, and the port lists only that keep a run from ports.
  public enum Service: Hashable, Sendable, CaseIterable {
    case ssh, tls, dtls

    /// What it is held against, which is also how the ids of its checks begin.
    var folder: String { self == .ssh ? "ssh" : "tls" }
  }

  /// The check that any run may have to tell of.
  private static let distress = "device.distress"
  private static let protectivePorts = ["never-write", "ot", "telnet-likely"]

  /// Reads the files that questions to a kind of service need.
  static func read(_ directory: String, for service: Service) throws(DocumentError) -> [RuleFile] {
    var files: [RuleFile] = []
    for name in protectivePorts { files.append(try file("ports/\(name).yaml", of: directory)) }
    let isData = { (path: String) in path.hasSuffix(".yaml") }
    for folder in ["devices/", "scans/", service.folder + "/"] + (service == .dtls ? ["udp/"] : []) {
      files += try self.files(of: directory, in: folder, where: isData)
    }
    let checks = (try? FileManager.default.contentsOfDirectory(atPath: directory + "/checks")) ?? []
    for id in checks where id == distress || id.hasPrefix(service.folder + ".") {
      files.append(try file("checks/\(id)/check.yaml", of: directory))
    }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }
}
