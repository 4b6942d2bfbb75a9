"""Somebody's copy of a live notebook: a Yjs client over one socket, which counts what the server says is stored."""
import contextlib
import json
from urllib.parse import quote, urlencode

import websocket
from pycrdt import Array, Doc, Map, Text, YMessageType, YSyncMessageType, create_sync_message, create_update_message, handle_sync_message

from client import ask, patience_with

RAW = 2


def session_of(house, token, path):
    """What a room is joined with: {"fileId", "sessionId", …}; fails when the server refuses."""
    status, session = ask(f"{house.url}api/collaboration/session/{quote(path, safe='')}", token, "PUT", {"format": "json", "type": "notebook"})
    assert status in (200, 201), (status, session)
    return session


def room_url(house, token, session, **query):
    query = {"sessionId": session["sessionId"], **({"token": token} if token else {}), **query}
    return f"{house.url.replace('http', 'ws', 1)}api/collaboration/room/json:notebook:{session['fileId']}?{urlencode(query)}"


class LiveNotebook:
    """Keeps its document when the connection is lost; connect() goes on with it, as a page does."""

    def __init__(self, house, token, path):
        self.house, self.token = house, token
        self.doc = Doc()
        self.meta, self.cells = self.doc.get("meta", type=Map), self.doc.get("cells", type=Array)
        self.path = path
        self.session = self.find_session()
        self.notices = []
        self.doc.observe(self._send)
        self.socket, self.taking = None, False
        self.connect()

    def find_session(self):
        return session_of(self.house, self.token, self.path)

    def connect(self):
        self.sent = self.stored = 0  # of this connection's changes
        self.taking = self.synced = False
        self.socket = websocket.create_connection(room_url(self.house, self.token, self.session, acknowledge=1), timeout=60)
        self.socket.send_binary(create_sync_message(self.doc))
        self.hear_until("what the server has", lambda: self.synced)

    def _send(self, event):
        if self.taking or not self.socket:
            return
        self.sent += 1
        with contextlib.suppress(OSError, websocket.WebSocketException):  # lost: what is not sent now is sent at the next connection
            self.socket.send_binary(create_update_message(event.update))

    def hear(self):
        """Takes in one message."""
        with patience_with(self.socket):
            message = self.socket.recv()
        if not message:
            raise ConnectionError("the server closed the connection")
        if message[0] == YMessageType.SYNC:
            self.taking = True
            try:
                answer = handle_sync_message(message[1:], self.doc)
            finally:
                self.taking = False
            if answer is not None:
                self.socket.send_binary(answer)
                self.sent += 1
            self.synced = self.synced or message[1] == YSyncMessageType.SYNC_STEP2
        elif message[0] == RAW:
            notice = json.loads(message[message.index(b"{"):])
            self.notices.append(notice)
            if notice["type"] == "stored":
                self.stored = notice["messages"]

    def hear_until(self, what, holds):
        while not holds():
            try:
                self.hear()
            except (OSError, websocket.WebSocketException) as broken:
                raise ConnectionError(f"the connection ended before {what}: {broken}") from broken

    def settle(self):
        """Until all that was changed here is stored."""
        self.hear_until("all was stored", lambda: self.stored >= self.sent)

    def is_stored_within(self, seconds):
        """Whether all that was changed here is said to be stored by then; a server that does not say so is no failure."""
        self.socket.settimeout(seconds)
        try:
            while self.stored < self.sent:
                self.hear()
        except (OSError, websocket.WebSocketException):
            return False
        finally:
            self.socket.settimeout(60)
        return True

    def write(self, text, cell=0):
        """At the end of a cell's source."""
        source = self.cells[cell]["source"]
        source += text

    def append_cell(self, source, id):
        self.cells.append(Map({"id": id, "cell_type": "code", "source": Text(source), "metadata": Map(), "outputs": Array(),
                               "execution_count": None, "execution_state": "idle"}))

    def run(self, *cells, **more):
        """Asks the server to run cells, in their order."""
        self.notices.clear()
        status, answer = ask(f"{self.house.url}api/documents/{self.session['fileId']}/runs", self.token, "POST",
                             {"cells": [{"id": cell} for cell in cells], **more})
        assert status == 202, (status, answer)
        return answer["runs"]

    def hear_end_of_runs(self):
        """Until all that was asked for has run, or was given up."""
        def ended():
            told = [notice["runs"] for notice in self.notices if notice["type"] == "runs"]
            return any(told) and not told[-1]
        self.hear_until("all cells had run", ended)

    def text_of(self, cell):
        """What stands below a cell, as text."""
        return "".join(str(output["text"]) if output["output_type"] == "stream" else
                       output["data"].get("text/plain", "") if "data" in output else f"{output['ename']}: {output['evalue']}"
                       for output in self.cells[cell]["outputs"])

    def sources(self):
        return [str(cell["source"]) for cell in self.cells]

    def close(self):
        self.socket.shutdown()
