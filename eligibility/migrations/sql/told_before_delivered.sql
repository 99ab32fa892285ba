-- What the transparantiedocument that holds does not name is not gathered either. Before the first version is approved
-- files may come in: no koppeling starts with them.
CREATE FUNCTION public.bewaak_transparantie_levering() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT coalesce(NEW.bron_id = ANY ((SELECT t.bronnen FROM public.eligibility_transparency t
      WHERE t.approved_at IS NOT NULL ORDER BY t.number DESC LIMIT 1)::text[]), true) THEN
    RAISE EXCEPTION 'no approved version covers this' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_transparantie';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER transparantie BEFORE INSERT OR UPDATE OF bron_id ON eligibility_delivery
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_transparantie_levering();
