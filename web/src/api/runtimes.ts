// Runtimes as the server speaks of them, made into what the page shows.
import type { RuntimeView } from '../core/runtime-state';
import { api } from './client';
import type { Runtime } from './schema';

function runtimeOf(wire: Runtime): RuntimeView {
  return {
    id: wire.id,
    state: wire.state as RuntimeView['state'],
    reason: wire.reason || null,
    startedAt: Date.parse(wire.started_at),
    endsAt: Date.parse(wire.ends_at),
    memory: wire.memory ?? null,
    cpu: wire.cpu ? { usedSeconds: wire.cpu.used_s, limit: wire.cpu.limit } : null,
    disk: wire.disk ?? null,
    processes: wire.processes ?? null,
    kernels: wire.kernels,
    image: wire.image,
  };
}

export async function listRuntimes(): Promise<RuntimeView[]> {
  return (await api.get<Runtime[]>('api/runtimes')).map(runtimeOf);
}

export async function deleteRuntime(id: string): Promise<void> {
  await api.delete(`api/runtimes/${encodeURIComponent(id)}`);
}
