-- Facts, in the order in which they became true. Never changed, never deleted.
CREATE TABLE entry (
    seq          INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,          -- ms since 1970, UTC
    operation_id TEXT,
    body         TEXT    NOT NULL           -- domain::entry::Entry as JSON, tokens sealed
) STRICT;
CREATE INDEX entry_of_operation ON entry (operation_id, seq) WHERE operation_id IS NOT NULL;

-- What apps are told, without a gap.
CREATE TABLE event (
    seq  INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,
    body TEXT    NOT NULL                   -- domain::event::Event as JSON
) STRICT;

-- All that follows is a projection of `entry`, written in the same transaction.

CREATE TABLE operation (
    id              TEXT PRIMARY KEY,
    idempotency_key TEXT    NOT NULL UNIQUE,
    fingerprint     TEXT    NOT NULL,
    method          TEXT    NOT NULL,
    started_at      INTEGER NOT NULL,
    finished_at     INTEGER,
    finished_entry  INTEGER                 -- the entry that holds the outcome
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_open ON operation (id) WHERE finished_at IS NULL;

CREATE TABLE payment (
    id         TEXT PRIMARY KEY,
    order_id   TEXT,
    account    TEXT,
    currency   TEXT    NOT NULL,
    authorized INTEGER NOT NULL,            -- minor units
    captured   INTEGER NOT NULL,
    voided     INTEGER NOT NULL,
    refunded   INTEGER NOT NULL,
    expires_at INTEGER,
    card_token TEXT,                        -- sealed (AES-256-GCM)
    auth_token TEXT,                        -- sealed (AES-256-GCM)
    body       TEXT    NOT NULL             -- the rest of domain::payment::Payment as JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_of_order ON payment (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE customer_order (
    id      TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    body    TEXT    NOT NULL                -- domain::order::Order as JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE terminal (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL                      -- domain::terminal::Terminal as JSON
) STRICT, WITHOUT ROWID;

-- Facts about the file itself, such as the check value of the token key.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
