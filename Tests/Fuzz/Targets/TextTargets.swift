internal import Addressing
internal import Audit
internal import Fingerprints
internal import LabSupport
internal import Probes
internal import Records
internal import SessionIO
internal import Synchronization
internal import Wire
internal import XMLReading

extension FuzzTarget {
  static let xml = FuzzTarget(
    "xml", ["XMLEvents", "XMLElement"], longest: 16_384,
    seeds: [
      XMLSeeds.sadp, XMLSeeds.description, XMLSeeds.mapping, XMLSeeds.match, XMLSeeds.information, XMLSeeds.fault,
      XMLSeeds.recog, Array("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".utf8),
      Array("<a b='&#x43;'><![CDATA[x]]></a>".utf8),
    ]
  ) { octets in
    // A small limit of each kind, so that a short input reaches it.
    let limits = XMLLimits(octets: 8192, depth: 16, elements: 64, attributeOctets: 256)
    guard let document = try? XMLEvents(parsing: octets, limits: limits) else { return }
    try Trees.check(document, octets, limits)
    guard let root = try? XMLElement(parsing: octets, limits: limits) else {
      throw BrokenPromise(description: "events but no element")
    }
    let all = root.descendants("x") + root.children
    try promise(all.count <= limits.elements, "more elements than allowed")
    _ = root.descendant("Activated")?.trimmedText
  }

  /// Pages and heads as they are looked through for titles, forms, and what fingerprints are asked about.
  static let pages = FuzzTarget(
    "pages", ["HTMLTags", "PageTitle", "SpokenText", "OwnURL", "HTTPHead"], longest: 8192,
    seeds: [
      PageSeeds.login, PageSeeds.firmware, PageSeeds.frames,
      Array("HTTP/1.0 200 OK\r\nServer: x\r\n y\r\n\r\n".utf8) + PageSeeds.login,
      ServiceReplies.snmpIdentity, ServiceReplies.ftpGreeting, ServiceReplies.rtspDescription,
      ServiceReplies.ssdpAnswer,
      Array("HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"a\\\"b\", qop=x\r\n\r\n".utf8),
      Array("SSH-2.0-dropbear_2019.78\r\n".utf8), Array("http://10.77.0.23:80/a/b?c#d".utf8), Array("../x".utf8),
      Array("https://[fe80::1%25eth0]:8443/".utf8),
    ]
  ) { octets in
    try Pages.readTags(octets)
    try Pages.readHead(octets)
    if let title = PageTitle.read(octets) {
      try promise(!title.isEmpty && title.count <= 4096, "a title of \(title.count)")
    }
    for name in Pages.protocols { try Pages.check(Spoken(octets, speaking: name, at: "tcp/1"), octets) }
    try Pages.check(Spoken(HTTPExchange(status: 200, body: octets), at: "tcp/80"), octets)
    try Pages.readURL(String(decoding: octets, as: UTF8.self))
  }

  /// Texts of services against every fingerprint that is shipped. The first octet chooses the kind.
  static let recognition = FuzzTarget(
    "recognition", ["FingerprintSet", "OctetPattern", "FingerprintRule"], longest: 2048, seeds: Recognition.seeds
  ) { octets in
    let kinds = SpokenText.Kind.allCases
    guard let first = octets.first else { return }
    let kind = kinds[Int(first) % kinds.count]
    let result = try Recognition.result(FingerprintKind(rawValue: kind.rawValue), Array(octets.dropFirst()))
    try promise(result.undecided.count <= 64, "\(result.undecided.count) rules undecided")
    for match in result.matches {
      for claim in match.claims {
        // What is put together from groups of the text, each perhaps with U+FFFD for an octet.
        try promise(claim.value.utf8.count <= 8 * octets.count + 512, "a claim longer than the text")
        try promise((0...1).contains(claim.certainty), "a certainty of \(claim.certainty)")
      }
    }
    for claim in result.claims(at: "tcp/1") {
      try promise(claim.value.utf8.count <= 4 * Claim.valueLimit, "a claim of \(claim.value.utf8.count) octets")
    }
  }
}

