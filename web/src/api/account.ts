// Who is here: signing in and out, the account's settings, its API tokens.
import { api } from './client';
import type { Account } from './config';

export const signIn = async (name: string, password: string): Promise<Account> => (await api.post<{ account: Account }>('api/sign-in', { name, password })).account;

/** Uses the one-time link up. */
export const signInByLink = async (link: string): Promise<Account> => (await api.post<{ account: Account }>('api/sign-in', { link })).account;

export const signOut = (): Promise<void> => api.post('api/sign-out');

export const getAccount = (): Promise<Account> => api.get('api/account');

/** An empty locale or theme means: as the browser has it. */
export const changeAccount = (change: { display_name?: string; locale?: string; theme?: string }): Promise<Account> => api.patch('api/account', change);

export const changePassword = (next: string, current?: string): Promise<void> => api.put('api/account/password', current === undefined ? { new: next } : { current, new: next });

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at?: string | null;
  readonly last_used_at?: string | null;
}

/** With its secret, told only this once. */
export interface NewToken extends Token {
  readonly token: string;
}

/** What a token may do, as the API spells it; `administer` only for administrators. */
export const scopes = ['read_account', 'manage_account', 'read_contents', 'write_contents', 'run_code', 'stop_runtimes', 'administer'] as const;

export const listTokens = (): Promise<Token[]> => api.get('api/tokens');

export const createToken = (wish: { name: string; scopes: readonly string[]; expires_in_s?: number }): Promise<NewToken> => api.post('api/tokens', wish);

export const revokeToken = (id: string): Promise<void> => api.delete(`api/tokens/${encodeURIComponent(id)}`);
