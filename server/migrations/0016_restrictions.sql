-- server/policy: what a person of the staff proposed beyond the ladder, for how long, and who else confirmed it. The decision it is about
-- (step restrict) has no end until then.
CREATE TABLE policy_restrictions (
  decision_id TEXT PRIMARY KEY REFERENCES policy_decisions (id),
  for_ms BIGINT NOT NULL,
  proposed_by TEXT NOT NULL,
  confirmed_by TEXT,
  confirmed_at BIGINT
);
