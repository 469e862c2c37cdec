import Testing

/// Each emulated stack can be felled, so that its survival of an audit means something; ordinary use leaves it well.
@Suite(.needsLab, .serialized) struct VictimStackTests {
  @Test func `nmap in a hurry kills the stack that dies of forty SYNs`() throws {
    let site = try VictimSite.run(
      ["nmap", "-n", "-Pn", "-T4", "-p1-200", "--host-timeout", "1s", "10.0.1.11"], on: "syn-death")
    #expect(try !site.state("syn-death").alive)
    let emulator = try site.emulator("syn-death")
    #expect(!emulator.alive)
    #expect(emulator.harm?.cause == "40 SYNs within a second")
    #expect(emulator.malformed == 0)
  }

  @Test(arguments: [(39, true), (40, false)])
  func `the fortieth half-open connection kills it, however slowly it comes`(_ count: Int, _ survives: Bool) throws {
    let site = try VictimSite.python(
      """
      syns('10.0.1.11', '00:04:a3:10:01:11', [80] * \(count), 28)
      time.sleep(0.1)
      """, on: "syn-death")
    let emulator = try site.emulator("syn-death")
    #expect(emulator.halfOpenPeak == count)
    #expect(emulator.synPeakPerSecond < 40)
    #expect(emulator.alive == survives)
    #expect(emulator.harm?.cause == (survives ? nil : "40 half-open connections"))
  }

  @Test func `one connection after the other leaves it well`() throws {
    let site = try VictimSite.python(
      """
      for number in range(20):
          connection = connect('10.0.1.11', 23)
          assert b'login:' in connection.recv(200)
          connection.close()
          time.sleep(0.03)
      page = connect('10.0.1.11', 80)
      page.send(b'GET / HTTP/1.0\\r\\n\\r\\n')
      text = b''
      while part := page.recv(1000): text += part
      assert text.startswith(b'HTTP/1.0 200 OK') and text.endswith(b'</html>\\n'), text
      """, on: "syn-death")
    let emulator = try site.emulator("syn-death")
    #expect(emulator.isWell)
    #expect(emulator.connections == 21)
    #expect(emulator.halfOpenPeak == 1)
  }

  @Test func `eight idle connections take all of lwIP's blocks, and a ninth gets nothing`() throws {
    let site = try VictimSite.python(
      """
      held = [connect('10.0.1.12', 80) for _ in range(8)]
      assert not connects('10.0.1.12', 80, 0.5)
      time.sleep(2.8)
      for one in held: reset(one)
      time.sleep(0.05)
      assert connects('10.0.1.12', 80)
      """, on: "lwip-8pcb")
    let emulator = try site.emulator("lwip-8pcb")
    #expect(emulator.serviceLost)
    #expect(emulator.connectionsPeak == 8)
    #expect(emulator.synsDropped >= 1)
    #expect(emulator.alive)
  }

  @Test func `eight orderly closes within five seconds take them too`() throws {
    let site = try VictimSite.python(
      """
      for _ in range(8): connect('10.0.1.12', 80).close()
      assert not connects('10.0.1.12', 80, 0.5)
      """, on: "lwip-8pcb")
    #expect(try site.emulator("lwip-8pcb").connectionsPeak == 8)
  }

  @Test func `connections that end with a reset leave no block behind`() throws {
    let site = try VictimSite.python("for _ in range(40): reset(connect('10.0.1.12', 80))", on: "lwip-8pcb")
    let emulator = try site.emulator("lwip-8pcb")
    #expect(emulator.isWell)
    #expect(emulator.connections == 40)
    #expect(emulator.connectionsPeak <= 2)
  }

  @Test func `the tenth connection restarts the nine-socket stack, which comes back and says so`() throws {
    let site = try VictimSite.python(
      """
      held = [connect('10.0.1.13', 80) for _ in range(9)]
      raw, start = wire(), time.monotonic()
      assert not connects('10.0.1.13', 8080, 0.5)
      raw.settimeout(5)
      seen = []
      while b'\\x08\\x06' not in seen:
          frame = raw.recv(2000)
          if frame[6:12] == bytes.fromhex('246f28100113'):
              seen.append(frame[12:14])
              last = frame
      # An ARP request to everyone for the address it comes from.
      assert last[0:6] == b'\\xff' * 6 and last[28:32] == last[38:42] == bytes([10, 0, 1, 13])
      assert 3.9 < time.monotonic() - start < 8
      assert connects('10.0.1.13', 80)
      """, on: "esp-9")
    let emulator = try site.emulator("esp-9")
    #expect(emulator.restarts == 1)
    #expect(emulator.harm?.cause == "more than 9 connections")
  }

  @Test func `nine connections are borne, and again when they are closed`() throws {
    let site = try VictimSite.python(
      """
      for _ in range(3):
          held = [connect('10.0.1.13', 80) for _ in range(9)]
          for one in held: one.close()
          time.sleep(0.2)
      """, on: "esp-9")
    #expect(try site.emulator("esp-9").isWell)
    #expect(try site.emulator("esp-9").connections == 27)
  }

  @Test(arguments: [(200, true), (201, false)])
  func `the web UI hangs at the 201st half-open connection`(_ count: Int, _ survives: Bool) throws {
    let site = try VictimSite.python(
      """
      syns('10.0.1.14', '00:08:9b:10:01:14', [80] * \(count), 2000)
      time.sleep(0.1)
      assert connects('10.0.1.14', 443, 0.3) == (\(count) == 200)
      """, on: "backlog-200")
    let emulator = try site.emulator("backlog-200")
    #expect(emulator.serviceLost == !survives)
    #expect(emulator.halfOpenPeak == 200 + (survives ? 1 : 0))
    #expect(emulator.alive)
  }

  @Test func `the three-hundredth packet restarts the plug, and its clock starts again`() throws {
    let site = try VictimSite.python(
      """
      raw = wire()
      def clock():
          connection = connect('10.0.1.20', 6668)
          while True:
              frame = raw.recv(2000)
              # From the plug, TCP, SYN and ACK; its options begin with MSS, then two paddings and the timestamp.
              if frame[6:12] == bytes.fromhex('10d561100120') and frame[23] == 6 and frame[47] == 0x12:
                  connection.close()
                  assert frame[58:62] == bytes([1, 1, 8, 10]), frame[54:].hex()
                  return struct.unpack('!I', frame[62:66])[0]
      before = clock()
      udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      for number in range(300):
          try: udp.sendto(b'x', ('10.0.1.20', 4000 + number))
          except ConnectionRefusedError: pass
      assert not connects('10.0.1.20', 80, 0.5)
      time.sleep(3.7)
      after = clock()
      assert before > 900000000 > 10000 > after, (before, after)
      """, on: "reboots")
    #expect(try site.emulator("reboots").restarts == 1)
    #expect(try site.state("reboots").alive)
  }

  @Test func `two hundred packets leave the plug well`() throws {
    let site = try VictimSite.run(["nmap", "-n", "-Pn", "-p1-150", "--max-retries", "1", "10.0.1.20"], on: "reboots")
    let emulator = try site.emulator("reboots")
    #expect(emulator.isWell)
    #expect((150..<300).contains(emulator.probes))
  }
}
