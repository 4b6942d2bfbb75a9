-- server/documents: who may do what with a notebook that is somebody else's. whom is account, everyone (with an account here) or link (whoever
-- knows the id). Visits remember what somebody has opened; requests wait for the owner's answer.
CREATE TABLE document_shares (
  id TEXT PRIMARY KEY,
  document_id TEXT NOT NULL REFERENCES documents (id),
  whom TEXT NOT NULL,
  account_id TEXT,
  role TEXT NOT NULL,
  expires_at BIGINT,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL
);
CREATE INDEX document_shares_by_document ON document_shares (document_id);
CREATE INDEX document_shares_by_account ON document_shares (account_id);
CREATE TABLE document_visits (
  document_id TEXT NOT NULL REFERENCES documents (id),
  account_id TEXT NOT NULL,
  visited_at BIGINT NOT NULL,
  PRIMARY KEY (document_id, account_id)
);
CREATE INDEX document_visits_by_account ON document_visits (account_id);
CREATE TABLE document_access_requests (
  document_id TEXT NOT NULL REFERENCES documents (id),
  account_id TEXT NOT NULL,
  role TEXT NOT NULL,
  message TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (document_id, account_id)
);
-- The last run of each cell: of whom, when, and how it came out.
CREATE TABLE document_last_runs (
  document_id TEXT NOT NULL REFERENCES documents (id),
  cell TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  PRIMARY KEY (document_id, cell)
);
-- Each person runs a notebook's cells in a runtime of their own, so how far a document has taken in what a kernel says is known for each.
CREATE TABLE document_cursors (
  document_id TEXT NOT NULL REFERENCES documents (id),
  account_id TEXT NOT NULL,
  kernel_id TEXT NOT NULL,
  last_message TEXT NOT NULL,
  PRIMARY KEY (document_id, account_id)
);
INSERT INTO document_cursors (document_id, account_id, kernel_id, last_message)
  SELECT document_kernels.document_id, documents.account_id, document_kernels.kernel_id, document_kernels.last_message
  FROM document_kernels JOIN documents ON documents.id = document_kernels.document_id;
DROP TABLE document_kernels;
