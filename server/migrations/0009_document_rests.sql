-- server/documents: what cells printed beyond what a notebook holds, in base64, in the order of number. size is that of the text in bytes.
CREATE TABLE document_rests (
  document_id TEXT NOT NULL REFERENCES documents (id),
  run TEXT NOT NULL,
  number BIGINT NOT NULL,
  cell TEXT NOT NULL,
  size BIGINT NOT NULL,
  bytes TEXT NOT NULL,
  PRIMARY KEY (document_id, run, number)
);
