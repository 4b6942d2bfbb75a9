-- server/quota: which tier an account was given, and what was used. A grant without an end holds until the next one. The ledger is only ever
-- added to: a correction is an entry of its own, with a reason and perhaps less than nothing.
CREATE TABLE tier_grants (
  id {serial_key},
  account_id TEXT NOT NULL,
  tier TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  expires_at BIGINT,
  reason TEXT NOT NULL
);
CREATE INDEX tier_grants_by_account ON tier_grants (account_id);
CREATE TABLE usage_entries (
  id {serial_key},
  account_id TEXT NOT NULL,
  runtime_id TEXT,
  tier TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  milliunits BIGINT NOT NULL,
  cpu_ms BIGINT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX usage_entries_by_account ON usage_entries (account_id, ended_at);
CREATE INDEX usage_entries_by_runtime ON usage_entries (runtime_id);
