-- Orders and payments are found by their names, not kept in their sequence: rows of this length make
-- a deep tree otherwise, and many orders at once would be spread over all of it.

CREATE TABLE order_of_003 (
    seq       INTEGER PRIMARY KEY,
    id        TEXT    NOT NULL UNIQUE,
    version   INTEGER NOT NULL,
    placed_at INTEGER NOT NULL,             -- ms since 1970, UTC; when it became known, if not told
    body      TEXT    NOT NULL              -- domain::order::Order as JSON
) STRICT;
INSERT INTO order_of_003 (id, version, placed_at, body)
    SELECT o.id, o.version, coalesce(stored.at, 0), o.body
    FROM customer_order o
    LEFT JOIN (
        SELECT body ->> '$.order.id' AS id, min(at) AS at
        FROM entry
        WHERE body LIKE '{"entry":"order_stored"%'
        GROUP BY 1
    ) stored ON stored.id = o.id
    ORDER BY 3;
DROP TABLE customer_order;
ALTER TABLE order_of_003 RENAME TO customer_order;

CREATE TABLE payment_of_003 (
    id         TEXT    NOT NULL UNIQUE,
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
) STRICT;
INSERT INTO payment_of_003 SELECT * FROM payment;
DROP TABLE payment;
ALTER TABLE payment_of_003 RENAME TO payment;
CREATE INDEX payment_of_order ON payment (order_id) WHERE order_id IS NOT NULL;

-- What orders are found by (domain::search::Mark), newest order first. 007 fills it.
CREATE TABLE order_mark (
    mark      TEXT    NOT NULL,
    placed_at INTEGER NOT NULL,             -- of the order
    order_seq INTEGER NOT NULL,             -- customer_order.seq
    detail    TEXT    NOT NULL,
    PRIMARY KEY (mark, placed_at, order_seq, detail)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_mark_of_order ON order_mark (order_seq);
