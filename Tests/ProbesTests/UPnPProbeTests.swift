import Addressing
import LabSupport
import Records
import Testing
import Wire

@testable import Probes

struct UPnPProbeTests {
  static func answer(location: String = "http://10.0.0.31:5000/rootDesc.xml", target: String = "upnp:rootdevice")
    -> [UInt8]
  {
    // UPnP Device Architecture 1.1 §1.3.3.
    Array(
      ("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: \(target)\r\nUSN: uuid:31::\(target)\r\nEXT:\r\n"
        + "SERVER: Debian/6 UPnP/1.1 MiniUPnPd/2.3.1\r\nLOCATION: \(location)\r\n\r\n").utf8)
  }

  /// What miniupnpd 2.3.1 says of itself, shortened to what is read.
  static func description(
    service: String = "urn:schemas-upnp-org:service:WANIPConnection:2", control: String = "/ctl/IPConn",
    base: String = ""
  ) -> [UInt8] {
    Array(
      """
      <?xml version="1.0"?>
      <root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>1</minor></specVersion>\(base)<device>\
      <deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:2</deviceType><friendlyName>lab router</friendlyName>\
      <manufacturer>Debian</manufacturer><modelName>Debian router</modelName><serialNumber>12345678</serialNumber>\
      <UDN>uuid:b5f4c1a0-3d0e-4b7c-9a51-6ce4da100031</UDN><deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:2\
      </deviceType><friendlyName>WANDevice</friendlyName><deviceList><device><deviceType>x</deviceType><serviceList><service>\
      <serviceType>\(service)</serviceType><controlURL>\(control)</controlURL></service></serviceList></device></deviceList>\
      </device></deviceList></device></root>
      """.utf8)
  }

  /// What miniupnpd 2.3.1 answered to curl for a mapping in its lease file.
  static func entry(enabled: String = "1") -> [UInt8] {
    Array(
      """
      <?xml version="1.0"?>
      <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" \
      s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:GetGenericPortMappingEntryResponse \
      xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewRemoteHost></NewRemoteHost>\
      <NewExternalPort>8080</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>8080</NewInternalPort>\
      <NewInternalClient>10.0.0.32</NewInternalClient><NewEnabled>\(enabled)</NewEnabled><NewPortMappingDescription>camera\
      </NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration></u:GetGenericPortMappingEntryResponse>\
      </s:Body></s:Envelope>
      """.utf8)
  }

  /// UPnP Device Architecture 1.1 §3.2.2.
  static func fault(_ code: Int) -> [UInt8] {
    Array(
      """
      <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>\
      <faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>\(code)\
      </errorCode></UPnPError></detail></s:Fault></s:Body></s:Envelope>
      """.utf8)
  }

