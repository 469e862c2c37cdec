import Foundation

/// How a simulated login by HTTP, RTSP or ONVIF behaves. The simulator is told by JSON.
struct WebLoginBehaviour: Hashable, Sendable, Codable {
  enum Manner: String, Hashable, Sendable, Codable {
    case basic, digest, form, rtsp, onvif
    /// A challenge for everything, and a page without a login for everything.
    case refusesAll = "refuses-all"
    case showsAll = "shows-all"
    /// A login form for everything, each with a new cookie.
    case formAlways = "form-always"
    /// As LuCI of OpenWrt: a form with 403, which comes again with 403 for what is wrong.
    case luci
    /// As cameras of Hikvision: a page of its own tells whether a name is right, and with 401 too that it is locked.
    case check
    /// As QTS of QNAP: a script's form with the password in base64; the answer's text is all there is.
    case answer
  }

  var manner = Manner.basic
  /// `MD5` or `SHA-256`.
  var algorithm = "MD5"
  var account = "admin"
  var password = "only-the-owner-knows-7"
  var acceptsEverything = false
  var server = "lab"
  var tls = false
  /// No version later than TLS 1.0, and ciphers as old.
  var oldTLS = false
  var title = "Login"
  var accountLabel = "User name"
  var passwordLabel = "Password"
  var logoutLabel = "Log out"
  var refusal = "The password is wrong"
  var encoding = "utf-8"
  /// Seconds before each answer.
  var delay = 0.0
  /// Failures from which it locks; 0 for never.
  var locksAt = 0
  var locksBySource = false
  /// Somebody locked it before.
  var isLocked = false
  /// What the form has besides, such as a script; and whether it is sent as multipart/form-data.
  var formExtra = ""
  var isMultipart = false
  /// The year of its clock, where it tells the time.
  var year = 0
}

/// The device's side of logins by HTTP (RFC 7617, RFC 7616, a form with a token and a session), RTSP (RFC 2326) and ONVIF
/// (WS-Security UsernameToken Profile 1.0), for want of a daemon that counts, locks and lies.
enum WebLoginSimulator {
  static let python = #"""
    import base64, datetime, email, hashlib, html, http.server, json, os, re, secrets, socketserver, ssl, sys, threading, time
    import urllib.parse

