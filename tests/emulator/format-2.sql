PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE account (
    spent INTEGER NOT NULL,
    own INTEGER NOT NULL
) STRICT;
INSERT INTO "account" VALUES(160000,4);
CREATE TABLE billings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    order_uuid TEXT NOT NULL,
    prediction TEXT NOT NULL REFERENCES predictions (id),
    billing_type TEXT NOT NULL CHECK (billing_type IN ('deduct', 'refund')),
    price INTEGER NOT NULL CHECK (price >= 0),
    created_us INTEGER NOT NULL,
    shown_us INTEGER NOT NULL DEFAULT 0,
    UNIQUE (prediction, billing_type)
) STRICT;
INSERT INTO "billings" VALUES(1,'00000000000000000000000000000005','00000000000000000000000000000004','00000000000000000000000000000003','deduct',40000,1795176000123456,0);
INSERT INTO "billings" VALUES(2,'00000000000000000000000000000009','00000000000000000000000000000008','00000000000000000000000000000007','deduct',40000,1795176000123456,0);
INSERT INTO "billings" VALUES(3,'0000000000000000000000000000000c','0000000000000000000000000000000b','0000000000000000000000000000000a','deduct',40000,1795176060123456,0);
INSERT INTO "billings" VALUES(4,'0000000000000000000000000000000d','0000000000000000000000000000000b','0000000000000000000000000000000a','refund',40000,1795179660123456,1795179660123456);
INSERT INTO "billings" VALUES(5,'00000000000000000000000000000010','0000000000000000000000000000000f','0000000000000000000000000000000e','deduct',40000,1795176120123456,0);
INSERT INTO "billings" VALUES(6,'00000000000000000000000000000013','00000000000000000000000000000012','00000000000000000000000000000011','deduct',40000,1795176180123456,0);
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
    tidied INTEGER NOT NULL DEFAULT 0,
    own INTEGER NOT NULL DEFAULT 0,
    shown_us INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "predictions" VALUES(1,'00000000000000000000000000000003','bytedance/seedream-v4.5/edit-sequential','completed',1795176000123456,'{"prompt": "p0", "size": "2560*1440", "images": ["http://embedded.invalid/media/00000000000000000000000000000001/a.jpg"]}','["uploads/00000000000000000000000000000001/file"]',1,1,0,'','quick-1','[]',0,0,1,0);
INSERT INTO "predictions" VALUES(2,'00000000000000000000000000000007','bytedance/seedream-v4.5/edit-sequential','completed',1795176000123456,'{"prompt": "somebody else''s picture", "size": "2560*1440", "images": ["http://embedded.invalid/media/00000000000000000000000000000006/theirs.jpg"]}','["uploads/00000000000000000000000000000001/file"]',0,1,0,'','quick-1','[]',0,0,0,0);
INSERT INTO "predictions" VALUES(3,'0000000000000000000000000000000a','bytedance/seedream-v4.5/edit-sequential','failed',1795176060123456,'{"prompt": "p1", "size": "2560*1440", "images": ["http://embedded.invalid/media/00000000000000000000000000000001/a.jpg"]}','["uploads/00000000000000000000000000000001/file"]',1,0,1403,'Request failed. Please check your input parameters and try again.','quick-1','[]',0,0,2,0);
INSERT INTO "predictions" VALUES(4,'0000000000000000000000000000000e','bytedance/seedream-v4.5/edit-sequential','failed',1795176120123456,'{"prompt": "p2", "size": "2560*1440", "images": ["http://embedded.invalid/media/00000000000000000000000000000001/a.jpg"]}','["uploads/00000000000000000000000000000001/file"]',1,0,1200,'Request failed. Please check your input parameters and try again.','quick-1','[]',0,0,3,0);
INSERT INTO "predictions" VALUES(5,'00000000000000000000000000000011','bytedance/seedream-v4.5/edit-sequential','created',1795176180123456,'{"prompt": "later", "images": ["x"]}','[null]',0,0,0,'','','[]',0,0,4,0);
CREATE TABLE rounds (
    prediction TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    round INTEGER NOT NULL,
    UNIQUE (request, round)
) STRICT;
INSERT INTO "rounds" VALUES('00000000000000000000000000000003','34d1e989a2e6b3df922a818c5800410c87a540490f038a1aa128422040d75341',0);
INSERT INTO "rounds" VALUES('00000000000000000000000000000007','a1eb84807f3d1861c20b8fa04ea9a464b6fd3d4d1672089b24077afc776168b0',0);
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
INSERT INTO "uploads" VALUES('00000000000000000000000000000001','00000000000000000000000000000002','a.jpg','image/jpeg',846,1795176000123456,1,0);
CREATE INDEX predictions_by_time ON predictions (created_us);
CREATE INDEX predictions_pending ON predictions (number)
    WHERE status IN ('created', 'processing');
CREATE INDEX uploads_by_time ON uploads (created_us);
CREATE INDEX billings_by_time ON billings (created_us, number);
CREATE INDEX billings_late ON billings (shown_us) WHERE shown_us > 0;
CREATE INDEX predictions_own ON predictions (own) WHERE own > 0;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('predictions',5);
INSERT INTO "sqlite_sequence" VALUES('billings',6);
COMMIT;
