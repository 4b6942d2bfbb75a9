"""Several runtimes of one person: which notebook uses which, and what becomes of them."""
from urllib.parse import quote

from client import Kernel, ask, until
from documents_test import WithAHouse, notebook


class SeveralRuntimes(WithAHouse):
    def tearDown(self):
        for runtime in self.runtimes():
            self.call("DELETE", f"runtimes/{runtime['id']}")

    def call(self, method, path, body=None):
        return ask(f"{self.house.url}api/{path}", self.token, method, body)

    def runtimes(self, of=None):
        """Those that run, of all notebooks or one."""
        status, all = self.call("GET", "runtimes" + (f"?notebook={quote(of)}" if of else ""))
        self.assertEqual(status, 200, all)
        return [one for one in all if one["state"] != "stopped"]

    def choose(self, path, runtime):
        status, said = self.call("PUT", "notebook-runtime", {"path": path, "runtime": runtime})
        self.assertEqual(status, 204, said)

    def session(self, path):
        status, session = self.call("POST", "sessions", {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}})
        self.assertEqual(status, 201, session)
        return session

    def test_are_apart_and_each_notebook_runs_in_that_which_was_chosen_for_it(self):
        self.put("far.ipynb", notebook("import os; open('/content/here', 'w').close(); print('ran')"))
        self.choose("far.ipynb", "experiments")
        self.assertEqual(self.call("GET", "notebook-runtime?notebook=far.ipynb")[1], {"path": "far.ipynb", "runtime": "experiments"})
        live = self.join("far.ipynb")
        live.run("c0")
        live.hear_end_of_runs()
        self.assertEqual(live.text_of(0), "ran\n")
        near = Kernel(self.house.url, self.token)
        self.assertEqual(near.run("import os; print(os.path.exists('/content/here'))"), "False\n")
        self.assertEqual(sorted(one["name"] for one in self.runtimes()), ["", "experiments"])
        self.assertEqual([one["name"] for one in self.runtimes("far.ipynb")], ["experiments"])
        self.assertEqual([(one["name"], one["kernels"]) for one in self.runtimes("near.ipynb")], [("", 1)])
        far = self.runtimes("far.ipynb")[0]["id"]
        kernels = {one["id"]: one["runtime"] for one in self.call("GET", "kernels")[1]}
        self.assertEqual((len(kernels), kernels[near.id] != far), (2, True))
        status, listed = self.call("GET", f"runtimes/{far}/contents/")
        self.assertIn("here", [one["name"] for one in listed["content"]])
        self.assertEqual(self.call("DELETE", f"runtimes/{far}")[0], 204)
        self.assertEqual(near.run("print('goes on')"), "goes on\n")

    def test_give_a_notebook_to_another_which_ends_its_kernel_in_the_first(self):
        before = self.session("moved.ipynb")
        self.choose("moved.ipynb", "second")
        status, said = self.call("GET", f"kernels/{before['kernel']['id']}")
        self.assertEqual(status, 404, said)
        after = self.session("moved.ipynb")
        self.assertNotEqual(after["kernel"]["runtime"], before["kernel"]["runtime"])
        status, moved = self.call("PATCH", f"sessions/{after['id']}", {"path": "renamed.ipynb"})
        self.assertEqual((status, moved["path"]), (200, "renamed.ipynb"))
        self.assertEqual(self.call("GET", "notebook-runtime?notebook=renamed.ipynb")[1]["runtime"], "second")
        self.assertEqual(self.call("GET", "notebook-runtime?notebook=moved.ipynb")[1]["runtime"], "")

    def test_go_along_with_a_notebook_whose_folder_is_renamed(self):
        self.assertEqual(self.call("PUT", "contents/week1", {"type": "directory"})[0], 201)
        self.put("week1/lesson.ipynb", notebook("1"))
        self.choose("week1/lesson.ipynb", "lessons")
        self.assertEqual(self.call("PATCH", "contents/week1", {"path": "week2"})[0], 200)
        self.assertEqual(self.call("GET", "notebook-runtime?notebook=week2/lesson.ipynb")[1]["runtime"], "lessons")
        self.assertEqual(self.call("GET", "notebook-runtime?notebook=week1/lesson.ipynb")[1]["runtime"], "")

    def test_are_as_many_as_the_tier_allows_and_the_next_one_says_so(self):
        for name in ("", "second"):
            status, made = self.call("POST", "runtimes", {"name": name})
            self.assertEqual((status, made["name"]), (201, name), made)
        status, said = self.call("POST", "runtimes", {"name": "third"})
        self.assertEqual(status, 429, said)
        self.assertIn("2 runtimes that run, as many as your tier allows; stop one", said["message"])
        self.assertEqual(self.call("GET", "quota")[1]["tier"]["runtimes"], 2)

    def test_keep_name_and_notebooks_when_renamed_and_when_the_server_is_restarted(self):
        self.choose("kept.ipynb", "before")
        session = self.session("kept.ipynb")
        runtime = session["kernel"]["runtime"]
        for name, code in (("", 400), ("x" * 41, 400), ("after", 204)):
            status, said = self.call("PATCH", f"runtimes/{runtime}", {"name": name})
            self.assertEqual(status, code, said)
        self.assertEqual(self.call("GET", "notebook-runtime?notebook=kept.ipynb")[1]["runtime"], "after")
        old = self.house.pid_of("allmende-server")
        self.house.tool("restart")

        def known():
            try:
                return self.house.pid_of("allmende-server") != old and self.call("GET", "kernels")[0] == 200 and self.runtimes("kept.ipynb")
            except (OSError, ValueError, RuntimeError):  # there is none yet, or it does not listen
                return None
        found = until("the server knows what runs", known)
        self.assertEqual([(one["id"], one["name"]) for one in found], [(runtime, "after")])
        self.assertEqual(self.session("kept.ipynb")["kernel"]["id"], session["kernel"]["id"])

    def test_have_terminals_each(self):
        status, near = self.call("POST", "terminals", {})
        self.assertEqual(status, 200, near)
        status, far = self.call("POST", "terminals?runtime=second", {"name": "apart"})
        self.assertEqual((status, far["name"]), (200, "apart"))
        self.assertEqual([one["name"] for one in self.call("GET", "terminals?runtime=second")[1]], ["apart"])
        self.assertEqual([one["name"] for one in self.call("GET", "terminals")[1]], [near["name"]])
        self.assertEqual(self.call("DELETE", "terminals/apart")[0], 404)
        self.assertEqual(self.call("DELETE", "terminals/apart?runtime=second")[0], 204)

    def test_refuse_what_makes_no_sense(self):
        for method, path, body, part in (("PUT", "notebook-runtime", {"path": "", "runtime": "x"}, "1 to 4096"), ("PUT", "notebook-runtime", {"path": "a", "runtime": "a\nb"}, "one line"),
                                         ("GET", "notebook-runtime", None, "'notebook' is missing"), ("POST", "runtimes", {"nam": "x"}, "unknown field")):
            status, said = self.call(method, path, body)
            self.assertEqual(status, 400, said)
            self.assertIn(part, said["message"])
