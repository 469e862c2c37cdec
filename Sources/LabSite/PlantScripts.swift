/// Equipment that no Debian daemon plays, as Python programs of a few lines, each written from its protocol's
/// specification. They answer questions; none of them but the Modbus server, which is pymodbus, has anything that could be set.
enum PlantScripts {
  /// Every script starts with this, and with the port and what else its daemon tells it as arguments.
  private static let prelude = """
    import socket, struct, sys
    port, own = int(sys.argv[1]), sys.argv[2:]

    def datagrams(answer, to=None):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(('0.0.0.0', port))
        while True:
            question, peer = s.recvfrom(2048)
            try: octets = answer(question)
            except (IndexError, struct.error): octets = None
            if octets: s.sendto(octets, (peer[0], to or peer[1]))

    def streams(read, answer):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(('0.0.0.0', port))
        listener.listen(8)
        while True:
            connection, _ = listener.accept()
            connection.settimeout(15)
            try:
                while (question := read(connection)) and (octets := answer(question)): connection.sendall(octets)
            except (OSError, IndexError, struct.error): pass
            connection.close()

    """

  /// ECHONET Lite specification 1.14, part 2 §3.2 and §6.11: a node that answers Get, always to port 3610 (§1.2).
  /// Its arguments are the maker's code, the product's, which may be empty, and its objects: `013001=80,81,b0`, with the properties that may be set.
  static let echonetLite =
    prelude + """
      maker, product, own = bytes.fromhex(own[0]), own[1].encode(), own[2:]
      settable = {bytes.fromhex(o.split('=')[0]): bytes.fromhex(o.split('=')[1].replace(',', '')) for o in own}
      instances = bytes([len(settable)]) + b''.join(settable)
      number = (b''.join(settable) + bytes(13))[:13]  # each device its own
      node = {0xd6: instances, 0x8a: maker, 0x83: b'\\xfe' + maker + number}
      if product: node[0x8c] = product.ljust(12, b'\\0')
      objects = {b'\\x0e\\xf0\\x01': node}
      for eoj, codes in settable.items():
          objects[eoj] = {0x9e: bytes([len(codes)]) + codes, 0x8a: maker}

      def answer(q):
          if q[:2] != b'\\x10\\x81' or q[10] != 0x62 or q[7:10] not in objects: return None
          known, place, service, told = objects[q[7:10]], 12, 0x72, b''
          for _ in range(q[11]):
              value = known.get(q[place], b'')
              if not value: service = 0x52
              told += bytes([q[place], len(value)]) + value
              place += 2 + q[place + 1]
          return q[:4] + q[7:10] + q[4:7] + bytes([service, q[11]]) + told

      datagrams(answer, to=3610)

      """

  /// The fields that Wireshark dissects (ubdp). Arguments: MAC address, IPv4 address.
  static let ubiquiti =
    prelude + """
      mac, address = bytes.fromhex(own[0].replace(':', '')), socket.inet_aton(own[1])
      fields = [(2, mac + address), (1, mac), (3, b'XM.ar7240.v6.3.11.33396\\0'), (0x0b, b'rooftop'), (0x0c, b'LM5'),
                (0x14, b'NanoStation Loco M5')]
      body = b''.join(struct.pack('!BH', kind, len(value)) + value for kind, value in fields)
      datagrams(lambda q: b'\\1\\0' + struct.pack('!H', len(body)) + body if q == b'\\1\\0\\0\\0' else None)

      """

  /// A server of pymodbus with an identity and some registers.
  static let modbus = """
    import sys
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
    from pymodbus.device import ModbusDeviceIdentification
    from pymodbus.server import StartTcpServer

    identity = ModbusDeviceIdentification()
    identity.VendorName, identity.ProductCode, identity.MajorMinorRevision = 'Janitza electronics', 'UMG 604', '5.015'
    registers = ModbusSlaveContext(hr=ModbusSequentialDataBlock(0, [230] * 16))
    StartTcpServer(
        context=ModbusServerContext(slaves=registers, single=True), identity=identity,
        address=('0.0.0.0', int(sys.argv[1])))

    """

