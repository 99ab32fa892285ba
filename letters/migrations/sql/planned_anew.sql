-- A letter that was asked back before anybody had it may be written anew, with the texts that were mended.
CREATE OR REPLACE FUNCTION public.bewaak_tekst_van_brief() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.production = 'ingetrokken' AND NEW.edition_id IS NULL AND NEW.template_id IS NULL AND NOT EXISTS (
      SELECT FROM public.letters_letterevent e
      WHERE e.letter_id = OLD.id AND e.axis = 'productie' AND e.code = 'verzonden') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a letter keeps its texts'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'tekst_van_brief_ligt_vast';
END $$;
