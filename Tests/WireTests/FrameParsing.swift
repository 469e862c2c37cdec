import Addressing
import LabSupport
import Wire

// The macro of an expectation cannot hold spans, so the tests parse through these.

func inbound(_ frame: [UInt8]) throws(WireError) -> InboundFrame { try InboundFrame(parsing: frame.span) }

func destination(_ frame: [UInt8]) throws(WireError) -> FrameDestination { try FrameDestination(of: frame.span) }

/// Where a transport's data lies, nil for what has none.
func payload(of frame: InboundFrame) -> Range<Int>? {
  switch frame.content {
  case .tcp(_, let payload), .udp(_, let payload): payload
  default: nil
  }
}

func timestampValue(_ header: TCPHeader, _ frame: [UInt8], _ payload: Range<Int>) -> UInt32? {
  header.timestampValue(in: frame.span, payload: payload)
}

func netlink(_ datagram: [UInt8]) throws(WireError) -> [NetlinkMessage] { try NetlinkMessage.parse(datagram.span) }
