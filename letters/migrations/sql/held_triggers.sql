CREATE TRIGGER vastgehouden BEFORE UPDATE OF destroyed_at ON letters_part FOR EACH ROW
  WHEN (NEW.destroyed_at IS NOT NULL AND OLD.destroyed_at IS NULL)
  EXECUTE FUNCTION poort.bewaak_vastgehouden('brieven');
CREATE TRIGGER vastgehouden BEFORE UPDATE OF destroyed_at ON letters_scan FOR EACH ROW
  WHEN (NEW.destroyed_at IS NOT NULL AND OLD.destroyed_at IS NULL)
  EXECUTE FUNCTION poort.bewaak_vastgehouden('scan');
