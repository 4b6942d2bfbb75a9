"""Groups of people: who looks after them, how others come to them, and what is given to all of them at once."""
from client import ask
from sharing_test import WithPeople


class WithACourse(WithPeople):
    def of(self, who, method, path="", body=None):
        return ask(f"{self.house.url}api/groups{path}", self.people.get(who), method, body)

    def course(self, *members):
        """A group of ada's with these people; its id."""
        status, group = self.of("ada", "POST", "", {"title": "Statistics 1"})
        self.assertEqual(status, 201, group)
        self.addCleanup(self.of, "ada", "DELETE", f"/{group['id']}")
        for name in members:
            status, said = self.of("ada", "PUT", f"/{group['id']}/members", {"account": name})
            self.assertEqual(status, 204, said)
        return group["id"]

    def id_of(self, who):
        return ask(f"{self.house.url}api/account", self.people[who])[1]["id"]


class AGroup(WithACourse):
    def test_is_looked_after_by_managers_and_left_by_anybody(self):
        course = self.course("bob")
        status, members = self.of("ada", "GET", f"/{course}/members")
        self.assertEqual([(one["person"]["name"], one["part"]) for one in members], [("ada", "manager"), ("bob", "member")])
        self.assertEqual(self.of("bob", "GET", f"/{course}")[1]["members"], 2)
        for method, path, body in (("GET", "/members", None), ("PUT", "/members", {"account": "eve"}), ("PATCH", "", {"title": "Mine"}),
                                   ("DELETE", "", None), ("POST", "/invitation", {})):
            status, said = self.of("bob", method, f"/{course}{path}", body)
            self.assertEqual(status, 403, said)
            self.assertIn("manager", said["message"])
            self.assertEqual(self.of("eve", method, f"/{course}{path}", body)[0], 404)
        self.assertEqual(self.of(None, "GET", "")[0], 401)
        status, said = self.of("ada", "DELETE", f"/{course}/members/{self.id_of('ada')}")
        self.assertEqual(status, 409, said)
        self.assertIn("make somebody else one first", said["message"])
        self.assertEqual(self.of("bob", "DELETE", f"/{course}/members/{self.id_of('bob')}")[0], 204)
        self.assertEqual(self.of("bob", "GET", "")[1], [])

    def test_is_joined_by_its_invitation(self):
        course = self.course()
        status, made = self.of("ada", "POST", f"/{course}/invitation", {})
        self.assertEqual(status, 201, made)
        invitation = f"{self.house.url}api/invitations/{made['code']}"
        status, invited = ask(invitation, self.people["bob"])
        self.assertEqual((status, invited["title"], [one["name"] for one in invited["managers"]], invited["joined"]), (200, "Statistics 1", ["ada"], False))
        self.assertEqual(ask(invitation)[0], 401)
        self.assertEqual(ask(invitation, self.people["bob"], "POST", {})[1]["part"], "member")
        self.assertTrue(ask(invitation, self.people["bob"])[1]["joined"])
        self.assertEqual(self.of("ada", "DELETE", f"/{course}/invitation")[0], 204)
        status, said = ask(invitation, self.people["eve"], "POST", {})
        self.assertEqual(status, 404)
        self.assertIn("ask who sent it", said["message"])

    def test_says_what_is_wrong_with_a_wish(self):
        course = self.course()
        for path, body, part in (("", {"title": ""}, "1 to 100"), (f"/{course}/invitation", {"expires_in_s": 1}, "60 to"), ("", {"name": "x"}, "unknown field 'name'")):
            status, said = self.of("ada", "POST", path, body)
            self.assertEqual(status, 400, said)
            self.assertIn(part, said["message"])
        for body, code, part in (({"account": "nobody"}, 404, "no account 'nobody'"), ({"account": "bob", "part": "boss"}, 400, "member and manager")):
            status, said = self.of("ada", "PUT", f"/{course}/members", body)
            self.assertEqual(status, code, said)
            self.assertIn(part, said["message"])
        self.assertEqual(self.of("ada", "GET", "/grp_x")[0], 400)


class WhatAGroupIsGiven(WithACourse):
    def hear_the_end(self, live):
        with self.assertRaises(ConnectionError):
            live.hear_until("the end", lambda: False)

    def test_is_a_notebook_for_those_who_are_in_it_and_while_they_are(self):
        course = self.course("bob")
        live = self.made("lesson.ipynb", "x")
        document = live.session["fileId"]
        share = self.share(live, whom="group", account=None, group=course, role="editor")
        self.assertEqual(share["group"], {"id": course, "title": "Statistics 1"})
        self.assertEqual(self.call("bob", "GET", document)[1]["role"], "editor")
        self.assertIn(document, [one["document"] for one in self.call("bob", "GET", "shared")[1]])
        self.assertEqual(self.call("eve", "GET", document)[0], 403)
        self.assertEqual(self.call("eve", "GET", "shared")[1], [])
        theirs = self.joined("bob", live)
        theirs.write(" = 1")
        live.hear_until("bob's words", lambda: live.sources() == ["x = 1"])
        self.assertEqual(self.of("ada", "DELETE", f"/{course}/members/{self.id_of('bob')}")[0], 204)
        self.hear_the_end(theirs)
        self.assertEqual(self.close_code_of("bob", live), 4403)

    def test_is_nobodys_when_it_is_deleted(self):
        course = self.course("bob")
        live = self.made("gone.ipynb", "x")
        self.share(live, whom="group", account=None, group=course, role="viewer")
        theirs = self.joined("bob", live)
        self.assertEqual(self.of("ada", "DELETE", f"/{course}")[0], 204)
        self.hear_the_end(theirs)
        self.assertEqual(self.call("ada", "GET", f"{live.session['fileId']}/shares")[1], [])

    def test_is_given_by_those_alone_who_are_in_it(self):
        live = self.made("mine.ipynb", "x")
        document = live.session["fileId"]
        status, group = self.of("eve", "POST", "", {"title": "Eve's"})
        for wish, code in (({"group": group["id"]}, 404), ({}, 400), ({"group": "nonsense"}, 400), ({"group": group["id"], "account": "bob"}, 400)):
            status, said = self.call("ada", "POST", f"{document}/shares", {"whom": "group", "role": "viewer", **wish})
            self.assertEqual(status, code, said)

    def test_is_a_tier_with_a_budget_and_an_exemption(self):
        course = self.course("bob")
        self.assertIn(f"{course}      2 people", self.house.tool("group", "list"))
        self.house.tool("tier", "grant", "pro", "--group", course, "--units", "50", "--days", "90", "--reason", "winter term")
        status, quota = ask(f"{self.house.url}api/quota", self.people["bob"])
        self.assertEqual((quota["tier"]["name"], quota["tier_reason"]), ("pro", "winter term"))
        self.assertEqual(quota["budget"], {"group": course, "title": "Statistics 1", "units": 50, "used": 0})
        quota = ask(f"{self.house.url}api/quota", self.people["eve"])[1]
        self.assertEqual((quota["tier"]["name"], quota.get("budget")), ("free", None))
        self.house.tool("policy", "exempt", "password-cracking", "--group", course, "--days", "30", "--reason", "a course on security")
        self.assertEqual([one["rule"] for one in ask(f"{self.house.url}api/policy", self.people["bob"])[1]["exemptions"]], ["password-cracking"])
        self.assertEqual(ask(f"{self.house.url}api/policy", self.people["eve"])[1]["exemptions"], [])
