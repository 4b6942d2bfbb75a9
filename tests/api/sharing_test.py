"""Notebooks in other people's hands: what each may do, how they come to it, and how it ends."""
import json
import os
import signal
import unittest
from urllib.parse import urlencode

import websocket

from client import ask, until
from documents_test import WithAHouse, notebook
from live import LiveNotebook
from operation_test import close_code


class SharedNotebook(LiveNotebook):
    """The copy of somebody who knows it by its id."""

    def __init__(self, house, token, document):
        self.document = document
        super().__init__(house, token, None)

    def find_session(self):
        status, joined = ask(f"{self.house.url}api/documents/{self.document}", self.token)
        assert status == 200, (status, joined)
        self.joined = joined
        return {"fileId": joined["document"], "sessionId": joined["session"]}


class WithPeople(WithAHouse):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {"ada": cls.token}
        for name in ("bob", "eve"):
            cls.house.tool("account", "create", name, "--password-stdin", text="correct horse battery\n")
            cls.people[name] = cls.house.tool("token", "create", "--account", name, "--name", "tests")

    def call(self, who, method, path, body=None):
        return ask(f"{self.house.url}api/documents/{path}", self.people.get(who), method, body)

    def made(self, path, *sources):
        """A notebook of ada's, open."""
        self.put(path, notebook(*sources))
        return self.join(path)

    def share(self, live, **wish):
        status, share = self.call("ada", "POST", f"{live.session['fileId']}/shares", {"whom": "account", "account": "bob", "role": "editor", **wish})
        self.assertEqual(status, 201, share)
        return share

    def joined(self, who, live):
        theirs = SharedNotebook(self.house, self.people.get(who), live.session["fileId"])
        self.addCleanup(theirs.close)
        return theirs

    def close_code_of(self, who, live):
        token = self.people.get(who)
        query = {"sessionId": live.session["sessionId"], "acknowledge": 1, **({"token": token} if token else {})}
        url = f"{self.house.url.replace('http', 'ws', 1)}api/collaboration/room/json:notebook:{live.session['fileId']}?{urlencode(query)}"
        return close_code(websocket.create_connection(url, timeout=60))


class TheOwnersRuntime(WithPeople):
    """Where others run a notebook only by leave, which the owner's units pay for."""

    def run_in_owners(self, theirs, cell, **more):
        return self.call("bob", "POST", f"{theirs.session['fileId']}/runs", {"cells": [{"id": cell}], "runtime": "owner", **more})

    def test_takes_the_cells_of_an_editor_who_may_use_it_and_shows_whose_it_is(self):
        live = self.made("lent.ipynb", "x = 'from ada'", "print(x)")
        live.run("c0")
        live.hear_end_of_runs()
        self.share(live, in_runtime=True)
        bob = self.joined("bob", live)
        self.assertTrue(bob.joined["in_runtime"])
        bob.notices.clear()
        status, said = self.run_in_owners(bob, "c1")
        self.assertEqual(status, 202, said)
        bob.hear_end_of_runs()
        self.assertEqual(bob.text_of(1), "from ada\n")
        asked = next(run for notice in bob.notices if notice["type"] == "runs" for run in notice["runs"])
        ada, bobs = asked["runtime_of"], asked["account"]
        self.assertEqual((asked["by"], ada != bobs), ("bob", True))
        last = {run["cell"]: run for run in self.call("ada", "GET", f"{live.session['fileId']}/last-runs")[1]["runs"]}
        self.assertEqual([(last[cell]["by"], last[cell]["account"], last[cell]["runtime_of"]) for cell in ("c0", "c1")],
                         [("ada", ada, ada), ("bob", bobs, ada)])
        self.assertEqual(ask(f"{self.house.url}api/kernels", self.people["bob"]), (200, []))  # none of his own was started
        live.close()

    def test_is_not_used_without_leave(self):
        live = self.made("kept.ipynb", "print('no')")
        self.share(live)
        bob = self.joined("bob", live)
        self.assertFalse(bob.joined["in_runtime"])
        status, said = self.run_in_owners(bob, "c0")
        self.assertEqual((status, "own" in said["message"]), (403, True), said)
        status, said = self.run_in_owners(bob, "c0", runtime="mine")
        self.assertEqual((status, "owner" in said["message"]), (400, True), said)
        for wish in ({"whom": "link", "role": "editor"}, {"whom": "everyone", "role": "viewer"}):
            status, said = self.call("ada", "POST", f"{live.session['fileId']}/shares", {**wish, "in_runtime": True})
            self.assertEqual(status, 400, said)
        live.close()

    def test_ends_somebodys_runs_when_their_leave_is_withdrawn_and_none_of_the_owners(self):
        live = self.made("withdrawn.ipynb", "import time\nprint('begun')\ntime.sleep(300)", "print('of ada')")
        share = self.share(live, in_runtime=True)
        bob = self.joined("bob", live)
        self.assertEqual(self.run_in_owners(bob, "c0")[0], 202)
        live.run("c1")
        live.hear_until("his cell to run", lambda: live.text_of(0) == "begun\n")
        status, said = self.call("bob", "POST", f"{live.session['fileId']}/runs", {"cells": [{"id": "c1"}]})
        self.assertEqual((status, "ada" in said["message"]), (429, True), said)
        self.share(live, in_runtime=False)
        live.hear_end_of_runs()
        self.assertIn("KeyboardInterrupt", live.text_of(0))
        live.connect()
        self.assertEqual(self.run_in_owners(bob, "c1")[0], 403)
        self.assertNotEqual(share, None)
        live.close()

    def test_asks_whoever_ran_the_cell(self):
        live = self.made("asks.ipynb", "print('hello', input('who? '))")
        self.share(live, in_runtime=True)
        bob = self.joined("bob", live)
        self.assertEqual(self.run_in_owners(bob, "c0")[0], 202)
        bob.hear_until("the question", lambda: any(notice["type"] == "input" for notice in bob.notices))
        question = next(notice for notice in bob.notices if notice["type"] == "input")
        status, said = self.call("bob", "POST", f"{live.session['fileId']}/input", {"run": question["run"], "value": "bob"})
        self.assertEqual(status, 204, said)
        bob.hear_end_of_runs()
        self.assertIn("hello bob", bob.text_of(0))
        live.close()


