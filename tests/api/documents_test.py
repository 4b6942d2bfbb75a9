"""Live notebooks: what others do to the file, crashes, and clients of the wrong kind. The stock clients of a page are in documents.test.ts."""
import asyncio
import json
import os
import signal
import unittest
from pathlib import Path

import nbformat
import websocket
from jupyter_nbmodel_client import NbModelClient, get_jupyter_notebook_websocket_url

from client import ask, free_port, until
from house import House, database_flags
from live import LiveNotebook, room_url, session_of
from operation_test import close_code


def cell(source, id, kind="code"):
    more = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": id, "metadata": {}, "source": source, **more}


def notebook(*sources, **metadata):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [cell(source, f"c{at}") for at, source in enumerate(sources)]}


def put_folder_in_place_of(file):
    """Raises OSError when the server was quicker and wrote the file again in between; for `until`."""
    file.unlink(missing_ok=True)
    file.mkdir()
    return True


class WithAHouse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House("--port", str(free_port()), *database_flags())
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


class ALiveNotebook(WithAHouse):
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

    def test_notices_that_its_file_was_written_by_another_program(self):
        self.put("noticed.ipynb", notebook("one"))
        live = self.join("noticed.ipynb")
        file = self.on_disk("noticed.ipynb")
        file.write_text(file.read_text().replace("one", "one of another"))
        live.hear_until("the other's words came", lambda: live.sources() == ["one of another"])

    def test_says_so_while_a_folder_stands_where_its_file_was_and_is_written_when_that_is_gone(self):
        self.put("blocked.ipynb", notebook("x"))
        live = self.join("blocked.ipynb")
        file = self.on_disk("blocked.ipynb")
        until("a folder to stand there", lambda: put_folder_in_place_of(file))
        live.write(" = 1")
        live.settle()  # in the database it is safe all the same
        live.hear_until("it says why", lambda: any(notice["type"] == "file" and notice["state"] == "failed" for notice in live.notices))
        file.rmdir()
        live.notices.clear()
        live.hear_until("it is written", lambda: any(notice["type"] == "file" and notice["state"] == "written" for notice in live.notices))
        self.assertEqual(self.saved("blocked.ipynb"), ["x = 1"])

    def test_of_100000_cells_is_opened_changed_and_written(self):
        count = 100_000
        self.put("many.ipynb", notebook(*["x"] * count))
        live = self.join("many.ipynb")
        self.assertEqual(len(live.cells), count)
        live.write("y", cell=count - 1)
        live.settle()
        self.assertEqual(self.saved("many.ipynb")[-1], "xy")

    def test_comes_along_when_it_is_renamed(self):
        self.put("before.ipynb", notebook("x"))
        live = self.join("before.ipynb")
        live.write(" written")
        self.assertEqual(ask(f"{self.house.url}api/contents/before.ipynb", self.token, "PATCH", {"path": "after.ipynb"})[0], 200)
        live.hear_until("it heard of its name", lambda: {"type": "renamed", "name": "after.ipynb", "path": "after.ipynb"} in live.notices)
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

    def test_comes_back_from_the_trash_with_all_that_belongs_to_it_and_is_gone_when_it_is_purged(self):
        ask(f"{self.house.url}api/contents/folder", self.token, "PUT", {"type": "directory"})
        self.put("folder/kept.ipynb", notebook("x"))
        live = self.join("folder/kept.ipynb")
        document = f"{self.house.url}api/documents/{live.session['fileId']}"
        for path, body in (("revisions", {"name": "first"}), ("shares", {"whom": "link", "role": "viewer"}), ("comments", {"text": "why", "cell": "c0"})):
            self.assertEqual(ask(f"{document}/{path}", self.token, "POST", body)[0], 201, path)
        live.write(" = 1")
        live.settle()
        self.assertEqual(ask(f"{self.house.url}api/contents/folder", self.token, "DELETE")[0], 204)
        status, said = ask(document, self.token)
        self.assertEqual((status, "trash" in said["message"]), (404, True), said)
        (entry,) = [one for one in ask(f"{self.house.url}api/trash", self.token)[1] if one["path"] == "folder"]
        self.assertEqual(ask(f"{self.house.url}api/trash/{entry['id']}/restore", self.token, "POST")[0], 200)
        again = self.join("folder/kept.ipynb")
        self.assertEqual((again.session, again.sources()), (live.session, ["x = 1"]))
        self.assertIn("first", [one["name"] for one in ask(f"{document}/revisions", self.token)[1]["revisions"]])
        self.assertEqual([one["text"] for one in ask(f"{document}/comments", self.token)[1]], ["why"])
        self.assertEqual(ask(document)[1]["role"], "viewer")  # by its link
        self.assertEqual(ask(f"{self.house.url}api/contents/folder", self.token, "DELETE")[0], 204)
        (entry,) = [one for one in ask(f"{self.house.url}api/trash", self.token)[1] if one["path"] == "folder"]
        self.assertEqual(ask(f"{self.house.url}api/trash/{entry['id']}", self.token, "DELETE")[0], 204)
        status, said = ask(document, self.token)
        self.assertEqual((status, "there is no document" in said["message"]), (404, True), said)

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
        self.assertEqual(close_code(sock), 4403)


