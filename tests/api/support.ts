// What the API tests share: where the server is, and calls with a token.

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run these tests through tests/api/run`);
  return value;
}

export const url: string = needed("ALLMENDE_URL");
export const token: string = needed("ALLMENDE_TOKEN");
export const password: string = needed("ALLMENDE_PASSWORD");
export const webSocketUrl: string = url.replace(/^http/, "ws");

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  // The body as JSON; throws when it is none, which is a finding of its own.
  json: any; // eslint-disable-line -- replies are checked by the tests that read them
}

export async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { Authorization: `token ${token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    redirect: "manual",
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

// The same without any credential.
export function callUnsigned(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return call(method, path, body, { Authorization: "", ...headers });
}

// Waits until `holds` gives something truthy; fails after `patience` ms with what was waited for.
export async function until<T>(what: string, holds: () => Promise<T | false | undefined | null>, patience = 20_000): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s in vain for: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const utcForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
export const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
