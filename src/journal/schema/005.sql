-- Apps that have paired, by what `entry` says of them. Their keys are keyed digests.
CREATE TABLE app (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL                      -- domain::app::App as JSON
) STRICT, WITHOUT ROWID;
