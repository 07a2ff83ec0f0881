-- Restored backups.

-- When the database was put in place from a backup. What providers keep from before is not to be reused.
CREATE TABLE restores (
    restored_at BIGINT NOT NULL,
    backup_at BIGINT NOT NULL,
    PRIMARY KEY (restored_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
