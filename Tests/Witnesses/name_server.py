"""Answers every question for one name with one address (RFC 1035 §4.1), and others with "no such name"."""
import socket
import sys

name, address = sys.argv[1], sys.argv[2]
wanted = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 53))
while True:
    question, client = server.recvfrom(4096)
    end = question.index(b"\0", 12) + 5
    known = question[12:end - 4].lower() == wanted and question[end - 4:end - 2] == b"\0\1"
    head = question[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1" + (b"\0\1" if known else b"\0\0") + b"\0\0\0\0"
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address) if known else b""
    server.sendto(head + question[12:end] + record, client)
