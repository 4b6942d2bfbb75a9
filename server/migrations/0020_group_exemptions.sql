-- server/policy: a rule does not hold for an account, or for those of a group.
ALTER TABLE policy_exemptions RENAME COLUMN account_id TO subject;
