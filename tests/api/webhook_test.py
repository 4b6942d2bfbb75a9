"""A service that takes payments has tiers given: signed, of now, and each order once."""
import base64
import hashlib
import hmac
import json
import time
import unittest
import urllib.error
import urllib.request

from client import ask, free_port
from house import House

SECRET = base64.b64encode(b"a secret of thirty-two bytes too").decode()


def send(house, order, id="evt_1", at=None, secret=SECRET, body=None):
    """As the specification of Standard Webhooks says, by hand. Returns (status, message)."""
    at = int(time.time()) if at is None else at
    body = json.dumps(order) if body is None else body
    signature = base64.b64encode(hmac.new(base64.b64decode(secret), f"{id}.{at}.{body}".encode(), hashlib.sha256).digest()).decode()
    request = urllib.request.Request(f"{house.url}api/webhooks/tier", method="POST", data=body.encode(), headers={
        "Content-Type": "application/json", "webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, ""
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)["message"]


class ATierThatWasSold(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = cls.enterClassContext(House("--port", str(free_port()), environment={"ALLMENDE_WEBHOOK_SECRET": f"whsec_{SECRET}"}))
        cls.ada = cls.house.make_ada()

    def tier(self):
        return ask(f"{self.house.url}api/quota", self.ada)[1]["tier"]["name"]

    def granted(self):
        """Lines of the audit journal."""
        return [line for line in self.house.tool("audit", "list").splitlines() if "tier.granted" in line]

    def test_is_given_until_its_end_and_by_each_order_once(self):
        order = {"account": "ada", "tier": "pro", "until": "2999-01-31T00:00:00Z", "reason": "Pro, paid until the end of January"}
        before = len(self.granted())
        self.assertEqual(send(self.house, order, "evt_sold"), (204, ""))
        self.assertEqual(self.tier(), "pro")
        self.assertEqual(send(self.house, {**order, "tier": "free"}, "evt_sold"), (204, ""), "it was answered before")
        self.assertEqual(self.tier(), "pro")
        self.house.stop()
        self.house.start()
        self.assertEqual(send(self.house, {**order, "tier": "free"}, "evt_sold"), (204, ""), "after a restart, too")
        self.assertEqual(self.tier(), "pro")
        self.assertEqual(send(self.house, {**order, "tier": "free", "reason": "cancelled"}, "evt_cancelled"), (204, ""))
        self.assertEqual(self.tier(), "free")
        granted = self.granted()
        self.assertEqual(len(granted) - before, 2)
        for order_id in ("evt_sold", "evt_cancelled"):
            self.assertEqual(sum(order_id in line and "webhook" in line for line in granted), 1, granted)

    def test_is_not_given_to_who_does_not_know_the_secret_or_sends_an_old_message_again(self):
        order = {"account": "ada", "tier": "pro", "reason": "mine"}
        other = base64.b64encode(b"another one of thirty-two bytes.").decode()
        status, said = send(self.house, order, secret=other)
        self.assertEqual((status, "is made with this server's webhook_secret" in said), (401, True), said)
        status, said = send(self.house, order, at=int(time.time()) - 301)
        self.assertEqual((status, "it was signed at" in said), (401, True), said)
        self.assertEqual(ask(f"{self.house.url}api/webhooks/tier", self.ada, "POST", order)[0], 401)

    def test_is_refused_with_a_sentence_when_it_cannot_be_given(self):
        order = {"account": "ada", "tier": "pro", "reason": "paid"}
        for wrong, status, said in [({**order, "account": "nobody"}, 404, "nobody"), ({**order, "tier": "gold"}, 404, "there is no tier 'gold'"),
                                    ({**order, "reason": ""}, 400, "a reason of 1 to 500 bytes is needed"), ({**order, "until": "2001-01-01T00:00:00Z"}, 400, "would have ended"),
                                    ({**order, "unit": 3}, 400, "unit")]:
            got = send(self.house, wrong, "evt_wrong")
            self.assertEqual((got[0], said in got[1]), (status, True), got)
        self.assertEqual(send(self.house, {}, "evt_text", body="no JSON")[0], 400)

    def test_is_nobodys_to_give_where_no_secret_is_set_and_a_bad_one_is_told_at_the_start(self):
        with House() as house:
            house.make_ada()
            status, said = send(house, {"account": "ada", "tier": "pro", "reason": "paid"})
            self.assertEqual((status, "has set no webhook_secret" in said), (404, True), said)
        with self.assertRaisesRegex(RuntimeError, "webhook_secret: a webhook's secret is 'whsec_' and 24 to 64 random bytes"):
            House(environment={"ALLMENDE_WEBHOOK_SECRET": "whsec_short"})


if __name__ == "__main__":
    unittest.main()
