CREATE TRIGGER vergeet_beperkt_nummer AFTER UPDATE ON outreach_subjectrequest REFERENCING NEW TABLE AS nieuw
  FOR EACH STATEMENT EXECUTE FUNCTION poort.vergeet_beperkt_nummer();
