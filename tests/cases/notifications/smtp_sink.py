"""A real SMTP server (RFC 5321) that keeps what is sent to it, and refuses what it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Received:
    """One mail, with the envelope it came in."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class SmtpSink:
    """What came, and how the next sessions go.

    `refused` holds recipients that are answered with 550; `greeting` other than 220 turns every
    session away; `is_silent` says nothing at all.
    """

    port: int = 0
    received: list[Received] = field(default_factory=list)
    sessions: int = 0
    refused: set[str] = field(default_factory=set)
    greeting: int = 220
    is_silent: bool = False
    over: threading.Event = field(default_factory=threading.Event)


class Session(socketserver.StreamRequestHandler):
    """One connection to the sink of its server."""

    server: Server
    sender = ""
    recipients: tuple[str, ...] = ()

    def handle(self) -> None:
        sink = self.server.sink
        sink.sessions += 1
        if sink.is_silent:
            sink.over.wait(30)
            return
        self._say(f"{sink.greeting} sink")
        while line := self.rfile.readline().decode().strip():
            if not self._answer(line):
                return

    def _answer(self, line: str) -> bool:
        verb = line.partition(":")[0].upper()
        if verb == "MAIL FROM":
            self.sender, self.recipients = _path(line), ()
        elif verb == "RCPT TO":
            return self._take_recipient(_path(line))
        elif verb == "DATA":
            return self._take_content()
        self._say("221 bye" if verb == "QUIT" else "250 ok")
        return verb != "QUIT"

    def _take_recipient(self, recipient: str) -> bool:
        is_refused = recipient in self.server.sink.refused
        self.recipients += () if is_refused else (recipient,)
        self._say("550 no such user" if is_refused else "250 ok")
        return True

    def _take_content(self) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        received = Received(self.sender, self.recipients, b"".join(lines))
        self.server.sink.received.append(received)
        self._say("250 kept")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, sink: SmtpSink) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.sink = sink


@contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    server = Server(sink)
    sink.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield sink
    finally:
        sink.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _path(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]
