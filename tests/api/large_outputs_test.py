"""Pictures and the like: too large for a live notebook, which refers to them, and whole wherever the notebook is read as a whole."""
import json
import os
import signal
import unittest
from pathlib import Path

from client import ask, until
from documents_test import notebook
from sharing_test import WithPeople

REFERENCE = "application/vnd.allmende.output+json"
SHOWS = """from IPython.display import display
display({"image/png": "%s" * 100_000, "text/plain": "<Figure>"}, raw=True)"""


class ALargeOutput(WithPeople):
    def shown(self, path, *letters):
        """A notebook of ada's whose cells show a picture each, which was run."""
        self.put(path, notebook(*(SHOWS % letter for letter in letters)))
        live = self.join(path)
        live.run(*(f"c{at}" for at in range(len(letters))))
        live.hear_end_of_runs()
        return live

    def data(self, live, cell=0):
        return live.cells[cell]["outputs"][0].to_py()["data"]

    def parts(self, live, cell=0):
        return self.data(live, cell)[REFERENCE]["parts"]

    def outputs(self, live):
        return Path(self.house.data, "outputs", live.session["fileId"])

    def in_file(self, path):
        """What the file has below its cells; what is live is written to it first."""
        status, model = ask(f"{self.house.url}api/contents/{path}", self.token)
        self.assertEqual(status, 200, model)
        return [one["outputs"][0]["data"] if one["outputs"] else None for one in model["content"]["cells"]]

    def read(self, who, live, part):
        return self.call(who, "GET", f"{live.session['fileId']}/large-outputs/{part['hash']}")

    def test_is_beside_the_document_and_whole_in_its_file(self):
        live = self.shown("picture.ipynb", "p")
        self.assertEqual(sorted(self.data(live)), [REFERENCE, "text/plain"])
        part = self.parts(live)["image/png"]
        self.assertEqual(part["size"], 100_002)
        self.assertEqual(self.read("ada", live, part), (200, "p" * 100_000))
        self.assertEqual(self.in_file("picture.ipynb"), [{"image/png": "p" * 100_000, "text/plain": "<Figure>"}])
        self.assertEqual(json.loads(self.on_disk("picture.ipynb").read_text())["cells"][0]["outputs"][0]["data"]["image/png"], ["p" * 100_000])
        self.assertEqual([file.stat().st_mode & 0o777 for file in self.outputs(live).iterdir()], [0o600])
        self.assertLess(len(live.doc.get_update()), 5_000)

    def test_is_for_those_who_may_read_the_notebook_and_found_by_its_hash_alone(self):
        live = self.shown("private.ipynb", "q")
        part = self.parts(live)["image/png"]
        self.assertEqual(self.read("bob", live, part)[0], 403)
        self.assertEqual(self.read(None, live, part)[0], 401)
        self.share(live, role="viewer")
        self.assertEqual(self.read("bob", live, part), (200, "q" * 100_000))
        self.assertEqual(self.read("bob", live, {"hash": "0" * 64})[0], 404)
        for made_up in ("..%2f..%2fallmende.db", "x" * 64):
            self.assertEqual(self.read("bob", live, {"hash": made_up})[0], 400, made_up)
        other = self.shown("other.ipynb", "r")
        self.assertEqual(self.read("ada", other, part)[0], 404)  # of another notebook's

    def test_goes_along_with_a_cell_that_is_pasted_into_another_notebook(self):
        live, other = self.shown("here.ipynb", "g"), self.shown("there.ipynb", "h")
        part, into = self.parts(live)["image/png"], f"{other.session['fileId']}/large-outputs"
        wish = {"from": live.session["fileId"], "hashes": [part["hash"]]}
        self.share(other, role="editor")
        self.assertEqual(self.call("bob", "POST", into, wish)[0], 403)  # who may not read the one
        self.share(live, role="viewer")
        self.assertEqual(self.call("bob", "POST", into, wish), (204, ""))
        self.assertEqual(self.read("ada", other, part), (200, "g" * 100_000))
        with other.doc.transaction():
            other.cells[0]["outputs"].append(live.cells[0]["outputs"][0].to_py())
        other.settle()
        until("the file to have both", lambda: [output["data"]["image/png"][:1] for output in self.saved(other, "there.ipynb")] == ["h", "g"])
        self.assertEqual(self.call("bob", "POST", f"{live.session['fileId']}/large-outputs", {"from": other.session["fileId"], "hashes": [part["hash"]]})[0], 403)
        for wrong, why in (({"hashes": []}, "from"), ({"from": live.session["fileId"], "hashes": "x"}, "hashes"), ({**wish, "hashes": [7]}, "hashes"),
                           ({**wish, "hashes": ["../x"]}, "hash"), ({**wish, "hashes": ["0" * 64] * 1001}, "at most 1000")):
            status, said = self.call("ada", "POST", into, wrong)
            self.assertEqual(status, 400, said)
            self.assertIn(why, said["message"])
        self.assertEqual(self.call("ada", "POST", into, {**wish, "hashes": ["0" * 64]})[0], 404)

    def saved(self, live, path):
        status, model = ask(f"{self.house.url}api/contents/{path}", self.token)
        self.assertEqual(status, 200, model)
        return model["content"]["cells"][0]["outputs"]

    def test_is_whole_in_earlier_versions_and_comes_back_from_them(self):
        live = self.shown("versions.ipynb", "s")
        document = live.session["fileId"]
        status, kept = self.call("ada", "POST", f"{document}/revisions", {"name": "with a picture"})
        self.assertEqual(status, 201, kept)
        status, earlier = self.call("ada", "GET", f"{document}/revisions/{kept['id']}")
        self.assertEqual(earlier["cells"][0]["outputs"][0]["data"]["image/png"], "s" * 100_000)
        self.put("versions.ipynb", notebook("nothing"))
        live.hear_until("the file's words", lambda: live.sources() == ["nothing"])
        self.assertEqual(self.call("ada", "POST", f"{document}/revisions/{kept['id']}/restore", {})[0], 204)
        live.hear_until("the picture", lambda: len(live.cells) == 1 and len(live.cells[0]["outputs"]) == 1)
        self.assertEqual(self.read("ada", live, self.parts(live)["image/png"]), (200, "s" * 100_000))

    def test_comes_with_a_file_that_others_have_written_and_goes_along_with_a_copy(self):
        whole = notebook("x")
        whole["cells"][0]["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<p>" * 50_000, "text/plain": "a table"}}]
        self.put("written.ipynb", whole)
        live = self.join("written.ipynb")
        self.assertEqual(list(self.parts(live)), ["text/html"])
        whole["cells"][0]["outputs"][0]["data"]["text/html"] = "<b>" * 50_000
        self.on_disk("written.ipynb").write_text(json.dumps(whole))
        before = self.parts(live)["text/html"]["hash"]
        live.hear_until("what the file has", lambda: self.parts(live)["text/html"]["hash"] != before)
        self.assertEqual(self.read("ada", live, self.parts(live)["text/html"]), (200, "<b>" * 50_000))
        status, model = self.call("ada", "POST", f"{live.session['fileId']}/copies", {})
        self.assertEqual(status, 201, model)
        self.assertEqual(self.in_file(model["path"])[0]["text/html"], "<b>" * 50_000)

    def test_is_updated_in_its_place(self):
        self.put("updated.ipynb", notebook("from IPython.display import display\nhandle = display({'image/png': 'u' * 100_000}, raw=True, display_id=True)",
                                           "handle.update({'image/png': 'v' * 100_000}, raw=True)"))
        live = self.join("updated.ipynb")
        live.run("c0", "c1")
        live.hear_end_of_runs()
        self.assertEqual(self.read("ada", live, self.parts(live)["image/png"]), (200, "v" * 100_000))

    def test_is_there_after_a_crash_in_the_middle_of_a_run(self):
        self.put("crash.ipynb", notebook("import time\nfrom IPython.display import display\nfor letter in 'abcde':\n    time.sleep(0.3)\n"
                                         "    display({'image/png': letter * 100_000}, raw=True)"))
        live = self.join("crash.ipynb")
        live.run("c0")
        live.hear_until("the first picture", lambda: len(live.cells[0]["outputs"]) > 0)
        os.kill(self.house.pid_of("allmende-server"), signal.SIGKILL)
        until("the server to serve", lambda: ask(self.house.url + "api/status", self.token)[0] == 200)
        live.connect()
        live.hear_end_of_runs()
        live.connect()
        shown = [output.to_py()["data"][REFERENCE]["parts"]["image/png"] for output in live.cells[0]["outputs"]]
        self.assertEqual([self.read("ada", live, part)[1][0] for part in shown], list("abcde"))

    def test_goes_with_its_notebook(self):
        live = self.shown("gone.ipynb", "g")
        folder = self.outputs(live)
        self.assertTrue(folder.exists())
        live.close()
        self.assertEqual(ask(f"{self.house.url}api/contents/gone.ipynb", self.token, "DELETE")[0], 204)
        self.assertTrue(folder.exists())
        self.assertEqual(ask(f"{self.house.url}api/trash", self.token, "DELETE")[0], 204)
        until("it to be gone", lambda: not folder.exists())


if __name__ == "__main__":
    unittest.main()
