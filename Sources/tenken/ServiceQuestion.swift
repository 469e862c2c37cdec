internal import ArgumentParser
internal import Audit
internal import Foundation
internal import Probes
internal import Profiles
internal import Records

/// The one question of a command that looks at single services.
enum ServiceQuestion: Hashable {
  /// - Parameter opening: the protocol that goes on to TLS at a word; nil where TLS comes first.
  case tls(full: Bool, opening: String?)
  /// Over UDP.
  case dtls
  case ssh

  var registry: ProbeRegistry {
    switch self {
    case .tls(let full, _): full ? .tlsEnumeration : .tls
    case .dtls: .dtls
    case .ssh: .ssh
    }
  }

  /// What of the rule set it needs.
  var rules: ProfileStore.Service {
    switch self {
    case .tls: .tls
    case .dtls: .dtls
    case .ssh: .ssh
    }
  }

  var transport: Transport { self == .dtls ? .udp : .tcp }

  /// Who names a service says what it is; over UDP the scan's own question has to be answered first.
  var presumed: PresumedService? {
    switch self {
    case .tls(_, let opening?): PresumedService(ProtocolName(rawValue: opening), tls: false)
    case .tls(_, nil): PresumedService(.tls, tls: true)
    case .dtls: nil
    case .ssh: PresumedService(.ssh, tls: false)
    }
  }
}

/// `HOST`, `HOST:PORT` or `[IPv6]:PORT`.
struct ServiceArgument: Hashable {
  let host: String
  let port: UInt16?

  init(_ text: String) throws {
    func number(_ digits: some StringProtocol) throws -> UInt16 {
      guard let port = UInt16(digits), port > 0 else {
        throw ValidationError("\(text): \(digits) is no port; write it as 192.0.2.1:443 or [2001:db8::1]:443")
      }
      return port
    }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = String(text[text.index(after: text.startIndex)..<end])
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else {
        throw ValidationError("\(text): write a port behind brackets as [2001:db8::1]:443")
      }
      port = rest.isEmpty ? nil : try number(rest.dropFirst())
    } else {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      // More than one colon is an IPv6 address without a port.
      host = parts.count == 2 ? String(parts[0]) : text
      port = parts.count == 2 ? try number(parts[1]) : nil
    }
    _ = try rangeArgument(host)
  }
}

/// What commands that look at single services have in common with the runs of whole networks.
struct ServiceOptions: ParsableArguments {
  @Argument(help: "Services: HOST, HOST:PORT or [IPv6]:PORT / 対象のサービス") var services: [String]
  @Option(help: "Scope file: what the customer allowed / 許可範囲ファイル") var scope: String
  @Option(help: "gentle, standard or fast / 検査の強さ") var profile = "standard"
  @Option(
    name: .customLong("device-rate"),
    help: "Most frames a second for one device; 0 lifts the ceiling where the scope does / 機器あたりの上限")
  var deviceRate: Int?
  @Option(
    name: .customLong("connection-gap"),
    help: "Milliseconds to wait between two connections to one device / 機器への接続の間隔(ミリ秒)")
  var connectionGap: Int?
  @Option(help: "Language of the terminal: ja or en / 言語") var lang: Language = .ja
  @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?
  @Option(
    name: .customLong("fail-on"), help: "Severity from which the exit status is 1: info, low, medium, high, critical")
  var failOn: Severity = .high
  @Flag(help: "Use ordinary connections instead of raw frames; needs no privilege / 通常の接続で検査する")
  var unprivileged = false
  @Flag(help: "A JSON object a line / JSON") var json = false

  func validate() throws {
    for service in services { _ = try ServiceArgument(service) }
    guard profile != "passive-only" else {
      throw ValidationError("--profile passive-only sends nothing, so no service can be asked.")
    }
  }

  /// The services by their port, since a run asks all its targets for the same ports.
  func byPort(_ usual: UInt16) throws -> [(port: UInt16, hosts: [String])] {
    let services = try services.map(ServiceArgument.init)
    return Dictionary(grouping: services) { $0.port ?? usual }.sorted { $0.key < $1.key }
      .map { (port: $0.key, hosts: $0.value.map(\.host)) }
  }

  /// The same as the options of a whole run, for these targets.
  func runOptions(_ targets: [String]) throws -> RunOptions {
    var arguments = targets + ["--scope", scope, "--profile", profile, "--lang", lang.rawValue, "--quiet"]
    if let deviceRate { arguments += ["--device-rate", "\(deviceRate)"] }
    if let connectionGap { arguments += ["--connection-gap", "\(connectionGap)"] }
    if let profiles { arguments += ["--profiles", profiles] }
    if unprivileged { arguments.append("--unprivileged") }
    return try RunOptions.parse(arguments)
  }

  /// Asks each of the services and writes what they showed.
  /// - Parameter guidelines: what TLS services are held against.
  /// - Throws: the exit status of findings, after everything was asked.
  func ask(_ question: ServiceQuestion, usualPort: UInt16, guidelines: GuidelineChoice? = nil) throws {
    var status: ExitStatus?
    for (port, hosts) in try byPort(usualPort) {
      let place = ServiceEndpoint(transport: question.transport, port: port)
      let writer = ServiceWriter(json: json, language: lang, guidelines: guidelines)
      let session = try RunSession(
        runOptions(hosts), purpose: .service(question), ports: "\(port)", output: nil, failOn: failOn,
        profiles: guidelines?.store)
      let result = try session.run(settled: writer.settle, observed: writer.observe)
      writer.finish(result, place)
      if result.run.partial { throw ExitStatus.interrupted.code }
      if result.fails(failOn) { status = .findings }
    }
    if let status { throw status.code }
  }
}
