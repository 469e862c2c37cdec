/// How an HTTP service is logged in to, beyond what every one has in common.
public struct HTTPRecipe: Hashable, Sendable {
  /// What shows that a form let somebody in.
  public enum Session: String, Hashable, Sendable, CaseIterable {
    /// A session by cookie begins, and a page is another one in it.
    case cookie
    /// The answer to the form itself holds a text of `success`, and one of `failure` where it does not.
    case body
  }

  /// The page that asks for the login, in origin form.
  public let path: String
  /// Texts that only somebody who is in gets to see, and that refuse.
  public let success: [String]
  public let failure: [String]
  /// Texts that lock, whatever status they come with.
  public let lockedOut: [String]
  /// nil where the page has the form, or asks otherwise.
  public let form: HTTPFormRecipe?
  public let session: Session

  public init(
    path: String = "/", success: [String] = [], failure: [String] = [], lockedOut: [String] = [],
    form: HTTPFormRecipe? = nil, session: Session = .cookie
  ) {
    self.path = path
    self.success = success
    self.failure = failure
    self.lockedOut = lockedOut
    self.form = form
    self.session = session
  }
}

/// A form that the page does not show as it is sent, since its script makes it.
public struct HTTPFormRecipe: Hashable, Sendable {
  public enum Sending: String, Hashable, Sendable, CaseIterable {
    /// `application/x-www-form-urlencoded`
    case post
    /// `multipart/form-data` (RFC 7578)
    case multipart
  }

  public enum Part: String, Hashable, Sendable, CaseIterable { case account, password }

  public struct Field: Hashable, Sendable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Where it is sent, in origin form.
  public let action: String
  public let send: Sending
  /// The names of the fields; `account` is nil where a password alone is asked for.
  public let account: String?
  public let password: String
  /// What is the same for everybody.
  public let fixed: [Field]
  /// Hidden fields that have their value from the page, such as a token.
  public let keep: [String]
  /// What is sent in base64.
  public let base64: Set<Part>

  public init(
    action: String, send: Sending = .post, account: String?, password: String, fixed: [Field] = [], keep: [String] = [],
    base64: Set<Part> = []
  ) {
    self.action = action
    self.send = send
    self.account = account
    self.password = password
    self.fixed = fixed
    self.keep = keep
    self.base64 = base64
  }
}
