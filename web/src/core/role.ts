// What somebody may do with a notebook; each may also do what stands before it.

export const roles = ['viewer', 'commenter', 'editor', 'owner'] as const;
export type Role = (typeof roles)[number];

/** What can be given to others. */
export const sharedRoles = ['viewer', 'commenter', 'editor'] as const;
export type SharedRole = (typeof sharedRoles)[number];

export const isAtLeast = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least);

/** The least where the server says something that this page does not know. */
export const roleOf = (name: string): Role => roles.find(role => role === name) ?? 'viewer';
