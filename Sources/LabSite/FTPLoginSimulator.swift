extension LoginSimulator {
  /// An FTP server that counts: the same behaviours as ``python``'s, by RFC 959's codes.
  static let ftp = """
    import json, os, socket, struct, sys, threading, time

    port, path, how = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    counts = dict(attempts=0, accepted=0, failures=0, lockouts=0, loggedOut=0, commands=0, simultaneous=0)
    guard, failed, locked, open_now = threading.RLock(), {}, set(), 0


    def write():
        with open(path + '.new', 'w') as file: json.dump(counts, file)
        os.rename(path + '.new', path)


    def count(name):
        with guard:
            counts[name] += 1
            write()


    def judge(account, password, source):
        key = source if how['locksBySource'] else account
        right = password == how['password'] and account == how['account']
        with guard:
            if account == how['account']: counts['attempts'] += 1
            isLocked = key in locked
            if right and not isLocked: failed[key] = 0
            elif how['accepts'] != 'everything' and account == how['account']:
                counts['failures'] += 1
                failed[key] = failed.get(key, 0) + 1
                if how['locksAt'] and failed[key] >= how['locksAt'] and not isLocked:
                    locked.add(key)
                    counts['lockouts'] += 1
            write()
        if isLocked: return 'locked'
        return 'in' if right or how['accepts'] == 'everything' else 'out'


    def serve(connection, source):
        global open_now
        lines = connection.makefile('rb')
        say = lambda text: connection.sendall(text.encode() + b'\\r\\n')
        account, inside = '', False
        try:
            say('220-' + (how['banner'] or 'FTP'))
            say('220 ready')
            for line in lines:
                word, _, rest = line.decode('latin-1').strip().partition(' ')
                word = word.upper()
                time.sleep(how['delay'])
                if word == 'QUIT':
                    if inside: count('loggedOut')
                    say('221 bye')
                    break
                if word == 'USER':
                    account = rest
                    if account == how['account']:
                        with guard:
                            open_now += 1
                            counts['simultaneous'] = max(counts['simultaneous'], open_now)
                            open_now -= 1
                    if how['accepts'] == 'name' and account == how['account']:
                        inside = True
                        count('accepted')
                        say('230 come in')
                    elif account == 'anonymous': say('530 nobody is anonymous here')
                    else: say('331 password?')
                elif word == 'PASS':
                    verdict = judge(account, rest, source)
                    if verdict == 'locked':
                        say('421 Too many failed logins, try again later.')
                        break
                    if verdict == 'in':
                        inside = True
                        count('accepted')
                        say('230 ' + (how['motd'] or 'come in'))
                    elif how['failure'] == 'reset':
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                        break
                    else: say('530 ' + how['refusal'])
                elif word == 'FEAT': say('502 no')
                else:
                    if inside: count('commands')
                    say('502 no')
        except OSError: pass
        finally: connection.close()


    write()
    listener = socket.create_server(('0.0.0.0', port), backlog=16)
    while True:
        connection, (source, _) = listener.accept()
        threading.Thread(target=serve, args=(connection, source), daemon=True).start()

    """
}

extension DaemonPlan {
  mutating func ftpLoginSimulator(_ behaviour: LoginBehaviour, _ at: Surroundings) {
    loginSimulator(behaviour, at)
    files = [File(path: "login.py", text: LoginSimulator.ftp)]
  }
}
