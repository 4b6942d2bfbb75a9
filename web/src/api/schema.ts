// Shapes of the API, as the server describes them. Made by tools/generate; changes belong in the server.

export interface SignInWish {
  /** The account's name. */
  readonly name?: string;
  /** Its password. */
  readonly password?: string;
  /** Instead of both: the secret of a one-time link. */
  readonly link?: string;
}

export interface SignedIn {
  readonly account: Account;
}

export interface Account {
  /** Begins with acc_. */
  readonly id: string;
  /** The name to sign in with. */
  readonly name: string;
  /** The name to show. */
  readonly display_name: string;
  /** Whether it may administer. */
  readonly admin: boolean;
  /** Language of the page; empty = the browser's. */
  readonly locale: string;
  /** light, dark; empty = the system's. */
  readonly theme: string;
  /** When it was made. */
  readonly created_at: string;
  /** Whether a password is set. */
  readonly has_password: boolean;
}

export interface AccountChange {
  /** 1 to 100 characters. */
  readonly display_name?: string;
  /** en, de, or empty for the browser's. */
  readonly locale?: string;
  /** light, dark, or empty for the system's. */
  readonly theme?: string;
}

export interface PasswordWish {
  /** The present password, if one is set. */
  readonly current?: string;
  /** The new password. */
  readonly new?: string;
}

export interface Token {
  /** Begins with tok_. */
  readonly id: string;
  /** What its owner calls it. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: readonly string[];
  /** When it was made. */
  readonly created_at: string;
  /** When it stops working; absent = never. */
  readonly expires_at?: string;
  /** When it was last used, within ten minutes; absent = never. */
  readonly last_used_at?: string;
}

export interface TokenWish {
  /** 1 to 100 characters. */
  readonly name?: string;
  /** What it may do; absent = everything but administer. */
  readonly scopes?: readonly string[];
  /** Seconds until it stops working; absent = never. */
  readonly expires_in_s?: number;
}

export interface MadeToken {
  /** Begins with tok_. */
  readonly id: string;
  /** The secret, shown this once. */
  readonly token: string;
  /** What its owner calls it. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: readonly string[];
  /** When it was made. */
  readonly created_at: string;
  /** When it stops working; absent = never. */
  readonly expires_at?: string;
}

export interface Runtime {
  /** Begins with rt_. */
  readonly id: string;
  /** starting, ready, stopping or stopped. */
  readonly state: string;
  /** Of a stopped one, in a word: stopped, lifetime, out_of_memory, exited, killed, engine_gone, start_failed. Of a ready one: memory_ran_out when a process was killed for memory. */
  readonly reason?: string;
  /** The same as a sentence. */
  readonly message?: string;
  /** When it began. */
  readonly started_at: string;
  /** When its time is over. */
  readonly ends_at: string;
  readonly memory?: Share;
  readonly cpu?: CpuShare;
  readonly disk?: Share;
  readonly processes?: Share;
  /** How many kernels run in it. */
  readonly kernels: number;
  /** What it was made from. */
  readonly image: string;
}

export interface Share {
  /** In use now. */
  readonly used: number;
  /** Allowed. */
  readonly limit: number;
}

export interface CpuShare {
  /** Seconds of computing so far. */
  readonly used_s: number;
  /** Processors at once. */
  readonly limit: number;
}

export interface Trashed {
  /** Begins with tr_. */
  readonly id: string;
  /** Where it was. */
  readonly path: string;
  /** notebook, file or directory. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** When it was deleted. */
  readonly deleted_at: string;
  /** When it is deleted for good. */
  readonly expires_at: string;
}

export interface Failure {
  /** What happened, in a sentence. */
  readonly message?: string;
  /** The same in a word, such as not_found. */
  readonly reason?: string;
}
