-- What a delivery came in under stays as it was (AVG articles 5, paragraph 2, and 28): of an agreement that carries one
-- the pages write no other text over it. It can be ended, a contract can be added, and less long can be kept; for all
-- else it is ended and a new one made. A draft carries nothing. An end lies after what came in already: before that, the
-- agreement would carry nothing and be free again.
CREATE FUNCTION public.bewaak_afspraak_vast() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  laatste date;
BEGIN
  IF public.afspraak_volledig(OLD.supplier, OLD.role, OLD.committee_reference, OLD.retention_months, OLD.columns, OLD.uses) THEN
    SELECT max((d.received_at AT TIME ZONE 'Europe/Amsterdam')::date) INTO laatste
      FROM public.eligibility_delivery d
      WHERE d.bron_id = OLD.bron_id AND (d.received_at AT TIME ZONE 'Europe/Amsterdam')::date
        BETWEEN OLD.valid_from AND coalesce(OLD.valid_to, 'infinity');
  END IF;
  IF laatste IS NULL AND TG_OP = 'DELETE' THEN
    RETURN OLD;
  ELSIF laatste IS NULL THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE'
     OR (NEW.id, NEW.bron_id, NEW.supplier, NEW.role, NEW.valid_from, NEW.committee_reference, NEW.committee_dated,
         NEW.purposes, NEW.columns, NEW.uses)
        IS DISTINCT FROM (OLD.id, OLD.bron_id, OLD.supplier, OLD.role, OLD.valid_from, OLD.committee_reference,
         OLD.committee_dated, OLD.purposes, OLD.columns, OLD.uses)
     OR (OLD.processing_reference <> '' AND (NEW.processing_reference, NEW.processing_dated)
        IS DISTINCT FROM (OLD.processing_reference, OLD.processing_dated))
     OR NEW.retention_months IS NULL OR NEW.retention_months > OLD.retention_months
     OR coalesce(NEW.valid_to, 'infinity') > coalesce(OLD.valid_to, 'infinity') OR NEW.valid_to < laatste THEN
    RAISE EXCEPTION 'a delivery rests on this agreement'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'afspraak_draagt_levering';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vast BEFORE UPDATE OR DELETE ON eligibility_agreement
  FOR EACH ROW WHEN (current_user = 'web') EXECUTE FUNCTION public.bewaak_afspraak_vast();
