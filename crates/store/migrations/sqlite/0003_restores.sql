-- Restored backups.

-- When the database was put in place from a backup. What providers keep from before is not to be reused.
CREATE TABLE restores (
    restored_at INTEGER NOT NULL,
    backup_at INTEGER NOT NULL,
    PRIMARY KEY (restored_at)
) STRICT;
