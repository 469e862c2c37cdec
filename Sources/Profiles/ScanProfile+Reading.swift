internal import Documents
internal import Records

extension ScanProfile {
  /// The profile that a run takes when it names none.
  public static let standardID = "standard"

  /// The profiles that every rule set has.
  static let builtIn = ["gentle", standardID, "fast", "passive-only"]

  /// Reads `scans/<id>.yaml`. Every number is required: a default out of sight would be a ceiling
  /// that nobody agreed to.
  init(_ document: YAMLValue, named name: String) throws(DocumentError) {
    try document.allowOnly([
      "id", "title", "summary", "probes", "devices", "totalRate", "segmentRate", "arp", "tries", "health", "udp",
      "promotion",
    ])
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's name \(name)")
    }
    title = try document.required("title").localized()
    summary = try document.required("summary").localized()
    probes = try document.required("probes").boolean()
    totalRate = try document.required("totalRate").count()
    segmentRate = try document.required("segmentRate").count()

    let devices = try document.required("devices")
    try devices.allowOnly(Set(DeviceClass.allCases.map(\.rawValue)))
    fragile = try DeviceLimits(try devices.required(DeviceClass.fragile.rawValue))
    normal = try DeviceLimits(try devices.required(DeviceClass.normal.rawValue))
    robust = try DeviceLimits(try devices.required(DeviceClass.robust.rawValue))
    guard fragile.isWithin(normal), normal.isWithin(robust) else {
      throw devices.error("a fragile device may not get more than a normal one, nor that more than a robust one")
    }

    let arp = try document.required("arp")
    try arp.allowOnly(Set(LinkKind.allCases.map(\.rawValue)))
    wired = try ARPPacing(try arp.required(LinkKind.wired.rawValue))
    wifi = try ARPPacing(try arp.required(LinkKind.wifi.rawValue))
    managedSwitch = try ARPPacing(try arp.required(LinkKind.managedSwitch.rawValue))

    tries = try Tries(try document.required("tries"))
    health = try Health(try document.required("health"))
    let udp = try document.required("udp")
    try udp.allowOnly(["enabled", "rate"])
    self.udp = try udp.required("enabled").boolean()
    udpRate = try udp.required("rate").count(atLeast: 1)
    promotion = try document.optional("promotion").map { value throws(DocumentError) in try Promotion(value) }
  }
}

extension ScanProfile.DeviceLimits {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["rate", "inFlight"])
    self.init(rate: try value.required("rate").count(), inFlight: try value.required("inFlight").count())
  }

  /// Nothing here is above `other`; 0 is above every number.
  fileprivate func isWithin(_ other: Self) -> Bool {
    func fits(_ number: Int, _ ceiling: Int) -> Bool { ceiling == 0 || (number > 0 && number <= ceiling) }
    return fits(rate, other.rate) && fits(inFlight, other.inFlight)
  }
}

extension ScanProfile.ARPPacing {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["rate", "roundsMilliseconds"])
    let list = try value.required("roundsMilliseconds")
    var rounds: [Duration] = []
    for element in try list.elements() { rounds.append(.milliseconds(try element.count(atLeast: 1))) }
    // One answer in three may be lost on a radio; two rounds would leave one device in ten unseen.
    guard rounds.count >= 3 else { throw list.error("at least three rounds are needed") }
    self.init(rate: try value.required("rate").count(atLeast: 1), rounds: rounds)
  }
}

extension ScanProfile.Tries {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["least", "most", "missBound"])
    let bound = try value.required("missBound")
    guard let missBound = Double(try bound.string()), missBound > 0, missBound < 1 else {
      throw bound.error("a bound is a probability between 0 and 1, such as 1.0e-5")
    }
    let least = try value.required("least").count(atLeast: 1)
    let most = try value.required("most").count(atLeast: 1)
    guard least <= most else { throw value.error("least is above most") }
    self.init(least: least, most: most, missBound: missBound)
  }
}

extension ScanProfile.Health {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["heartbeatMilliseconds", "timeoutMilliseconds", "recoverySeconds"])
    self.init(
      heartbeat: .milliseconds(try value.required("heartbeatMilliseconds").count(atLeast: 1)),
      heartbeatTimeout: .milliseconds(try value.required("timeoutMilliseconds").count(atLeast: 1)),
      recoveryWait: .seconds(try value.required("recoverySeconds").count(atLeast: 1)))
  }
}

extension ScanProfile.Promotion {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["answers", "afterSeconds"])
    self.init(
      answers: try value.required("answers").count(atLeast: 1),
      after: .seconds(try value.required("afterSeconds").count(atLeast: 1)))
  }
}

extension YAMLValue {
  /// A whole number that is not below `least`.
  func count(atLeast least: Int = 0) throws(DocumentError) -> Int {
    let number = try integer()
    guard number >= least else { throw error("expected a whole number from \(least) upwards") }
    return number
  }
}
