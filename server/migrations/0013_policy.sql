-- server/policy: every version of every rule that was ever published here, with the times from which it was announced, bound, and enforced;
-- who has accepted which; for whom one does not hold, until when and why; what was decided of whom, and what they said to it. A version is never changed: withdrawn_at alone is filled in.
CREATE TABLE policy_versions (
  id {serial_key},
  rule TEXT NOT NULL,
  version BIGINT NOT NULL,
  fingerprint TEXT NOT NULL,
  source TEXT NOT NULL,
  announced_at BIGINT NOT NULL,
  binds_at BIGINT NOT NULL,
  enforced_at BIGINT NOT NULL,
  withdrawn_at BIGINT
);
CREATE UNIQUE INDEX policy_versions_once ON policy_versions (rule, version);
CREATE TABLE policy_acceptances (
  account_id TEXT NOT NULL,
  last_version BIGINT NOT NULL,
  accepted_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, last_version)
);
CREATE TABLE policy_decisions (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  runtime_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  version BIGINT NOT NULL,
  step TEXT NOT NULL,
  shadow BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  ends_at BIGINT,
  ended_at BIGINT,
  ending TEXT,
  answer TEXT,
  remark TEXT
);
CREATE INDEX policy_decisions_by_account ON policy_decisions (account_id, decided_at);
CREATE INDEX policy_decisions_by_time ON policy_decisions (decided_at);
CREATE TABLE policy_appeals (
  id TEXT PRIMARY KEY,
  decision_id TEXT NOT NULL REFERENCES policy_decisions (id),
  account_id TEXT NOT NULL,
  words TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  outcome TEXT,
  answered_at BIGINT,
  answered_by TEXT,
  answer TEXT
);
CREATE UNIQUE INDEX policy_appeals_by_decision ON policy_appeals (decision_id);
CREATE TABLE policy_exemptions (
  id {serial_key},
  account_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  ends_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at BIGINT NOT NULL
);
CREATE INDEX policy_exemptions_by_account ON policy_exemptions (account_id, ends_at);
