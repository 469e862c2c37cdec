public import Addressing
public import Wire

/// A station of a network: what it chose of what the network offers, and what protects its data.
public struct WiFiStation: Hashable, Sendable {
  public let address: MACAddress
  /// Frames to it and from it.
  public internal(set) var frames = 0
  /// Its data by what protects them, and those that nothing does.
  public internal(set) var protection = WiFiProtectionCounts()
  public internal(set) var clearFrames = 0
  var choices = WiFiBelief<WiFiChoice>()

  init(_ address: MACAddress) { self.address = address }

  /// What it asked for when it joined; nil where that was not heard, or heard differently.
  public var choice: WiFiChoice? { choices.value }
  public var choiceStanding: WiFiStanding? { choices.standing }
  /// Its address was made up, which says nothing of its maker (IEEE 802-2014 §8.4).
  public var hasRandomAddress: Bool { address.isLocallyAdministered }

  /// Stations that a network keeps.
  public static let mostOfNetwork = 64
  /// And all networks together.
  public static let most = 4096
}

/// What a station chose of a network's security: the RSN or WPA element of its request, without key identifiers.
public struct WiFiChoice: Hashable, Sendable {
  let element: WiFiSecurityElement
  /// By WPA's element, before RSN.
  public let isWPA: Bool

  init(_ element: WiFiSecurityElement, isWPA: Bool) {
    var element = element
    element.keyIdentifiers = 0
    self.element = element
    self.isWPA = isWPA
  }

  /// The first RSN element, or else WPA's.
  init?(_ elements: [WiFiElement]) {
    if let rsn = elements.first(where: { $0.identifier == .rsn }),
      let read = try? WiFiSecurityElement(parsing: rsn.body)
    {
      self.init(read, isWPA: false)
    } else if let wpa = elements.first(where: { $0.vendorType == WiFiVendorType.wpa }),
      let read = try? WiFiSecurityElement(parsing: wpa.vendorBody)
    {
      self.init(read, isWPA: true)
    } else {
      return nil
    }
  }

  /// In the names of ``WiFiSuite``.
  public var pairwise: [String] { element.pairwise.map(WiFiSuite.cipher) }
  public var group: String? { element.group.map(WiFiSuite.cipher) }
  public var authentication: [String] { element.authentication.map(WiFiSuite.authentication) }
  public var managementProtection: WiFiSecurity.ManagementProtection { WiFiSecurity.protection(element) }

  /// It is one of the ways that a network with this description offers.
  func isOffered(by description: WiFiDescription) -> Bool {
    let offers = isWPA ? [description.wpa] : [description.rsn, description.rsnOverride]
    return offers.contains { body in
      guard let body, let offer = try? WiFiSecurityElement(parsing: body) else { return false }
      return !element.authentication.isEmpty && !element.pairwise.isEmpty && element.group == offer.group
        && element.pairwise.allSatisfy(offer.pairwise.contains)
        && element.authentication.allSatisfy(offer.authentication.contains)
    }
  }
}

/// Data frames by what protects them.
public struct WiFiProtectionCounts: Hashable, Sendable {
  private var (wep, tkip, counterMode, ambiguous) = (0, 0, 0, 0)

  public internal(set) subscript(_ kind: WiFiProtection) -> Int {
    get {
      switch kind {
      case .wep: wep
      case .tkip: tkip
      case .counterMode: counterMode
      case .ambiguous: ambiguous
      }
    }
    set {
      switch kind {
      case .wep: wep = newValue
      case .tkip: tkip = newValue
      case .counterMode: counterMode = newValue
      case .ambiguous: ambiguous = newValue
      }
    }
  }
}

/// The stations of one network, bounded.
struct WiFiStations: Hashable, Sendable {
  private(set) var all: [WiFiStation] = []
  /// The same addresses side by side, which are searched for every data frame.
  private var addresses: [UInt64] = []
  private var last = 0
  /// Where the next one that was heard once is looked for.
  private var hand = 0

  var count: Int { all.count }

  /// The place of a station, which is made where there is room.
  /// - Parameters:
  ///   - room: how many more all networks together may keep; counted down.
  ///   - dropped: stations that were let go or not taken; counted up.
  mutating func place(of address: MACAddress, _ room: inout Int, _ dropped: inout Int) -> Int? {
    if last < addresses.count, addresses[last] == address.rawValue { return last }
    for place in addresses.indices where addresses[place] == address.rawValue {
      last = place
      return place
    }
    if all.count < WiFiStation.mostOfNetwork, room > 0 {
      room -= 1
      all.append(WiFiStation(address))
      addresses.append(address.rawValue)
      last = all.count - 1
      return last
    }
    dropped += 1
    // One that was heard once goes first; what was heard twice stays.
    for step in all.indices {
      let place = (hand + step) % all.count
      guard all[place].frames < WiFiSurvey.proof else { continue }
      hand = place + 1
      all[place] = WiFiStation(address)
      addresses[place] = address.rawValue
      last = place
      return place
    }
    return nil
  }

  subscript(_ place: Int) -> WiFiStation {
    get { all[place] }
    _modify { yield &all[place] }
  }
}
