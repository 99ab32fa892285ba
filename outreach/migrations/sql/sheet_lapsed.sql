-- Beside what was refused, what is left may also lapse by a newer delivery, or be decided on: then nothing is left either.
DROP TRIGGER meld_papier ON outreach_approach;
CREATE TRIGGER meld_papier AFTER UPDATE OF result, lapsed ON outreach_approach
  FOR EACH ROW WHEN (OLD.result <> NEW.result AND NEW.result <> 'open' OR NEW.lapsed AND NOT OLD.lapsed)
  EXECUTE FUNCTION poort.meld_papier_wil_niet();
