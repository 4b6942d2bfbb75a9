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

export type ToFrame =
  | { readonly t: 'look'; readonly look: Look }
  | { readonly t: 'html'; readonly html: string }
  /** Runs scripts one after the other; `anchors` are ids of elements they expect to find. */
  | { readonly t: 'scripts'; readonly scripts: readonly string[]; readonly anchors: readonly string[] }
  /** Draws a widget; `live` says whether a kernel stands behind it. */
  | { readonly t: 'widget'; readonly model_id: string; readonly states: WidgetStates; readonly live: boolean }
  /** The answer to `states`; also tells of models the kernel has made since. */
  | { readonly t: 'states'; readonly request: number; readonly states: WidgetStates }
  | { readonly t: 'comm_msg'; readonly comm_id: string; readonly data: Readonly<Record<string, unknown>>; readonly buffers: readonly ArrayBuffer[]; readonly parent: string }
  | { readonly t: 'comm_close'; readonly comm_id: string }
  /** The kernel is done with a message of the frame. */
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
  | { readonly t: 'comm_msg'; readonly message: string; readonly comm_id: string; readonly data: Readonly<Record<string, unknown>>; readonly buffers: readonly ArrayBuffer[] };

/** What frame and page post to each other's window before there is a port. */
export const ready = 'allmende-frame-ready';
export const portFollows = 'allmende-frame-port';
