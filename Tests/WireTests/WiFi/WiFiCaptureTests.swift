import Addressing
import Foundation
import Testing
import Wire

/// Captures of 802.11 that other people made, read by tshark and by us. The files stay where they are and are no part of the package.
struct WiFiCaptureTests {
  private struct Frame {
    let radio: RadioHeader
    let octets: [UInt8]
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data/captures/wifi")

  /// nil, with the reason printed, where the data is not there.
  private static func frames(_ name: String) throws -> [Frame]? {
    let file = folder.appendingPathComponent(name)
    guard let data = FileManager.default.contents(atPath: file.path) else {
      print("skipped: \(file.path) is not there; it comes with the project's shared data")
      return nil
    }
    let octets = [UInt8](data)
    let capture = try ClassicCapture(parsing: octets.span)
    let type = try #require(RadioHeader.LinkType(rawValue: capture.linkType), "\(capture.linkType)")
    var frames: [Frame] = []
    var offset = ClassicCapture.headerLength
    while let record = try capture.record(in: octets.span, at: offset) {
      let captured = Array(octets[record.frame])
      let radio = try RadioHeader(parsing: captured, type)
      frames.append(Frame(radio: radio, octets: Array(captured.dropFirst(radio.length))))
      offset = record.frame.upperBound
    }
    return frames
  }

  /// Rows of tshark's fields, one for each frame that the filter takes.
  private static func fields(_ name: String, _ filter: String, _ names: [String]) throws -> [[String]] {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["tshark", "-r", folder.appendingPathComponent(name).path, "-Y", filter, "-T", "fields"]
      + names.flatMap { ["-e", $0] }
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private static func hexadecimal(_ octets: [UInt8]) -> String {
    octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private static let files = ["wep_64_ptw.cap", "wpa.cap", "wpa2-psk-linksys.cap", "wps2.0.pcap"]

  @Test(arguments: files) func `headers are those that tshark reads`(name: String) throws {
    guard let frames = try Self.frames(name) else { return }
    let rows = try Self.fields(
      name, "wlan.fc.type == 0 || wlan.fc.type == 2",
      ["frame.number", "wlan.ra", "wlan.ta", "wlan.seq", "wlan.fc.retry", "wlan.fc.protected", "wlan.bssid"])
    let read = frames.enumerated().compactMap { number, frame -> [String]? in
      guard let header = try? WiFiHeader(parsing: frame.octets) else { return nil }
      return [
        "\(number + 1)", "\(header.receiver)", "\(header.transmitter)", "\(header.sequence)",
        header.isRetry ? "1" : "0",
        header.isProtected ? "1" : "0", header.network.map { "\($0)" } ?? "",
      ]
    }
    #expect(read.count == rows.count && !rows.isEmpty)
    for (ours, theirs) in zip(read, rows) where ours != theirs {
      Issue.record("\(ours) \(theirs)")
      return
    }
  }

  @Test(arguments: files) func `beacons and probe responses say what tshark reads in them`(name: String) throws {
    guard let frames = try Self.frames(name) else { return }
    let rows = try Self.fields(
      name, "wlan.fc.type_subtype == 8 || wlan.fc.type_subtype == 5",
      [
        "frame.number", "wlan.ssid", "wlan.ds.current_channel", "wlan.fixed.capabilities.privacy", "wlan.rsn.gcs.type",
        "wlan.rsn.pcs.type", "wlan.rsn.akms.type", "wlan.rsn.capabilities.mfpr", "wlan.wfa.ie.wpa.ucs.type",
        "wps.wifi_protected_setup_state", "wps.device_name",
      ])
    for row in rows {
      let frame = frames[try #require(Int(row[0])) - 1]
      let header = try WiFiHeader(parsing: frame.octets)
      guard case .management(let kind) = header.kind else { return #expect(Bool(false), "\(row)") }
      let body = Array(frame.octets.dropFirst(header.length))
      let management = try WiFiManagementFrame(parsing: body, kind)
      let (elements, _) = WiFiElement.list(parsing: Array(body.dropFirst(management.elementsOffset)))
      func list(_ suites: [UInt32]) -> String { suites.map { "\($0 & 0xff)" }.joined(separator: ",") }
      let rsn = try elements.first { $0.identifier == .rsn }.map { try WiFiSecurityElement(parsing: $0.body) }
      let wpa = try elements.first { $0.vendorType == WiFiVendorType.wpa }
        .map { try WiFiSecurityElement(parsing: $0.vendorBody) }
      let wps = try elements.first { $0.vendorType == WiFiVendorType.wps }.map {
        try WPSElement(parsing: $0.vendorBody)
      }
      let ssid = elements.first { $0.identifier == .name }?.body ?? []
      let channel = elements.first { $0.identifier == .channel }?.body.first
      var read = [row[0], Self.hexadecimal(ssid), channel.map { "\($0)" } ?? "", management.demandsPrivacy ? "1" : "0"]
      read += [rsn?.group.map { list([$0]) } ?? "", list(rsn?.pairwise ?? []), list(rsn?.authentication ?? [])]
      read.append(rsn?.capabilities.map { $0 & 0x40 != 0 ? "1" : "0" } ?? "")
      read.append(list(wpa?.pairwise ?? []))
      read.append(wps?.isConfigured.map { $0 ? "0x02" : "0x01" } ?? "")
      read.append(wps?.deviceName ?? "")
      // tshark writes an empty name as <MISSING>, and pads fixed names with what was sent.
      var theirs = row.map { $0 == "<MISSING>" ? "" : $0 }
      theirs[10] = theirs[10].trimmingCharacters(in: .whitespaces)
      #expect(read == theirs)
    }
    print("\(name): \(rows.count) beacons and probe responses compared")
  }

  @Test(arguments: ["wpa.cap", "wpa2-psk-linksys.cap"])
  func `messages of the four-way handshake are counted as by tshark`(name: String) throws {
    guard let frames = try Self.frames(name) else { return }
    let rows = try Self.fields(name, "wlan_rsna_eapol.keydes.msgnr", ["frame.number", "wlan_rsna_eapol.keydes.msgnr"])
    var read: [[String]] = []
    for (number, frame) in frames.enumerated() {
      guard let header = try? WiFiHeader(parsing: frame.octets), header.kind == .data(hasBody: true),
        !header.isProtected
      else { continue }
      let body = Array(frame.octets.dropFirst(header.length))
      if case .handshake(let message, _)? = EAPOLMessage(body: body) {
        read.append(["\(number + 1)", "\(message)"])
      }
    }
    #expect(read == rows && !rows.isEmpty)
  }

  /// The file was made by an attack on WEP: every protected frame is WEP's, by tshark's own count of its IVs.
  @Test func `protected frames of a WEP network are WEP's`() throws {
    guard let frames = try Self.frames("wep_64_ptw.cap") else { return }
    let rows = try Self.fields("wep_64_ptw.cap", "wlan.wep.iv", ["frame.number"])
    let wep = frames.enumerated().filter { _, frame in
      guard let header = try? WiFiHeader(parsing: frame.octets), header.isProtected,
        header.kind == .data(hasBody: true)
      else { return false }
      let body = Array(frame.octets.dropFirst(header.length))
      return WiFiProtection(body: body) == .wep
    }
    #expect(wep.count == rows.count && rows.count > 1000)
  }
}
