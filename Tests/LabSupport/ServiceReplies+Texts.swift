/// Replies in lines of text.
extension ServiceReplies {
  public static let imap = Array("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] lab ready.\r\n".utf8)
  public static let pop3 = Array("+OK ready <1896.697170952@lab.example>\r\n".utf8)
  /// RFC 2326 §10.2's example in short, with RFC 8866's lines.
  public static let sessionDescription = """
    v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=Lab camera\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n\
    m=audio 49170/2 RTP/AVP 0 8\r\n
    """
  public static let rtspDescription = Array(
    """
    RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: \(sessionDescription.utf8.count)\r\n\r\n\
    \(sessionDescription)
    """.utf8)
  /// miniupnpd 2.3.1 (Debian), asked for `upnp:rootdevice` by a script of Python's socket module.
  public static let ssdpAnswer = Array(
    """
    HTTP/1.1 200 OK\r
    CACHE-CONTROL: max-age=120\r
    ST: upnp:rootdevice\r
    USN: uuid:00000000-0000-4000-8000-000000000031::upnp:rootdevice\r
    EXT:\r
    SERVER: Debian/6.18.44 UPnP/1.1 MiniUPnPd/2.3.1\r
    LOCATION: http://10.0.0.31:5000/rootDesc.xml\r
    OPT: "http://schemas.upnp.org/upnp/1/0/"; ns=01\r
    01-NLS: 1795625401\r
    BOOTID.UPNP.ORG: 1795625401\r
    CONFIGID.UPNP.ORG: 1337\r
    \r

    """.utf8)
}
