// Who is here: signing in and out, the account's settings, its API tokens.
import { api } from './client';
import type { Account, AccountChange, MadeToken, SignedIn, Token, TokenWish } from './schema';

export const signIn = async (name: string, password: string): Promise<Account> => (await api.post<SignedIn>('api/sign-in', { name, password })).account;

/** Uses the one-time link up. */
export const signInByLink = async (link: string): Promise<Account> => (await api.post<SignedIn>('api/sign-in', { link })).account;

export const signOut = (): Promise<void> => api.post('api/sign-out');

export const getAccount = (): Promise<Account> => api.get('api/account');

/** An empty locale or theme means: as the browser has it. */
export const changeAccount = (change: AccountChange): Promise<Account> => api.patch('api/account', change);

export const changePassword = (next: string, current?: string): Promise<void> => api.put('api/account/password', current === undefined ? { new: next } : { current, new: next });

/** What a token may do, as the API spells it; `administer` only for administrators. */
export const scopes = ['read_account', 'manage_account', 'read_contents', 'write_contents', 'run_code', 'stop_runtimes', 'administer'] as const;

export const listTokens = (): Promise<Token[]> => api.get('api/tokens');

export const createToken = (wish: TokenWish): Promise<MadeToken> => api.post('api/tokens', wish);

export const revokeToken = (id: string): Promise<void> => api.delete(`api/tokens/${encodeURIComponent(id)}`);
