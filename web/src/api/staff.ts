// For people of the staff: decisions of everybody, appeals, how the rules fare, the audit journal.
import { api } from './client';
import type { AuditEvent, AuditEvents, AuditVerification, RuleHealth, RulesHealth, StaffDecision, StaffDecisions } from './schema';

export interface DecisionQuery {
  readonly rule?: string;
  readonly account?: string;
  readonly shadow?: boolean;
  readonly appeals?: boolean;
}

export async function listAllDecisions({ rule, account, shadow, appeals }: DecisionQuery): Promise<readonly StaffDecision[]> {
  const query = new URLSearchParams({ ...(rule ? { rule } : {}), ...(account ? { account } : {}), ...(shadow ? { shadow: '1' } : {}), ...(appeals ? { appeals: '1' } : {}) });
  return (await api.get<StaffDecisions>(`api/staff/decisions?${query}`)).decisions;
}

/** The look is noted in the journal. */
export const lookAtDecision = (id: string): Promise<StaffDecision> => api.get(`api/staff/decisions/${encodeURIComponent(id)}`);

export const liftDecision = (id: string): Promise<void> => api.post(`api/staff/decisions/${encodeURIComponent(id)}/lift`, {});

export type AppealOutcome = 'upheld' | 'overturned';

export const answerAppeal = (id: string, outcome: AppealOutcome, words: string): Promise<StaffDecision> =>
  api.put(`api/staff/decisions/${encodeURIComponent(id)}/appeal`, { outcome, words });

/** Nothing holds until somebody else confirms it. */
export const proposeRestriction = (rule: string, account: string, seconds: number, reason: string): Promise<StaffDecision> =>
  api.post('api/staff/restrictions', { rule, account, for_s: seconds, reason });

export const confirmRestriction = (id: string): Promise<StaffDecision> => api.post(`api/staff/decisions/${encodeURIComponent(id)}/confirm`, {});

export const rulesHealth = async (): Promise<readonly RuleHealth[]> => (await api.get<RulesHealth>('api/staff/rules')).rules;

export const resumeRule = (rule: string): Promise<void> => api.post(`api/staff/rules/${encodeURIComponent(rule)}/resume`, {});

export const exemptFrom = (rule: string, account: string, seconds: number, reason: string): Promise<void> =>
  api.post('api/staff/exemptions', { rule, account, for_s: seconds, reason });

export async function listEvents(query: { readonly account?: string; readonly before?: number }): Promise<readonly AuditEvent[]> {
  const words = new URLSearchParams({ limit: '50', ...(query.account ? { account: query.account } : {}), ...(query.before ? { before: String(query.before) } : {}) });
  return (await api.get<AuditEvents>(`api/staff/audit?${words}`)).events;
}

export const verifyJournal = (): Promise<AuditVerification> => api.get('api/staff/audit/verification');
