/// What a device lets its visitors know of itself: what an inventory has to hold, and nil where nothing it says would
/// allow more than a guess. The programs behind its services speak accordingly.
public struct Identity: Hashable, Sendable {
  /// A word of tenken's roles, which is what the test compares; the lab knows them as words only.
  public var role: String?
  /// As the device or a document names it; nil where only the MAC address tells.
  public var maker: String?
  public var model: String?
  public var firmware: String?
  /// The title of its page, where that is not just a description by the lab.
  var title: String?
  /// What its Telnet server shows before the login prompt.
  var greeting: String?
  /// Whom its certificate names, in the form of OpenSSL's `-subj`.
  var subject: String?
}
