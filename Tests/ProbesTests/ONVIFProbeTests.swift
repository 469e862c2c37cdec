import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

struct ONVIFProbeTests {
  /// 0x0123456789ABCDEF as RFC 9562 §5.8 lays a UUID of version 8 out.
  private static let seed: UInt64 = 0x0123_4567_89ab_cdef
  private static let identifier = "01234567-89ab-8000-8000-74656e6bcdef"

  /// WS-Discovery (April 2005) §5.3 with the type and scopes of ONVIF Core Specification §7.3.2.
  static func match(
    _ relatesTo: String = "urn:uuid:\(identifier)", types: String = "dn:NetworkVideoTransmitter tds:Device",
    scopes: String = "onvif://www.onvif.org/type/video_encoder",
    addresses: String = "http://10.0.0.33:8899/onvif/device_service"
  ) -> [UInt8] {
    Array(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" \
      xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" \
      xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><SOAP-ENV:Header>\
      <wsa:RelatesTo>\(relatesTo)</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>\
      <wsa:EndpointReference><wsa:Address>urn:uuid:0a1b2c3d-1111-2222-3333-444455556666</wsa:Address>\
      </wsa:EndpointReference><d:Types>\(types)</d:Types><d:Scopes>\(scopes)</d:Scopes><d:XAddrs>\(addresses)</d:XAddrs>\
      </d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>
      """.utf8)
  }

  /// devicemgmt.wsdl: GetDeviceInformationResponse.
  static let information = Array(
    """
    <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">\
    <s:Body><tds:GetDeviceInformationResponse><tds:Manufacturer>LAB</tds:Manufacturer><tds:Model>CAM-1</tds:Model>\
    <tds:FirmwareVersion>1.2.3</tds:FirmwareVersion><tds:SerialNumber>S-0001</tds:SerialNumber>\
    <tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse></s:Body></s:Envelope>
    """.utf8)

  /// ONVIF Core Specification §5.11.2: env:Sender, ter:NotAuthorized.
  static func fault(_ subcode: String) -> [UInt8] {
    Array(
      """
      <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>\
      <s:Subcode><s:Value>\(subcode)</s:Value></s:Subcode></s:Code></s:Fault></s:Body></s:Envelope>
      """.utf8)
  }

  private static func asked(said: [UInt8] = []) throws -> ProbeBench<ONVIFProbe> {
    let address = try #require(IPAddress("10.0.0.33"))
    var bench = ProbeBench(try #require(ONVIFProbe(address: address, port: 3702, said: said, seed: seed)))
    bench.begin()
    return bench
  }

  private static func judged(_ exchange: HTTPExchange) throws -> ProbeBench<ONVIFProbe> {
    var bench = try asked(said: match("urn:uuid:other"))
    bench.tell(.received(0, match()))
    bench.tell(.response(1, exchange))
    return bench
  }

  private static func answer(_ status: Int, _ body: [UInt8] = []) -> HTTPExchange {
    HTTPExchange(status: status, version: "1.1", body: body)
  }

  @Test func `it searches with an identifier of its own and then asks as nobody`() throws {
    var bench = try Self.asked()
    let search = String(decoding: try #require(bench.sent.first), as: UTF8.self)
    #expect(search.contains("<a:MessageID>urn:uuid:\(Self.identifier)</a:MessageID>"))
    #expect(search.hasSuffix("<e:Body><d:Probe/></e:Body></e:Envelope>"))
    bench.tell(.received(0, Self.match()))
    let request = try #require(bench.fetches.first)
    #expect(request.port == 8899 && request.path == "/onvif/device_service" && request.headers.isEmpty)
    guard case .post(let type, let body) = request.method else {
      Issue.record("no POST")
      return
    }
    #expect(type.hasPrefix("application/soap+xml; charset=utf-8; action="))
    let text = String(decoding: body, as: UTF8.self)
    #expect(text.contains("<s:Body><GetDeviceInformation xmlns=\"http://www.onvif.org/ver10/device/wsdl\"/></s:Body>"))
    #expect(!text.contains("Security"))
  }

  @Test func `what is told to nobody in particular proves it`() throws {
    let bench = try Self.judged(Self.answer(200, Self.information))
    #expect(bench.result == .proven && bench.staysWithinSheet())
    let claims = try #require(bench.probe.report?.claims)
    #expect(claims.map(\.kind) == [.uuid, .role, .vendor, .model, .firmware, .serial])
    #expect(
      claims.map(\.value) == ["0a1b2c3d-1111-2222-3333-444455556666", "camera", "LAB", "CAM-1", "1.2.3", "S-0001"])
  }

  private static func found(_ types: String, _ scopes: String) throws -> [String] {
    let text = """
      <e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header><RelatesTo>x</RelatesTo></e:Header>
      <e:Body><ProbeMatches><ProbeMatch><Types>\(types)</Types><Scopes>\(scopes)</Scopes></ProbeMatch></ProbeMatches>
      </e:Body></e:Envelope>
      """
    let match = try #require(DiscoveryMatch(parsing: Array(text.utf8)))
    return match.claims(source: "x").map { "\($0.kind.rawValue)=\($0.value) \($0.confidence.rawValue)" }
  }

  /// ONVIF Core Specification §7.3.2 for scopes and types; escapes of RFC 3986 §2.1.
  @Test func `types and scopes say what it is and who named it`() throws {
    let prefix = "onvif://www.onvif.org"
    #expect(
      try Self.found(
        "tds:Device dn:NetworkVideoTransmitter", "\(prefix)/name/HALL%20%E5%85%A5%E5%8F%A3 \(prefix)/hardware/DS-1")
        == ["model=DS-1 medium", "name=HALL 入口 medium", "role=camera low"])
    // Devices that transmit what they store are recorders.
    #expect(
      try Self.found("dn:NetworkVideoTransmitter dn:NetworkVideoStorage", "") == ["role=nvr medium"])
    // No type of ONVIF's, another host's scopes, escapes that are none, nothing behind the slash.
    for (types, scopes) in [
      ("tds:Device", ""), ("wsdp:Device", "onvif://www.example.org/name/x"),
      ("", "\(prefix)/name/%zz"), ("", "\(prefix)/name/%2"), ("", "\(prefix)/hardware/ \(prefix)/name/%20"),
    ] {
      #expect(try Self.found(types, scopes).isEmpty, "\(types) \(scopes)")
    }
  }

  @Test func `a device that wants to know who asks refutes`() throws {
    for exchange in [
      Self.answer(400, Self.fault("ter:NotAuthorized")), Self.answer(500, Self.fault("wsse:FailedAuthentication")),
      Self.answer(401), Self.answer(403), Self.answer(200, Self.fault("ter:NotAuthorized")),
    ] {
      #expect(try Self.judged(exchange).result == .refuted)
    }
  }

  /// Another fault, a page, GetSystemDateAndTime (which is for everybody), an answer without content, the question sent back.
  @Test func `nothing else decides`() throws {
    let time = "<Envelope><Body><GetSystemDateAndTimeResponse/></Body></Envelope>"
    let empty = """
      <Envelope><Body><GetDeviceInformationResponse xmlns="http://www.onvif.org/ver10/device/wsdl"><Manufacturer/>\
      </GetDeviceInformationResponse></Body></Envelope>
      """
    for exchange in [
      Self.answer(400, Self.fault("ter:ActionNotSupported")), Self.answer(400), Self.answer(200, Array("<html/>".utf8)),
      Self.answer(200, Array(time.utf8)), Self.answer(200, Array(empty.utf8)),
      Self.answer(200, DeviceInformation.request),
      Self.answer(404), HTTPExchange(failure: "reset"),
    ] {
      #expect(try Self.judged(exchange).result?.reason?.isEmpty == false)
    }
  }

  @Test func `other devices are left alone`() throws {
    let printer = Self.match(types: "wsdp:Device wprt:PrintDeviceType", scopes: "")
    let address = try #require(IPAddress("10.0.0.33"))
    #expect(ONVIFProbe(address: address, port: 3702, said: printer, seed: 1) == nil)
    #expect(ONVIFProbe(address: address, port: 3702, said: [1], seed: 1) == nil)
    var bench = try Self.asked()
    bench.tell(.received(0, Self.match(types: "wsdp:Device", scopes: "")))
    #expect(bench.probe.report == ProbeReport() && bench.fetches.isEmpty)
  }

  @Test(arguments: ["http://10.0.0.99/onvif", "http://169.254.1.1/onvif http://camera.local/onvif", "", "/onvif"])
  func `a service on another host is not asked`(addresses: String) throws {
    var bench = try Self.asked()
    bench.tell(.received(0, Self.match(addresses: addresses)))
    #expect(bench.fetches.isEmpty && bench.result?.reason == "service-elsewhere")
  }

  @Test func `of several addresses the device's own is asked`() throws {
    var bench = try Self.asked()
    bench.tell(.received(0, Self.match(addresses: "http://169.254.1.1/onvif\n http://10.0.0.33/onvif")))
    #expect(bench.fetches.map(\.path) == ["/onvif"])
  }

  @Test func `another's answer and echoes are passed over; silence is asked twice`() throws {
    var bench = try Self.asked()
    bench.tell(.received(0, Self.match("urn:uuid:00000000-0000-0000-0000-000000000000")))
    bench.tell(.received(0, try #require(bench.sent.first)))
    bench.wait()
    #expect(bench.sent.count == 2 && bench.probe.report == nil)
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = try Self.asked()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  @Test func `prefixes and mutations leave it whole`() throws {
    let match = Self.match()
    for count in match.indices { #expect(DiscoveryMatch(parsing: Array(match.prefix(count))) == nil, "\(count)") }
    for count in Self.information.indices {
      #expect(DeviceInformation(status: 200, body: Array(Self.information.prefix(count))) == nil)
    }
    var random = SeededRandom(seed: 3702)
    for round in 0..<20_000 {
      if round % 2 == 0 {
        _ = DeviceInformation(status: 200, body: Mutation.of(Self.information, &random))
      } else {
        var bench = try Self.asked()
        bench.tell(.received(0, Mutation.of(match, &random)))
        bench.tell(.failed(bench.fetches.count, reason: "x"))
        #expect(bench.probe.report != nil && bench.staysWithinSheet())
      }
    }
  }
}
