-- Digest of the entry and of all before it (journal::chain).
ALTER TABLE entry ADD COLUMN chain BLOB NOT NULL DEFAULT x'';
