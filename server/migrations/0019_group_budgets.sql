-- server/quota: a tier is given to an account or a group; a group's may have a budget, of which its people use together. An entry says whose
-- budget it was taken from.
ALTER TABLE tier_grants RENAME COLUMN account_id TO subject;
ALTER TABLE tier_grants ADD COLUMN milliunits BIGINT;
ALTER TABLE usage_entries ADD COLUMN group_id TEXT;
CREATE INDEX usage_entries_by_group ON usage_entries (group_id, ended_at);
