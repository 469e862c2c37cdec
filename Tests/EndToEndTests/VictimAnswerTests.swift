import Testing

/// The devices of the victims' site that answer too much, too little, too late or not at all: they do so, and tools
/// nobody here wrote see it.
@Suite(.needsLab, .serialized) struct VictimAnswerTests {
  @Test func `whatever port is tried seems open, and resets what it is sent`() throws {
    let site = try VictimSite.python(
      """
      import random, subprocess
      ports = ','.join(str(port) for port in random.sample(range(1, 65536), 30))
      text = subprocess.run(['nmap', '-n', '-p', ports, '10.0.1.15'], capture_output=True, text=True).stdout
      assert text.split().count('open') == 30, text
      connection = connect('10.0.1.15', 4711)
      connection.send(b'x')
      try:
          assert False, connection.recv(10)
      except ConnectionResetError: pass
      """, on: "answers-all")
    #expect(try site.emulator("answers-all").isWell)
  }

  @Test func `above a hundred a second, closed ports look silent`() throws {
    let fast = try VictimSite.run(
      ["nmap", "-n", "-Pn", "--max-retries", "0", "--min-rate", "2000", "-p10001-10500", "10.0.1.16"], on: "rst-100")
    #expect(fast.outcome.output.contains("filtered tcp ports"))
    #expect(try fast.emulator("rst-100").resetsWithheld > 100)
    let slow = try VictimSite.run(
      ["nmap", "-n", "-Pn", "--max-retries", "0", "--max-rate", "90", "-p20-120", "10.0.1.16"], on: "rst-100")
    #expect(!slow.outcome.output.contains("filtered"))
    #expect(try slow.emulator("rst-100").resetsWithheld == 0)
    #expect(try slow.emulator("rst-100").resetsSent == 99)
  }

