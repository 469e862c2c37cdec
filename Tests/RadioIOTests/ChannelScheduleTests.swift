import RadioIO
import Records
import Testing
import Wire

@Suite struct ChannelScheduleTests {
  private static func schedule(_ frequencies: UInt32...) -> ChannelSchedule {
    ChannelSchedule(frequencies.map { NL80211Channel(frequency: $0, isDisabled: false, isForListening: false) })
  }

  private func turns(_ count: Int, _ schedule: inout ChannelSchedule, heard: Set<UInt32> = []) -> [UInt32] {
    (0..<count).compactMap { _ in
      guard let place = schedule.advance() else { return nil }
      let frequency = schedule.coverage[place].frequency
      schedule.note(place, milliseconds: 250, frames: heard.contains(frequency) ? 3 : 0)
      return frequency
    }
  }

  @Test func `every channel has its turn, by frequency, and again`() {
    var schedule = Self.schedule(5180, 2412, 2437, 2412)
    #expect(turns(7, &schedule) == [2412, 2437, 5180, 2412, 2437, 5180, 2412])
    #expect(schedule.coverage.map(\.frequency) == [2412, 2437, 5180])
    #expect(schedule.coverage.map(\.milliseconds) == [750, 500, 500])
  }

  @Test func `after the first round every other turn belongs to where something was heard`() {
    var schedule = Self.schedule(2412, 2417, 2422, 2427)
    #expect(turns(4, &schedule, heard: [2417]) == [2412, 2417, 2422, 2427])
    #expect(turns(8, &schedule, heard: [2417]) == [2417, 2412, 2417, 2417, 2417, 2422, 2417, 2427])
  }

  @Test func `a channel that the radio refuses is passed over, and none is left when all are`() {
    var schedule = Self.schedule(2412, 2417, 2422)
    #expect(schedule.advance() == 0)
    schedule.refuse(0)
    #expect(turns(4, &schedule) == [2417, 2422, 2417, 2422])
    schedule.refuse(1)
    schedule.refuse(2)
    #expect(schedule.advance() == nil)
    #expect(schedule.coverage.map(\.isRefused) == [true, true, true])
  }

  @Test func `disabled channels are left out`() {
    let channels = [
      NL80211Channel(frequency: 2412, isDisabled: true, isForListening: false),
      NL80211Channel(frequency: 5260, isDisabled: false, isForListening: true),
    ]
    #expect(ChannelSchedule(channels).coverage.map(\.frequency) == [5260])
  }
}

@Suite struct RadioErrorTests {
  @Test func `an interface that is not there is told so, with what to do`() {
    let error = #expect(throws: RadioError.self) { try Radio(interface: "radio-of-nobody") }
    #expect(error?.code == .noInterface)
    #expect(error?.interface == "radio-of-nobody")
    #expect(error?.text.en.contains("iw dev") == true)
    #expect(error?.text.ja.contains("iw dev") == true)
  }

  /// The loopback is no radio. Where the kernel has no nl80211 at all, that is what is told.
  @Test func `an interface that is no radio is told so`() {
    let error = #expect(throws: RadioError.self) { try Radio(interface: "lo") }
    #expect(error?.code == .notWireless || error?.code == .noWiFi)
  }
}
