-- A version of the transparantiedocument is written by one, approved by another, and stays as it is.
REVOKE UPDATE, DELETE ON eligibility_transparency FROM web;
GRANT UPDATE (approved_by_id, approved_at) ON eligibility_transparency TO web;

CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON eligibility_transparency FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('made_by_id', 'approved_by_id');

CREATE FUNCTION public.bewaak_versie() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.approved_at IS NOT NULL THEN
      RAISE EXCEPTION 'an approved version stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'transparantie_vast';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.approved_at IS NOT NULL
     OR (NEW.number, NEW.bronnen, NEW.regelingen, NEW.purposes, NEW.text, NEW.made_by_id, NEW.made_at)
        IS DISTINCT FROM
        (OLD.number, OLD.bronnen, OLD.regelingen, OLD.purposes, OLD.text, OLD.made_by_id, OLD.made_at) THEN
    RAISE EXCEPTION 'a version does not change' USING ERRCODE = 'check_violation', CONSTRAINT = 'transparantie_vast';
  END IF;
  IF NEW.approved_at IS NOT NULL AND EXISTS (
      SELECT FROM public.eligibility_transparency t WHERE t.approved_at IS NOT NULL AND t.number > NEW.number) THEN
    RAISE EXCEPTION 'a newer version holds' USING ERRCODE = 'check_violation', CONSTRAINT = 'transparantie_ouder';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vast BEFORE UPDATE OR DELETE ON eligibility_transparency FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_versie();

-- No koppeling without the version that holds, nor for what that does not tell.
CREATE FUNCTION public.bewaak_transparantie() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  geldt public.eligibility_transparency;
BEGIN
  SELECT * INTO geldt FROM public.eligibility_transparency
    WHERE approved_at IS NOT NULL ORDER BY number DESC LIMIT 1;
  IF geldt.id IS NULL OR NEW.transparency_id IS DISTINCT FROM geldt.id OR NOT NEW.purpose = ANY (geldt.purposes)
     OR EXISTS (SELECT FROM public.outreach_regeling r WHERE NOT r.closed AND NOT r.code = ANY (geldt.regelingen)) THEN
    RAISE EXCEPTION 'no approved version covers this' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_transparantie';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER transparantie BEFORE INSERT ON eligibility_run
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_transparantie();
CREATE TRIGGER transparantie_opnieuw BEFORE UPDATE OF state ON eligibility_run
  FOR EACH ROW WHEN (OLD.state = 'gestrand' AND NEW.state = 'wacht')
  EXECUTE FUNCTION public.bewaak_transparantie();

CREATE FUNCTION public.bewaak_waarop_hij_rust() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a koppeling keeps its version and its purpose'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'transparantie_vast';
END $$;
CREATE TRIGGER transparantie_blijft BEFORE UPDATE OF transparency_id, purpose ON eligibility_run
  FOR EACH ROW WHEN ((OLD.transparency_id, OLD.purpose) IS DISTINCT FROM (NEW.transparency_id, NEW.purpose))
  EXECUTE FUNCTION public.bewaak_waarop_hij_rust();

CREATE FUNCTION public.bewaak_transparantie_bron() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM public.eligibility_run r
      JOIN public.eligibility_transparency t ON t.id = r.transparency_id
      JOIN public.eligibility_delivery d ON d.bron_id = ANY (t.bronnen)
      WHERE r.id = NEW.run_id AND d.id = NEW.delivery_id) THEN
    RAISE EXCEPTION 'no approved version covers this' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_transparantie';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER transparantie BEFORE INSERT OR UPDATE ON eligibility_run_deliveries
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_transparantie_bron();
