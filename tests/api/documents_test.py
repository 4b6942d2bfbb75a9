"""Live notebooks: what others do to the file, crashes, and clients of the wrong kind. The stock clients of a page are in documents.test.ts."""
import asyncio
import os
import signal
import unittest
from pathlib import Path

import websocket
from jupyter_nbmodel_client import NbModelClient, get_jupyter_notebook_websocket_url

from client import ask, until
from house import House
from live import LiveNotebook, room_url, session_of
from operation_test import close_code, free_port


def cell(source, id, kind="code"):
    more = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": id, "metadata": {}, "source": source, **more}


def notebook(*sources, **metadata):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [cell(source, f"c{at}") for at, source in enumerate(sources)]}


class ALiveNotebook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House("--port", str(free_port()))
        cls.addClassCleanup(cls.end)
        cls.token = cls.house.make_ada()

    @classmethod
    def end(cls):
        cls.house.__exit__(None, None, None)

    def put(self, path, content):
        status, model = ask(f"{self.house.url}api/contents/{path}", self.token, "PUT", {"type": "notebook", "content": content})
        self.assertIn(status, (200, 201), model)

    def saved(self, path):
        status, model = ask(f"{self.house.url}api/contents/{path}", self.token)
        self.assertEqual(status, 200, model)
        return [one["source"] for one in model["content"]["cells"]]

    def on_disk(self, path):
        return next(Path(self.house.data, "drives").glob(f"*/{path}"))

    def join(self, path):
        live = LiveNotebook(self.house, self.token, path)
        self.addCleanup(live.close)
        return live

    def test_is_edited_by_a_stock_program(self):
        self.put("stock.ipynb", notebook("a = 1"))

        async def edit():
            async with NbModelClient(get_jupyter_notebook_websocket_url(self.house.url, "stock.ipynb", self.token)) as model:
                await model.wait_until_synced()
                model.add_code_cell("b = 2")
                model.add_markdown_cell("# Title")
        asyncio.run(edit())
        until("the file to have it", lambda: self.saved("stock.ipynb") == ["a = 1", "b = 2", "# Title"])

    def test_keeps_what_was_acknowledged_when_the_server_is_killed(self):
        self.put("killed.ipynb", notebook("start"))
        live = self.join("killed.ipynb")
        acknowledged = 0
        for number in range(200):
            live.write(f" w{number}")
            if number % 50 == 49:
                live.hear_until("a change was stored", lambda: live.stored > acknowledged)
                acknowledged = live.stored
                os.kill(self.house.pid_of("allmende-server"), signal.SIGKILL)
                live.write(f" lost{number}")
                until("the server to serve again", lambda: ask(self.house.url + "api/status", self.token)[0] == 200)
                live.synced = False
                live.connect()
                live.settle()
                acknowledged = live.stored
        words = " ".join(["start", *(f"w{number} lost{number}" if number % 50 == 49 else f"w{number}" for number in range(200))])
        self.assertEqual(self.saved("killed.ipynb"), [words])
        self.assertEqual(self.join("killed.ipynb").sources(), [words])

    def test_is_written_to_its_file_after_a_crash_though_nobody_comes_back(self):
        self.put("left.ipynb", notebook("start"))
        live = self.join("left.ipynb")
        live.write(" end")
        live.settle()
        os.kill(self.house.pid_of("allmende-server"), signal.SIGKILL)
        until("the file to have it", lambda: "start end" in self.on_disk("left.ipynb").read_text())

    def test_takes_in_what_is_saved_by_the_contents_api(self):
        self.put("merged.ipynb", notebook("one", "two", "three"))
        live = self.join("merged.ipynb")
        live.write(" here")
        live.settle()
        self.put("merged.ipynb", notebook("one here", "two there", "three", "four"))
        live.hear_until("the others' words came", lambda: len(live.cells) == 4)
        self.assertEqual(live.sources(), ["one here", "two there", "three", "four"])

    def test_merges_words_from_both_sides(self):
        self.put("sides.ipynb", notebook("first\nmiddle\nlast"))
        live = self.join("sides.ipynb")
        file = self.on_disk("sides.ipynb")
        live.write(" by me")
        file.write_text(file.read_text().replace("first", "first by another"))
        live.settle()
        until("both to be in the file", lambda: self.saved("sides.ipynb") == ["first by another\nmiddle\nlast by me"])
        live.hear_until("the other's words came", lambda: live.sources() == ["first by another\nmiddle\nlast by me"])

    def test_comes_along_when_it_is_renamed(self):
        self.put("before.ipynb", notebook("x"))
        live = self.join("before.ipynb")
        live.write(" written")
        self.assertEqual(ask(f"{self.house.url}api/contents/before.ipynb", self.token, "PATCH", {"path": "after.ipynb"})[0], 200)
        live.hear_until("it heard of its name", lambda: {"type": "renamed", "path": "after.ipynb"} in live.notices)
        live.write(" later")
        live.settle()
        until("the file to have it", lambda: self.saved("after.ipynb") == ["x written later"])
        self.assertEqual(ask(f"{self.house.url}api/contents/before.ipynb", self.token)[0], 404)
        self.assertEqual(session_of(self.house, self.token, "after.ipynb"), live.session)

    def test_ends_with_a_word_when_it_is_deleted(self):
        self.put("gone.ipynb", notebook("x"))
        live = self.join("gone.ipynb")
        self.assertEqual(ask(f"{self.house.url}api/contents/gone.ipynb", self.token, "DELETE")[0], 204)
        live.hear_until("it heard of its end", lambda: any(notice["type"] == "removed" for notice in live.notices))
        self.assertEqual(close_code(live.socket), 4404)
        self.put("gone.ipynb", notebook("new"))
        self.assertEqual(self.join("gone.ipynb").sources(), ["new"])

    def test_refuses_files_that_are_no_notebook_with_a_sentence(self):
        for name, text, status, said in [("old.ipynb", '{"nbformat": 3, "worksheets": []}', 400, "old format 3"),
                                         ("new.ipynb", '{"nbformat": 5, "cells": []}', 400, "format 5"),
                                         ("text.ipynb", "not JSON", 400, "cannot be read"),
                                         ("empty.ipynb", "", 400, "empty")]:
            ask(f"{self.house.url}api/contents/{name}", self.token, "PUT", {"type": "file", "format": "text", "content": text})
            answer = ask(f"{self.house.url}api/collaboration/session/{name}", self.token, "PUT", {"format": "json", "type": "notebook"})
            self.assertEqual(answer[0], status, (name, answer))
            self.assertIn(said, answer[1]["message"])
        missing = ask(f"{self.house.url}api/collaboration/session/missing.ipynb", self.token, "PUT", {"format": "json", "type": "notebook"})
        self.assertEqual(missing[0], 404)

    def test_opens_notebooks_with_cells_of_the_same_or_without_an_id(self):
        content = notebook("a", "b", "c")
        content["nbformat_minor"] = 4
        content["cells"][1]["id"] = content["cells"][0]["id"]
        del content["cells"][2]["id"]
        self.put("ids.ipynb", content)
        live = self.join("ids.ipynb")
        self.assertEqual(live.sources(), ["a", "b", "c"])
        self.assertEqual(len({one["id"] for one in live.cells}), 3)

    def test_tells_by_its_close_code_why_nobody_can_come_in(self):
        self.put("codes.ipynb", notebook("x"))
        session = session_of(self.house, self.token, "codes.ipynb")
        for room, code in [({**session, "sessionId": "another"}, 1003), ({**session, "fileId": "doc_" + "0" * 20}, 4404),
                           ({**session, "fileId": "nonsense"}, 4400)]:
            sock = websocket.create_connection(room_url(self.house, self.token, room), timeout=60)
            self.assertEqual(close_code(sock), code, room)

    def test_turns_away_what_is_no_update_and_nobody_else_suffers(self):
        self.put("hurt.ipynb", notebook("x"))
        live = self.join("hurt.ipynb")
        for bytes in (b"\x00\x02\x03\xff\xff\xff", b"\x63", b"\x00\x09", b"\x01\x01\x80"):
            sock = websocket.create_connection(room_url(self.house, self.token, live.session), timeout=60)
            sock.send_binary(bytes)
            self.assertEqual(close_code(sock), 4400, bytes)
        live.write(" y")
        live.settle()
        self.assertEqual(self.saved("hurt.ipynb"), ["x y"])

    def test_is_not_changed_by_who_may_only_read(self):
        self.put("read.ipynb", notebook("x"))
        status, made = ask(self.house.url + "api/tokens", self.token, "POST", {"name": "reader", "scopes": ["read_contents"]})
        self.assertEqual(status, 201, made)
        reader = made["token"]
        live = LiveNotebook(self.house, reader, "read.ipynb")
        self.addCleanup(live.close)
        self.assertEqual(live.sources(), ["x"])
        live.write(" y")
        live.hear_until("it was refused", lambda: any(notice["type"] == "refused" for notice in live.notices))
        self.assertEqual(self.saved("read.ipynb"), ["x"])
        self.assertEqual(self.join("read.ipynb").sources(), ["x"])

    def test_is_nobody_elses(self):
        self.put("mine.ipynb", notebook("x"))
        session = session_of(self.house, self.token, "mine.ipynb")
        self.house.tool("account", "create", "bob", "--password-stdin", text="correct horse battery\n")
        bob = self.house.tool("token", "create", "--account", "bob", "--name", "tests")
        sock = websocket.create_connection(room_url(self.house, bob, session), timeout=60)
        self.assertEqual(close_code(sock), 4404)


if __name__ == "__main__":
    unittest.main()
