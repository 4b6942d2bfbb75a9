// What an output may ask of the world outside goes through the page, which asks the person.
import type { FromFrame } from './protocol';

type Send = (message: FromFrame) => void;

/** Whether the frame itself can follow: a place inside the output, or a file the output made. */
function staysHere(link: HTMLAnchorElement | HTMLAreaElement): boolean {
  const href = link.getAttribute('href') ?? '';
  return href.startsWith('#') || (link.hasAttribute('download') && /^(blob|data):/i.test(href));
}

function onClick(send: Send, event: MouseEvent): void {
  const link = event.composedPath().find((each): each is HTMLAnchorElement => each instanceof HTMLAnchorElement && each.hasAttribute('href'));
  if (!link || event.defaultPrevented || staysHere(link)) return;
  event.preventDefault();
  if (/^(https?|mailto):/i.test(link.href)) send({ t: 'open', url: link.href });
}

function onSubmit(send: Send, event: SubmitEvent): void {
  if (event.defaultPrevented || !(event.target instanceof HTMLFormElement)) return;
  event.preventDefault();
  send({ t: 'blocked', url: event.target.action });
}

/** Routes links, windows, forms and the clipboard through the page. */
export function watchLinks(send: Send): void {
  addEventListener('click', event => onClick(send, event));
  addEventListener('auxclick', event => onClick(send, event));
  addEventListener('submit', event => onSubmit(send, event));
  window.open = (url?: string | URL) => {
    send({ t: 'open', url: new URL(String(url ?? ''), document.baseURI).href });
    return null;
  };
  const writeText = async (text: string) => send({ t: 'copy', text: String(text) });
  const refuse = () => Promise.reject(new DOMException('The clipboard is not read from an output.', 'NotAllowedError'));
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText, readText: refuse, read: refuse, write: refuse } });
}

/** Calls between browsers greet servers that no content security policy speaks of. A document inside this one may still have them: only the browser can end that. */
export function endCalls(): void {
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) Reflect.deleteProperty(globalThis, name);
}
