/// A device that is found by UPnP, WS-Discovery and SADP, for want of a Debian daemon: none speaks ONVIF or SADP; wsdd and
/// wsdd2 answer only who asks for computers (`wsdp:Device`), and minidlna hears multicast alone.
///
/// Its answers to UPnP are those of a gateway without port forwarding; those of ONVIF follow the Core Specification, and
/// those of SADP what users of the protocol describe.
enum DiscoverySimulator {
  static let python = """
    import http.server, re, socketserver, sys, threading

    role, address = sys.argv[1], sys.argv[2]
    XML = '<?xml version="1.0" encoding="utf-8"?>'
    upnp = role == 'media'
    SERVICE = 'urn:schemas-upnp-org:service:ContentDirectory:1'
    maker, model = ('I-O DATA DEVICE, INC.', 'WN-DX1300GR') if upnp else ('HIKVISION', 'DS-2CD2042WD-I')
    UUID = 'b5f4c1a0-3d0e-4b7c-9a51-6ce4da1000' + address[-2:]
    SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'
    DEVICE = 'http://www.onvif.org/ver10/device/wsdl'


    def ssdp(asked):
        if not asked.startswith('M-SEARCH') or 'upnp:rootdevice' not in asked: return None
        return ('HTTP/1.1 200 OK\\r\\nCACHE-CONTROL: max-age=120\\r\\nST: upnp:rootdevice\\r\\n'
                f'USN: uuid:{UUID}::upnp:rootdevice\\r\\nEXT:\\r\\nSERVER: Debian/6 UPnP/1.1 MiniUPnPd/2.3.1\\r\\n'
                f'LOCATION: http://{address}:5000/rootDesc.xml\\r\\n\\r\\n')


    def description():
        service = (f'<service><serviceType>{SERVICE}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>'
                   '<SCPDURL>/WANIPCn.xml</SCPDURL><controlURL>/ctl/IPConn</controlURL>'
                   '<eventSubURL>/evt/IPConn</eventSubURL></service>')
        inner = lambda kind, inside: (f'<deviceList><device><deviceType>urn:schemas-upnp-org:device:{kind}:1</deviceType>'
                                      f'{inside}</device></deviceList>')
        return ('<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major>'
                '<minor>1</minor></specVersion><device>'
                '<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>'
                f'<friendlyName>{model}</friendlyName><manufacturer>{maker}</manufacturer>'
                f'<modelName>{model}</modelName><serialNumber>LAB-' + address + '</serialNumber>'
                f'<UDN>uuid:{UUID}</UDN>'
                + inner('WANDevice', inner('WANConnectionDevice', f'<serviceList>{service}</serviceList>'))
                + '</device></root>')


    def discovery(asked):
        found = re.search('MessageID>([^<]+)<', asked)
        if not found or 'discovery/Probe<' not in asked: return None
        return (f'{XML}<e:Envelope xmlns:e="{SOAP12}" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
                ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
                ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header>'
                f'<a:RelatesTo>{found.group(1)}</a:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>'
                f'<a:EndpointReference><a:Address>urn:uuid:{UUID}</a:Address></a:EndpointReference>'
                '<d:Types>dn:NetworkVideoTransmitter</d:Types>'
                '<d:Scopes>onvif://www.onvif.org/type/video_encoder'
                f' onvif://www.onvif.org/hardware/{model} onvif://www.onvif.org/name/{maker}%20{model}</d:Scopes>'
                f'<d:XAddrs>http://{address}:8899/onvif/device_service</d:XAddrs>'
                '</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>')


    def onvif(body):
        if role == 'camera-open' and 'GetDeviceInformation' in body:
            return 200, (f'{XML}<s:Envelope xmlns:s="{SOAP12}"><s:Body><d:GetDeviceInformationResponse xmlns:d="{DEVICE}">'
                         f'<d:Manufacturer>{maker}</d:Manufacturer><d:Model>{model}</d:Model>'
                         f'<d:FirmwareVersion>V5.4.5 build 170124</d:FirmwareVersion><d:SerialNumber>LAB-{address}</d:SerialNumber>'
                         '<d:HardwareId>1</d:HardwareId></d:GetDeviceInformationResponse></s:Body></s:Envelope>')
        return 400, (f'{XML}<s:Envelope xmlns:s="{SOAP12}" xmlns:ter="http://www.onvif.org/ver10/error"><s:Body><s:Fault>'
                     '<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode>'
                     '</s:Code><s:Reason><s:Text xml:lang="en">Sender not Authorized</s:Text></s:Reason>'
                     '</s:Fault></s:Body></s:Envelope>')


    def sadp(asked):
        found = re.search('<Uuid>([^<]+)</Uuid><Types>inquiry<', asked)
        if not found: return None
        activated = 'false' if role == 'camera-open' else 'true'
        return (f'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Uuid>{found.group(1)}</Uuid><Types>inquiry</Types>'
                f'<DeviceDescription>{model}</DeviceDescription><DeviceSN>LAB-{address}</DeviceSN>'
                f'<SoftwareVersion>V5.4.5build 170124</SoftwareVersion><IPv4Address>{address}</IPv4Address>'
                f'<Activated>{activated}</Activated></ProbeMatch>')


    class Web(http.server.BaseHTTPRequestHandler):
        def answer(self, status, text):
            octets = text.encode()
            self.send_response(status)
            self.send_header('Content-Type', 'text/xml; charset="utf-8"')
            self.send_header('Content-Length', str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def do_GET(self):
            if upnp and self.path == '/rootDesc.xml': self.answer(200, description())
            else: self.answer(404, '')

        def do_POST(self):
            body = self.rfile.read(min(int(self.headers.get('Content-Length') or 0), 65536)).decode()
            if not upnp and self.path == '/onvif/device_service': self.answer(*onvif(body))
            else: self.answer(404, '')


    def listen(port, answer):
        class Asked(socketserver.BaseRequestHandler):
            def handle(self):
                said = answer(self.request[0].decode(errors='replace'))
                if said: self.request[1].sendto(said.encode(), self.client_address)
        threading.Thread(target=socketserver.UDPServer(('0.0.0.0', port), Asked).serve_forever).start()


    if upnp:
        listen(1900, ssdp)
    else:
        listen(3702, discovery)
        listen(37020, sadp)
    http.server.HTTPServer(('0.0.0.0', 5000 if upnp else 8899), Web).serve_forever()

    """
}