  @Test func `five UDP services answer nmap's own questions`() throws {
    let site = try VictimSite.run(
      [
        "nmap", "-n", "-Pn", "-sU", "-p53,161,1900,5353,5683", "--script", "snmp-sysdescr,coap-resources,upnp-info",
        "10.0.1.17",
      ], on: "icmp-1")
    let text = site.outcome.output
    for port in [53, 161, 1900, 5353, 5683] { #expect(text.contains("\(port)/udp ")) }
    #expect(text.matches(of: /\/udp +open/).count == 5)
    #expect(text.contains("tenken lab icmp-1"))
    #expect(text.contains("/state:"))
    #expect(text.contains("Location: http://icmp-1.local/description.xml"))
    #expect(try site.emulator("icmp-1").isWell)
  }

  @Test func `of ten closed UDP ports at once one is reported, of two a second apart both are`() throws {
    let fast = try VictimSite.python(
      """
      udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      for number in range(10): udp.sendto(b'x', ('10.0.1.17', 7000 + number))
      time.sleep(0.1)
      """, on: "icmp-1")
    #expect(try fast.emulator("icmp-1").unreachablesSent == 1)
    #expect(try fast.emulator("icmp-1").unreachablesWithheld == 9)
    let slow = try VictimSite.python(
      """
      def refused(port):
          udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
          udp.settimeout(2)
          udp.connect(('10.0.1.17', port))
          udp.send(b'x')
          try: udp.recv(10)
          except ConnectionRefusedError: return True
      assert refused(7000)
      time.sleep(1.02)
      assert refused(7001)
      """, on: "icmp-1")
    #expect(try slow.emulator("icmp-1").unreachablesSent == 2)
  }

  @Test func `the printer counts what it would print, by port and transport`() throws {
    let written = try VictimSite.python(
      """
      connection = connect('10.0.1.18', 9100)
      connection.send(b'hello')
      udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      udp.sendto(b'abc', ('10.0.1.18', 515))
      connection.close()
      time.sleep(0.1)
      """, on: "jetdirect")
    let printed = try written.emulator("jetdirect").printedOctets
    #expect(printed["9100/tcp"] == 5)
    #expect(printed["515/udp"] == 3)
    #expect(try written.state("jetdirect").payloadOctets == 8)
    let untouched = try VictimSite.run(
      ["nmap", "-n", "-Pn", "-sT", "-p515,9100-9112", "10.0.1.18"], on: "jetdirect")
    #expect(untouched.outcome.output.matches(of: /\/tcp +open/).count == 11)
    #expect(try untouched.state("jetdirect").payloadOctets == 0)
    #expect(try untouched.emulator("jetdirect").connections >= 11)
  }

  @Test func `more than fifteen ARP requests a second take the auditor's port down`() throws {
    func carrier(after seconds: Double) throws -> VictimSite {
      try VictimSite.shell(
        "arping -c 20 -W \(seconds) -i eth0 10.0.1.13 >/dev/null; cat /sys/class/net/eth0/carrier", on: "esp-9",
        options: ["--arp-limit", "15"])
    }
    let fast = try carrier(after: 0.02)
    #expect(fast.outcome.output == "0\n")
    #expect(try fast.state("dai-switch").downAt != nil)
    #expect(try fast.state("dai-switch").peakPerSecond == 16)
    let slow = try carrier(after: 0.1)
    #expect(slow.outcome.output == "1\n")
    #expect(try slow.state("dai-switch").alive)
    #expect(try slow.state("dai-switch").frames == 20)
  }

  @Test func `one ARP request sets off a storm, and the device still serves`() throws {
    let site = try VictimSite.python(
      """
      import subprocess
      raw = wire()
      subprocess.run(['arping', '-q', '-c', '1', '-i', 'eth0', '10.0.1.21'])
      raw.settimeout(0.2)
      end, replies = time.monotonic() + 1, 0
      while time.monotonic() < end:
          try: replies += raw.recv(100)[20:22] == b'\\0\\2'
          except TimeoutError: pass
      assert replies > 400, replies
      assert connects('10.0.1.21', 80)
      """, on: "arp-storm")
    #expect(try site.emulator("arp-storm").isWell)
  }

  @Test func `the greeting goes on for as long as anyone reads it`() throws {
    let site = try VictimSite.python(
      """
      connection, count = connect('10.0.1.22', 23), 0
      while count < 1000000: count += len(connection.recv(65536))
      """, on: "banner-flood")
    #expect(try site.state("banner-flood").alive)
  }

  @Test func `the sleeping station misses broadcasts and answers late`() throws {
    let site = try VictimSite.python(
      """
      import subprocess
      subprocess.run(['arping', '-q', '-c', '40', '-W', '0.02', '-i', 'eth0', '10.0.1.25'])
      start = time.monotonic()
      connect('10.0.1.25', 80, 5).close()
      assert time.monotonic() - start >= 0.1
      """, on: "power-save")
    let emulator = try site.emulator("power-save")
    // 40 at 30 %, five standard deviations (2.9 each) either way.
    #expect((1...27).contains(emulator.broadcastsMissed))
    #expect(emulator.isWell)
  }

  @Test func `who has only IPv6 is found by echo, by MLD or by its MAC, as its kind is`() throws {
    let truth = try VictimTruth.read()
    let plain = try #require(try truth.device("v6-only").linkLocal)
    let quiet = try #require(try truth.device("quiet-v6").linkLocal)
    let site = try VictimSite.run(
      [
        "sh", "-c",
        """
        nmap -6 --script targets-ipv6-multicast-echo --script-args interface=eth0 | sed 's/^/echo /'
        nmap -6 --script targets-ipv6-multicast-mld --script-args \
        'interface=eth0,targets-ipv6-multicast-mld.timeout=2' | sed 's/^/mld /'
        nmap -6 -n -Pn -p 23,80 \(plain)%eth0 | sed 's/^/ports /'
        ndisc6 -q -r 1 \(quiet) eth0 | sed 's/^/neighbour /'
        """,
      ], on: "v6-only", "quiet-v6")
    let lines = site.outcome.output.split(separator: "\n")
    func said(_ words: String...) -> Bool { lines.contains { line in words.allSatisfy(line.contains) } }
    #expect(said("echo ", plain))
    #expect(!said("echo ", quiet))
    #expect(said("mld ", plain) && said("mld ", quiet))
    #expect(said("ports 23/tcp open") && said("ports 80/tcp open"))
    #expect(said("neighbour ", try truth.device("quiet-v6").mac.uppercased()))
  }
}