class ASharedNotebook(WithPeople):
    def test_is_nobodys_until_its_owner_gives_it(self):
        live = self.made("secret.ipynb", "x")
        document = live.session["fileId"]
        for who, code in (("bob", 403), (None, 401)):
            for path in (document, f"{document}/outputs/none"):
                self.assertEqual(self.call(who, "GET", path)[0], code, (who, path))
        for method, path, body in (("GET", "shares", None), ("GET", "revisions", None), ("GET", "access-requests", None), ("POST", "copies", {}),
                                   ("POST", "runs", {"cells": [{"id": "c0"}]}), ("PUT", "owner", {"account": "bob"}),
                                   ("POST", "shares", {"whom": "everyone", "role": "editor"})):
            status, said = self.call("bob", method, f"{document}/{path}", body)
            self.assertEqual(status, 403, (path, said))
        self.assertEqual(self.close_code_of("bob", live), 4403)
        self.assertEqual(self.close_code_of(None, live), 4401)

    def test_is_written_by_an_editor_and_only_read_by_a_viewer(self):
        live = self.made("roles.ipynb", "x")
        self.share(live)
        self.share(live, account="eve", role="viewer")
        bob, eve = self.joined("bob", live), self.joined("eve", live)
        self.assertEqual((bob.joined["role"], eve.joined["role"], bob.joined.get("path"), bob.joined["owner"]["name"]), ("editor", "viewer", None, "ada"))
        bob.write(" = 1")
        bob.settle()
        live.hear_until("bob's words", lambda: live.sources() == ["x = 1"])
        eve.hear_until("bob's words", lambda: eve.sources() == ["x = 1"])
        eve.write(" + 1")
        eve.hear_until("it was refused", lambda: any(notice["type"] == "refused" for notice in eve.notices))
        self.assertEqual(self.saved("roles.ipynb"), ["x = 1"])
        for path, body in (("runs", {"cells": [{"id": "c0"}]}), ("revisions", {"name": "mine"}), ("shares", {"whom": "everyone", "role": "viewer"})):
            status, said = self.call("eve", "POST", f"{live.session['fileId']}/{path}", body)
            self.assertEqual(status, 403, (path, said))
        self.assertEqual(self.call("eve", "GET", f"{live.session['fileId']}/revisions")[0], 403)
        self.assertEqual(self.call("bob", "GET", f"{live.session['fileId']}/revisions")[0], 200)

    def test_is_read_without_an_account_by_whoever_has_the_link_and_nothing_more(self):
        live = self.made("public.ipynb", "x")
        self.share(live, whom="link", account=None, role="editor")
        guest = self.joined(None, live)
        self.assertEqual((guest.joined["role"], guest.joined.get("session_path"), guest.sources()), ("viewer", None, ["x"]))
        guest.write("!")
        guest.hear_until("it was refused", lambda: any(notice["type"] == "refused" for notice in guest.notices))
        live.run("c0")
        guest.hear_until("it runs", lambda: any(notice["type"] == "run-ended" for notice in guest.notices))
        self.assertNotIn('"ada"', json.dumps(guest.notices))  # who is there is not for passers-by
        document = live.session["fileId"]
        self.assertEqual(self.call(None, "GET", f"{document}/last-runs")[0], 403)
        for path, body in (("runs", {"cells": [{"id": "c0"}]}), ("copies", {}), ("shares", {}), ("access-requests", {"role": "editor"})):
            self.assertIn(self.call(None, "POST", f"{document}/{path}", body)[0], (401, 403), path)
        self.assertEqual(self.joined("eve", live).joined["role"], "editor")
        self.assertEqual(self.saved("public.ipynb"), ["x"])

    def test_ends_for_who_is_there_when_it_is_taken_back_or_its_time_is_over(self):
        live = self.made("taken.ipynb", "x")
        share = self.share(live)
        bob = self.joined("bob", live)
        self.share(live, role="viewer")
        bob.hear_until("the new role", lambda: {"type": "role", "role": "viewer"} in bob.notices)
        bob.write("?")
        bob.hear_until("it was refused", lambda: any(notice["type"] == "refused" for notice in bob.notices))
        status, shares = self.call("ada", "GET", f"{live.session['fileId']}/shares")
        self.assertEqual([(one["person"]["name"], one["role"]) for one in shares], [("bob", "viewer")], status)
        self.assertEqual(self.call("ada", "DELETE", f"{live.session['fileId']}/shares/{share['id']}")[0], 404)  # its change was another one
        self.assertEqual(self.call("ada", "DELETE", f"{live.session['fileId']}/shares/{shares[0]['id']}")[0], 204)
        with self.assertRaises(ConnectionError):
            bob.hear_until("the end", lambda: False)
        self.assertEqual(self.close_code_of("bob", live), 4403)
        self.share(live, expires_in_s=2)
        again = self.joined("bob", live)
        with self.assertRaises(ConnectionError):
            again.hear_until("its time is over", lambda: False)
        self.assertEqual(self.saved("taken.ipynb"), ["x"])

    def test_ends_at_its_time_also_when_only_who_was_given_it_has_it_open(self):
        live = self.made("alone.ipynb", "x")
        self.share(live, expires_in_s=3)
        live.close()
        os.kill(self.house.pid_of("allmende-server"), signal.SIGKILL)  # nobody has it in memory
        until("the server to serve again", lambda: ask(self.house.url + "api/status", self.token)[0] == 200)
        bob = self.joined("bob", live)
        with self.assertRaisesRegex(ConnectionError, "closed the connection"):
            bob.hear_until("its time is over", lambda: False)

    def test_is_listed_for_whom_it_was_given_and_they_can_take_leave(self):
        live = self.made("listed.ipynb", "x")
        document = live.session["fileId"]
        share = self.share(live, account="eve", role="viewer")
        names = lambda: [(one["name"], one["role"], one["owner"]["name"]) for one in self.call("eve", "GET", "shared")[1]]
        self.assertIn(("listed.ipynb", "viewer", "ada"), names())
        self.assertEqual(self.call("bob", "DELETE", f"{document}/shares/{share['id']}")[0], 403)
        self.assertEqual(self.call("eve", "DELETE", f"{document}/shares/{share['id']}")[0], 204)
        self.assertNotIn("listed.ipynb", [name for name, _, _ in names()])
        self.share(live, whom="link", account=None, role="commenter")
        self.assertNotIn("listed.ipynb", [name for name, _, _ in names()])
        self.joined("eve", live)  # who has opened a link finds it again
        self.assertIn(("listed.ipynb", "commenter", "ada"), names())

    def test_is_asked_for_and_given_or_refused(self):
        live = self.made("asked.ipynb", "x")
        document = live.session["fileId"]
        for who in ("bob", "eve"):
            status, said = self.call(who, "POST", f"{document}/access-requests", {"role": "editor", "message": f"It is {who}."})
            self.assertEqual(status, 204, said)
        live.hear_until("who asks", lambda: any(notice["type"] == "access-requested" and notice["name"] == "bob" for notice in live.notices))
        asking = self.call("ada", "GET", f"{document}/access-requests")[1]
        self.assertEqual([(one["person"]["name"], one["role"], one["message"]) for one in asking],
                         [("bob", "editor", "It is bob."), ("eve", "editor", "It is eve.")])
        self.share(live)
        self.assertEqual(self.call("ada", "DELETE", f"{document}/access-requests/{asking[1]['person']['id']}")[0], 204)
        self.assertEqual(self.call("ada", "GET", f"{document}/access-requests")[1], [])
        self.assertEqual(self.call("bob", "POST", f"{document}/access-requests", {"role": "viewer"})[0], 409)
        self.assertEqual(self.joined("bob", live).sources(), ["x"])

    def test_is_given_away_whole_with_its_log_and_its_file(self):
        live = self.made("gift.ipynb", "x")
        live.write(" = 1")
        live.settle()
        document = live.session["fileId"]
        status, said = self.call("ada", "PUT", f"{document}/owner", {"account": "bob"})
        self.assertEqual(status, 204, said)
        live.hear_until("the new role", lambda: {"type": "role", "role": "editor"} in live.notices)
        live.write(" + 1")  # on the same connection
        live.settle()
        status, model = ask(f"{self.house.url}api/contents/gift.ipynb", self.people["bob"])
        self.assertEqual((status, model["content"]["cells"][0]["source"]), (200, "x = 1 + 1"))
        self.assertEqual(ask(f"{self.house.url}api/contents/gift.ipynb", self.token)[0], 404)
        self.assertEqual(self.joined("bob", live).joined["role"], "owner")
        self.assertEqual(self.call("ada", "PUT", f"{document}/owner", {"account": "ada"})[0], 403)

    def test_is_copied_with_or_without_what_was_printed(self):
        content = notebook("print(1)")
        content["cells"][0].update(execution_count=7, outputs=[{"output_type": "stream", "name": "stdout", "text": "1\n"}])
        self.put("original.ipynb", content)
        live = self.join("original.ipynb")
        self.share(live, role="viewer")
        for wish, path, outputs in (({}, "original.ipynb", 1), ({"outputs": False}, "original-Copy1.ipynb", 0)):
            status, model = self.call("bob", "POST", f"{live.session['fileId']}/copies", wish)
            self.assertEqual((status, model["path"]), (201, path))
            cell = ask(f"{self.house.url}api/contents/{path}", self.people["bob"])[1]["content"]["cells"][0]
            self.assertEqual((len(cell["outputs"]), cell["execution_count"]), (outputs, 7 if outputs else None))

    def test_says_what_is_wrong_with_a_wish(self):
        live = self.made("wrong.ipynb", "x")
        path = f"{live.session['fileId']}/shares"
        for wish, status, word in (({"whom": "account", "account": "nobody", "role": "viewer"}, 404, "nobody"),
                                   ({"whom": "account", "role": "viewer"}, 400, "account"),
                                   ({"whom": "link", "account": "bob", "role": "viewer"}, 400, "account"),
                                   ({"whom": "world", "role": "viewer"}, 400, "world"),
                                   ({"whom": "link", "role": "owner"}, 400, "one owner"),
                                   ({"whom": "link", "role": "king"}, 400, "king"),
                                   ({"whom": "link", "role": "viewer", "expires_in_s": 0}, 400, "expires_in_s"),
                                   ({"whom": "account", "account": "ada", "role": "viewer"}, 400, "yours")):
            got, said = self.call("ada", "POST", path, wish)
            self.assertEqual(got, status, (wish, said))
            self.assertIn(word, json.dumps(said), wish)
        self.assertEqual(self.call("ada", "PUT", f"{live.session['fileId']}/owner", {"account": "nobody"})[0], 404)


