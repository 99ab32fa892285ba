-- A closed round approaches nobody any more, and a round is closed only when nothing of it is under way to be
-- released. Letters about decisions still go: who applied is owed one (Awb 4:13, 3:41).
GRANT SELECT ON letters_letter TO bereik_eigenaar;
CREATE POLICY afsluiten ON letters_letter FOR SELECT TO bereik_eigenaar USING (true);
GRANT SELECT, UPDATE (state) ON outreach_round TO bereik_eigenaar;

SET LOCAL ROLE bereik_eigenaar;
-- A grant that was told before, and is printed again, is a decision that stands.
CREATE FUNCTION poort.bewaak_afgesloten() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wijze text;
  v_status text;
BEGIN
  SELECT mode INTO v_wijze FROM public.outreach_approach WHERE id = NEW.approach_id;
  IF NOT poort.brengt_iets(NEW.kind, v_wijze) OR (NEW.kind = 'toekenning' AND NEW.print_run > 1) THEN
    RETURN NEW;
  END IF;
  -- Nobody closes the round until this letter stands.
  SELECT state INTO v_status FROM public.outreach_round WHERE id = NEW.round_id FOR SHARE;
  IF v_status = 'afgesloten' THEN
    RAISE EXCEPTION 'the round is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ronde_afgesloten';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION poort.bewaak_afsluiten() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM public.letters_letter l JOIN public.outreach_approach a ON a.id = l.approach_id
      WHERE l.round_id = NEW.id AND l.production IN ('gepland', 'gemaakt') AND poort.brengt_iets(l.kind, a.mode)
        AND NOT (l.kind = 'toekenning' AND l.print_run > 1)) THEN
    RAISE EXCEPTION 'letters are not sent yet' USING ERRCODE = 'check_violation', CONSTRAINT = 'ronde_niet_klaar';
  END IF;
  RETURN NEW;
END $$;
RESET ROLE;
CREATE TRIGGER afgesloten BEFORE INSERT ON letters_letter
  FOR EACH ROW EXECUTE FUNCTION poort.bewaak_afgesloten();
CREATE TRIGGER afgesloten_vrij BEFORE UPDATE OF production ON letters_letter
  FOR EACH ROW WHEN (NEW.production = 'vrijgegeven' AND OLD.production <> 'vrijgegeven')
  EXECUTE FUNCTION poort.bewaak_afgesloten();
CREATE TRIGGER afsluiten BEFORE UPDATE OF state ON outreach_round
  FOR EACH ROW WHEN (NEW.state = 'afgesloten' AND OLD.state <> 'afgesloten')
  EXECUTE FUNCTION poort.bewaak_afsluiten();
