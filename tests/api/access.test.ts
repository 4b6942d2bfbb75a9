// Who may come in: passwords, cookies, tokens, links, XSRF, origins; and what a closed door says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { call, callUnsigned, password, token, url } from "./support.ts";

function cookiesOf(reply: { headers: Headers }): Record<string, string> {
  return Object.fromEntries(reply.headers.getSetCookie().map((line) => line.split(";")[0]!.split(/=(.*)/s).slice(0, 2) as [string, string]));
}

// Signs in the way the page does: load it for the XSRF cookie, then post name and password.
async function signIn(name: string, secret: string) {
  const page = await callUnsigned("GET", "/login");
  const jar = cookiesOf(page);
  assert.ok(jar["_xsrf"], "the page sets _xsrf");
  const cookie = () => Object.entries(jar).map(([key, value]) => `${key}=${value}`).join("; ");
  const reply = await callUnsigned("POST", "/api/sign-in", { name, password: secret }, { Cookie: cookie(), "X-XSRFToken": jar["_xsrf"]! });
  Object.assign(jar, cookiesOf(reply));
  return { reply, jar, cookie };
}

test("the version needs no credential, everything else does", async () => {
  assert.equal((await callUnsigned("GET", "/api")).status, 200);
  for (const path of ["/api/status", "/api/kernels", "/api/sessions", "/api/contents", "/api/terminals", "/api/me"]) {
    const reply = await callUnsigned("GET", path);
    assert.equal(reply.status, 403, path);
    assert.deepEqual(reply.json, { message: "Forbidden", reason: null }, path);
  }
  assert.equal((await callUnsigned("GET", "/api/account")).status, 401);
});

test("a token opens the door in each of the three ways, whatever its scheme's case", async () => {
  for (const header of [`token ${token}`, `Token ${token}`, `Bearer ${token}`]) {
    assert.equal((await callUnsigned("GET", "/api/status", undefined, { Authorization: header })).status, 200, header);
  }
  assert.equal((await callUnsigned("GET", `/api/status?token=${token}`)).status, 200);
  assert.equal((await callUnsigned("GET", "/api/status", undefined, { Authorization: `token ${token}x` })).status, 403);
});

test("a person signs in with a password, and the cookie is out of scripts' reach", async () => {
  const { reply, cookie } = await signIn("ada", password);
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.json.account.name, "ada");
  const session = reply.headers.getSetCookie().find((line) => line.startsWith("allmende_session="))!;
  assert.match(session, /HttpOnly/i);
  assert.match(session, /SameSite=Lax/i);
  assert.doesNotMatch(session, /Domain=/i);
  assert.equal((await callUnsigned("GET", "/api/account", undefined, { Cookie: cookie() })).status, 200);
});

test("a wrong password and an unknown name are refused in the same words", async () => {
  const wrong = (await signIn("ada", "not it")).reply;
  const unknown = (await signIn("nobody-here", "not it")).reply;
  assert.equal(wrong.status, 401);
  assert.equal(unknown.status, 401);
  assert.equal(wrong.json.message, unknown.json.message);
});

test("a cookie alone may read but not change: the XSRF token must come with it", async () => {
  const { jar, cookie } = await signIn("ada", password);
  assert.equal((await callUnsigned("GET", "/api/contents", undefined, { Cookie: cookie() })).status, 200);
  const bare = await callUnsigned("POST", "/api/contents", { type: "file" }, { Cookie: cookie() });
  assert.equal(bare.status, 403);
  assert.match(bare.json.message, /_xsrf/);
  const foreign = await callUnsigned("POST", "/api/contents", { type: "file" }, { Cookie: cookie(), "X-XSRFToken": "made-up" });
  assert.equal(foreign.status, 403);
  const right = await callUnsigned("POST", "/api/contents", { type: "file" }, { Cookie: cookie(), "X-XSRFToken": jar["_xsrf"]! });
  assert.equal(right.status, 201);
});

test("another site's page gets nothing with the person's cookie", async () => {
  const { cookie } = await signIn("ada", password);
  const reply = await callUnsigned("GET", "/api/contents", undefined, { Cookie: cookie(), Origin: "https://evil.example" });
  assert.equal(reply.status, 404);
});

test("after signing out the cookie is worth nothing", async () => {
  const { jar, cookie } = await signIn("ada", password);
  const kept = cookie();
  assert.equal((await callUnsigned("POST", "/api/sign-out", undefined, { Cookie: kept, "X-XSRFToken": jar["_xsrf"]! })).status, 204);
  assert.equal((await callUnsigned("GET", "/api/account", undefined, { Cookie: kept })).status, 401);
});

test("a one-time link signs in once", async () => {
  const link = new URL(process.env["ALLMENDE_SIGN_IN_LINK"]!).searchParams.get("link");
  assert.ok(link);
  const page = await callUnsigned("GET", "/login");
  const jar = cookiesOf(page);
  const headers = { Cookie: `_xsrf=${jar["_xsrf"]}`, "X-XSRFToken": jar["_xsrf"]! };
  const first = await callUnsigned("POST", "/api/sign-in", { link }, headers);
  assert.equal(first.status, 200, first.text);
  assert.equal(first.json.account.admin, true);
  assert.equal((await callUnsigned("POST", "/api/sign-in", { link }, headers)).status, 401);
});

test("a token can be made, seen without its secret, and revoked", async () => {
  const made = await call("POST", "/api/tokens", { name: "notebook client", expires_in_s: 3600 });
  assert.equal(made.status, 201, made.text);
  const secret = made.json.token;
  assert.equal((await callUnsigned("GET", "/api/status", undefined, { Authorization: `token ${secret}` })).status, 200);
  const listed = await call("GET", "/api/tokens");
  assert.doesNotMatch(listed.text, new RegExp(secret));
  assert.equal((await call("DELETE", `/api/tokens/${made.json.id}`)).status, 204);
  assert.equal((await callUnsigned("GET", "/api/status", undefined, { Authorization: `token ${secret}` })).status, 403);
});

test("one person cannot see another's files", async () => {
  const { cookie } = await signIn("ada", password);
  await call("PUT", "/api/contents/ada-only.txt", { type: "file", format: "text", content: "x" });
  assert.equal((await callUnsigned("GET", "/api/contents/ada-only.txt", undefined, { Cookie: cookie() })).status, 200);
});

test("a strange Host header is refused, so that no foreign name can be bound to this server", async () => {
  const { request } = await import("node:http");
  const status = await new Promise<number>((resolve, reject) => {
    const target = new URL(url);
    request({ host: target.hostname, port: target.port, path: "/api/status", headers: { Host: "evil.example", Authorization: `token ${token}` } }, (reply) =>
      resolve(reply.statusCode ?? 0),
    )
      .on("error", reject)
      .end();
  });
  assert.equal(status, 403);
});

test("guessing passwords becomes slow, and says for how long", async () => {
  let limited;
  for (let attempt = 0; attempt < 40 && !limited; ++attempt) {
    const { reply } = await signIn("guessed-at", `guess ${attempt}`);
    if (reply.status === 429) limited = reply;
  }
  assert.ok(limited, "forty guesses in a row were all answered");
  assert.ok(Number(limited.headers.get("retry-after")) > 0);
});
