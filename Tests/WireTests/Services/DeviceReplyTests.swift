import Addressing
import LabSupport
import Testing
import Wire

/// Appliances, printers, cameras and controllers.
struct DeviceReplyTests {
  /// Part 2 §3.2: the hexadecimal of the specification's fields, by hand.
  @Test func `an appliance is asked to read, never to set`() {
    typealias Code = ECHONETLiteFrame.PropertyCode
    #expect(
      ECHONETLiteFrame.get([Code.instanceList], of: .nodeProfile, transaction: 0x002a)
        == octets(hex: "10 81 00 2a 05 ff 01 0e f0 01 62 01 d6 00"))
    #expect(
      ECHONETLiteFrame.get([Code.setMap, Code.makerCode], of: .nodeProfile, transaction: 1).suffix(6)
        == [0x62, 2, 0x9e, 0, 0x8a, 0])
  }

  @Test func `an air conditioner tells its maker and what anybody may set`() throws {
    let frame = try ECHONETLiteFrame(parsing: ServiceReplies.echonetAirConditioner)
    #expect(frame.transaction == 0x2a && frame.service == .getResponse && frame.source.description == "013001")
    let code = ECHONETLiteProperties.makerCode(frame.value(of: ECHONETLiteFrame.PropertyCode.makerCode) ?? [])
    #expect(code == 8)
    #expect(ECHONETLiteProperties.maker(8) == "Daikin Industries" && ECHONETLiteProperties.maker(0xffffff) == nil)
    let map = try #require(frame.value(of: ECHONETLiteFrame.PropertyCode.setMap))
    // Octet 1 (lower half 0) is 0x1f: upper halves 8 to c; octet 16 (lower half f) is 0x01: 0x8f.
    #expect(
      try ECHONETLiteProperties.map(parsing: map)
        == octets(hex: "80 81 8f 90 91 94 95 96 a0 a1 a3 a4 a5 b0 b3 c0"))
  }

  @Test func `a short map is a list, and a map that contradicts itself is none`() throws {
    func map(_ hex: String) throws(WireError) -> [UInt8] {
      try ECHONETLiteProperties.map(parsing: octets(hex: hex))
    }
    #expect(try map("00") == [])
    #expect(try map("03 b0 80 8f") == [0x80, 0x8f, 0xb0])
    #expect(throws: WireError.self) { try map("02 80") }
    #expect(throws: WireError.self) { try map("01 7f") }
    #expect(throws: WireError.self) { try map("11 1f 07 00 0c 06 06 02 00 00 00 00 00 00 00 00 01") }
    #expect(throws: WireError.self) { try map("") }
  }

  /// Every code by itself, beside the fifteen lowest others: its place in the bit map, computed the other way round.
  @Test func `each bit is its code`() throws {
    for code in UInt8(0x8f)...0xff {
      var octets = [UInt8](repeating: 0, count: 17)
      octets[0] = 16
      for low in 0..<15 { octets[1 + low] = 0x01 }
      octets[1 + Int(code & 0x0f)] |= 1 << (code >> 4 - 8)
      let expected = (UInt8(0x80)...0x8e).map { $0 } + [code]
      #expect(try ECHONETLiteProperties.map(parsing: octets) == expected)
    }
  }

  @Test func `a node lists its appliances`() throws {
    let frame = try ECHONETLiteFrame(parsing: ServiceReplies.echonetInstances)
    let list = try #require(frame.value(of: ECHONETLiteFrame.PropertyCode.instanceList))
    #expect(try ECHONETLiteProperties.instances(parsing: list).map(\.description) == ["013001", "029001"])
    let refusal = try ECHONETLiteFrame(parsing: ServiceReplies.echonetRefused)
    #expect(refusal.service == .getNotPossible)
    #expect(refusal.value(of: ECHONETLiteFrame.PropertyCode.instanceList) == nil)
    #expect(throws: WireError.unsupported) { try ECHONETLiteFrame(parsing: octets(hex: "10 82 00 01")) }
  }

  /// RFC 8010 §3.1.1, appendix A.1's form.
  @Test func `a printer is asked for attributes`() {
    let request = IPPRequest.attributes(of: "ipp://h/", ["printer-name", "printer-info"], identifier: 7)
    var expected = octets(hex: "01 01 00 0b 00 00 00 07 01")
    for (tag, name, value) in [
      (UInt8(0x47), "attributes-charset", "utf-8"), (0x48, "attributes-natural-language", "en"),
      (0x45, "printer-uri", "ipp://h/"), (0x44, "requested-attributes", "printer-name"), (0x44, "", "printer-info"),
    ] {
      expected +=
        [tag, 0, UInt8(name.utf8.count)] + Array(name.utf8) + [0, UInt8(value.utf8.count)] + Array(value.utf8)
    }
    #expect(request == expected + [3])
  }

  @Test func `a printer tells its name and whom it lets in`() throws {
    let message = try IPPMessage(parsing: ServiceReplies.ipp)
    #expect(message.isSuccess && message.identifier == 7 && message.version == 0x0101)
    #expect(message.attribute("printer-make-and-model")?.texts == ["Example Printer 1"])
    #expect(message.attribute("printer-name")?.texts == ["lab"])
    #expect(message.attribute("uri-authentication-supported")?.texts == ["none", "basic"])
    #expect(message.attribute("media-col-default")?.values.count == 1)
    #expect(message.attribute("attributes-charset") == nil)
    for hex in ["01 01 00 00 00 00 00 01 44 00 00 00 00 03", "01 01 00 00 00 00 00 01 04 44 00 00 00 00 03", "48 54"] {
      #expect(throws: WireError.self) { try IPPMessage(parsing: octets(hex: hex)) }
    }
  }

  @Test func `cameras are searched and answer`() throws {
    #expect(
      DHIPMessage.search.prefix(32)
        == octets(
          hex: "20 00 00 00 44 48 49 50 00 00 00 00 00 00 00 00 3a 00 00 00 00 00 00 00 3a 00 00 00 00 00 00 00")[...])
    #expect(DHIPMessage.search.count == 32 + 0x3a)
    let dahua = try DHIPMessage(parsing: ServiceReplies.dhip)
    #expect(dahua.session == 1 && dahua.identifier == 2 && dahua.json == Array("{}".utf8))
    #expect(DVRIPMessage.search == octets(hex: "ff 00 00 00 00 00 00 00 00 00 00 00 00 00 fa 05 00 00 00 00"))
    let recorder = try DVRIPMessage(parsing: ServiceReplies.dvrip)
    #expect(recorder.command == .searchAnswer && recorder.json == Array("{}".utf8))
    let answer = try UbiquitiDiscovery(parsing: ServiceReplies.ubiquiti)
    #expect(answer.hostName == "ap-1" && answer.platform == "LM5")
    #expect(answer.macAddress?.description == "04:18:d6:00:00:01")
  }

  @Test func `lengths that contradict each other are malformed`() {
    var message = ServiceReplies.dhip
    message[24] = 3
    #expect(throws: WireError.malformed(offset: 16)) { try DHIPMessage(parsing: message) }
    message = ServiceReplies.dhip
    message[19] = 0xff
    message[27] = 0xff
    #expect(throws: WireError.malformed(offset: 16)) { try DHIPMessage(parsing: message) }
    message = ServiceReplies.dvrip
    message[19] = 0xff
    #expect(throws: WireError.malformed(offset: 16)) { try DVRIPMessage(parsing: message) }
  }

  /// Modbus 1.1b3 §6.21.
  @Test func `a controller tells maker, product and revision`() throws {
    #expect(ModbusIdentification.request(transaction: 1) == octets(hex: "00 01 00 00 00 05 ff 2b 0e 01 00"))
    #expect(
      try ModbusIdentification.answer(parsing: ServiceReplies.modbus, transaction: 1)
        == .objects([0: Array("Company".utf8), 1: Array("P1".utf8), 2: Array("V2".utf8)], hasMore: false))
    #expect(
      try ModbusIdentification.answer(parsing: ServiceReplies.modbusException, transaction: 1) == .exception(1))
    #expect(throws: WireError.self) {
      try ModbusIdentification.answer(parsing: ServiceReplies.modbus, transaction: 2)
    }
    // A count of three objects where two are.
    var short = ServiceReplies.modbus
    short[5] -= 4
    #expect(throws: WireError.self) { try ModbusIdentification.answer(parsing: short, transaction: 1) }
  }

  @Test func `a building controller tells its name`() throws {
    #expect(
      BACnetMessage.readRequest(property: BACnetMessage.Property.objectIdentifier, invokeID: 1)
        == octets(hex: "81 0a 00 11 01 04 00 05 01 0c 0c 02 3f ff ff 19 4b"))
    #expect(BACnetMessage.readRequest(property: 0x0201, invokeID: 1).suffix(3) == [0x1a, 2, 1])
    #expect(
      try BACnetMessage(parsing: ServiceReplies.bacnetName)
        == .property(invokeID: 1, property: BACnetMessage.Property.objectName, values: [.text("lab")]))
    #expect(try BACnetMessage(parsing: ServiceReplies.bacnetIAm) == .iAm(device: 100, vendor: 15))
    #expect(try BACnetMessage(parsing: ServiceReplies.bacnetError) == .refused(invokeID: 1))
    #expect(try BACnetMessage(parsing: octets(hex: "81 00 00 06 00 00")) == .bvlcResult(code: 0))
  }

  @Test func `an EtherNet/IP device tells its product`() throws {
    #expect(
      EtherNetIPIdentity.request(context: 0x0102_0304)
        == octets(hex: "63 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 02 03 04 00 00 00 00"))
    let identity = try EtherNetIPIdentity(parsing: ServiceReplies.enip)
    #expect(identity.vendor == 1 && identity.deviceType == 12 && identity.productCode == 54)
    #expect(identity.majorRevision == 1 && identity.minorRevision == 2)
    #expect(identity.serialNumber == 0x1234_5678 && identity.productName == "X")
  }

  @Test func `a KNX gateway tells its families`() throws {
    #expect(
      KNXnetIPDescription.descriptionRequest() == octets(hex: "06 10 02 03 00 0e 08 01 00 00 00 00 00 00"))
    #expect(
      KNXnetIPDescription.searchRequest(answerTo: IPv4Address(rawValue: 0xc000_0205), port: 0x1234)
        == octets(hex: "06 10 02 01 00 0e 08 01 c0 00 02 05 12 34"))
    let gateway = try KNXnetIPDescription(parsing: ServiceReplies.knx)
    #expect(gateway.name == "gateway" && gateway.individualAddress == 0x1103)
    #expect(gateway.macAddress?.description == "02:00:00:00:00:01")
    #expect(gateway.families == [2: 1, KNXnetIPDescription.Family.tunnelling: 1, KNXnetIPDescription.Family.secure: 1])
    #expect(throws: WireError.unsupported) {
      try KNXnetIPDescription(parsing: KNXnetIPDescription.descriptionRequest())
    }
  }
}
