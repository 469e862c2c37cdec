import Foundation

/// What a simulated login counted on the device's side.
public struct LoginState: Hashable, Sendable, Codable {
  /// Passwords that came.
  public var attempts = 0
  public var accepted = 0
  public var failures = 0
  /// Times that it locked an account or an address.
  public var lockouts = 0
  /// Sessions that were ended by the logout command.
  public var loggedOut = 0
  /// Lines that a session was given beside empty ones and the logout.
  public var commands = 0
  /// Most connections at once.
  public var simultaneous = 0
}

/// How a simulated Telnet login behaves. The simulator is told by JSON.
struct LoginBehaviour: Hashable, Sendable, Codable {
  enum Negotiation: String, Hashable, Sendable, Codable {
    case first
    /// Behind the banner, and nothing more before the client has answered.
    case late
  }

  enum Failure: String, Hashable, Sendable, Codable {
    case text, reset, endless
    /// The device restarts, which takes 20 s.
    case reboot
  }

  enum Accepts: String, Hashable, Sendable, Codable {
    case pair
    /// Whatever is entered.
    case everything
    /// The name alone opens a session.
    case nameAlone = "name"
    /// Authentication is switched off: whoever connects is in.
    case anybody
  }

  var account = "root"
  var password = "only-the-owner-knows-7"
  var accepts = Accepts.pair
  var negotiation = Negotiation.first
  var banner = ""
  var motd = ""
  var loginPrompt = "login: "
  var passwordPrompt = "Password: "
  var refusal = "Login incorrect"
  var prompt = "# "
  var encoding = "utf-8"
  var logout = "exit"
  /// Seconds before each prompt.
  var delay = 0.0
  var failure = Failure.text
  /// Failures from which it locks; 0 for never.
  var locksAt = 0
  var locksBySource = false
  var asksForName = true
  var echoesPassword = false
}

enum LoginSimulator {
  static let python = """
    import json, os, select, socket, struct, sys, threading, time

    port, path, how = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    counts = dict(attempts=0, accepted=0, failures=0, lockouts=0, loggedOut=0, commands=0, simultaneous=0)
    guard, failed, locked, open_now = threading.Lock(), {}, set(), 0


    def count(name, by=1):
        with guard:
            counts[name] += by
            write()


    def write():
        with open(path + '.new', 'w') as file: json.dump(counts, file)
        os.rename(path + '.new', path)


    class Gone(Exception): pass


    class Client:
        def __init__(self, connection): self.connection, self.waiting, self.answered = connection, b'', threading.Event()

        def say(self, text):
            try: self.connection.sendall(text.encode(how['encoding']) if isinstance(text, str) else text)
            except OSError: raise Gone

        def octet(self):
            while not self.waiting:
                try: self.waiting = self.connection.recv(4096)
                except OSError: raise Gone
                if not self.waiting: raise Gone
            first, self.waiting = self.waiting[:1], self.waiting[1:]
            return first

        def pause(self):
            # A client that goes away meanwhile is gone at once, not at the next prompt.
            ready, _, _ = select.select([self.connection], [], [], how['delay'])
            if ready and not self.connection.recv(1, socket.MSG_PEEK): raise Gone

        def text(self):
            # Options are answered with three octets; nobody here begins a subnegotiation.
            while (one := self.octet()) == b'\\xff':
                self.octet(); self.octet()
                self.answered.set()
            return one

        def line(self):
            said = b''
            while (one := self.text()) not in b'\\r\\n': said += one
            if one == b'\\r': self.text()
            return said.decode(how['encoding'], 'replace')


    def negotiate(client):
        client.say(b'\\xff\\xfb\\x01\\xff\\xfb\\x03\\xff\\xfd\\x18')
        if how['negotiation'] == 'late':
            for _ in range(9): client.octet()


    def session(client, counts=True):
        if counts: count('accepted')
        client.say(how['motd'] + how['prompt'])
        while True:
            said = client.line()
            if said == how['logout']:
                if counts: count('loggedOut')
                raise Gone
            if said: count('commands')
            client.say('\\r\\n' + how['prompt'])


    def refuse(client):
        if how['failure'] == 'reboot': listener.shutdown(socket.SHUT_RDWR)
        if how['failure'] in ('reset', 'reboot'):
            client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            raise Gone
        while how['failure'] == 'endless': client.say('All work and no play makes Jack a dull boy.\\r\\n' * 50)
        client.say('\\r\\n' + how['refusal'] + '\\r\\n')


    def login(client, source):
        account = ''
        if how['asksForName']:
            client.pause()
            client.say(how['loginPrompt'])
            account = client.line()
            client.say(account + '\\r\\n')
            if how['accepts'] == 'name' and account == how['account']: session(client)
        client.pause()
        client.say(how['passwordPrompt'])
        password = client.line()
        if how['echoesPassword']: client.say(password)
        client.say('\\r\\n')
        key = source if how['locksBySource'] else account
        right = password == how['password'] and (account == how['account'] or not how['asksForName'])
        with guard:
            counts['attempts'] += 1
            isLocked = key in locked
            if right and not isLocked: failed[key] = 0
            elif how['accepts'] != 'everything':
                counts['failures'] += 1
                failed[key] = failed.get(key, 0) + 1
                if how['locksAt'] and failed[key] >= how['locksAt'] and not isLocked:
                    locked.add(key)
                    counts['lockouts'] += 1
            write()
        if isLocked:
            client.say('Account locked, try again later.\\r\\n')
            raise Gone
        if right or how['accepts'] == 'everything': session(client)
        refuse(client)


    def serve(connection, source):
        global open_now
        with guard:
            open_now += 1
            counts['simultaneous'] = max(counts['simultaneous'], open_now)
            write()
        client = Client(connection)
        try:
            if how['negotiation'] == 'first': negotiate(client)
            client.say(how['banner'])
            if how['accepts'] == 'anybody': session(client, counts=False)
            if how['negotiation'] == 'late': negotiate(client)
            for _ in range(3): login(client, source)
        except Gone: pass
        finally:
            with guard: open_now -= 1
            connection.close()


    write()
    while True:
        listener = socket.create_server(('0.0.0.0', port), backlog=16)
        try:
            while True:
                connection, (source, _) = listener.accept()
                threading.Thread(target=serve, args=(connection, source), daemon=True).start()
        except OSError:
            listener.close()
            time.sleep(20)

    """
}

extension DaemonPlan {
  mutating func loginSimulator(_ behaviour: LoginBehaviour, _ at: Surroundings) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // A value of plain texts and numbers can always be encoded; an empty one would stop the simulator at once.
    let told = (try? encoder.encode(behaviour)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    files = [File(path: "login.py", text: LoginSimulator.python)]
    command = [
      "/usr/bin/python3", "-I", "\(at.home)/login.py", "\(at.port)", "\(Layout.state)/\(at.device.name).logins.json",
      told,
    ]
  }
}
