// What page and frame say to each other. The frame is untrusted: the page checks every message (src/features/outputs/frame-messages.ts).
//
// The frame says `ready` to its parent once, the page answers with one port, and everything else goes through that port.

/** The page's look: custom properties (`--al-…`) by name, and whether it is dark. */
export interface Look {
  readonly dark: boolean;
  readonly values: Readonly<Record<string, string>>;
}

export type BufferPath = readonly (string | number)[];

/** The state of one widget model as the kernel would tell it; the buffers belong where the paths say. */
export interface WidgetState {
  readonly model_name: string;
  readonly model_module: string;
  readonly model_module_version: string;
  readonly state: Readonly<Record<string, unknown>>;
  readonly buffer_paths: readonly BufferPath[];
  readonly buffers: readonly ArrayBuffer[];
}

export type WidgetStates = Readonly<Record<string, WidgetState>>;

/** What a kernel's widget, or another view of it, has become; in the order in which it happened. */
export type ModelNews =
  | { readonly kind: 'update'; readonly model_id: string; readonly state: Readonly<Record<string, unknown>>; readonly buffer_paths: readonly BufferPath[]; readonly buffers: readonly ArrayBuffer[] }
  | { readonly kind: 'custom'; readonly model_id: string; readonly content: unknown; readonly buffers: readonly ArrayBuffer[] }
  | { readonly kind: 'closed'; readonly model_id: string };

export type ToFrame =
  | { readonly t: 'look'; readonly look: Look }
  | { readonly t: 'html'; readonly html: string }
  /** Runs scripts one after the other; `anchors` are ids of elements they expect to find. */
  | { readonly t: 'scripts'; readonly scripts: readonly string[]; readonly anchors: readonly string[] }
  /** Draws a widget; `live` says whether a kernel stands behind it, `place` who gives it its width and margins as its layout says. */
  | { readonly t: 'widget'; readonly model_id: string; readonly states: WidgetStates; readonly live: boolean; readonly place: 'page' | 'frame' }
  /** The answer to `states`; also tells of models the kernel has made since. */
  | { readonly t: 'states'; readonly request: number; readonly states: WidgetStates }
  /** Answered with `heard`; until then the page keeps what comes next to itself. */
  | { readonly t: 'news'; readonly news: readonly ModelNews[] }
  /** The kernel is gone, or there again. */
  | { readonly t: 'live'; readonly live: boolean }
  /** The page has taken a message of the frame, the one of this name. */
  | { readonly t: 'comm_idle'; readonly message: string };

export type FromFrame =
  | { readonly t: 'size'; readonly height: number }
  /** The content is drawn as far as the frame can tell. */
  | { readonly t: 'drawn' }
  | { readonly t: 'open'; readonly url: string }
  | { readonly t: 'copy'; readonly text: string }
  /** The frame's policy refused something the content wanted. */
  | { readonly t: 'blocked'; readonly url: string }
  /** A widget needs code that is nowhere here. */
  | { readonly t: 'no_module'; readonly name: string }
  | { readonly t: 'states'; readonly request: number; readonly model_ids: readonly string[] }
  /** The latest news has been taken in. */
  | { readonly t: 'heard' }
  | { readonly t: 'comm_msg'; readonly message: string; readonly comm_id: string; readonly data: Readonly<Record<string, unknown>>; readonly buffers: readonly ArrayBuffer[] };

/** What the page takes of a frame. A frame whose content wants more waits, and then says so; what the page gets beyond this it leaves out. */
export const most = {
  /** Characters of one message's data, and bytes of its buffers. */
  data: 32 * 1024 * 1024, buffers: 256, bytes: 256 * 1024 * 1024,
  /** Messages of all kinds, at once and a second. */
  burst: 400, perSecond: 120,
  /** What makes these up: comm messages, heights, and answers to news, each a second. */
  commsPerSecond: 50, sizesPerSecond: 30, newsPerSecond: 40,
  /** Comm messages the page has not taken yet. */
  underWay: 32,
  /** Comm messages that wait in the frame. */
  waiting: 5000,
} as const;

/** What frame and page post to each other's window before there is a port. */
export const ready = 'allmende-frame-ready';
export const portFollows = 'allmende-frame-port';
