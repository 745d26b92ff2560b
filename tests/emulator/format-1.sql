CREATE TABLE predictions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'created',
    created_us INTEGER NOT NULL,
    inputs TEXT NOT NULL,
    sources TEXT NOT NULL,
    dropped INTEGER NOT NULL,
    outputs INTEGER NOT NULL DEFAULT 0,
    code INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    engine TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '[]',
    inference_ms INTEGER NOT NULL DEFAULT 0,
    tidied INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX predictions_by_time ON predictions (created_us);
CREATE INDEX predictions_pending ON predictions (number)
    WHERE status IN ('created', 'processing');
CREATE TABLE rounds (
    prediction TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    round INTEGER NOT NULL,
    UNIQUE (request, round)
) STRICT;
CREATE TABLE billings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    order_uuid TEXT NOT NULL,
    prediction TEXT NOT NULL REFERENCES predictions (id),
    billing_type TEXT NOT NULL CHECK (billing_type IN ('deduct', 'refund')),
    price INTEGER NOT NULL CHECK (price >= 0),
    created_us INTEGER NOT NULL,
    UNIQUE (prediction, billing_type)
) STRICT;
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    ticket TEXT NOT NULL UNIQUE,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    received INTEGER NOT NULL,
    tidied INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX uploads_by_time ON uploads (created_us);
INSERT INTO predictions (id, model, status, created_us, inputs, sources, dropped, code, error)
VALUES ('11111111111111111111111111111111', 'bytedance/seedream-v4.5/edit-sequential', 'failed',
    1763640000000000, '{"prompt": "p", "images": ["a"]}', '[null]', 0, 5000, 'internal error'),
    ('22222222222222222222222222222222', 'bytedance/seedream-v4.5/edit-sequential', 'created',
    1763640000000001, '{"prompt": "p", "images": ["a"], "size": "2560*1440"}', '[null]', 0, 0, '');
INSERT INTO billings (uuid, order_uuid, prediction, billing_type, price, created_us)
VALUES ('a', 'o', '11111111111111111111111111111111', 'deduct', 80000, 1763640000000000),
    ('b', 'o', '11111111111111111111111111111111', 'refund', 80000, 1763640000000000),
    ('c', 'q', '22222222222222222222222222222222', 'deduct', 40000, 1763640000000001);
PRAGMA user_version = 1;
