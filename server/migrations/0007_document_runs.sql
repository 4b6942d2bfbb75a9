-- server/documents: cells that wait for a kernel or run in it, and how far each document has taken in what its kernel says.
CREATE TABLE document_runs (
  id TEXT PRIMARY KEY,
  document_id TEXT NOT NULL REFERENCES documents (id),
  place BIGINT NOT NULL,
  cell TEXT NOT NULL,
  source TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  state TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX document_runs_by_document ON document_runs (document_id, place);
CREATE TABLE document_kernels (
  document_id TEXT PRIMARY KEY REFERENCES documents (id),
  kernel_id TEXT NOT NULL,
  last_message TEXT NOT NULL
);
