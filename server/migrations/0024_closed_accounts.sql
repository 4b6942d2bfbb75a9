-- server/accounts: an account that is closed keeps its files and can be opened again; of one that was erased only the id is left, and what
-- others have from it.
ALTER TABLE accounts ADD COLUMN closed_at BIGINT;
ALTER TABLE accounts ADD COLUMN closed_because TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN erased_at BIGINT;
