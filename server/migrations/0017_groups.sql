-- server/groups: people who are given something together, and who looks after them (part: manager or member). Of an invitation the hash of
-- its code is kept, one for each group.
CREATE TABLE account_groups (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  invitation_hash TEXT,
  invitation_ends_at BIGINT
);
CREATE UNIQUE INDEX account_groups_by_invitation ON account_groups (invitation_hash);
CREATE TABLE group_members (
  group_id TEXT NOT NULL REFERENCES account_groups (id),
  account_id TEXT NOT NULL,
  part TEXT NOT NULL,
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (group_id, account_id)
);
CREATE INDEX group_members_by_account ON group_members (account_id);
