/// Where things lie in a pack, relative to its folder. Verdicts and findings cite these, and the pack
/// is written by them, so they are said once.
public enum PackPath {
  /// The folder of the payload (RFC 8493 §2.1.2).
  public static let payload = "data/"

  /// What was sent to a service, what came back, the same as text, and the frames.
  public static func finding(_ id: String) -> [String] {
    ["request.bin", "response.bin", "transcript.txt", "slice.pcapng"].map { "data/findings/\(id)/\($0)" }
  }

  /// What was sent to a service and what came back. `name` is unique in the run.
  public static func conversation(_ name: String) -> (request: String, response: String) {
    ("data/services/\(name)/request.bin", "data/services/\(name)/response.bin")
  }

  /// How much came back from a service, and its digest, where the octets are not kept; beside what was sent.
  public static func withheld(_ name: String) -> String { "data/services/\(name)/response.txt" }

  /// What happened in a login, without what was entered. `name` is unique in the run.
  public static func login(_ name: String) -> String { "data/logins/\(name).txt" }

  /// The ports of a device, one by one.
  public static func ports(_ device: DeviceID) -> String { "data/ports/\(device.rawValue).json" }
}
