-- A letter keeps its texts, but for one that was left out because of them and was never printed: nobody has it at home.
DROP TRIGGER tekst_ligt_vast ON letters_letter;
CREATE TRIGGER tekst_ligt_vast BEFORE UPDATE OF template_id, edition_id ON letters_letter
  FOR EACH ROW WHEN (OLD.edition_id IS NOT NULL
                     AND NOT (OLD.rejected IN ('tekst', 'tekst_te_lang') AND OLD.print_run = 1)
                     AND (NEW.edition_id, NEW.template_id) IS DISTINCT FROM (OLD.edition_id, OLD.template_id))
  EXECUTE FUNCTION public.bewaak_tekst_van_brief();
