-- What was released is not swapped for something else. Until the vendor confirmed a part a letter may still
-- leave it, which makes the next version; from then on the file is what lies at the vendor.
CREATE FUNCTION public.bewaak_deel() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.confirmed_at IS NULL AND NOT EXISTS (
      SELECT FROM public.letters_batch b WHERE b.id = OLD.batch_id AND b.state IN ('vrijgegeven', 'bevestigd')) THEN
    RETURN NEW;
  END IF;
  IF (NEW.batch_id, NEW.round_id, NEW.number, NEW.state) IS DISTINCT FROM
     (OLD.batch_id, OLD.round_id, OLD.number, OLD.state)
     OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at
     OR (NEW.sha256, NEW.version, NEW.pages, NEW.size, NEW.letters_count) IS DISTINCT FROM
        (OLD.sha256, OLD.version, OLD.pages, OLD.size, OLD.letters_count)
        AND (OLD.confirmed_at IS NOT NULL OR NEW.version <= OLD.version OR NEW.letters_count >= OLD.letters_count)
  THEN
    RAISE EXCEPTION 'a released part does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'deel_ligt_vast';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ligt_vast BEFORE UPDATE ON letters_part
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_deel();

-- A pause is ended by a new last day, and never forgotten.
REVOKE DELETE ON letters_reminderpause FROM web;