    port, path, how, home, address = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]), sys.argv[4], sys.argv[5]
    counts = dict(attempts=0, accepted=0, failures=0, lockouts=0, loggedOut=0, commands=0, simultaneous=0)
    guard, failed, locked, busy = threading.RLock(), {}, set(), 0
    nonces, tokens, sessions, used = set(), {}, set(), set()


    def write():
        with open(path + '.new', 'w') as file: json.dump(counts, file)
        os.rename(path + '.new', path)


    def count(name):
        with guard:
            counts[name] += 1
            write()


    def attempt(account, isRight, source):
        # 'in', 'refused' or 'locked'.
        key = source if how['locksBySource'] else account
        with guard:
            counts['attempts'] += 1
            counts['simultaneous'] = max(counts['simultaneous'], busy)
            isLocked = how['isLocked'] or key in locked
            isIn = (isRight or how['acceptsEverything']) and not isLocked
            if isIn:
                counts['accepted'] += 1
                failed[key] = 0
            else:
                counts['failures'] += 1
                failed[key] = failed.get(key, 0) + 1
                if how['locksAt'] and failed[key] >= how['locksAt'] and not isLocked:
                    locked.add(key)
                    counts['lockouts'] += 1
            write()
        return 'locked' if isLocked else 'in' if isIn else 'refused'


    def digest(text):
        algorithm = {'MD5': hashlib.md5, 'SHA-256': hashlib.sha256}[how['algorithm']]
        return algorithm(text.encode()).hexdigest()


    def challenge():
        if how['manner'] in ('basic', 'refuses-all'): return 'Basic realm="lab"'
        nonce = secrets.token_hex(8)
        nonces.add(nonce)
        if how['manner'] == 'rtsp': return f'Digest realm="lab", nonce="{nonce}"'
        return f'Digest realm="lab (1, 2)", qop="auth", algorithm={how["algorithm"]}, nonce="{nonce}", opaque="x"'


    def authorised(value, method, source):
        # 'none' where nothing was entered.
        scheme, _, rest = value.partition(' ')
        if scheme == 'Basic':
            account, _, password = base64.b64decode(rest).decode().partition(':')
            return attempt(account, (account, password) == (how['account'], how['password']), source)
        if scheme != 'Digest': return 'none'
        said = {k: a or b for k, a, b in re.findall(r'(\w+)=(?:"([^"]*)"|([^, ]+))', rest)}
        who = digest(f'{how["account"]}:{said.get("realm")}:{how["password"]}')
        what = digest(f'{method}:{said.get("uri")}')
        middle = f'{said.get("nonce")}:{said.get("nc")}:{said.get("cnonce")}:auth' if 'qop' in said else said.get('nonce')
        isRight = said.get('nonce') in nonces and said.get('response') == digest(f'{who}:{middle}:{what}')
        return attempt(said.get('username'), isRight and said.get('username') == how['account'], source)


    def form(note, token):
        return (f'<html><head><title>{how["title"]}</title></head><body><!-- <input type="password"> -->'
                f'<p>{note}</p><form action="/login.cgi" method="post"'
                f'{" enctype=multipart/form-data" if how["isMultipart"] else ""}>{how["formExtra"]}'
                f'<input type="hidden" name="token" value="{html.escape(token)}">'
                f'{how["accountLabel"]}: <input type="text" name="user"> {how["passwordLabel"]}: '
                '<input type="password" name="pass"><input type="submit" name="go" value="OK"></form></body></html>')


    LUCI = ('<html><body><form method="post" action="/cgi-bin/luci/"><input name="luci_username" value="root">'
            '<input type="password" name="luci_password"><input type="submit" value="Log in"></form></body></html>')


    def checked(result):
        isLocked = how['isLocked'] or result == 'locked'
        return (f'<userCheck><statusValue>{200 if result == "in" else 401}</statusValue>'
                f'<lockStatus>{"lock" if isLocked else "unlock"}</lockStatus></userCheck>')


    def passed(body, source):
        said = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        try: password = base64.b64decode(said.get('pwd', ''), validate=True).decode()
        except ValueError: password = None
        result = attempt(said.get('user'), (said.get('user'), password) == (how['account'], how['password']), source)
        return (f'<QDocRoot><authPassed><![CDATA[{int(result == "in")}]]></authPassed>'
                f'<errorValue><![CDATA[{0 if result == "in" else -1}]]></errorValue></QDocRoot>')


    def fields(kind, body):
        if not kind.startswith('multipart/form-data'):
            return dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        parts = email.message_from_string(f'Content-Type: {kind}\r\n\r\n{body}').get_payload()
        return {p.get_param('name', header='Content-Disposition'): p.get_payload() for p in parts}


    SOAP, DEVICE = 'http://www.w3.org/2003/05/soap-envelope', 'http://www.onvif.org/ver10/device/wsdl'


    def soap(body):
        return (f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{SOAP}" xmlns:d="{DEVICE}"'
                f' xmlns:tt="http://www.onvif.org/ver10/schema"><s:Body>{body}</s:Body></s:Envelope>')


    started = time.monotonic()


    def clock():
        return (datetime.datetime(how['year'] or 2000, 1, 1, 3, 4, 5)
                + datetime.timedelta(seconds=time.monotonic() - started))


    def onvif(body, source):
        if '<GetSystemDateAndTime' in body:
            now = clock()
            parts = lambda **fields: ''.join(f'<tt:{k}>{v}</tt:{k}>' for k, v in fields.items())
            utc = (f'<tt:Time>{parts(Hour=now.hour, Minute=now.minute, Second=now.second)}</tt:Time>'
                   f'<tt:Date>{parts(Year=now.year, Month=now.month, Day=now.day)}</tt:Date>')
            return 200, soap('<d:GetSystemDateAndTimeResponse><d:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>'
                             f'<tt:UTCDateTime>{utc}</tt:UTCDateTime></d:SystemDateAndTime></d:GetSystemDateAndTimeResponse>')
        part = lambda name: html.unescape((re.search(f'<wsse:{name}(?: [^>]*)?>([^<]*)<', body) or [0, ''])[1])
        created = (re.search('<wsu:Created>([^<]*)<', body) or [0, ''])[1]
        result = 'none'
        if part('Username'):
            nonce = base64.b64decode(part('Nonce'))
            wanted = hashlib.sha1(nonce + created.encode() + how['password'].encode()).digest()
            age = abs(clock() - datetime.datetime.strptime(created, '%Y-%m-%dT%H:%M:%SZ')).total_seconds()
            # A token is taken once, and for five seconds of the device's own clock.
            isFresh = nonce not in used and age <= 5
            used.add(nonce)
            isRight = base64.b64decode(part('Password')) == wanted and part('Username') == how['account']
            result = attempt(part('Username'), isRight and isFresh, source)
        if result == 'in' and '<GetDeviceInformation' in body:
            return 200, soap('<d:GetDeviceInformationResponse><d:Manufacturer>Lab</d:Manufacturer><d:Model>Cam</d:Model>'
                             '</d:GetDeviceInformationResponse>')
        if result == 'in': count('commands')
        return 400, soap('<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value>'
                         '</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">Sender not Authorized</s:Text></s:Reason>'
                         '</s:Fault>')


    def counted(answer):
        def whole(self):
            global busy
            with guard: busy += 1
            try: answer(self)
            except OSError: self.close_connection = True
            finally:
                with guard: busy -= 1
        return whole


    class Web(http.server.BaseHTTPRequestHandler):
        def version_string(self): return how['server']

        def log_message(self, *_): pass

        def answer(self, status, text='', *fields):
            octets = text.encode(how['encoding'])
            self.send_response(status)
            for name, value in fields: self.send_header(name, value)
            self.send_header('Content-Length', str(len(octets)))
            self.end_headers()
            if self.command != 'HEAD': self.wfile.write(octets)

        def cookie(self):
            found = re.search('sid=([0-9a-f]+)', self.headers.get('Cookie') or '')
            return found[1] if found else ''

        def show(self, note='', token=None):
            sid, token = secrets.token_hex(8), token or secrets.token_urlsafe(9) + '&"'
            tokens[sid] = token
            self.answer(200, form(note, token), ('Set-Cookie', f'sid={sid}; Path=/; HttpOnly'))

        def do_HEAD(self): self.do_GET()

        @counted
        def do_GET(self):
            time.sleep(how['delay'])
            manner, sid = how['manner'], self.cookie()
            if manner == 'onvif': return self.answer(404)
            if manner == 'check' and self.path == '/ISAPI/Security/userCheck':
                result = authorised(self.headers.get('Authorization') or '', 'GET', self.client_address[0])
                return self.answer(200 if result == 'in' else 401, checked(result), *(
                    [] if result == 'in' else [('WWW-Authenticate', challenge())]))
            if manner in ('check', 'answer'):
                return self.answer(200 if self.path == '/' else 404, '<html><script>document.location = "/doc/"</script></html>')
            if manner == 'luci' and self.path == '/': return self.answer(302, '', ('Location', '/cgi-bin/luci/'))
            if manner == 'shows-all': return self.answer(200, '<html><body><h1>Welcome</h1></body></html>')
            if manner in ('basic', 'digest', 'refuses-all'):
                result = authorised(self.headers.get('Authorization') or '', 'GET', self.client_address[0])
                if result == 'locked': return self.answer(403, '<p>The account is locked.</p>')
                if result != 'in': return self.answer(401, '', ('WWW-Authenticate', challenge()))
                if self.path != '/': count('commands')
                return self.answer(200, '<html><body><h1>Blocked sites</h1></body></html>')
            if sid in sessions:
                if self.path == '/logout.cgi':
                    sessions.discard(sid)
                    count('loggedOut')
                    return self.answer(302, '', ('Location', '/'), ('Set-Cookie', 'sid=; Max-Age=0'))
                if self.path not in ('/', '/cgi-bin/luci/'): count('commands')
                return self.answer(200, f'<html><body><h1>Blocked sites</h1><a href="/logout.cgi">{how["logoutLabel"]}</a></body></html>')
            if manner == 'luci': return self.answer(403, LUCI)
            self.show() if self.path == '/' or manner == 'form-always' else self.answer(404)

        @counted
        def do_POST(self):
            time.sleep(how['delay'])
            body = self.rfile.read(min(int(self.headers.get('Content-Length') or 0), 65536)).decode()
            if how['manner'] == 'onvif':
                if self.path != '/onvif/device_service': return self.answer(404)
                return self.answer(*onvif(body, self.client_address[0]))
            if how['manner'] == 'answer' and self.path == '/cgi-bin/authLogin.cgi':
                return self.answer(200, passed(body, self.client_address[0]))
            if how['manner'] == 'luci': return self.enter(body)
            if how['manner'] not in ('form', 'form-always') or self.path != '/login.cgi': return self.answer(404)
            said = fields(self.headers.get('Content-Type') or '', body)
            if said.get('token') != tokens.pop(self.cookie(), None): return self.answer(403, 'CSRF token')
            pair = said.get('user'), said.get('pass')
            result = attempt(pair[0], pair == (how['account'], how['password']), self.client_address[0])
            if result == 'locked': return self.show('Too many failures, the account is locked.')
            if result == 'refused' or how['manner'] == 'form-always': return self.show(how['refusal'])
            self.welcome('/')

        def enter(self, body):
            said = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
            pair = said.get('luci_username'), said.get('luci_password')
            result = attempt(pair[0], pair == (how['account'], how['password']), self.client_address[0])
            if result == 'locked': return self.answer(403, '<p>The account is locked.</p>')
            if result == 'refused': return self.answer(403, '<p>Invalid username and/or password!</p>' + LUCI)
            self.welcome('/cgi-bin/luci/')

        def welcome(self, place):
            sid = secrets.token_hex(8)
            sessions.add(sid)
            self.answer(302, '', ('Location', place), ('Set-Cookie', f'sid={sid}; Path=/; HttpOnly'))


    class Stream(socketserver.StreamRequestHandler):
        def handle(self):
            global busy
            while True:
                head = []
                while line := self.rfile.readline(8192).decode('latin-1').strip(): head.append(line)
                words = head[0].split() if head else []
                if len(words) != 3 or not words[2].startswith('RTSP/'): return
                fields = {name.lower(): value.strip() for name, _, value in (line.partition(':') for line in head[1:])}
                time.sleep(how['delay'])
                status, more = '200 OK', ['Public: OPTIONS, DESCRIBE']
                if words[0] == 'DESCRIBE':
                    with guard: busy += 1
                    result = authorised(fields.get('authorization', ''), 'DESCRIBE', self.client_address[0])
                    with guard: busy -= 1
                    status, more = {'in': ('200 OK', []), 'locked': ('403 Forbidden', [])}.get(
                        result, ('401 Unauthorized', ['WWW-Authenticate: ' + challenge()]))
                elif words[0] != 'OPTIONS': count('commands')
                body = 'v=0\r\nm=video 0 RTP/AVP 96\r\n' if status == '200 OK' and words[0] == 'DESCRIBE' else ''
                more += [f'CSeq: {fields.get("cseq", 0)}', f'Content-Length: {len(body)}']
                self.wfile.write(('RTSP/1.0 ' + status + '\r\n' + '\r\n'.join(more) + '\r\n\r\n' + body).encode())


    class Discovery(socketserver.BaseRequestHandler):
        def handle(self):
            asked = re.search('MessageID>([^<]+)<', self.request[0].decode(errors='replace'))
            if not asked: return
            said = (f'<e:Envelope xmlns:e="{SOAP}" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
                    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
                    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header>'
                    f'<a:RelatesTo>{asked[1]}</a:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>'
                    '<a:EndpointReference><a:Address>urn:uuid:b5f4c1a0-3d0e-4b7c-9a51-02000002</a:Address></a:EndpointReference>'
                    '<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/hardware/Cam</d:Scopes>'
                    f'<d:XAddrs>http://{address}:{port}/onvif/device_service</d:XAddrs>'
                    '</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>')
            self.request[1].sendto(said.encode(), self.client_address)


    class Streams(socketserver.ThreadingTCPServer): allow_reuse_address = daemon_threads = True


    write()
    if how['manner'] == 'onvif':
        threading.Thread(target=socketserver.UDPServer(('0.0.0.0', 3702), Discovery).serve_forever, daemon=True).start()
    if how['manner'] == 'rtsp':
        Streams(('0.0.0.0', port), Stream).serve_forever()
    server = http.server.ThreadingHTTPServer(('0.0.0.0', port), Web)
    if how['tls']:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if how['oldTLS']:
            context.set_ciphers('ALL:@SECLEVEL=0')
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        context.load_cert_chain(home + '/web.crt', home + '/web.key')
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()

    """#
}

extension DaemonPlan {
  mutating func webLoginSimulator(_ behaviour: WebLoginBehaviour, _ at: Surroundings) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // A value of plain texts and numbers can always be encoded; an empty one would stop the simulator at once.
    let told = (try? encoder.encode(behaviour)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    files = [File(path: "web-login.py", text: WebLoginSimulator.python)]
    let arguments = [
      "/usr/bin/python3", "-I", "\(at.home)/web-login.py", "\(at.port)",
      "\(Layout.state)/\(at.device.name).logins.json", told, at.home, at.device.address ?? "",
    ]
    guard behaviour.tls else {
      command = arguments
      return
    }
    run(
      "openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=\(at.device.name) "
        + "-keyout \(at.home)/web.key -out \(at.home)/web.crt 2>/dev/null",
      then: arguments.map { "'\($0)'" }.joined(separator: " "))
  }
}