class AComment(WithPeople):
    def comment(self, who, live, text, **where):
        return self.call(who, "POST", f"{live.session['fileId']}/comments", {"text": text, **where})

    def test_is_made_answered_resolved_and_opened_anew(self):
        live = self.made("said.ipynb", "x", "y")
        path = f"{live.session['fileId']}/comments"
        self.share(live, role="commenter")
        status, first = self.comment("bob", live, "Why? @ada", cell="c1")
        self.assertEqual((status, first["author"]["name"], first["cell"], first["thread"]), (201, "bob", "c1", first["id"]))
        live.hear_until("that there is one", lambda: {"type": "comments"} in live.notices)
        status, answer = self.comment("ada", live, "Because.", thread=first["id"])
        self.assertEqual((status, answer["cell"], answer["thread"]), (201, "c1", first["id"]))
        status, resolved = self.call("ada", "PATCH", f"{path}/{first['id']}", {"resolved": True})
        self.assertEqual((status, resolved["resolved_by"]["name"]), (200, "ada"))
        self.assertEqual(self.comment("bob", live, "Still.", thread=first["id"])[0], 201)
        told = self.call("bob", "GET", path)[1]
        self.assertEqual([(one["text"], one.get("resolved_at")) for one in told], [("Why? @ada", None), ("Because.", None), ("Still.", None)])
        self.assertEqual(self.call("bob", "PATCH", f"{path}/{first['id']}", {"text": "Why so? @ada"})[1]["text"], "Why so? @ada")
        self.assertEqual(self.call("ada", "DELETE", f"{path}/{first['id']}")[0], 204)
        self.assertEqual(self.call("ada", "GET", path)[1], [])
        self.assertEqual(live.sources(), ["x", "y"])

    def test_is_made_by_nobody_who_may_only_read_and_changed_by_nobody_else(self):
        live = self.made("quiet.ipynb", "x")
        path = f"{live.session['fileId']}/comments"
        self.assertEqual(self.call("bob", "GET", path)[0], 403)
        self.share(live, role="viewer")
        self.share(live, account="eve", role="commenter")
        self.assertEqual(self.comment("bob", live, "Me too", cell="c0")[0], 403)
        first = self.comment("ada", live, "Look", cell="c0")[1]
        self.assertEqual([one["text"] for one in self.call("bob", "GET", path)[1]], ["Look"])
        for who, method, body in (("bob", "DELETE", None), ("eve", "DELETE", None), ("bob", "PATCH", {"resolved": True}), ("eve", "PATCH", {"text": "mine"})):
            self.assertEqual(self.call(who, method, f"{path}/{first['id']}", body)[0], 403, (who, method))
        self.share(live, whom="link", account=None, role="viewer")
        self.assertEqual(self.call(None, "GET", path)[0], 401)  # what people say to each other is not for passers-by

    def test_says_what_is_wrong_with_it(self):
        live = self.made("bad.ipynb", "x")
        first = self.comment("ada", live, "Look", cell="c0")[1]
        answer = self.comment("ada", live, "Yes", thread=first["id"])[1]
        for wish, status, word in (({"text": " ", "cell": "c0"}, 400, "text"), ({"text": "x" * 10_001, "cell": "c0"}, 400, "10000"), ({"text": "x"}, 400, "cell"),
                                   ({"text": "x", "thread": "cmt_" + "0" * 20}, 404, "cmt_"), ({"text": "x", "thread": answer["id"]}, 400, first["id"]),
                                   ({"text": "x", "thread": "nonsense"}, 400, "comment id")):
            got, said = self.call("ada", "POST", f"{live.session['fileId']}/comments", wish)
            self.assertEqual(got, status, (wish, said))
            self.assertIn(word, json.dumps(said), wish)


