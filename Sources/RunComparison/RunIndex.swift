internal import Addressing
internal import Records

/// A run's record, to be asked about single places.
struct RunIndex {
  struct MarkKey: Hashable {
    let service: ServiceEndpoint
    let kind: RunRecord.Mark.Kind
    let name: String

    var aspect: RunDifference.Aspect {
      switch kind {
      case .certificate: .certificate
      case .hostKey: .hostKey
      case .software: .software
      }
    }
  }

  let devices: [DeviceID: RunRecord.DeviceState]
  let services: [DeviceID: [ServiceEndpoint: RunRecord.OpenService]]
  let weaknesses: [RunDifference.Place: RunRecord.Weakness]
  let marks: [DeviceID: [MarkKey: String]]
  private let looks: [DeviceID: [RunRecord.Look]]
  private let answers: [RunDifference.Place: String]
  private let unanswered: AddressSpans
  private let looked: Set<IPAddress>
  private let isPartial: Bool

  init(_ record: RunRecord) {
    devices = Dictionary(record.devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    services = Dictionary(grouping: record.services, by: \.device).mapValues { services in
      Dictionary(services.map { ($0.endpoint, $0) }, uniquingKeysWith: { first, _ in first })
    }
    weaknesses = Dictionary(
      record.weaknesses.map { (.init(device: $0.device, service: $0.service, check: $0.check), $0) },
      uniquingKeysWith: { first, _ in first })
    marks = Dictionary(grouping: record.marks, by: \.device).mapValues { marks in
      Dictionary(
        marks.map { (MarkKey(service: $0.service, kind: $0.kind, name: $0.name), $0.value) },
        uniquingKeysWith: { first, _ in first })
    }
    looks = Dictionary(grouping: record.looks, by: \.device)
    answers = Dictionary(
      record.answers.map { (.init(device: $0.device, service: $0.service, check: $0.question), $0.result) },
      uniquingKeysWith: { first, _ in first })
    unanswered = AddressSpans(record.unanswered)
    looked = Set(record.looks.map(\.address))
    isPartial = record.run.partial
  }

  /// The run asked the address, and whatever has it would have been seen: it was looked at, or asked to the end in vain.
  func asked(_ address: IPAddress) -> Bool {
    looked.contains(address) || (!isPartial && unanswered.contains(address))
  }

  /// It was looked for and is not there: its question was refuted, another protocol speaks there, or the port is closed.
  func refuted(_ place: RunDifference.Place) -> Bool {
    if answers[place] == "refuted" { return true }
    guard let service = place.service else { return false }
    if isKnownClosed(service, of: place.device) { return true }
    let spoken = answers[.init(device: place.device, service: service, check: RunRecord.Answer.identified)]
    // A rule about a protocol itself: another one speaks there now.
    guard let spoken, place.check.hasSuffix(".enabled") else { return false }
    return place.check.dropLast(8) != spoken
  }

  /// The port answered that nobody listens; silence is no answer.
  func isKnownClosed(_ endpoint: ServiceEndpoint, of device: DeviceID) -> Bool {
    guard services[device]?[endpoint] == nil, let looks = looks[device] else { return false }
    return looks.contains { look in
      look.isFinished
        && PortSpans(endpoint.transport == .tcp ? look.closed : look.closedUDP).contains(endpoint.port)
    }
  }
}

extension RunIndex {
  /// The port was asked to the end, and nothing came.
  func isKnownSilent(_ endpoint: ServiceEndpoint, of device: DeviceID) -> Bool {
    guard services[device]?[endpoint] == nil, let looks = looks[device] else { return false }
    // Few services ask for it, so that their spans are read when they are wanted.
    return looks.contains { look in
      guard look.isFinished else { return false }
      switch endpoint.transport {
      case .tcp: return PortSpans(look.silent).contains(endpoint.port)
      case .udp:
        return look.udp.map { PortSpans($0).contains(endpoint.port) } == true
          && !PortSpans(look.closedUDP).contains(endpoint.port)
      }
    }
  }
}

/// An expression such as `1-22,24-65535`.
struct PortSpans {
  private let spans: [ClosedRange<UInt16>]

  init(_ expression: String) {
    spans = expression.utf8.split(separator: UInt8(ascii: ",")).compactMap { part in
      let ends = part.split(separator: UInt8(ascii: "-")).map { UInt16(Substring($0)) }
      guard let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high else { return nil }
      return low...high
    }
  }

  func contains(_ port: UInt16) -> Bool { spans.contains { $0.contains(port) } }
}

/// An expression such as `10.0.0.1-10.0.0.4, 10.0.0.9`.
struct AddressSpans {
  private let spans: [AddressRange]

  init(_ expression: String) {
    spans = expression.split(whereSeparator: { $0 == "," || $0 == " " }).compactMap {
      try? AddressRange(parsing: String($0))
    }
  }

  func contains(_ address: IPAddress) -> Bool { spans.contains { $0.contains(address) } }
}
