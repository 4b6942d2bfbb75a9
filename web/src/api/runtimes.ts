// Runtimes as the server speaks of them, made into what the page shows.
import type { RuntimeView, Share } from '../core/runtime-state';
import { api } from './client';

interface WireRuntime {
  id: string;
  state: RuntimeView['state'];
  reason?: string | null;
  started_at?: string | number | null;
  ends_at?: string | number | null;
  memory?: Partial<Share> | null;
  cpu?: { used_s?: number; limit?: number } | null;
  disk?: Partial<Share> | null;
  processes?: Partial<Share> | null;
  kernels?: number | unknown[];
  image?: string | null;
}

const share = (wire: Partial<Share> | null | undefined): Share | null => (wire && typeof wire.limit === 'number' ? { used: wire.used ?? 0, limit: wire.limit } : null);

function moment(wire: string | number | null | undefined): number | null {
  if (wire === null || wire === undefined || wire === '') return null;
  const at = typeof wire === 'number' ? wire * 1000 : Date.parse(wire);
  return Number.isFinite(at) ? at : null;
}

function runtimeOf(wire: WireRuntime): RuntimeView {
  return {
    id: wire.id,
    state: wire.state,
    reason: wire.reason || null,
    startedAt: moment(wire.started_at),
    endsAt: moment(wire.ends_at),
    memory: share(wire.memory),
    cpu: wire.cpu ? { usedSeconds: wire.cpu.used_s ?? 0, limit: wire.cpu.limit ?? 1 } : null,
    disk: share(wire.disk),
    processes: share(wire.processes),
    kernels: Array.isArray(wire.kernels) ? wire.kernels.length : (wire.kernels ?? 0),
    image: wire.image ?? '',
  };
}

export async function listRuntimes(): Promise<RuntimeView[]> {
  return (await api.get<WireRuntime[]>('api/runtimes')).map(runtimeOf);
}

export async function deleteRuntime(id: string): Promise<void> {
  await api.delete(`api/runtimes/${encodeURIComponent(id)}`);
}