  /// ANSI/ASHRAE 135-2020 clauses 15.5 and 20.2: ReadProperty of the device object 100, which 4194303 stands for too.
  static let bacnet =
    prelude + """
      def text(t): return bytes([0x75, len(t) + 1, 0]) + t
      known = {75: bytes.fromhex('c402000064'), 121: text(b'GIRA'), 70: text(b'Building 1'), 44: text(b'3.2.1')}

      def answer(q):
          if q[:2] != b'\\x81\\x0a' or q[9] != 0x0c or q[10:13] not in (b'\\x0c\\x02\\x3f', b'\\x0c\\x02\\0'): return None
          value = known.get(q[16])
          if value is None: unit = bytes([1, 0, 0x50, q[8], 0x0c, 0x91, 2, 0x91, 32])
          else: unit = bytes([1, 0, 0x30, q[8], 0x0c, 0x0c, 2, 0, 0, 100, 0x19, q[16], 0x3e]) + value + b'\\x3f'
          return b'\\x81\\x0a' + struct.pack('!H', len(unit) + 4) + unit

      datagrams(answer)

      """

  /// The CIP Networks Library volume 2, §2-4.2. Argument: IPv4 address.
  static let ethernetIP =
    prelude + """
      name = b'UMG 604 EtherNet/IP'
      item = struct.pack('<H', 1) + struct.pack('!HH', 2, 44818) + socket.inet_aton(own[0]) + bytes(8)
      item += struct.pack('<HHHBBHI', 875, 12, 54, 5, 15, 0, 0x604a11) + bytes([len(name)]) + name + b'\\x03'
      body = struct.pack('<HHH', 1, 12, len(item)) + item
      datagrams(lambda q: q[:2] + struct.pack('<H', len(body)) + q[4:24] + body
                if q[:4] == b'\\x63\\0\\0\\0' and len(q) == 24 else None)

      """

  /// What knxd answers to a description request, with the family that KNX IP Secure adds (9; AN159). Argument: its MAC address.
  static let securedKNX =
    prelude + """
      mac = bytes.fromhex(own[0].replace(':', ''))
      device = bytes.fromhex('36010200000100000000000000' + '00e000170c') + mac + b'lab-knx'.ljust(30, b'\\0')
      families = bytes.fromhex('0a02020103010401') + b'\\t\\1'
      body = b'\\6\\x10\\2\\4' + struct.pack('!H', 6 + len(device + families)) + device + families
      datagrams(lambda q: body if q[:4] == b'\\6\\x10\\2\\3' else None)

      """

  /// OPC 10000-6 §5.2, §6.7 and §7.1, up to the list of endpoints. Argument: security mode and token types of each
  /// endpoint, `1=0,1`.
  static let opcUA =
    prelude + """
      def u(*values): return struct.pack('<%dI' % len(values), *values)
      def text(t): return u(0xffffffff) if t is None else u(len(t)) + t.encode()
      def message(kind, body): return kind + b'F' + u(len(body) + 8) + body
      def header(kind): return b'\\1\\0' + struct.pack('<H', kind) + bytes(8) + u(1, 0) + b'\\0' + u(0) + bytes(3)
      policy = 'http://opcfoundation.org/UA/SecurityPolicy#'

      def endpoint(mode, tokens):
          server = text('urn:lab') + text('urn:lab:server') + b'\\2' + text('Lab server') + u(0)
          server += text(None) + text(None) + u(0)
          name = policy + ('None' if mode == 1 else 'Basic256Sha256')
          users = b''.join(text(str(t)) + u(t) + 3 * text(None) for t in tokens)
          return (text('opc.tcp://lab:%d' % port) + server + text(None) + u(mode) + text(name)
                  + u(len(tokens)) + users + text(None) + b'\\0')

      offers = [(int(o.split('=')[0]), [int(t) for t in o.split('=')[1].split(',')]) for o in own]
      offered = u(len(offers)) + b''.join(endpoint(*o) for o in offers)

      def read(c):
          head = c.recv(8, socket.MSG_WAITALL)
          if len(head) < 8: return None
          return head + c.recv(min(struct.unpack('<I', head[4:])[0] - 8, 8192), socket.MSG_WAITALL)

      def answer(q):
          if q[:4] == b'HELF': return message(b'ACK', q[8:28])
          if q[:4] == b'OPNF':
              sealed = u(5) + text(policy + 'None') + text(None) + text(None) + u(1, 1)
              return message(b'OPN', sealed + header(449) + u(0, 5, 6) + bytes(8) + u(60000) + text(None))
          if q[:4] != b'MSGF' or q[8:16] != u(5, 6) or q[26:28] != struct.pack('<H', 428): return None
          return message(b'MSG', q[8:24] + header(431) + offered)

      streams(read, answer)

      """
}
