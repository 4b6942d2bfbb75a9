// For people of the staff: everybody's runtimes, tiers, compute units, accounts.
import { api } from './client';
import type { Account, Accounts, Group, Groups, Link, OperatorRuntimes, Tier, Tiers } from './schema';

export const listEverybodysRuntimes = (): Promise<OperatorRuntimes> => api.get('api/staff/runtimes');
/** The person reads the reason. */
export const stopRuntimeOf = (runtime: string, reason: string): Promise<void> => api.post('api/staff/runtimes/stop', { runtime, reason });

/** No new ones are let in; who waits reads the reason. */
export const pauseQueue = (reason: string): Promise<void> => api.post('api/staff/pause', { reason });
export const resumeQueue = (): Promise<void> => api.post('api/staff/resume', {});

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

/** Those with these words in a name, from behind the account `after` on. */
export const findAccounts = (search: string, after: string, limit: number): Promise<Accounts> => api.get(`api/staff/accounts?${new URLSearchParams({ search, after, limit: String(limit) }).toString()}`);
export const makeAccount = (name: string): Promise<Account> => api.post('api/staff/accounts', { name, admin: false });
/** Signs in once, within a day. */
export const makeLink = async (account: string): Promise<string> => (await api.post<Link>('api/staff/accounts/link', { account })).url;
/** The person reads the reason. */
export const closeAccount = (account: string, reason: string): Promise<void> => api.post('api/staff/accounts/close', { account, reason });
export const reopenAccount = (account: string): Promise<void> => api.post('api/staff/accounts/reopen', { account });
/** One that is closed, for good, with its files and notebooks. */
export const eraseAccount = (account: string): Promise<void> => api.post('api/staff/accounts/erase', { account });
