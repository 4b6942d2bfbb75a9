// For people of the staff: everybody's runtimes, tiers, compute units.
import { api } from './client';
import type { Group, Groups, OperatorRuntimes, Tier, Tiers } from './schema';

export const listEverybodysRuntimes = (): Promise<OperatorRuntimes> => api.get('api/staff/runtimes');
/** The person reads the reason. */
export const stopRuntimeOf = (runtime: string, reason: string): Promise<void> => api.post('api/staff/runtimes/stop', { runtime, reason });

export const listTiers = async (): Promise<readonly Tier[]> => (await api.get<Tiers>('api/staff/tiers')).tiers;
export const listEveryGroup = async (): Promise<readonly Group[]> => (await api.get<Groups>('api/staff/groups')).groups;

export interface TierGift {
  /** Either the name of an account or the id of a group. */
  readonly account?: string;
  readonly group?: string;
  readonly tier: string;
  /** Of a group: what its people may use of it together. */
  readonly units?: number;
  readonly for_s?: number;
  readonly reason: string;
}
export const giveTier = (gift: TierGift): Promise<void> => api.post('api/staff/tiers/grant', gift);
export const giveUnits = (account: string, units: number, reason: string): Promise<void> => api.post('api/staff/units', { account, units, reason });
