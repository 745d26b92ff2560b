"""Format 3 of the ledger: its tables, the totals that they keep by themselves, what came before.

A reservation asks one row of `totals` for each cap. Triggers keep these sums, and the sum of each
attempt's billing rows, in the transaction of whatever moves money: no statement can forget them,
whoever sends it. What an attempt books is defined once, by the generated columns of `attempts`.

Formats that are read: 1 (no totals), 2 (knows no permits) and 3; the older ones are brought up when
they are opened.
"""

import hashlib
import sqlite3
from collections.abc import Iterator

from pipeline.adapters.ledger.trouble import UnreadableError

LEDGER_FORMAT = 3
OLDER_FORMATS = ("1", "2")
NOT_THOSE_THAT_WERE_MADE = "its tables are not those that were made"

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- `is_open`: it claims its cells. `counts`: what its hold is. Both follow from the state, and are
-- columns of their own because most changes of state leave them as they are, and then neither an
-- index nor a total is touched. `billed`: sum of its rows of the bill, NULL where there are none.
--
-- What the bill has is charged, whatever the state. While an attempt is under way or in doubt the
-- rest of its hold stays set aside, as more rows may come; of one that ended with a charge the hold
-- stands until the bill replaces it; one that ended for free books nothing unless the bill has it
-- after all.
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  run TEXT NOT NULL,
  job TEXT NOT NULL,
  state TEXT NOT NULL,
  is_open INTEGER NOT NULL,
  counts TEXT NOT NULL,
  hold INTEGER NOT NULL,
  images INTEGER NOT NULL,
  billed INTEGER,
  month TEXT NOT NULL,
  reserved_at TEXT NOT NULL,
  sent_at TEXT NOT NULL DEFAULT '',
  fresh TEXT NOT NULL DEFAULT '',
  prediction TEXT NOT NULL DEFAULT '',
  addresses TEXT NOT NULL DEFAULT '[]',
  outputs TEXT NOT NULL DEFAULT '[]',
  receipt TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  filing INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL,
  permit TEXT NOT NULL DEFAULT '',
  booked_images INTEGER AS (iif(counts = 'free' AND billed IS NULL, 0, images)) VIRTUAL,
  held_images INTEGER AS (iif(counts = 'reserved', images, 0)) VIRTUAL,
  charged INTEGER AS (coalesce(billed, iif(counts = 'charged', hold, 0))) VIRTUAL,
  reserved INTEGER AS (iif(counts = 'reserved', max(0, hold - coalesce(billed, 0)), 0)) VIRTUAL,
  in_doubt INTEGER AS (iif(counts = 'in doubt', max(0, hold - coalesce(billed, 0)), 0)) VIRTUAL,
  CHECK (is_open = (state NOT IN ('filed', 'refused', 'abandoned'))),
  CHECK (counts IS CASE
    WHEN state IN ('reserved', 'submitting', 'submitted', 'ready') THEN 'reserved'
    WHEN state IN ('stored', 'settled', 'filed', 'failed') THEN 'charged'
    WHEN state IN ('refused', 'abandoned') THEN 'free'
    WHEN state = 'in doubt' THEN 'in doubt' END)
) STRICT;
CREATE UNIQUE INDEX one_open_job ON attempts (job) WHERE is_open;
CREATE INDEX open_by_age ON attempts (reserved_at, id) WHERE is_open;

CREATE TABLE cells (
  cell TEXT NOT NULL,
  attempt TEXT NOT NULL REFERENCES attempts (id),
  is_open INTEGER NOT NULL,
  PRIMARY KEY (cell, attempt)
) STRICT;
CREATE UNIQUE INDEX one_claim ON cells (cell) WHERE is_open;
CREATE INDEX cells_of ON cells (attempt);

