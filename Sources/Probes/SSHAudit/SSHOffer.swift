internal import Wire

/// Our lists of algorithms. They never decide how good a connection is, since there is none: they are made so that the server goes on
/// to what is asked for.
enum SSHOffer {
  /// In the order of what costs a small device least.
  static let methods = [
    "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "diffie-hellman-group1-sha1",
    "diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
    "diffie-hellman-group-exchange-sha256", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group16-sha512",
    "diffie-hellman-group15-sha512", "diffie-hellman-group17-sha512", "diffie-hellman-group18-sha512",
    "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com", "mlkem768x25519-sha256",
  ]

  /// One method, one type of host key, and of everything else what the server has.
  /// - Returns: nil when no method is common.
  static func answering(_ theirs: SSHKeyExchangeInit, _ aim: SSHAim, cookie: [UInt8]) -> SSHKeyExchangeInit? {
    var own = theirs
    own.cookie = cookie
    own.guesses = false
    (own.languagesClientToServer, own.languagesServerToClient) = ([], [])
    guard let method = methods.first(where: theirs.keyExchange.contains) else { return nil }
    switch aim {
    case .hostKey(let type):
      guard let type = type ?? types(theirs.hostKey).first else { return nil }
      own.keyExchange = [method]
      own.hostKey = theirs.hostKey.filter { SSHHostKey.type(of: $0) == type }
    case .group(let method): own.keyExchange = [method]
    case .version1: return nil
    }
    return own
  }

  /// Everything that is usual, for a server that waits for the client's lists.
  static func blind(_ aim: SSHAim, cookie: [UInt8]) -> SSHKeyExchangeInit {
    var own = SSHKeyExchangeInit(cookie: cookie)
    own.keyExchange = methods
    own.hostKey = [
      "ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa", "ecdsa-sha2-nistp384",
      "ecdsa-sha2-nistp521", "ssh-dss",
    ]
    switch aim {
    case .hostKey(let type?): own.hostKey = own.hostKey.filter { SSHHostKey.type(of: $0) == type } + [type]
    case .group(let method): own.keyExchange = [method]
    case .hostKey(nil), .version1: break
    }
    own.encryptionClientToServer = [
      "aes128-ctr", "aes256-ctr", "aes192-ctr", "chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com",
      "aes256-gcm@openssh.com", "aes128-cbc", "aes256-cbc", "aes192-cbc", "3des-cbc", "blowfish-cbc", "arcfour", "none",
    ]
    own.encryptionServerToClient = own.encryptionClientToServer
    own.macClientToServer = [
      "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
      "umac-128-etm@openssh.com", "hmac-md5", "hmac-sha1-96", "none",
    ]
    own.macServerToClient = own.macClientToServer
    own.compressionClientToServer = ["none", "zlib@openssh.com", "zlib"]
    own.compressionServerToClient = own.compressionClientToServer
    return own
  }

  /// Types of host keys behind the algorithms of a list, each once. A certificate of a type that is listed as well shows the same
  /// key, and is left out.
  static func types(_ algorithms: [String]) -> [String] {
    var types: [String] = []
    for algorithm in algorithms {
      let type = SSHHostKey.type(of: algorithm)
      if !types.contains(type) { types.append(type) }
    }
    return types.filter { type in
      guard let end = type.firstRange(of: "-cert-v0") else { return true }
      return !types.contains(String(type[..<end.lowerBound]))
    }
  }
}
