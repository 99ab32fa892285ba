CREATE TRIGGER rol BEFORE INSERT OR UPDATE ON outreach_retentionrule FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_rol('made_by_id', 'functioneel_beheerder', 'agreed_by_id', 'privacy_officer');
CREATE TRIGGER getekend BEFORE UPDATE ON outreach_retentionrule FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_getekend('agreed_at');
CREATE TRIGGER rol BEFORE INSERT OR UPDATE ON outreach_legalhold FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_rol('placed_by_id', 'privacy_officer', 'lifted_by_id', 'privacy_officer');
CREATE TRIGGER getekend BEFORE UPDATE ON outreach_legalhold FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_getekend('lifted_at');
CREATE TRIGGER verbod BEFORE INSERT ON outreach_legalhold FOR EACH ROW EXECUTE FUNCTION poort.bewaak_verbod();
CREATE TRIGGER rol BEFORE INSERT OR UPDATE ON outreach_destructionlist FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_rol('asked_by_id', 'functioneel_beheerder,privacy_officer',
                                    'approved_by_id', 'privacy_officer');
CREATE TRIGGER bewaking BEFORE INSERT OR UPDATE ON outreach_destructionlist FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_vernietigingslijst();
CREATE TRIGGER bewaking BEFORE INSERT OR UPDATE ON outreach_destructionitem FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_vernietiging();
