// npm's @jupyter/docprovider, as it is, in a program: it is written for bundlers, which find files without their ending, and for pages, which can
// show dialogs.
import { registerHooks } from "node:module";
import { ServerConnection, UserManager } from "@jupyterlab/services";
import { YNotebook } from "@jupyter/ydoc";
import { WebSocket } from "ws";
import { token, url, webSocketUrl } from "./support.ts";

const dialogs = "export class Dialog { static okButton() {} static cancelButton() {} static warnButton() {} }; export const showDialog = async () => ({ button: { accept: false, actions: [] } });";
registerHooks({
  resolve(name, context, next) {
    if (name === "@jupyterlab/apputils") return { url: `data:text/javascript,${encodeURIComponent(dialogs)}`, shortCircuit: true };
    const inside = name.startsWith(".") && context.parentURL?.includes("/@jupyter/docprovider/") && !name.endsWith(".js");
    return next(inside ? `${name}.js` : name, context);
  },
});
Object.assign(globalThis, { window: globalThis });
const { WebSocketProvider } = await import("@jupyter/docprovider/lib/yprovider.js");

export const serverSettings = ServerConnection.makeSettings({
  baseUrl: url, wsUrl: webSocketUrl, token, appendToken: true, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
});
const user = new UserManager({ serverSettings });

export type StockPage = { notebook: YNotebook; provider: InstanceType<typeof WebSocketProvider>; close: () => void };

const translator = { __: (text: string) => text };

/** A page of a stock JupyterLab with the notebook open. */
export async function openAsStock(path: string): Promise<StockPage> {
  const notebook = new YNotebook();
  const provider = new WebSocketProvider({ path, contentType: "notebook", format: "json", model: notebook, user, serverSettings, translator });
  await provider.ready;
  return { notebook, provider, close: () => provider.dispose() };
}