  private static func asked() throws -> ProbeBench<UPnPProbe> {
    var bench = ProbeBench(UPnPProbe(address: try #require(IPAddress("10.0.0.31")), port: 1900))
    bench.begin()
    return bench
  }

  private static func described(_ body: [UInt8], status: Int = 200) throws -> ProbeBench<UPnPProbe> {
    var bench = try asked()
    bench.tell(.received(0, answer()))
    bench.wait()
    bench.tell(.response(1, HTTPExchange(status: status, version: "1.1", body: body)))
    return bench
  }

  private static func mapped(_ status: Int, _ body: [UInt8]) throws -> ProbeBench<UPnPProbe> {
    var bench = try described(description())
    bench.tell(.response(2, HTTPExchange(status: status, version: "1.1", body: body)))
    return bench
  }

  private static func result(_ bench: ProbeBench<UPnPProbe>, _ question: String) -> ProbeVerdict.Result? {
    bench.probe.report?.verdicts.first { $0.question == question }?.result
  }

  @Test func `a gateway with a mapping proves all three, and says who it is`() throws {
    let bench = try Self.mapped(200, Self.entry())
    let report = try #require(bench.probe.report)
    #expect(report.verdicts.map(\.question) == ["upnp.enabled", "upnp.igd", "upnp.port-mapping"])
    #expect(report.verdicts.allSatisfy { $0.result == .proven })
    #expect(report.verdicts[2].basis.en.contains("TCP 8080 → 10.0.0.32:8080"))
    #expect(
      report.claims.map(\.kind) == [
        .software, .name, .vendor, .model, .serial, .uuid, .upnpManufacturer, .upnpModel, .role,
        .portForward,
      ])
    #expect(report.claims[5].value == "b5f4c1a0-3d0e-4b7c-9a51-6ce4da100031")
    #expect(report.claims[8].value == "router" && report.claims[8].confidence == .medium)
    // Whereto, so that the device behind it can be told of (JSSEC-14.1.b).
    #expect(report.claims.last?.value == "tcp/8080 10.0.0.32:8080")
    #expect(report.claims.first?.source == "udp/1900 ssdp SERVER")
    #expect(bench.staysWithinSheet())
  }

  /// Device types of the UPnP Forum's standards, and what only looks like them.
  @Test(
    arguments: [
      ("urn:schemas-upnp-org:device:Printer:1", "printer"),
      ("urn:schemas-upnp-org:device:DigitalSecurityCamera:1", "camera"),
      ("urn:schemas-upnp-org:device:MediaRenderer:3", "media-player"),
      ("urn:schemas-upnp-org:device:MediaServer:1", nil),
      ("urn:schemas-upnp-org:device:Basic:1", nil), ("urn:schemas-example-org:device:Printer:1", nil),
      ("urn:schemas-upnp-org:service:Printer:1", nil), ("Printer", nil), ("urn:schemas-upnp-org:device:Printer", nil),
    ] as [(String, String?)])
  func `a standard device type says what a device is for`(type: String, role: String?) throws {
    let text = "<root><device><deviceType>\(type)</deviceType></device></root>"
    let description = try #require(UPnPDescription(parsing: Array(text.utf8)))
    #expect(description.claims(source: "x").filter { $0.kind == .role }.map(\.value) == [role].compactMap(\.self))
  }

  @Test func `it fetches the description and reads the first entry, and no more`() throws {
    let bench = try Self.described(Self.description())
    let fetches = bench.fetches
    #expect(fetches.map(\.path) == ["/rootDesc.xml", "/ctl/IPConn"])
    #expect(fetches.allSatisfy { $0.port == 5000 && !$0.secure })
    let action = "urn:schemas-upnp-org:service:WANIPConnection:2#GetGenericPortMappingEntry"
    #expect(fetches[1].headers == [HeaderField("SOAPACTION", "\"\(action)\"")])
    guard case .post(let type, let body) = fetches[1].method else {
      Issue.record("no POST")
      return
    }
    #expect(type == "text/xml; charset=\"utf-8\"")
    // The envelope of §3.2.1 with the argument of WANIPConnection's table for the action.
    #expect(
      String(decoding: body, as: UTF8.self).contains(
        "<s:Body><u:GetGenericPortMappingEntry xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:2\">"
          + "<NewPortMappingIndex>0</NewPortMappingIndex></u:GetGenericPortMappingEntry></s:Body>"))
  }

