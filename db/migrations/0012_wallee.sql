-- Who changed a note's text last; 0: nobody has.
ALTER TABLE notes ADD COLUMN editor_id BIGINT NOT NULL DEFAULT 0;
