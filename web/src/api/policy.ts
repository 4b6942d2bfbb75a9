// The rules of the commons, and what was decided of who is signed in.
import { api } from './client';
import type { Appeal, Decision, Policy, PolicyNumbers, Rule } from './schema';

export const getPolicy = (): Promise<Policy> => api.get('api/policy');

export const listRuleVersions = (): Promise<readonly Rule[]> => api.get('api/policy/versions');

/** Nothing about fewer people than `least`. */
export const policyNumbers = (): Promise<PolicyNumbers> => api.get('api/policy/numbers');

/** Up to which number they were read. */
export const acceptRules = (upTo: number): Promise<void> => api.put('api/policy/acceptance', { up_to: upTo });

export const listDecisions = (): Promise<readonly Decision[]> => api.get('api/decisions');

export const getDecision = (id: string): Promise<Decision> => api.get(`api/decisions/${encodeURIComponent(id)}`);

export type DecisionAnswer = 'run_anyway' | 'allowed_use' | 'cancelled';

export const answerDecision = (id: string, answer: DecisionAnswer, remark?: string): Promise<Decision> =>
  api.put(`api/decisions/${encodeURIComponent(id)}/answer`, { answer, ...(remark ? { remark } : {}) });

export const appealAgainst = (id: string, words: string): Promise<Appeal> => api.post(`api/decisions/${encodeURIComponent(id)}/appeal`, { words });
