// A web app in a runtime, as an output of a cell names it.

export interface WebApp {
  readonly port: number;
  readonly path: string;
  /** CSS pixels. */
  readonly height: number;
  /** In a tab of its own instead of below the cell. */
  readonly apart: boolean;
}

const usualHeight = 500;
const leastHeight = 80;
const mostHeight = 4_000;

export const isPort = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;

/** A place in the app, never one elsewhere. */
// eslint-disable-next-line no-control-regex -- those are what is looked for
const isPath = (value: string): boolean => /^\/(?![/\\])[^\u0000-\u001f\u007f]*$/.test(value);

/** What an output says, which may be anybody's; null when it names no app. */
export function readWebApp(data: unknown): WebApp | null {
  const { port, path, height, apart } = Object(data) as Record<string, unknown>;
  if (!isPort(port)) return null;
  return {
    port,
    path: typeof path === 'string' && path.length <= 2_000 && isPath(path) ? path : '/',
    height: typeof height === 'number' && Number.isFinite(height) ? Math.min(mostHeight, Math.max(leastHeight, height)) : usualHeight,
    apart: apart === true,
  };
}
