import LabSupport
import Testing
import Wire

struct MQTTTests {
  /// MQTT 3.1.1 §3.1, 5 §3.1, by hand.
  @Test func `requests are encoded field by field`() {
    #expect(
      MQTTRequest.connect(clientID: "aud1")
        == octets(
          hex: """
            10 10                    // CONNECT, 16 octets
            00 04 4d 51 54 54 04     // "MQTT", level 4
            02 00 0a                 // clean session; keep alive of 10 s
            00 04 61 75 64 31        // "aud1"
            """))
    #expect(
      MQTTRequest.connect(clientID: "aud1", version: .v5)
        == octets(hex: "10 11 00 04 4d 51 54 54 05 02 00 0a 00 00 04 61 75 64 31"))
    #expect(
      MQTTRequest.subscribe(to: ["$SYS/#", "#"], identifier: 1)
        == octets(hex: "82 0f 00 01 00 06 24 53 59 53 2f 23 00 00 01 23 00"))
    #expect(
      MQTTRequest.subscribe(to: ["#"], identifier: 1, version: .v5) == octets(hex: "82 07 00 01 00 00 01 23 00"))
    #expect(MQTTRequest.disconnect == octets(hex: "e0 00"))
  }

  /// §2.2.3: 128 octets need two digits, 80 01.
  @Test func `a remaining length of two octets`() {
    let request = MQTTRequest.connect(clientID: String(repeating: "a", count: 116))
    #expect(request.prefix(3) == [0x10, 0x80, 0x01])
    #expect(request.count == 131)
  }

  @Test func `mosquitto's answers are read`() throws {
    typealias Code = MQTTPacket.Code
    func packet(_ octets: [UInt8], _ version: MQTTRequest.Version) throws -> MQTTPacket.Content {
      let packet = try MQTTPacket(parsing: (octets + [0xd0, 0]), version: version)
      #expect(packet.length == octets.count)
      return packet.content
    }
    #expect(
      try packet(ServiceReplies.mqttAccepted, .v311)
        == .connectAcknowledgement(sessionPresent: false, code: Code.accepted))
    #expect(
      try packet(ServiceReplies.mqttRefused, .v311)
        == .connectAcknowledgement(sessionPresent: false, code: Code.notAuthorized))
    #expect(
      try packet(ServiceReplies.mqttAccepted5, .v5)
        == .connectAcknowledgement(sessionPresent: false, code: Code.accepted))
    #expect(
      try packet(ServiceReplies.mqttRefused5, .v5)
        == .connectAcknowledgement(sessionPresent: false, code: Code.notAuthorized5))
    #expect(try packet(ServiceReplies.mqttSubscribed, .v311) == .subscribeAcknowledgement(identifier: 1, codes: [0]))
    #expect(try packet(ServiceReplies.mqttSubscribed5, .v5) == .subscribeAcknowledgement(identifier: 1, codes: [0]))
    for (octets, version) in [
      (ServiceReplies.mqttPublish, MQTTRequest.Version.v311), (ServiceReplies.mqttPublish5, .v5),
    ] {
      guard case .publish(let topic, let payload, 0, true) = try packet(octets, version) else {
        Issue.record("no publication")
        continue
      }
      #expect(topic == "$SYS/broker/version")
      #expect(String(decoding: payload, as: UTF8.self) == "mosquitto version 2.0.11")
    }
  }

  @Test(arguments: [
    "20 ff ff ff ff 01",  // a length of five octets
    "20 ff ff ff 7f",  // 256 MiB
    "20 01 00",  // CONNACK of one octet
    "20 02 fe 00",  // reserved bits
    "36 05 00 01 61 00 01",  // quality of service 3
    "30 02 00 09",  // a topic beyond the packet
    "90 02 00 01",  // no code
    "00 00",
  ]) func `what cannot become a packet is malformed, not incomplete`(hex: String) {
    #expect {
      _ = try MQTTPacket(parsing: octets(hex: hex), version: .v311)
    } throws: { error in
      if case .malformed? = error as? WireError { true } else { false }
    }
  }
}
