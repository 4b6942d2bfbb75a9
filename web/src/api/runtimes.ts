// Runtimes as the server speaks of them, made into what the page shows.
import type { NetworkAccess, RuntimeDecision, RuntimeView } from '../core/runtime-state';
import { api } from './client';
import type { NotebookRuntime, Packages, Quota, Runtime, RuntimeTypes, RuntimeUse } from './schema';

function runtimeOf(wire: Runtime): RuntimeView {
  return {
    id: wire.id,
    name: wire.name,
    state: wire.state as RuntimeView['state'],
    reason: wire.reason || null,
    message: wire.message || null,
    startedAt: Date.parse(wire.started_at),
    endsAt: Date.parse(wire.ends_at),
    memory: wire.memory ?? null,
    cpu: wire.cpu ? { usedSeconds: wire.cpu.used_s, limit: wire.cpu.limit } : null,
    disk: wire.disk ?? null,
    drive: wire.drive ?? null,
    processes: wire.processes ?? null,
    network: wire.network ? { ...wire.network, access: accessOf(wire.network.access) } : null,
    kernels: wire.kernels,
    image: wire.image,
    accelerator: wire.accelerator ?? null,
    acceleratorMemory: wire.accelerator_memory ?? null,
    acceleratorBusy: wire.accelerator_busy ?? null,
    idleEndsAt: moment(wire.outlook?.idle_ends_at),
    neededByOthers: wire.outlook?.needed_by_others ?? false,
    unitsEndAt: moment(wire.outlook?.units_end_at),
    decisions: wire.decisions.map(({ id, step, throttle, title, title_de, evidence, ends_at }) => ({ id, step: step as RuntimeDecision['step'], throttle: throttle ?? null, title, title_de, seen: evidence, endsAt: moment(ends_at) })),
    queue: wire.queue ? { place: wire.queue.place, of: wire.queue.of, estimateSeconds: wire.queue.estimate_s ?? null, paused: wire.queue.paused ?? null } : null,
  };
}

/** What we do not know by name, we promise nothing of. */
export const accessOf = (word: string): NetworkAccess => (word === 'egress' || word === 'allow-list' ? word : 'none');

const moment = (text: string | null | undefined): number | null => (text ? Date.parse(text) : null);

/** Of everything, or those alone of the name that a notebook uses, by the path of its session. */
export async function listRuntimes(notebook?: string): Promise<RuntimeView[]> {
  const query = notebook === undefined ? '' : `?notebook=${encodeURIComponent(notebook)}`;
  return (await api.get<Runtime[]>(`api/runtimes${query}`)).map(runtimeOf);
}

export async function renameRuntime(id: string, name: string): Promise<void> {
  await api.patch(`api/runtimes/${encodeURIComponent(id)}`, { name });
}

/** The name of the runtime that a notebook uses; '' is the one that all use unless told otherwise. */
export async function runtimeOfNotebook(path: string): Promise<string> {
  return (await api.get<NotebookRuntime>(`api/notebook-runtime?notebook=${encodeURIComponent(path)}`)).runtime;
}

/** From now on; a kernel that the notebook has elsewhere ends. */
export async function useRuntime(path: string, runtime: string): Promise<void> {
  await api.put('api/notebook-runtime', { path, runtime });
}

/** Which accelerators there are, and which runtimes are to have one. */
export const getRuntimeTypes = (): Promise<RuntimeTypes> => api.get('api/runtime-types');

/** What the runtime of that name has from its next start on; '' is no accelerator. */
export const setRuntimeType = (name: string, accelerator: string): Promise<void> => api.put('api/runtime-types', { name, accelerator });

export async function deleteRuntime(id: string): Promise<void> {
  await api.delete(`api/runtimes/${encodeURIComponent(id)}`);
}

/** Keeps it though nothing runs in it: the idle time begins anew. */
export async function keepRuntime(id: string): Promise<void> {
  await api.post(`api/runtimes/${encodeURIComponent(id)}/keep`, {});
}

/** What it used in the last hour, oldest first. */
export async function getUse(id: string): Promise<readonly RuntimeUse[]> {
  return api.get<RuntimeUse[]>(`api/runtimes/${encodeURIComponent(id)}/use`);
}

const packagesOf = (runtime: string) => `api/runtimes/${encodeURIComponent(runtime)}/packages`;

/** Python packages that were installed in a runtime, and those that are kept for all. */
export const listPackages = (runtime: string): Promise<Packages> => api.get(packagesOf(runtime));
export const keepPackages = (runtime: string): Promise<Packages> => api.post(packagesOf(runtime), {});
export const forgetPackages = (runtime: string): Promise<Packages> => api.delete(packagesOf(runtime));

export async function getQuota(): Promise<Quota> {
  return api.get<Quota>('api/quota');
}