private enum Trees {
  /// Each start has its end, and nothing goes beyond the limits or comes from anywhere but the octets.
  static func check(_ document: XMLEvents, _ octets: [UInt8], _ limits: XMLLimits) throws {
    var open: [XMLName] = []
    var elements = 0
    var text = 0
    for event in document.events {
      switch event {
      case .start(let name, let attributes, _):
        open.append(name)
        elements += 1
        try promise(
          attributes.reduce(0) { $0 + $1.value.utf8.count } <= limits.attributeOctets, "attributes beyond the limit")
      case .end(let name): try promise(open.popLast() == name, "an end without its start")
      case .text(let piece):
        try promise(!piece.isEmpty && !open.isEmpty, "text outside")
        text += piece.unicodeScalars.count
      }
      try promise(open.count <= limits.depth && elements <= limits.elements, "beyond the limits")
    }
    try promise(open.isEmpty && elements > 0, "elements left open")
    try promise(text <= octets.count && octets.count <= limits.octets, "\(text) characters from \(octets.count) octets")
  }
}

private enum Pages {
  static let protocols: [ProtocolName] =
    [.ssh, .ftp, .telnet, .http, .rtsp] + ["ssdp", "snmp"].map { ProtocolName(rawValue: $0) }
  private static let device = IPAddress(Golden.deviceAddress)

  static func readTags(_ octets: [UInt8]) throws {
    var tags = HTMLTags(octets)
    var count = 0
    while let tag = tags.next() {
      count += 1
      try promise(tag.name.utf8.count <= octets.count && tag.attributes.count <= octets.count, "a tag beyond the page")
      for name in ["type", "action", "src", "content"] {
        let (small, written) = (tag.value(of: name), tag.written(name))
        try promise((small == nil) == (written == nil), "an attribute in one reading only")
      }
    }
    try promise(count <= octets.count, "more tags than octets")
  }

  /// A head as libcurl hands it over, and the certificates that stand beside it.
  static func readHead(_ octets: [UInt8]) throws {
    let head = HTTPHead(octets)
    try promise(head.status.map { (0...999).contains($0) } ?? true, "a status of no three digits")
    let fields = head.fields.reduce(0) { $0 + $1.name.unicodeScalars.count + $1.value.unicodeScalars.count }
    try promise(fields <= octets.count, "more in the fields than in the head")
    let certificates = HTTPExchange.certificates(octets)
    try promise(certificates.reduce(0) { $0 + 4 + $1.count } <= octets.count, "certificates beyond the octets")
  }

  static func check(_ spoken: Spoken, _ octets: [UInt8]) throws {
    for text in spoken.texts {
      try promise(!text.octets.isEmpty && text.octets.count <= 4 * octets.count, "a text of its own")
    }
    for sign in spoken.signs {
      try promise(sign.value.utf8.count <= 4 * Claim.valueLimit, "a sign of \(sign.value.utf8.count) octets")
    }
  }

  /// A URL of anything but the device itself comes to nothing, and what is taken is a path that can be sent.
  static func readURL(_ text: String) throws {
    let base = OwnURL("http://\(device):8080/a/b", of: device)
    for url in [OwnURL(text, of: device), base?.resolving(text, of: device)].compactMap(\.self) {
      try promise(
        url.path.hasPrefix("/") && url.path.utf8.count <= 1024
          && url.path.utf8.allSatisfy { (0x21...0x7e).contains($0) },
        "a path that cannot be sent")
      let again = OwnURL("\(url.secure ? "https" : "http")://\(device):\(url.port)\(url.path)", of: device)
      try promise(again == url, "another URL when written out")
    }
  }
}

enum Recognition {
  /// Read once, as a run does. A set is not for two threads at once; tests may be.
  private static let shared = Mutex<FingerprintSet?>(nil)

  static func result(_ kind: FingerprintKind, _ octets: [UInt8]) throws -> FingerprintResult {
    try shared.withLock { known in
      if let set = known { return try set.result(kind, octets) }
      let set = FingerprintSet(vocabulary: try vocabulary.get())
      try set.add(directory: Repository.profiles + "/fingerprints")
      let result = try set.result(kind, octets)
      known = set
      return result
    }
  }

  static let vocabulary = Result { try FingerprintVocabulary(profiles: Repository.profiles) }

  static let seeds: [[UInt8]] = {
    let kinds = SpokenText.Kind.allCases
    guard let vocabulary = try? vocabulary.get(),
      let examples = try? FingerprintSet.examples(
        directory: Repository.profiles + "/fingerprints", vocabulary: vocabulary)
    else { return [] }
    return examples.compactMap { kind, octets in
      kinds.firstIndex { $0.rawValue == kind.rawValue }.map { [UInt8($0)] + octets }
    }
  }()
}
