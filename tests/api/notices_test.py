"""What people are told of each other outside the page that it happened on."""
from client import ask
from sharing_test import WithPeople


class WhatOneIsTold(WithPeople):
    def setUp(self):
        super().setUp()
        for who in self.people:
            self.seen(who)

    def notices(self, who):
        status, told = ask(f"{self.house.url}api/notices", self.people[who])
        self.assertEqual(status, 200, told)
        unread = [one for one in told["notices"] if not one["read"]]
        self.assertEqual(told["unread"], len(unread))
        return [(one["kind"], one["by"]["name"], one["title"], one["words"]) for one in unread]

    def seen(self, who):
        self.assertEqual(ask(f"{self.house.url}api/notices/read", self.people[who], "POST", {})[0], 204)

    def comment(self, who, live, text, **wish):
        status, made = self.call(who, "POST", f"{live.session['fileId']}/comments", {"text": text, **({"cell": "c0"} if "thread" not in wish else {}), **wish})
        self.assertEqual(status, 201, made)
        return made["id"]

    def test_a_notebook_was_shared_with_one_or_is_ones_own_now(self):
        live = self.made("told.ipynb", "x")
        self.share(live)
        self.assertEqual(self.notices("bob"), [("shared", "ada", "told.ipynb", "")])
        self.seen("bob")
        self.assertEqual(self.notices("bob"), [])
        live.close()
        self.assertEqual(self.call("ada", "PUT", f"{live.session['fileId']}/owner", {"account": "bob"})[0], 204)
        self.assertEqual(self.notices("bob"), [("given", "ada", "told.ipynb", "")])

    def test_somebody_speaks_to_one_answers_or_comments_ones_notebook(self):
        live = self.made("talk.ipynb", "x")
        self.share(live)
        self.share(live, account="eve", role="viewer")
        self.seen("bob")
        self.seen("eve")
        thread = self.comment("bob", live, "Why? @ada. Mail bob@home.org or @eve, @nobody")
        self.assertEqual(self.notices("ada"), [("mentioned", "bob", "talk.ipynb", "Why? @ada. Mail bob@home.org or @eve, @nobody")])
        self.assertEqual([kind for kind, *_ in self.notices("eve")], ["mentioned"])
        self.comment("ada", live, "because", thread=thread)
        self.assertEqual(self.notices("bob"), [("answered", "ada", "talk.ipynb", "because")])
        self.seen("ada")
        self.comment("bob", live, "another")
        self.assertEqual(self.notices("ada"), [("commented", "bob", "talk.ipynb", "another")])
        live.close()

    def test_nobody_is_told_of_a_notebook_that_they_cannot_open(self):
        live = self.made("secret-talk.ipynb", "x")
        self.comment("ada", live, "@bob look")
        self.assertEqual(self.notices("bob"), [])
        live.close()

    def test_somebody_asks_for_ones_notebook(self):
        live = self.made("asked.ipynb", "x")
        status, said = self.call("bob", "POST", f"{live.session['fileId']}/access-requests", {"role": "editor", "message": "please"})
        self.assertEqual(status, 204, said)
        self.assertEqual(self.notices("ada"), [("asked", "bob", "asked.ipynb", "please")])
        live.close()

    def test_one_was_added_to_a_group_and_it_was_given_a_notebook(self):
        status, group = ask(f"{self.house.url}api/groups", self.token, "POST", {"title": "Physics"})
        self.assertEqual(status, 201, group)
        for who in ("bob", "eve"):
            self.assertEqual(ask(f"{self.house.url}api/groups/{group['id']}/members", self.token, "PUT", {"account": who})[0], 204)
        self.assertEqual(self.notices("bob"), [("added", "ada", "Physics", "")])
        live = self.made("lesson.ipynb", "x")
        status, said = self.call("ada", "POST", f"{live.session['fileId']}/shares", {"whom": "group", "group": group["id"], "role": "viewer"})
        self.assertEqual(status, 201, said)
        self.assertEqual(self.notices("eve")[0], ("shared", "ada", "lesson.ipynb", ""))
        self.assertEqual(self.notices("ada"), [])
        live.close()
