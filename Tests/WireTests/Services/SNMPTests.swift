import Addressing
import LabSupport
import Testing
import Wire

struct SNMPTests {
  /// RFC 1157 §4.1.2 in the encoding of RFC 3417 §8, by hand.
  @Test func `a Get is encoded field by field`() {
    let request = SNMPRequest.get(
      [SNMPRequest.Object.sysDescr], community: Array("public".utf8), version: .v2c, requestID: 0x1234_5678)
    #expect(
      request
        == octets(
          hex: """
            30 29                       // message, 41 octets
            02 01 01                    // version 2c
            04 06 70 75 62 6c 69 63     // "public"
            a0 1c                       // GetRequest, 28 octets
            02 04 12 34 56 78           // request ID
            02 01 00 02 01 00           // error status, index
            30 0e 30 0c                 // one binding
            06 08 2b 06 01 02 01 01 01 00  // 1.3.6.1.2.1.1.1.0
            05 00                       // null
            """))
  }

  /// RFC 3414 §4: everything about the engine and user is empty.
  @Test func `a discovery is encoded field by field`() {
    #expect(
      SNMPRequest.discovery(messageID: 0x4a69)
        == octets(
          hex: """
            30 39 02 01 03
            30 0e 02 02 4a 69 02 02 05 c0 04 01 04 02 01 03     // message ID, 1472, reportable, USM
            04 10 30 0e 04 00 02 01 00 02 01 00 04 00 04 00 04 00
            30 12 04 00 04 00 a0 0c 02 02 4a 69 02 01 00 02 01 00 30 00
            """))
  }

  @Test func `a request ID keeps within 31 bits, without a sign`() {
    let request = SNMPRequest.get([], community: [], version: .v1, requestID: 0xffff_ffff)
    #expect(request == octets(hex: "30 15 02 01 00 04 00 a0 0e 02 04 7f ff ff ff 02 01 00 02 01 00 30 00"))
  }

  @Test func `net-snmp's answer tells who the device is`() throws {
    let message = try SNMPMessage(parsing: ServiceReplies.snmpIdentity)
    #expect(message.version == 1)
    #expect(message.community == Array("public".utf8))
    #expect(message.kind == .response)
    #expect(message.requestID == 0x1234_5678)
    #expect(message.errorStatus == 0)
    #expect(message.value(of: SNMPRequest.Object.sysDescr)?.text == "Example Router 1.0")
    #expect(message.value(of: SNMPRequest.Object.sysName)?.text == "lab-router")
    #expect(message.value(of: SNMPRequest.Object.sysUpTime) == .timeTicks(503))
    guard case .identifier(let identifier) = message.value(of: SNMPRequest.Object.sysObjectID) else {
      Issue.record("no sysObjectID")
      return
    }
    #expect(identifier.description == "1.3.6.1.4.1.8072.3.2.10")
    #expect(identifier.enterprise == 8072)
  }

  @Test func `an object that is not there is no value`() throws {
    let message = try SNMPMessage(parsing: ServiceReplies.snmpNoSuchName)
    #expect(message.errorStatus == 2)
    #expect(message.errorIndex == 1)
    #expect(message.bindings.count == 1)
    #expect(message.value(of: ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 99, 0])) == nil)
  }

  @Test func `a report names the engine, whose maker and MAC address are in it`() throws {
    let message = try SNMPMessage(parsing: ServiceReplies.snmpReport)
    #expect(message.kind == .report)
    let security = try #require(message.security)
    #expect(security.messageID == 0x4a69)
    #expect(security.engineBoots == 1)
    #expect(security.engineTime == 5)
    #expect(security.engine.enterprise == 8072)
    #expect(security.engine.macAddress == MACAddress(rawValue: 0))
    // RFC 3414 §5: usmStatsUnknownEngineIDs.0
    #expect(message.bindings.first?.object.description == "1.3.6.1.6.3.15.1.1.4.0")
    #expect(message.bindings.first?.value == .counter(1))
  }

  @Test(arguments: [
    "30 80 02 01 01 00 00",  // indefinite length
    "30 85 00 00 00 00 01 02",  // a length of five octets
    "30 ff 02 01 01",
    "30 06 02 01 01 1f 01 00",  // a tag of two octets
    "30 04 02 02 01 01",  // version 257
  ]) func `other encodings are refused`(hex: String) {
    #expect(throws: WireError.self) { try SNMPMessage(parsing: octets(hex: hex)) }
  }

  @Test func `numbers and names at their limits`() throws {
    // Counter64 of nine octets; an arc of 2^32 − 1; an arc of 2^32.
    func binding(_ hex: String) throws(WireError) -> SNMPMessage.Binding? {
      let entry = octets(hex: hex)
      let inner: [UInt8] = octets(hex: "02 01 01 02 01 00 02 01 00") + [0x30, UInt8(entry.count + 2), 0x30]
      let unit = inner + [UInt8(entry.count)] + entry
      let body = octets(hex: "02 01 01 04 00 a2") + [UInt8(unit.count)] + unit
      return try SNMPMessage(parsing: ([0x30, UInt8(body.count)] + body)).bindings.first
    }
    #expect(try binding("06 01 2b 46 09 00 ff ff ff ff ff ff ff ff")?.value == .counter(.max))
    #expect(try binding("06 06 2b 8f ff ff ff 7f 05 00")?.object.arcs == [1, 3, .max])
    #expect(throws: WireError.self) { try binding("06 06 2b 90 80 80 80 00 05 00") }
    #expect(throws: WireError.self) { try binding("06 01 2b 46 09 01 ff ff ff ff ff ff ff ff") }
    #expect(try binding("06 01 2b 02 01 80")?.value == .integer(-128))
  }
}
