internal import Documents

extension HTTPRecipe {
  init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["path", "success", "failure", "lockedOut", "form", "session"])
    let session = try value.optional("session")
    self.init(
      path: try value.optional("path")?.originForm() ?? "/", success: try value.optional("success")?.strings() ?? [],
      failure: try value.optional("failure")?.strings() ?? [],
      lockedOut: try value.optional("lockedOut")?.strings() ?? [],
      form: try value.optional("form").map(HTTPFormRecipe.init), session: try session?.choice(Session.self) ?? .cookie)
    guard let session, self.session == .body else { return }
    // What is neither would decide nothing, so that no control could ever be refused.
    guard form != nil, !success.isEmpty, !failure.isEmpty else {
      throw session.error(
        "the answer to a form cannot prove anything here",
        remedy: "give form, success and failure, or leave session out")
    }
  }
}

extension HTTPFormRecipe {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["action", "send", "account", "password", "fixed", "keep", "base64"])
    var fixed: [Field] = []
    for (name, text) in try value.optional("fixed")?.pairs() ?? [] { fixed.append(Field(name, try text.string())) }
    let parts = try value.optional("base64")?.each { part throws(DocumentError) in try part.choice(Part.self) } ?? []
    self.init(
      action: try value.required("action").originForm(),
      send: try value.optional("send")?.choice(Sending.self) ?? .post, account: try value.optional("account")?.string(),
      password: try value.required("password").string(), fixed: fixed,
      keep: try value.optional("keep")?.strings() ?? [], base64: Set(parts))
    let names = [account, password].compactMap(\.self) + fixed.map(\.name) + keep
    guard Set(names).count == names.count, !names.contains("") else {
      throw value.error("a field of the form has no name, or two have the same")
    }
    guard account != nil || !base64.contains(.account) else {
      throw value.error("there is no account to send in base64", remedy: "name its field under account")
    }
  }
}

extension YAMLValue {
  fileprivate func originForm() throws(DocumentError) -> String {
    let text = try string()
    guard text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw error("a path begins with / and has no blanks")
    }
    return text
  }
}
