/// What an FTP server is asked (RFC 959 §4.1). No command that lists, fetches, stores, renames or deletes is here, and
/// no password but the one of the anonymous user.
public enum FTPRequest {
  /// Which extensions the server has; `AUTH TLS` is among them where it can encrypt (RFC 2389 §3, RFC 4217 §6).
  public static let features = line("FEAT")
  /// The user that the protocol defines for everybody (RFC 1635).
  public static let anonymousUser = line("USER anonymous")
  /// What the anonymous user says instead of a password: an address of whoever asks (RFC 1635). The domain is one
  /// that can never exist (RFC 6761 §6.4).
  public static let anonymousPassword = line("PASS tenken@tenken.invalid")
  /// The name of the current directory, which only who is logged in is told.
  public static let workingDirectory = line("PWD")
  public static let quit = line("QUIT")

  /// Begins a login under a made-up name; no password follows.
  /// - Parameter seed: makes the name, eight letters and digits at most behind `tk`.
  public static func madeUpUser(seed: UInt64) -> [UInt8] {
    line("USER tk" + String(seed % 2_821_109_907_456, radix: 36))
  }

  private static func line(_ text: String) -> [UInt8] { Array(text.utf8) + [0x0d, 0x0a] }
}