class ASharedRun(WithPeople):
    def test_is_in_ones_own_runtime_and_everybody_sees_it(self):
        live = self.made("run.ipynb", "import os; who = 'ada'", "print(who)", "import time\ntime.sleep(60)", "print('bob')")
        self.share(live)
        bob = self.joined("bob", live)
        live.run("c0", "c1")
        live.hear_end_of_runs()
        bob.run("c1")
        bob.hear_until("ada's variables are in her runtime", lambda: "NameError" in bob.text_of(1))
        last = lambda: [(run["cell"], run["by"], run["status"]) for run in self.call("bob", "GET", f"{live.session['fileId']}/last-runs")[1]["runs"]]
        until("his run is the cell's last", lambda: last() == [("c0", "ada", "ok"), ("c1", "bob", "error")])
        live.run("c2")
        live.hear_until("ada's cell runs", lambda: any(run["state"] == "running" for notice in live.notices if notice["type"] == "runs" for run in notice["runs"]))
        status, said = self.call("bob", "POST", f"{live.session['fileId']}/runs", {"cells": [{"id": "c2"}]})
        self.assertEqual(status, 429, said)
        self.assertIn("ada", json.dumps(said))
        status, said = self.call("bob", "DELETE", f"{live.session['fileId']}/runs")
        self.assertEqual(status, 403, said)
        bob.run("c3")
        bob.hear_until("both run beside each other", lambda: bob.text_of(3) == "bob\n")
        self.assertEqual(self.call("ada", "DELETE", f"{live.session['fileId']}/runs")[0], 204)
        bob.hear_until("ada's run was stopped", lambda: "KeyboardInterrupt" in bob.text_of(2))


if __name__ == "__main__":
    unittest.main()
