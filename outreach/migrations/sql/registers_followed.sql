-- Accounts are changed at each sign-in; what gives access is not.
CREATE TRIGGER tel_gewijzigd AFTER UPDATE ON outreach_user REFERENCING OLD TABLE AS oud NEW TABLE AS nieuw
  FOR EACH STATEMENT EXECUTE FUNCTION
  audit.tel_rijen('username', 'password', 'role', 'team_id', 'is_active', 'is_staff', 'is_superuser');
CREATE TRIGGER tel_verwijderd AFTER DELETE ON outreach_user REFERENCING OLD TABLE AS oud
  FOR EACH STATEMENT EXECUTE FUNCTION audit.tel_rijen();

SELECT audit.volg(tabel) FROM unnest(ARRAY['outreach_subjectrequest', 'outreach_legalhold', 'outreach_retentionrule',
  'outreach_destructionlist', 'outreach_breach', 'django_admin_log']::regclass[]) AS tabel;
SELECT audit.volg_toegevoegd('outreach_approach');

-- What an agreement, a bron or an account said before stands here alone. The pages add to it.
REVOKE UPDATE, DELETE ON django_admin_log FROM web;
