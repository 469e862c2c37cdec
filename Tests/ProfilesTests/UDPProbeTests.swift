import Documents
import Foundation
import Records
import Testing

@testable import Profiles

struct UDPProbeTests {
  let store: ProfileStore
  let probes: [UDPProbe]

  /// Chosen so that every octet of a token differs, and with the extremes.
  static let transactions: [UInt32] = [0x1234_5678, 0xdead_beef, 0, .max, 0x0a0b_0c0d]

  init() throws {
    store = try RuleSet.store()
    probes = store.udpProbes
  }

  private func octets(_ parts: [UDPProbe.Part], _ transaction: UInt32) -> [UInt8] {
    UDPProbe.octets(of: parts, transaction: transaction)
  }

  @Test func `the set is complete`() {
    #expect(
      probes.map(\.id) == [
        "bacnet", "coap", "dahua", "dns", "dtls", "dvrip", "echonet-lite", "ethernet-ip", "ipmi", "knxnet-ip", "mdns",
        "mqtt-sn", "netbios", "ntp", "sadp", "sip", "snmpv3", "ssdp", "tftp", "ubiquiti", "ws-discovery",
      ])
  }

  @Test func `every example is an answer, to its own transaction only`() {
    for probe in probes {
      for (index, example) in probe.examples.enumerated() {
        for transaction in Self.transactions {
          let datagram = octets(example, transaction)
          #expect(probe.isAnswer(datagram, transaction: transaction), "\(probe.id) \(index)")
          guard probe.isAttributable else { continue }
          // Differs in every octet, so that tokens of any length differ.
          let other = transaction ^ 0x5555_5555
          #expect(!probe.isAnswer(datagram, transaction: other), "\(probe.id) \(index)")
        }
      }
    }
  }

  @Test func `no counterexample is an answer`() {
    for probe in probes {
      for (index, example) in probe.counterexamples.enumerated() {
        for transaction in Self.transactions {
          let datagram = octets(example, transaction)
          #expect(!probe.isAnswer(datagram, transaction: transaction), "\(probe.id) \(index)")
        }
      }
    }
  }

  @Test func `a question that is thrown back is no answer`() {
    for probe in probes {
      for other in probes {
        let datagram = other.payload(transaction: 0x1234_5678)
        #expect(!probe.isAnswer(datagram, transaction: 0x1234_5678), "\(probe.id) takes \(other.id)")
      }
    }
  }

  @Test func `answers of other protocols are no answer`() {
    for probe in probes {
      for other in probes where other.protocolName != probe.protocolName {
        for example in other.examples {
          // mDNS is DNS on another port: the header is the same.
          if Set([probe.id, other.id]).isSubset(of: ["dns", "mdns", "netbios"]) { continue }
          let datagram = octets(example, 0x1234_5678)
          #expect(!probe.isAnswer(datagram, transaction: 0x1234_5678), "\(probe.id) takes \(other.id)")
        }
      }
    }
  }

  @Test func `every prefix and every changed octet of an answer is judged without a trap`() {
    for probe in probes {
      let least = probe.answers.map(\.minimum).min() ?? 0
      for example in probe.examples {
        let datagram = octets(example, 0x1234_5678)
        for length in 0...datagram.count {
          let judged = probe.isAnswer(Array(datagram[..<length]), transaction: 0x1234_5678)
          if length < least { #expect(!judged, "\(probe.id) \(length)") }
        }
        for index in datagram.indices {
          for mask in [0x01, 0x80] as [UInt8] {
            var changed = datagram
            changed[index] ^= mask
            _ = probe.isAnswer(changed, transaction: 0x1234_5678)
          }
        }
      }
    }
  }

  @Test func `noise is no answer`() {
    var state: UInt64 = 0x7465_6e6b_656e
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for _ in 0..<200 {
      let datagram = (0..<Int(next())).map { _ in next() }
      for probe in probes {
        if probe.isAnswer(datagram, transaction: 0x1234_5678) { Issue.record("\(probe.id): \(datagram)") }
      }
    }
  }

  // Empty datagrams stopped services (engine.md §5's sources); 1280 - 40 - 8 octets fit any link.
  @Test func `payloads are never empty and never a fragment`() {
    for probe in probes {
      let sizes = Set(Self.transactions.map { probe.payload(transaction: $0).count })
      #expect(sizes.count == 1, "\(probe.id)")
      #expect(sizes.allSatisfy { (1...1232).contains($0) }, "\(probe.id)")
    }
  }

  @Test func `a probe whose answers are attributed sends its transaction`() {
    for probe in probes where probe.isAttributable {
      #expect(probe.payload(transaction: 1) != probe.payload(transaction: 2), "\(probe.id)")
    }
    let unattributed = probes.filter { !$0.isAttributable }.map(\.id)
    #expect(
      unattributed == ["dahua", "dtls", "dvrip", "ipmi", "knxnet-ip", "mdns", "mqtt-sn", "ssdp", "tftp", "ubiquiti"])
  }

  @Test func `nothing is sent to a port that prints, nor to a controller without its technique`() {
    for probe in probes {
      #expect(store.neverWritePorts.isDisjoint(with: probe.ports), "\(probe.id)")
      #expect(
        (probe.technique == .otIdentify) == !store.otPorts.isDisjoint(with: probe.ports), "\(probe.id)")
    }
    #expect(probes.filter { $0.technique == .otIdentify }.map(\.id) == ["bacnet", "ethernet-ip", "knxnet-ip"])
  }

  @Test func `no port is asked by two probes`() {
    let ports = probes.flatMap(\.ports)
    #expect(Set(ports).count == ports.count)
  }

  @Test func `effects, sources and sizes are stated in both languages`() {
    for probe in probes {
      for text in [probe.title, probe.effect] + [probe.amplification].compactMap(\.self) {
        #expect(!text.ja.isEmpty && !text.en.isEmpty, "\(probe.id)")
      }
      #expect(probe.effect.ja != probe.effect.en, "\(probe.id)")
      #expect(!probe.source.isEmpty && !probe.source.lowercased().contains("nmap"), "\(probe.id)")
    }
  }

  // Credentials are never part of a probe: a community string is one.
  @Test func `no payload carries a community string`() {
    for probe in probes {
      let text = String(decoding: probe.payload(transaction: 0), as: UTF8.self).lowercased()
      for word in ["public", "private", "admin", "password"] { #expect(!text.contains(word), "\(probe.id)") }
    }
  }

  @Test(arguments: [
    ("udp/dns.yaml", "ports: [53]", "ports: [53, 9100]", "never receives a payload"),
    ("udp/dns.yaml", "ports: [53]", "ports: [502]", "is a controller's"),
    ("udp/dns.yaml", "ports: [53]", "ports: []", "at least one port"),
    ("udp/dns.yaml", "safe: true", "safe: false", "only probes that change nothing"),
    ("udp/dns.yaml", "technique: udp-probe", "technique: tcp-syn", "not one of udp-probe, ot-identify"),
    ("udp/dns.yaml", "token: 2          #", "token: 5 #", "1 to 4 octets"),
    ("udp/dns.yaml", "hex: \"09\"", "hex: \"9\"", "pairs of hexadecimal digits"),
    ("udp/dns.yaml", "hex: \"09\"", "octal: \"09\"", "is not one of hex, text"),
    ("udp/dns.yaml", "mask: f8", "mask: f8 00", "as long as the octets"),
    ("udp/tftp.yaml", "    fixed:\n      - { at: 0, hex: 00 03 00 01 } # data, block 1\n", "", "would be anything"),
  ])
  func `a senseless probe is refused with its reason`(
    path: String, old: String, new: String, problem: String
  ) throws {
    let error = try RuleSet.complaint(path, replacing: old, with: new)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }
}

extension UDPProbe {
  /// A span cannot go through the macros of a test.
  fileprivate func isAnswer(_ octets: [UInt8], transaction: UInt32) -> Bool {
    isAnswer(octets.span, transaction: transaction)
  }
}