  @Test func `an empty list refutes, a refusal and a mapping that is off decide nothing`() throws {
    #expect(Self.result(try Self.mapped(500, Self.fault(713)), "upnp.port-mapping") == .refuted)
    #expect(Self.result(try Self.mapped(500, Self.fault(606)), "upnp.port-mapping")?.reason == "upnp-error-606")
    #expect(
      Self.result(try Self.mapped(200, Self.entry(enabled: "0")), "upnp.port-mapping")?.reason == "mapping-disabled")
    #expect(Self.result(try Self.mapped(401, []), "upnp.port-mapping")?.reason == "status-401")
    // The question itself, sent back.
    let echo = WANConnection(type: "urn:schemas-upnp-org:service:WANIPConnection:1")?.firstMapping.body ?? []
    #expect(Self.result(try Self.mapped(200, echo), "upnp.port-mapping")?.reason == "other-answer")
  }

  @Test(arguments: [
    "urn:schemas-upnp-org:service:ContentDirectory:1", "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1",
    "urn:schemas-upnp-org:service:WANIPConnection:1#x", "urn:schemas-upnp-org:service:WANIPConnection:9", "x",
  ])
  func `a device without such a service is no gateway`(service: String) throws {
    let bench = try Self.described(Self.description(service: service))
    #expect(Self.result(bench, "upnp.enabled") == .proven && Self.result(bench, "upnp.igd") == .refuted)
    #expect(bench.probe.report?.verdicts.count == 2 && bench.fetches.count == 1)
  }

  @Test func `a control URL on another host is not asked`() throws {
    let bench = try Self.described(Self.description(control: "http://10.0.0.99/ctl"))
    #expect(bench.fetches.count == 1 && Self.result(bench, "upnp.igd") == .proven)
    let based = try Self.described(Self.description(base: "<URLBase>http://192.0.2.1/</URLBase>"))
    #expect(based.fetches.count == 1 && Self.result(based, "upnp.igd") == .proven)
  }

  @Test(arguments: ["http://10.0.0.99/d.xml", "http://localhost:5000/d.xml", "http://192.0.2.1/", "d.xml", ""])
  func `a description on another host is not fetched`(location: String) throws {
    var bench = try Self.asked()
    bench.tell(.received(0, Self.answer(location: location)))
    bench.wait()
    #expect(bench.fetches.isEmpty && Self.result(bench, "upnp.enabled") == .proven)
    #expect(Self.result(bench, "upnp.igd")?.reason == (location.isEmpty ? "no-location" : "location-elsewhere"))
  }

  @Test func `of many root devices two descriptions are read`() throws {
    var bench = try Self.asked()
    for path in ["a", "a", "b", "c"] { bench.tell(.received(0, Self.answer(location: "http://10.0.0.31/\(path)"))) }
    bench.wait()
    bench.tell(.failed(1, reason: "request-limit"))
    bench.tell(.response(2, HTTPExchange(status: 200, version: "1.1", body: Array("<html/>".utf8))))
    #expect(bench.fetches.map(\.path) == ["/a", "/b"])
    #expect(Self.result(bench, "upnp.igd")?.reason == "not-a-description")
  }

  @Test func `what merely looks alike is no answer; silence is asked twice`() throws {
    var bench = try Self.asked()
    for other in [SSDP.search, Self.answer(target: "ssdp:all"), Array("HTTP/1.1 200 OK\r\n\r\n".utf8), []] {
      bench.tell(.received(0, other))
    }
    #expect(bench.probe.report == nil && bench.sent.count == 1)
    bench.wait()
    #expect(bench.sent == [SSDP.search, SSDP.search])
    bench.wait()
    #expect(bench.result?.reason == "no-answer" && bench.probe.report?.verdicts.count == 1)
    bench = try Self.asked()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
  }

  private enum SSDP {
    static let search = Array(
      ("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
        + "ST: upnp:rootdevice\r\n\r\n").utf8)
  }

  @Test func `half a description is none`() {
    let whole = Self.description()
    for count in 0..<whole.count { #expect(UPnPDescription(parsing: Array(whole.prefix(count))) == nil, "\(count)") }
    let entry = Self.entry()
    for count in 0..<entry.count { #expect(PortMappingAnswer(status: 200, body: Array(entry.prefix(count))) == nil) }
  }

  @Test func `mutated answers leave it whole`() throws {
    var random = SeededRandom(seed: 1900)
    for round in 0..<20_000 {
      if round % 2 == 0 {
        _ = PortMappingAnswer(status: 200, body: Mutation.of(Self.entry(), &random))
        continue
      }
      var bench = try Self.asked()
      bench.tell(.received(0, round % 4 == 1 ? Mutation.of(Self.answer(), &random) : Self.answer()))
      for _ in 0..<2 { bench.wait() }
      let body = round % 4 == 1 ? [] : Mutation.of(Self.description(), &random)
      bench.tell(.response(1, HTTPExchange(status: 200, version: "1.1", body: body)))
      while bench.probe.report == nil, bench.fetches.count < 9 { bench.tell(.failed(bench.fetches.count, reason: "x")) }
      #expect(bench.probe.report != nil && bench.staysWithinSheet())
    }
  }
}
