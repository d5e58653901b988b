-- Whose tags are (nfc.bind): digests under the station's key, nothing that could be read off a tag.
CREATE TABLE bound_tag (
    identity           TEXT PRIMARY KEY,
    customer_reference TEXT NOT NULL
) STRICT, WITHOUT ROWID;
