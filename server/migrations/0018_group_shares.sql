-- server/documents: whom can be group, too.
ALTER TABLE document_shares ADD COLUMN group_id TEXT;
CREATE INDEX document_shares_by_group ON document_shares (group_id);
