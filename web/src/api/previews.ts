// Web apps that run in one's runtime, shown in a browser.
import { addressOf } from './config';
import { api } from './client';
import type { ListeningPort, Preview, PreviewLink } from './schema';

const previewAt = (id: string) => `api/previews/${encodeURIComponent(id)}`;

/** What listens in a runtime, by port. */
export const listPorts = (runtime: string): Promise<ListeningPort[]> => api.get(`api/runtimes/${encodeURIComponent(runtime)}/ports`);
/** One's own first, then those that others show. */
export const listPreviews = (): Promise<Preview[]> => api.get('api/previews');
/** Shows a port to oneself; the preview that is there is as good. */
export const openPreview = (runtime: string, port: number): Promise<Preview> => api.post('api/previews', { runtime, port });
export const endPreview = (id: string): Promise<void> => api.delete(previewAt(id));
/** To somebody else, by their name. */
export const showPreview = (id: string, account: string): Promise<void> => api.put(`${previewAt(id)}/viewers`, { account });
export const hidePreview = (id: string, account: string): Promise<void> => api.delete(`${previewAt(id)}/viewers/${encodeURIComponent(account)}`);
/** Lets this browser in, once, within a minute. */
export const linkOfPreview = async (id: string, path: string): Promise<string> => (await api.post<PreviewLink>(`${previewAt(id)}/link`, { path })).url;
/** For everybody who may see it, for as long as it is there. */
export const addressOfPreview = (id: string): string => new URL(addressOf(`preview/${encodeURIComponent(id)}`), location.origin).href;