class ARunOfCells(WithAHouse):
    """In the server: no page is needed for what a kernel says to come into the notebook."""

    def opened(self, name, *sources):
        self.put(name, notebook(*sources))
        return self.join(name)

    def test_writes_counts_and_outputs_of_every_kind(self):
        live = self.opened("kinds.ipynb", "x = 40\nprint('a')\nimport sys\nprint('b', file=sys.stderr)\nx + 2", "for i in range(3): print(i, end='\\r')",
                           "from IPython.display import display, clear_output\nh = display('one', display_id='d')\nh.update('two')",
                           "print('gone')\nclear_output(wait=True)\nprint('stays')")
        live.run("c0", "c1", "c2", "c3")
        live.hear_end_of_runs()
        self.assertEqual([cell["execution_count"] for cell in live.cells], [1, 2, 3, 4])
        self.assertEqual(sorted(output["output_type"] for output in live.cells[0]["outputs"]), ["execute_result", "stream", "stream"])
        self.assertEqual([live.text_of(at) for at in (1, 2, 3)], ["2", "'two'", "stays\n"])
        file = json.loads(until("the file to have it", lambda: "stays" in self.on_disk("kinds.ipynb").read_text() and self.on_disk("kinds.ipynb").read_text()))
        nbformat.validate(file)
        self.assertNotIn("transient", json.dumps(file))
        self.assertNotIn("execution_state", json.dumps(file))

    def test_ends_at_the_first_error(self):
        live = self.opened("error.ipynb", "1 / 0", "print('never')")
        live.run("c0", "c1")
        live.hear_end_of_runs()
        self.assertEqual([live.text_of(0), live.text_of(1)], ["ZeroDivisionError: division by zero", ""])

    def test_runs_only_what_was_seen(self):
        live = self.opened("seen.ipynb", "print('now')")
        url = f"{self.house.url}api/documents/{live.session['fileId']}/runs"
        status, answer = ask(url, self.token, "POST", {"cells": [{"id": "c0", "source_hash": murmur2("print('before')")}]})
        self.assertEqual((status, answer["reason"]), (409, "source_mismatch"))
        self.assertEqual(ask(url, self.token, "POST", {"cells": [{"id": "nobody"}]})[0], 404)
        self.assertEqual(ask(url, self.token, "POST", {"cells": []})[0], 400)
        self.assertEqual(ask(url, self.token, "POST", {"cells": [{"id": "c0", "source_hash": murmur2("print('now')")}]})[0], 202)
        live.hear_end_of_runs()
        self.assertEqual(live.text_of(0), "now\n")

    def test_asks_for_input_whoever_is_there(self):
        live = self.opened("input.ipynb", "print('Hello', input('Name? '))")
        run = live.run("c0")[0]["id"]
        live.hear_until("it was asked", lambda: any(notice["type"] == "input" for notice in live.notices))
        late = self.join("input.ipynb")
        late.hear_until("a late one was asked", lambda: any(notice["type"] == "input" for notice in late.notices))
        question = next(notice for notice in late.notices if notice["type"] == "input")
        self.assertEqual((question["run"], question["prompt"], question["password"]), (run, "Name? ", False))
        url = f"{self.house.url}api/documents/{live.session['fileId']}/input"
        self.assertEqual(ask(url, self.token, "POST", {"run": run, "value": "Ada"})[0], 204)
        live.hear_end_of_runs()
        self.assertEqual(live.text_of(0), "Name? Ada\nHello Ada\n")
        self.assertEqual(ask(url, self.token, "POST", {"run": run, "value": "Ada"})[0], 404)

    def test_tells_how_each_ended_and_what_it_wants_to_be_written(self):
        live = self.opened("ends.ipynb", "get_ipython().set_next_input('next = 1', replace=True)", "print?", "1 / 0")
        runs = live.run("c0", "c1", "c2")
        live.hear_end_of_runs()
        ends = [notice for notice in live.notices if notice["type"] == "run-ended"]
        self.assertEqual([(end["run"], end["cell"], end["status"]) for end in ends],
                         [(run["id"], f"c{at}", "error" if at == 2 else "ok") for at, run in enumerate(runs)])
        self.assertEqual([end.get("next_input") for end in ends], [{"text": "next = 1", "replace": True}, None, None])
        self.assertIn("Prints the values to a stream", live.text_of(1))

    def test_has_no_count_before_its_end(self):
        live = self.opened("count.ipynb", "input()")
        run = live.run("c0")[0]["id"]
        live.hear_until("it was asked", lambda: any(notice["type"] == "input" for notice in live.notices))
        self.assertEqual((live.cells[0]["execution_state"], live.cells[0]["execution_count"]), ("running", None))
        ask(f"{self.house.url}api/documents/{live.session['fileId']}/input", self.token, "POST", {"run": run, "value": ""})
        live.hear_end_of_runs()
        self.assertEqual((live.cells[0]["execution_state"], live.cells[0]["execution_count"]), ("idle", 1))

    def test_leaves_to_an_output_widget_what_that_takes_though_nobody_looks(self):
        live = self.opened("taken.ipynb", "import ipywidgets\nout = ipywidgets.Output()\nprint('before')\nwith out: print('inside')\nprint('after')",
                           "print([output['text'] for output in out.outputs])")
        live.run("c0", "c1")
        live.hear_end_of_runs()
        self.assertEqual([live.text_of(0), live.text_of(1)], ["before\nafter\n", "['inside\\n']\n"])

    def test_keeps_its_widgets_in_the_notebook_for_who_looks_without_the_kernel(self):
        live = self.opened("widgets.ipynb", "import ipywidgets\nslider = ipywidgets.IntSlider(value=3)\nipywidgets.VBox([slider])", "slider.value = 7", "pass")
        kind = "application/vnd.jupyter.widget-state+json"
        live.run("c0", "c1")
        live.hear_end_of_runs()
        until("the file has it", lambda: kind in self.on_disk("widgets.ipynb").read_text())
        saved = nbformat.read(self.on_disk("widgets.ipynb"), 4)
        nbformat.validate(saved)
        models = saved.metadata.widgets[kind].state
        (slider,) = [model for model in models.values() if model.model_name == "IntSliderModel"]
        self.assertEqual(slider.state.value, 7)
        self.assertIn(live.cells[0]["outputs"][0]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"], models)
        before = self.on_disk("widgets.ipynb").read_text()
        live.run("c2")  # which has nothing to do with them
        live.hear_end_of_runs()
        self.assertEqual(nbformat.reads(before, 4).metadata.widgets, saved.metadata.widgets)

    def test_that_prints_too_much_keeps_the_rest_beside_the_notebook(self):
        live = self.opened("much.ipynb", "for i in range(300000): print('sheep', i)\nprint('ä' * 3000000)", "print('small')")
        run = live.run("c0", "c1")[0]["id"]
        live.hear_end_of_runs()
        held = str(live.cells[0]["outputs"][0]["text"])
        self.assertLessEqual(len(held.encode()), 1 << 20)
        more = live.cells[0]["outputs"][1]["data"]["application/vnd.allmende.rest+json"]
        self.assertEqual(len(live.cells[0]["outputs"]), 2)
        url = f"{self.house.url}api/documents/{live.session['fileId']}/outputs/"
        rest = ask(url + run, self.token)[1]
        whole = "".join(f"sheep {i}\n" for i in range(300000)) + "ä" * 3000000 + "\n"
        self.assertEqual(held + rest, whole)
        self.assertEqual((more["run"], more["kept"], more["lost"]), (run, len(rest.encode()), 0))
        self.assertEqual(live.text_of(1), "small\n")
        live.run("c0")
        self.assertEqual(ask(self.house.url + f"api/documents/{live.session['fileId']}/outputs/nobody", self.token)[0], 404)
        live.hear_end_of_runs()
        self.assertEqual(ask(url + run, self.token)[0], 404)

    def test_is_cut_short_with_those_that_wait(self):
        live = self.opened("cut.ipynb", "print('begun', flush=True)\nimport time\ntime.sleep(600)", "print('never')")
        live.run("c0", "c1")
        live.hear_until("it had begun", lambda: live.text_of(0) == "begun\n")
        self.assertEqual(ask(f"{self.house.url}api/documents/{live.session['fileId']}/runs", self.token, "DELETE")[0], 204)
        live.hear_end_of_runs()
        self.assertIn("KeyboardInterrupt", live.text_of(0))
        self.assertEqual(live.text_of(1), "")

    def test_is_in_the_kernel_that_the_notebook_has_now(self):
        live = self.opened("switched.ipynb", "x = 1", "print('x' in globals())")
        live.run("c0")
        live.hear_end_of_runs()
        session = next(one for one in ask(self.house.url + "api/sessions", self.token)[1] if one["path"] == "switched.ipynb")
        self.assertEqual(ask(f"{self.house.url}api/sessions/{session['id']}", self.token, "PATCH", {"kernel": {"name": "python3"}})[0], 200)
        live.run("c1")
        live.hear_end_of_runs()
        self.assertEqual(live.text_of(1), "False\n")

    def test_says_why_its_kernel_died(self):
        live = self.opened("died.ipynb", "import os\nos.kill(os.getpid(), 9)", "print('never')")
        live.run("c0", "c1")
        live.hear_end_of_runs()
        self.assertRegex(live.text_of(0), "KernelDied: .")

    def test_gets_another_kernel_when_its_own_has_died_too_often(self):
        live = self.opened("often.ipynb", "import os\nos.kill(os.getpid(), 9)", "print('alive')")
        for _ in range(8):
            live.run("c0")
            live.hear_end_of_runs()
        live.run("c1")
        live.hear_end_of_runs()
        self.assertEqual(live.text_of(1), "alive\n")

    def test_goes_on_when_the_server_is_killed_with_nothing_missing_and_nothing_twice(self):
        live = self.opened("long.ipynb", "import time\nfor i in range(400):\n    print(i, flush=True)\n    time.sleep(0.01)", "print('second')\nran = globals().get('ran', 0) + 1",
                           "print(ran)")
        live.run("c0", "c1", "c2")
        for lines in (50, 150, 250):
            live.hear_until(f"{lines} lines came", lambda: live.text_of(0).count("\n") >= lines)
            os.kill(self.house.pid_of("allmende-server"), signal.SIGKILL)
            until("the server to serve again", lambda: ask(self.house.url + "api/status", self.token)[0] == 200)
            live.notices.clear()
            live.connect()
        live.hear_end_of_runs()
        self.assertEqual(live.text_of(0), "".join(f"{i}\n" for i in range(400)))
        self.assertEqual([live.text_of(1), live.text_of(2)], ["second\n", "1\n"])  # once

    def test_is_asked_for_by_stock_front_ends(self):
        live = self.opened("fronts.ipynb", "print('one')", "print('two')")
        room = f"json:notebook:{live.session['fileId']}"
        kernel = ask(self.house.url + "api/kernels", self.token, "POST", {"name": "python3"})[1]["id"]
        self.assertEqual(ask(f"{self.house.url}api/kernels/nobody/execute", self.token, "POST", {"document_id": room, "cell_id": "c0"})[0], 404)
        url = f"{self.house.url}api/kernels/{kernel}/execute"
        live.notices.clear()
        self.assertEqual(ask(url, self.token, "POST", {"document_id": room, "cell_id": "c0"})[0], 200)
        live.hear_end_of_runs()
        live.notices.clear()
        self.assertEqual(ask(url, self.token, "POST", {"document_id": room, "cells": [{"cell_id": "c1", "source_hash": murmur2("print('two')")}],
                                                       "client_id": 1, "request_id": "b", "previous_request_id": None})[0], 200)
        live.hear_end_of_runs()
        self.assertEqual([live.text_of(0), live.text_of(1)], ["one\n", "two\n"])
        bound = [one["kernel"]["id"] for one in ask(self.house.url + "api/sessions", self.token)[1] if one["path"] == "fronts.ipynb"]
        self.assertEqual(bound, [kernel])

    def test_is_asked_for_with_its_code_and_asked_after(self):
        live = self.opened("coded.ipynb", "print('hello', input('Who? '))", "1 / 0", "40 + 2")
        room = f"json:notebook:{live.session['fileId']}"
        kernel = ask(self.house.url + "api/kernels", self.token, "POST", {"name": "python3"})[1]["id"]
        base = f"{self.house.url}api/kernels/{kernel}"

        def begin(cell, code, **more):
            return ask(f"{base}/execute", self.token, "POST", {"code": code, "metadata": {"document_id": room, "cell_id": cell}, **more})

        def state(run, status):
            got, said = ask(f"{base}/requests/{run}", self.token)
            return said if got == status else None

        status, begun = begin("c0", "print('hello', input('Who? '))")
        self.assertEqual((status, begun["pending"], begun["cell_id"], begun["document_path"]), (202, True, "c0", "coded.ipynb"))
        self.assertTrue(begun["request_url"].endswith(f"/api/kernels/{kernel}/requests/{begun['request_id']}"))
        asked = until("it asks", lambda: state(begun["request_id"], 300))
        self.assertEqual(asked["input_request"], {"prompt": "Who? ", "password": False})
        self.assertEqual(ask(f"{base}/requests/{begun['request_id']}/input", self.token, "POST", {"input": "Ada"})[0], 201)
        ended = until("it has ended", lambda: state(begun["request_id"], 200))
        self.assertEqual((ended["status"], ended["execution_count"], json.loads(ended["outputs"])[0]["text"]), ("ok", 1, "Who? Ada\nhello Ada\n"))
        for cell, code, outcome in (("c1", "1 / 0", "error"), ("c2", "40 + 2", "ok")):
            run = begin(cell, code)[1]["request_id"]
            ended = until("it has ended", lambda: state(run, 200))  # noqa: B023 -- called at once
            self.assertEqual(ended["status"], outcome)
        for answer, status in ((begin("c2", "something else"), 409), (begin("c2", "40 + 2", server={"url": "http://localhost/", "token": ""}), 400),
                               (ask(f"{base}/execute", self.token, "POST", {"code": "1"}), 400), (ask(f"{base}/requests/none", self.token), 404)):
            self.assertEqual(answer[0], status, answer)


class AnEarlierVersion(WithAHouse):
    def opened(self, name, *sources):
        self.put(name, notebook(*sources))
        live = self.join(name)
        self.url = f"{self.house.url}api/documents/{live.session['fileId']}/revisions"
        until("it to be kept as it was opened", self.listed)
        return live

    def listed(self):
        status, answer = ask(self.url, self.token)
        assert status == 200, (status, answer)
        return answer["revisions"]

    def test_comes_back_whole_and_what_was_there_is_kept(self):
        live = self.opened("back.ipynb", "one", "two")
        live.write(" and more")
        live.append_cell("three", "c2")
        live.settle()
        status, named = ask(self.url, self.token, "POST", {"name": "with three"})
        self.assertEqual((status, named["name"], named["reason"], named["authors"]), (201, "with three", "named", "ada"))
        self.assertEqual(named["changes"], {"added": 1, "removed": 0, "edited": 1, "ran": 0})
        first = self.listed()[0]
        self.assertEqual([cell["source"] for cell in ask(f"{self.url}/{first['id']}", self.token)[1]["cells"]], ["one", "two"])
        live.write(" unnamed", 1)
        live.settle()
        self.assertEqual(ask(f"{self.url}/{first['id']}/restore", self.token, "POST", {})[0], 204)
        live.hear_until("the first version came back", lambda: live.sources() == ["one", "two"])
        self.assertEqual([one["reason"] for one in self.listed()], ["opened", "named", "restoring", "restored"])
        lost = self.listed()[2]
        self.assertEqual([cell["source"] for cell in ask(f"{self.url}/{lost['id']}", self.token)[1]["cells"]], ["one and more", "two unnamed", "three"])

    def test_is_listed_compared_and_brought_back_on_the_command_line(self):
        live = self.opened("line.ipynb", "a = 1", "b = 1")
        ask(self.url, self.token, "POST", {"name": "first"})
        live.write("0")
        live.write("0", cell=1)
        live.settle()
        tool = lambda verb, *more: self.house.tool("notebook", verb, "line.ipynb", "--account", "ada", *more)
        (first,) = [line.split()[0] for line in tool("history").splitlines() if '"first"' in line]
        changed = [line for line in tool("diff", first).splitlines() if line[:1] in "+-"]
        self.assertEqual(changed[2:], ["-a = 1", "+a = 10", "-b = 1", "+b = 10"])
        self.assertEqual(tool("diff", first, "--with", first), "")
        tool("restore", first, "--cell", "c1")
        live.hear_until("the cell is as it was", lambda: live.sources() == ["a = 10", "b = 1"])
        tool("restore", first)
        live.hear_until("all is as it was", lambda: live.sources() == ["a = 1", "b = 1"])
        for arguments, word in ((("restore", "line.ipynb", "nothing", "--account", "ada"), "nothing"), (("history", "none.ipynb", "--account", "ada"), "none.ipynb"),
                                (("history", "line.ipynb", "--account", "nobody"), "nobody")):
            with self.assertRaisesRegex(RuntimeError, word):
                self.house.tool("notebook", *arguments)

    def test_gives_back_one_cell_alone(self):
        live = self.opened("cell.ipynb", "one", "two")
        first = self.listed()[0]["id"]
        live.write(" more", 0)
        live.write(" more", 1)
        live.settle()
        self.assertEqual(ask(f"{self.url}/{first}/restore", self.token, "POST", {"cell": "c1"})[0], 204)
        live.hear_until("the cell came back", lambda: live.sources() == ["one more", "two"])

    def test_is_kept_of_what_changed_while_the_server_died(self):
        live = self.opened("died.ipynb", "one")
        live.write(" and the end")
        live.settle()
        os.kill(self.house.pid_of("allmende-server"), signal.SIGKILL)
        until("the server to serve again", lambda: ask(self.house.url + "api/status", self.token)[0] == 200)
        live.connect()
        until("the change to be kept", lambda: len(self.listed()) == 2)
        self.assertEqual([cell["source"] for cell in ask(f"{self.url}/{self.listed()[1]['id']}", self.token)[1]["cells"]], ["one and the end"])

    def test_follows_a_renamed_notebook_and_is_told_with_a_sentence_when_it_is_not_there(self):
        self.opened("named.ipynb", "one")
        self.assertEqual(ask(f"{self.house.url}api/contents/named.ipynb", self.token, "PATCH", {"path": "other.ipynb"})[0], 200)
        first = self.listed()[0]["id"]
        for method, path, body, status in [("GET", "/nobody", None, 404), ("POST", "/nobody/restore", {}, 404), ("POST", f"/{first}/restore", {"cell": "nobody"}, 404),
                                           ("POST", f"/{first}/restore", {"cell": 1}, 400), ("POST", "", {"name": " "}, 400), ("POST", "", {"name": "x" * 201}, 400),
                                           ("POST", "", {}, 400)]:
            got, answer = ask(self.url + path, self.token, method, body)
            self.assertEqual((got, bool(answer["message"])), (status, True), (method, path, body))
        self.house.tool("account", "create", "eve", "--password-stdin", text="correct horse battery\n")
        eve = self.house.tool("token", "create", "--account", "eve", "--name", "tests")
        for path in ("", f"/{first}"):
            self.assertEqual(ask(self.url + path, eve)[0], 403)
        self.assertEqual(ask(f"{self.url}/{first}/restore", eve, "POST", {})[0], 403)


def murmur2(text):
    """MurmurHash2 (32 bits, seed 0) as a decimal number, as jupyter-server-documents' front end sends it."""
    data, mix = text.encode(), 0x5bd1e995
    value = len(data)
    while len(data) >= 4:
        word = int.from_bytes(data[:4], "little") * mix & 0xffffffff
        word = (word ^ word >> 24) * mix & 0xffffffff
        value, data = (value * mix & 0xffffffff) ^ word, data[4:]
    if data:
        value = (value ^ int.from_bytes(data, "little")) * mix & 0xffffffff
    value = (value ^ value >> 13) * mix & 0xffffffff
    return str(value ^ value >> 15)


if __name__ == "__main__":
    unittest.main()
