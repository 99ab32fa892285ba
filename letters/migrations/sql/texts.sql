-- What was approved is what people have at home: nothing of it changes, and it goes no way but to `vervangen`. What
-- was refused stays refused.
CREATE OR REPLACE FUNCTION public.bewaak_brieftekst() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.state <> 'concept' AND (NEW.content, NEW.kind, NEW.regeling_id, NEW.number, NEW.sha256, NEW.approved_by_id,
                                 NEW.approved_at, NEW.judged_by_id, NEW.judged_on, NEW.judgement, NEW.made_by_id)
     IS DISTINCT FROM (OLD.content, OLD.kind, OLD.regeling_id, OLD.number, OLD.sha256, OLD.approved_by_id,
                       OLD.approved_at, OLD.judged_by_id, OLD.judged_on, OLD.judgement, OLD.made_by_id) THEN
    RAISE EXCEPTION 'an approved text does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'brieftekst_ligt_vast';
  END IF;
  IF OLD.state <> NEW.state AND OLD.state <> 'concept'
     AND NOT (OLD.state = 'goedgekeurd' AND NEW.state = 'vervangen') THEN
    RAISE EXCEPTION 'no way back' USING ERRCODE = 'check_violation', CONSTRAINT = 'brieftekst_ligt_vast';
  END IF;
  RETURN NEW;
END $$;

-- A version comes in as a concept, whoever writes it.
CREATE FUNCTION public.begint_als_concept() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a text begins as a concept'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'brieftekst_begint_als_concept';
END $$;
CREATE TRIGGER begint_als_concept BEFORE INSERT ON letters_template
  FOR EACH ROW WHEN (NEW.state <> 'concept') EXECUTE FUNCTION public.begint_als_concept();

-- The texts of a letter are those it was planned with, however often its page is made again.
CREATE FUNCTION public.bewaak_tekst_van_brief() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a letter keeps its texts'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'tekst_van_brief_ligt_vast';
END $$;
CREATE TRIGGER tekst_ligt_vast BEFORE UPDATE OF template_id, edition_id ON letters_letter
  FOR EACH ROW WHEN (OLD.edition_id IS NOT NULL
                     AND (NEW.edition_id, NEW.template_id) IS DISTINCT FROM (OLD.edition_id, OLD.template_id))
  EXECUTE FUNCTION public.bewaak_tekst_van_brief();

REVOKE UPDATE, DELETE ON letters_edition, letters_edition_templates FROM web;
