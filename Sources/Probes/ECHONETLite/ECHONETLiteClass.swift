internal import Records
internal import Wire

/// What the class of an object says: an appliance in words, and what the device is for.
///
/// Source: ECHONET, APPENDIX Detailed Requirements for ECHONET Device Objects, release R (class group and class
/// codes).
enum ECHONETLiteClass {
  static func name(of object: ECHONETLiteFrame.Object) -> LocalizedText {
    if let name = names[code(object)] { return LocalizedText(ja: name.ja, en: name.en) }
    switch object.classGroup {
    case 0x00: return LocalizedText(ja: "センサ", en: "a sensor")
    case 0x01: return LocalizedText(ja: "空調機器", en: "an air conditioning device")
    case 0x02: return LocalizedText(ja: "住宅設備機器", en: "housing equipment")
    case 0x03: return LocalizedText(ja: "調理・家事機器", en: "a cooking or household appliance")
    default: return LocalizedText(ja: "機器", en: "a device")
    }
  }

  /// A word of the vocabulary of roles; nil where the class says nothing about the node.
  static func role(of object: ECHONETLiteFrame.Object) -> String? {
    switch code(object) {
    case 0x0130, 0x0156, 0x0157: "thermostat"
    case 0x0290, 0x0291, 0x02a3, 0x02a4: "light"
    case 0x0602: "tv"
    case 0x05ff: "gateway"
    default:
      switch object.classGroup {
      case 0x00: "sensor"
      case 0x01...0x04: "appliance"
      default: nil
      }
    }
  }

  private static func code(_ object: ECHONETLiteFrame.Object) -> UInt16 {
    UInt16(object.classGroup) << 8 | UInt16(object.classCode)
  }

  private static let names: [UInt16: (ja: String, en: String)] = [
    0x0130: ("家庭用エアコン", "a home air conditioner"), 0x0133: ("換気扇", "a ventilation fan"),
    0x0135: ("空気清浄器", "an air cleaner"), 0x0260: ("電動ブラインド", "an electric blind"),
    0x0263: ("電動雨戸・シャッター", "an electric shutter"), 0x026b: ("電気温水器", "an electric water heater"),
    0x026f: ("電気錠", "an electric lock"), 0x0272: ("瞬間式給湯器", "an instantaneous water heater"),
    0x0279: ("住宅用太陽光発電", "a household solar power generator"), 0x027b: ("床暖房", "a floor heater"),
    0x027c: ("燃料電池", "a fuel cell"), 0x027d: ("蓄電池", "a storage battery"),
    0x027e: ("電気自動車充放電器", "an electric vehicle charger and discharger"),
    0x0287: ("分電盤メータリング", "a power distribution board meter"),
    0x0288: ("低圧スマート電力量メータ", "a low-voltage smart electric energy meter"),
    0x0290: ("一般照明", "general lighting"), 0x0291: ("単機能照明", "single-function lighting"),
    0x02a1: ("電気自動車充電器", "an electric vehicle charger"), 0x03b7: ("冷凍冷蔵庫", "a refrigerator"),
    0x03b9: ("クッキングヒータ", "a cooking heater"), 0x03d3: ("洗濯乾燥機", "a washer and dryer"),
    0x05ff: ("コントローラ", "a controller"), 0x0602: ("テレビ", "a television"),
  ]
}
