import Wire

// A span cannot go through an expectation; octets can.
extension WiFiHeader { init(parsing octets: [UInt8]) throws(WireError) { try self.init(parsing: octets.span) } }
extension WiFiManagementFrame {
  init(parsing octets: [UInt8], _ kind: WiFiHeader.Management) throws(WireError) {
    try self.init(parsing: octets.span, kind)
  }
}
extension WiFiElement {
  static func list(parsing octets: [UInt8]) -> (elements: [WiFiElement], isWhole: Bool) { list(parsing: octets.span) }
}
extension WiFiProtection { init?(body octets: [UInt8]) { self.init(body: octets.span) } }
extension EAPOLMessage { init?(body octets: [UInt8]) { self.init(body: octets.span) } }
extension FrameCheckSequence { static func isRight(_ octets: [UInt8]) -> Bool { isRight(octets.span) } }
extension RadioHeader {
  init(parsing octets: [UInt8], _ type: LinkType) throws(WireError) { try self.init(parsing: octets.span, type) }
}