CREATE TABLE billing (
  bill_row TEXT PRIMARY KEY, attempt TEXT NOT NULL, amount INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX billing_of ON billing (attempt);

-- Attempts that other ledgers made and receipts tell of; none of them is in `attempts`. Receipts
-- and the bill may be behind each other: the higher of the two counts.
CREATE TABLE known (
  attempt TEXT PRIMARY KEY,
  campaign TEXT NOT NULL,
  month TEXT NOT NULL,
  told INTEGER NOT NULL,
  is_doubt INTEGER NOT NULL,
  images INTEGER NOT NULL,
  billed INTEGER,
  permit TEXT NOT NULL DEFAULT '',
  charged INTEGER AS (iif(is_doubt, 0, max(told, coalesce(billed, told)))) VIRTUAL,
  in_doubt INTEGER AS (iif(is_doubt, max(told, coalesce(billed, told)), 0)) VIRTUAL
) STRICT;

-- Whose a prediction is; no attempt where a person said that it is nobody's of this workspace.
CREATE TABLE owners (prediction TEXT PRIMARY KEY, attempt TEXT NOT NULL) STRICT;

CREATE TABLE uploads (
  address TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at TEXT NOT NULL, reusable INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_of ON uploads (sha256, at);
CREATE TABLE steps (attempt TEXT NOT NULL, state TEXT NOT NULL, run TEXT NOT NULL) STRICT;

-- Scopes: campaign, run, month, permit (with their names) and workspace (name empty). What was not
-- bought under a permit is in the one without a name.
CREATE TABLE totals (
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  images INTEGER NOT NULL,
  held_images INTEGER NOT NULL,
  charged INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  in_doubt INTEGER NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

-- The one way into `totals`: what was added to (or, below zero, taken from) a campaign, run, month
-- and permit, and so to the workspace.
CREATE VIEW moves AS SELECT '' AS campaign, '' AS run, '' AS month, '' AS permit, 0 AS attempts,
  0 AS images, 0 AS held_images, 0 AS charged, 0 AS reserved, 0 AS in_doubt;
CREATE TRIGGER money_moved INSTEAD OF INSERT ON moves BEGIN
  INSERT INTO totals VALUES
    ('campaign', NEW.campaign, NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt),
    ('run', NEW.run, NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt),
    ('month', NEW.month, NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt),
    ('permit', NEW.permit, NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt),
    ('workspace', '', NEW.attempts, NEW.images, NEW.held_images,
      NEW.charged, NEW.reserved, NEW.in_doubt)
  ON CONFLICT DO UPDATE SET
    attempts = attempts + excluded.attempts,
    images = images + excluded.images,
    held_images = held_images + excluded.held_images,
    charged = charged + excluded.charged,
    reserved = reserved + excluded.reserved,
    in_doubt = in_doubt + excluded.in_doubt;
END;

-- `totals` as it should be, from scratch; sums of nothing have no row here.
CREATE VIEW recounted AS
WITH parts AS (
  SELECT campaign, run, month, permit, booked_images AS images, held_images, charged, reserved,
    in_doubt
  FROM attempts
  UNION ALL
  SELECT campaign, '', month, permit, images, 0, charged, 0, in_doubt FROM known
), scoped AS (
  SELECT 'campaign' AS scope, campaign AS name, * FROM parts
  UNION ALL SELECT 'run', run, * FROM parts
  UNION ALL SELECT 'month', month, * FROM parts
  UNION ALL SELECT 'permit', permit, * FROM parts
  UNION ALL SELECT 'workspace', '', * FROM parts
)
SELECT scope, name, count(*) AS attempts, sum(images) AS images, sum(held_images) AS held_images,
  sum(charged) AS charged, sum(reserved) AS reserved, sum(in_doubt) AS in_doubt
FROM scoped GROUP BY scope, name;

CREATE TRIGGER attempt_made AFTER INSERT ON attempts BEGIN
  INSERT INTO moves VALUES (NEW.campaign, NEW.run, NEW.month, NEW.permit, 1, NEW.booked_images,
    NEW.held_images, NEW.charged, NEW.reserved, NEW.in_doubt);
END;
CREATE TRIGGER attempt_moved
AFTER UPDATE OF campaign, run, month, permit, images, hold, counts, billed ON attempts
WHEN (OLD.campaign, OLD.run, OLD.month, OLD.permit, OLD.images, OLD.hold, OLD.counts, OLD.billed)
  IS NOT
    (NEW.campaign, NEW.run, NEW.month, NEW.permit, NEW.images, NEW.hold, NEW.counts, NEW.billed)
BEGIN
  INSERT INTO moves VALUES (OLD.campaign, OLD.run, OLD.month, OLD.permit, -1, -OLD.booked_images,
    -OLD.held_images, -OLD.charged, -OLD.reserved, -OLD.in_doubt);
  INSERT INTO moves VALUES (NEW.campaign, NEW.run, NEW.month, NEW.permit, 1, NEW.booked_images,
    NEW.held_images, NEW.charged, NEW.reserved, NEW.in_doubt);
END;
CREATE TRIGGER known_made AFTER INSERT ON known BEGIN
  INSERT INTO moves VALUES (NEW.campaign, '', NEW.month, NEW.permit, 1, NEW.images, 0,
    NEW.charged, 0, NEW.in_doubt);
END;
CREATE TRIGGER known_changed AFTER UPDATE ON known BEGIN
  INSERT INTO moves VALUES (OLD.campaign, '', OLD.month, OLD.permit, -1, -OLD.images, 0,
    -OLD.charged, 0, -OLD.in_doubt);
  INSERT INTO moves VALUES (NEW.campaign, '', NEW.month, NEW.permit, 1, NEW.images, 0,
    NEW.charged, 0, NEW.in_doubt);
END;
CREATE TRIGGER known_gone AFTER DELETE ON known BEGIN
  INSERT INTO moves VALUES (OLD.campaign, '', OLD.month, OLD.permit, -1, -OLD.images, 0,
    -OLD.charged, 0, -OLD.in_doubt);
END;
CREATE TRIGGER row_billed AFTER INSERT ON billing BEGIN
  UPDATE attempts SET billed = coalesce(billed, 0) + NEW.amount WHERE id = NEW.attempt;
  UPDATE known SET billed = coalesce(billed, 0) + NEW.amount WHERE attempt = NEW.attempt;
END;

-- What else could move money does not happen.
CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts BEGIN
  SELECT raise(ABORT, 'an attempt is never forgotten');
END;
CREATE TRIGGER bill_stays BEFORE DELETE ON billing BEGIN
  SELECT raise(ABORT, 'a row of the bill is never forgotten');
END;
CREATE TRIGGER bill_stands BEFORE UPDATE ON billing BEGIN
  SELECT raise(ABORT, 'a row of the bill never changes');
END;

-- One prediction has one owner; an attempt outranks a person who said that it is nobody's.
CREATE TRIGGER submitted AFTER UPDATE OF prediction ON attempts WHEN NEW.prediction <> '' BEGIN
  INSERT INTO owners VALUES (NEW.prediction, NEW.id)
    ON CONFLICT DO UPDATE SET attempt = excluded.attempt WHERE attempt = '';
  SELECT raise(ABORT, 'the prediction belongs to another attempt')
    FROM owners WHERE prediction = NEW.prediction AND attempt <> NEW.id;
END;
"""

_NEW = """
INSERT INTO meta VALUES ('format', '3'), ('filings', '0'), ('looked_back', '');
"""

# Everything is laid aside, made anew and copied: a ledger that was brought up is no different from
# one that was made. The triggers above book what is copied.
_FROM_1_ASIDE = """
DROP INDEX one_open_job;
DROP INDEX one_owner;
DROP INDEX by_state;
DROP INDEX one_claim;
DROP INDEX billing_of;
DROP INDEX uploads_of;
ALTER TABLE meta RENAME TO meta_1;
ALTER TABLE attempts RENAME TO attempts_1;
ALTER TABLE cells RENAME TO cells_1;
ALTER TABLE billing RENAME TO billing_1;
ALTER TABLE known RENAME TO known_1;
ALTER TABLE uploads RENAME TO uploads_1;
ALTER TABLE steps RENAME TO steps_1;
"""
_FROM_1_COPIED = """
INSERT INTO attempts (id, campaign, run, job, state, is_open, counts, hold, images, month,
    reserved_at, sent_at, fresh, prediction, addresses, outputs, receipt, note, filing, body)
  SELECT id, campaign, run, job, state, state NOT IN ('filed', 'refused', 'abandoned'),
    CASE
      WHEN state IN ('reserved', 'submitting', 'submitted', 'ready') THEN 'reserved'
      WHEN state IN ('refused', 'abandoned') THEN 'free'
      WHEN state = 'in doubt' THEN 'in doubt'
      ELSE 'charged' END,
    hold, images, month,
    reserved_at, sent_at, fresh, prediction, addresses, outputs, receipt, note, filing, body
  FROM attempts_1 ORDER BY rowid;
INSERT INTO owners SELECT prediction, id FROM attempts_1 WHERE prediction <> '' ORDER BY rowid;
INSERT INTO cells SELECT cell, attempt, is_open FROM cells_1 ORDER BY rowid;
INSERT INTO known (attempt, campaign, month, told, is_doubt, images)
  SELECT attempt, campaign, month, charged, is_doubt, images
  FROM known_1 WHERE attempt NOT IN (SELECT id FROM attempts_1) ORDER BY rowid;
INSERT INTO billing SELECT bill_row, attempt, amount, at FROM billing_1 ORDER BY rowid;
INSERT INTO uploads SELECT address, sha256, at, reusable FROM uploads_1 ORDER BY rowid;
INSERT INTO steps SELECT attempt, state, run FROM steps_1 ORDER BY rowid;
INSERT INTO meta VALUES ('format', '3'), ('looked_back', 'with format 1');
INSERT INTO meta SELECT name, value FROM meta_1 WHERE name = 'filings';
DROP TABLE cells_1;
DROP TABLE attempts_1;
DROP TABLE billing_1;
DROP TABLE known_1;
DROP TABLE uploads_1;
DROP TABLE steps_1;
DROP TABLE meta_1;
"""

# Triggers and views go first: a table that is renamed would take them along.
_FROM_2_ASIDE = """
DROP TRIGGER attempt_made;
DROP TRIGGER attempt_moved;
DROP TRIGGER known_made;
DROP TRIGGER known_changed;
DROP TRIGGER known_gone;
DROP TRIGGER row_billed;
DROP TRIGGER attempts_stay;
DROP TRIGGER bill_stays;
DROP TRIGGER bill_stands;
DROP TRIGGER submitted;
DROP TRIGGER money_moved;
DROP VIEW moves;
DROP VIEW recounted;
DROP INDEX one_open_job;
DROP INDEX open_by_age;
DROP INDEX one_claim;
DROP INDEX cells_of;
DROP INDEX billing_of;
DROP INDEX uploads_of;
DROP TABLE totals;
ALTER TABLE meta RENAME TO meta_2;
ALTER TABLE attempts RENAME TO attempts_2;
ALTER TABLE cells RENAME TO cells_2;
ALTER TABLE billing RENAME TO billing_2;
ALTER TABLE known RENAME TO known_2;
ALTER TABLE owners RENAME TO owners_2;
ALTER TABLE uploads RENAME TO uploads_2;
ALTER TABLE steps RENAME TO steps_2;
"""
_FROM_2_COPIED = """
INSERT INTO attempts (id, campaign, run, job, state, is_open, counts, hold, images, month,
    reserved_at, sent_at, fresh, prediction, addresses, outputs, receipt, note, filing, body)
  SELECT id, campaign, run, job, state, is_open, counts, hold, images, month,
    reserved_at, sent_at, fresh, prediction, addresses, outputs, receipt, note, filing, body
  FROM attempts_2 ORDER BY rowid;
INSERT INTO owners SELECT prediction, attempt FROM owners_2 ORDER BY rowid;
INSERT INTO cells SELECT cell, attempt, is_open FROM cells_2 ORDER BY rowid;
INSERT INTO known (attempt, campaign, month, told, is_doubt, images)
  SELECT attempt, campaign, month, told, is_doubt, images FROM known_2 ORDER BY rowid;
INSERT INTO billing SELECT bill_row, attempt, amount, at FROM billing_2 ORDER BY rowid;
INSERT INTO uploads SELECT address, sha256, at, reusable FROM uploads_2 ORDER BY rowid;
INSERT INTO steps SELECT attempt, state, run FROM steps_2 ORDER BY rowid;
INSERT INTO meta VALUES ('format', '3');
INSERT INTO meta SELECT name, value FROM meta_2 WHERE name IN ('filings', 'looked_back');
DROP TABLE cells_2;
DROP TABLE attempts_2;
DROP TABLE billing_2;
DROP TABLE known_2;
DROP TABLE owners_2;
DROP TABLE uploads_2;
DROP TABLE steps_2;
DROP TABLE meta_2;
"""

_READ_SCHEMA = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"


def make(db: sqlite3.Connection) -> None:
    """Make the tables of an empty database; to be called in a transaction."""
    _do(db, _SCHEMA, _NEW)
    _sign(db)


def bring_up(db: sqlite3.Connection, found: str) -> None:
    """Bring a ledger of an older format up to this one; to be called in a transaction.

    What it booked it books after that too, but for open attempts of format 1 that the bill knows
    already: what was billed counts as charged. Whoever has worked with format 1 has no need to look
    back. Nothing in an older ledger was bought under a permit.

    Args:
        db: the ledger.
        found: its format, one of `OLDER_FORMATS`.

    Raises:
        UnreadableError: a ledger of format 2 whose tables are not those that were made.
    """
    if found == "1":
        _do(db, _FROM_1_ASIDE, _SCHEMA, _FROM_1_COPIED)
    else:
        # A byte of its tables that went wrong unseen shall not be signed as right.
        if not is_signed(db):
            raise UnreadableError(NOT_THOSE_THAT_WERE_MADE)
        _do(db, _FROM_2_ASIDE, _SCHEMA, _FROM_2_COPIED)
    _sign(db)


def is_signed(db: sqlite3.Connection) -> bool:
    """Whether tables and triggers are those that were made.

    A damaged byte among them would not be found otherwise, and the totals would go wrong unseen.
    """
    row = db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    return row is not None and row[0] == _digest(db)


def _sign(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO meta VALUES ('schema', ?)", (_digest(db),))


def _digest(db: sqlite3.Connection) -> str:
    texts = [text for (text,) in db.execute(_READ_SCHEMA)]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _do(db: sqlite3.Connection, *scripts: str) -> None:
    # `executescript` would commit first, and let another process in between.
    for script in scripts:
        for statement in statements(script):
            db.execute(statement)


def statements(script: str) -> Iterator[str]:
    """The single statements of a script; a trigger's body stays in one piece."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""
