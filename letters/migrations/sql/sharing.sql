-- Names and addresses for Gemeentebelastingen: who may let it happen, when, and of whom.

-- What was proposed is what the adviser signs; the pages move it along, the worker of the box does the rest.
CREATE FUNCTION public.bewaak_deling() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.round_id IS DISTINCT FROM OLD.round_id AND OLD.state <> 'voorgesteld' THEN
    RAISE EXCEPTION 'what was signed stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'deling_ligt_vast';
  END IF;
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN (('voorgesteld', 'getekend'), ('voorgesteld', 'ingetrokken'),
      ('getekend', 'gekozen'), ('gekozen', 'gevraagd'), ('gevraagd', 'gedeeld')) THEN
    RAISE EXCEPTION 'no such way' USING ERRCODE = 'check_violation', CONSTRAINT = 'deling_volgorde';
  END IF;
  IF NEW.state IN ('gekozen', 'gedeeld') AND current_user = 'web' THEN
    RAISE EXCEPTION 'the worker does this'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'deling_door_werker';
  END IF;
  IF NEW.state = 'getekend' AND NOT EXISTS (
      SELECT FROM public.outreach_user u
      WHERE u.id = NEW.signed_by_id AND u.role = 'juridisch_adviseur' AND u.is_active) THEN
    RAISE EXCEPTION 'signed by a lawyer' USING ERRCODE = 'check_violation', CONSTRAINT = 'deling_jurist';
  END IF;
  IF NEW.state IN ('gevraagd', 'gedeeld')
     AND (pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date <= OLD.object_before + OLD.margin_days::integer THEN
    RAISE EXCEPTION 'objections may still come' USING ERRCODE = 'check_violation', CONSTRAINT = 'deling_te_vroeg';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER volgorde BEFORE UPDATE ON letters_share FOR EACH ROW EXECUTE FUNCTION public.bewaak_deling();
CREATE FUNCTION public.begint_voorgesteld() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a share begins as a proposal'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'deling_begint_voorgesteld';
END $$;
CREATE TRIGGER begint_voorgesteld BEFORE INSERT ON letters_share FOR EACH ROW
  WHEN (NEW.state <> 'voorgesteld') EXECUTE FUNCTION public.begint_voorgesteld();

REVOKE UPDATE, DELETE ON letters_share FROM web;
GRANT UPDATE (state, signed_by_id, signed_at, asked_by_id, round_id) ON letters_share TO web;
REVOKE INSERT, UPDATE, DELETE ON letters_sharefile FROM web;
-- Of whom it was is for the worker alone: who is not in a share may have kwijtschelding.
REVOKE ALL ON letters_shareline FROM web;

ALTER TABLE letters_shareline ADD CONSTRAINT deelregel_huishouden FOREIGN KEY (household)
  REFERENCES outreach_household (id) ON DELETE CASCADE;
CREATE INDEX deelregel_huishouden ON letters_shareline (household);
ALTER TABLE letters_shareline ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_shareline FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_shareline TO web
  USING ((SELECT public.ziet_mensen())
         AND EXISTS (SELECT FROM outreach_household h WHERE h.id = household));
CREATE POLICY deling ON letters_shareline TO bereik_eigenaar USING (true);
CREATE POLICY onderhoud ON letters_shareline TO migrate USING (true);
SELECT audit.volg('letters_shareline');

GRANT SELECT, UPDATE (state, problem) ON letters_share TO bereik_eigenaar;
GRANT SELECT, INSERT ON letters_sharefile TO bereik_eigenaar;
GRANT SELECT, INSERT, UPDATE (recalled_in) ON letters_shareline TO bereik_eigenaar;
GRANT INSERT ON outreach_approach TO bereik_eigenaar;
GRANT SELECT ON letters_part TO bereik_eigenaar;
CREATE POLICY deling ON outreach_approach FOR INSERT TO bereik_eigenaar WITH CHECK (regeling_id = 'kwijtschelding');
