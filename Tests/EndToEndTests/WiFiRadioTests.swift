import Foundation
import Testing

/// `tenken wifi --interface` up to the radio; with radios it is Scripts/test-wifi that shows it. `lo` is none.
@Suite struct WiFiRadioTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func tenken(_ techniques: String, until: String = "2036-01-01T00:00:00+09:00", _ options: [String]) throws
    -> Outcome
  {
    let path = scratch.path + "/scope.yaml"
    let text = """
      version: 1
      engagement: {id: E-1, customer: c, site: s, operator: o}
      valid: {from: "2020-01-01T00:00:00+09:00", until: "\(until)"}
      networks: []
      techniques: [\(techniques)]
      wifi: {ssids: [site]}
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try Program.run(Program.tenken, ["wifi", "--scope", path, "--lang", "en"] + options)
  }

  @Test(arguments: [
    ("", ["--interface", "lo"], "wifi-scan"), ("wifi-listen", ["--interface", "lo"], "wifi-scan"),
    ("", ["--interface", "lo", "--passive"], "wifi-listen"),
    ("wifi-scan", ["--interface", "lo", "--monitor"], "wifi-listen"),
  ])
  func `what the scope does not name is refused before anything is opened`(
    techniques: String, options: [String], missing: String
  ) throws {
    let outcome = try tenken(techniques, options)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("lack \(missing)") && outcome.errors.contains("Nothing was sent."))
    #expect(outcome.output.isEmpty)
  }

  @Test func `a scope whose time is over is refused`() throws {
    let outcome = try tenken("wifi-scan", until: "2020-01-02T00:00:00+09:00", ["--interface", "lo"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("expired") && outcome.errors.contains("Nothing was sent."))
  }

  @Test(arguments: [["--interface", "lo"], ["--interface", "lo", "--passive"], ["--interface", "lo", "--monitor"]])
  func `an interface that is no radio is told so, or that the kernel has no Wi-Fi`(options: [String]) throws {
    let outcome = try tenken("wifi-scan, wifi-listen", options)
    #expect(outcome.status == 5)
    #expect(
      outcome.errors.contains("lo: the interface is not wireless") || outcome.errors.contains("modprobe cfg80211"))
    let missing = try tenken("wifi-scan, wifi-listen", ["--interface", "radio-of-no1"] + options.dropFirst(2))
    #expect(missing.status == 5)
    #expect(missing.errors.contains("radio-of-no1: there is no such interface"))
  }

  @Test(arguments: [
    ["--monitor"], ["--passive"], ["--interface", "lo", "--time", "5"],
    ["--interface", "lo", "--monitor", "--passive"],
    ["--interface", "lo", "--bands", "2.4,7"], ["--interface", "lo", "--monitor", "--dwell", "0"],
    ["--interface", "lo", "--scans", "0"],
  ])
  func `options that do not go together are told`(options: [String]) throws {
    let outcome = try tenken("wifi-scan, wifi-listen", options)
    #expect(outcome.status == 2, "\(outcome)")
  }
}
