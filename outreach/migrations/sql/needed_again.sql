-- Who was on a list and came out of a koppeling since, or whose household is in touch again, is needed again.
DROP TRIGGER stand ON outreach_destructionitem;
CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_destructionitem FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand('open',
    'open>vernietigd open>vastgehouden open>weer_nodig open>al_weg open>vervallen');
