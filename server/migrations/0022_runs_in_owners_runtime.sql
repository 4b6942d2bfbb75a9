-- server/documents: who may run a document in its owner's runtime, and who asked for a run in it: account_id says whose runtime it is.
ALTER TABLE document_shares ADD COLUMN in_runtime BIGINT NOT NULL DEFAULT 0;
ALTER TABLE document_runs ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
UPDATE document_runs SET asked_by = account_id;
ALTER TABLE document_last_runs ADD COLUMN runtime_of TEXT NOT NULL DEFAULT '';
UPDATE document_last_runs SET runtime_of = account_id;
