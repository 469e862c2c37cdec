"""A device that says whose it is and tells secrets, for the tests of redaction: DHCP and mDNS under the name of its owner, HTTP with a
cookie, a pre-shared key, a password in a page and a mail address, Telnet under the name that Windows gave it, SNMP with a contact.

Usage: person_device.py ADDRESS FOLDER    (FOLDER/ready appears when it listens)"""
import socket
import struct
import sys
import threading
import time

ADDRESS, FOLDER = sys.argv[1:3]
NAME = "山田太郎のiPhone".encode()
PAGE = (
    "<html><title>Network Camera</title><body>contact taro.yamada@example.co.jp"
    '<form action=/login method=post><input name=user><input type="password" name="pass" value="p4ss-hidden-77"></form>'
    '<script>var wifi = {"ssid":"hq","psk":"wlan-key-9981","adminPassword":"camel-4471-case"};</script>'
    'rtsp://admin:stream-pw-5521@%s/live</body></html>' % ADDRESS
).encode()


def http():
    listener = socket.create_server((ADDRESS, 80))
    while True:
        peer, _ = listener.accept()
        peer.settimeout(3)
        try:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer.recv(4096)
            head = (
                "HTTP/1.1 200 OK\r\nServer: GoAhead-Webs\r\nContent-Type: text/html\r\n"
                "Set-Cookie: SESSION=cookie-31d4d96e407a; Path=/; HttpOnly\r\nX-Auth-Token: header-tok-4410\r\nSet-Cookie: B=\"quoted-7723-cookie\"; Path=/\r\n"
                "Content-Length: %d\r\nConnection: close\r\n\r\n" % len(PAGE))
            # In segments of their own: one ends inside the name of a header field, one inside a cookie's value.
            whole = head.encode() + PAGE
            cuts = [0, whole.index(b"Cookie"), whole.index(b"31d4d96e407a") + 4, whole.index(b"9981"), len(whole)]
            for start, end in zip(cuts, cuts[1:]):
                peer.sendall(whole[start:end])
                time.sleep(0.05)
        except OSError:
            pass
        peer.close()


def telnet():
    listener = socket.create_server((ADDRESS, 23))
    while True:
        peer, _ = listener.accept()
        try:
            peer.sendall(b"\xff\xfd\x18\r\nDESKTOP-7Q2WX9Z console\r\nlogin: ")
            peer.settimeout(5)
            peer.recv(64)
        except OSError:
            pass
        peer.close()


def ber(tag, value):
    return bytes([tag, len(value)]) + value


def snmp():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((ADDRESS, 161))
    while True:
        question, peer = sock.recvfrom(2048)
        if question[4] == 3:
            # The report of a discovery (RFC 3414 4), with the number of the question.
            report = bytes.fromhex(
                "306a0201033011020410000000020300ffe3040100020103041e301c040d80001f8880e9630000d61ff449")
            report += bytes.fromhex("020101020212340400040004003032040d80001f8880e9630000d61ff4490400a81f020410000000")
            report += bytes.fromhex("0201000201003011300f060a2b060106030f01010400410101")
            number = question[10:13]
            sock.sendto(report.replace(b"\x02\x04\x10\x00\x00\x00", b"\x02\x04\x10" + number), peer)
            continue
        at = question.find(b"\x06\x08\x2b\x06\x01\x02\x01\x01")
        start = question.find(b"\xa0")
        if start < 0 or at < 0:
            continue
        # The request's number is the first integer of the PDU (RFC 1157 4.1.1).
        number = question[start + 2 + (question[start + 1] == 0x81):]
        number = number[:2 + number[1]]
        rows = b""
        for suffix, text in ((1, b"Linux camera 5.4"), (4, b"Hanako Suzuki ext 7734"), (5, b"sato-room-cam"), (6, b"2F")):
            rows += ber(0x30, ber(6, bytes([0x2b, 6, 1, 2, 1, 1, suffix, 0])) + ber(4, text))
        pdu = number + b"\x02\x01\x00\x02\x01\x00" + b"\x30\x81" + bytes([len(rows)]) + rows
        pdu = b"\xa2\x81" + bytes([len(pdu)]) + pdu
        body = b"\x02\x01" + question[4:5] + ber(4, b"public") + pdu
        sock.sendto(b"\x30\x81" + bytes([len(body)]) + body, peer)


def announce():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"e0")
    sock.bind((ADDRESS, 68))
    group = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    group.bind((ADDRESS, 5353))
    group.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ADDRESS))
    group.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
    mac = bytes.fromhex(open("/sys/class/net/e0/address").read().strip().replace(":", ""))
    # A DHCPREQUEST (RFC 2131): options 53, 50, 12.
    request = struct.pack("!BBBBIHH4s4s4s4s", 1, 1, 6, 0, 7, 0, 0, socket.inet_aton(ADDRESS), *[bytes(4)] * 3)
    request += mac + bytes(10) + bytes(192) + b"\x63\x82\x53\x63\x35\x01\x03\x32\x04" + socket.inet_aton(ADDRESS)
    request += bytes([12, len(NAME)]) + NAME + b"\xff"
    # An mDNS answer (RFC 6762): an A record of the name in .local, cache-flush.
    owner = b"Hanako-no-MacBook"
    record = struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0) + bytes([len(owner)]) + owner + b"\x05local\x00"
    record += struct.pack("!HHIH", 1, 0x8001, 120, 4) + socket.inet_aton(ADDRESS)
    while True:
        try:
            sock.sendto(request, ("255.255.255.255", 67))
            group.sendto(record, ("224.0.0.251", 5353))
        except OSError:
            pass
        time.sleep(0.5)


for part in (http, telnet, snmp, announce):
    threading.Thread(target=part, daemon=True).start()
time.sleep(0.3)
open(FOLDER + "/ready", "w").write("ready")
while True:
    time.sleep(60)
