/// A password. It has no description, is never encoded, and shows itself to nobody but who asks for its octets to enter them.
public struct Secret: Hashable, Sendable {
  /// As they are entered, without a line end.
  let octets: [UInt8]

  public init(_ octets: [UInt8]) { self.octets = octets }

  public var isEmpty: Bool { octets.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  // So that neither an interpolation nor `dump` nor a failed expectation tells it.
  public var description: String { "(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

/// A name and a password that a device may have from its maker.
public struct CredentialPair: Hashable, Sendable {
  /// Empty where a password alone is asked for.
  public let account: String
  public let secret: Secret
  /// By which the secret, which is empty, is still to be made of what the device says; nil where it is there.
  public let formula: CredentialFormula?

  public init(account: String, secret: Secret) {
    self.account = account
    self.secret = secret
    formula = nil
  }

  public init(account: String, formula: CredentialFormula) {
    self.account = account
    self.formula = formula
    secret = Secret([])
  }
}
