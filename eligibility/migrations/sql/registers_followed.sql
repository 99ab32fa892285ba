SELECT audit.volg(tabel) FROM unnest(ARRAY['eligibility_agreement', 'eligibility_bronground', 'eligibility_transparency',
  'eligibility_unsealrequest', 'letters_share', 'letters_sharefile', 'optout_publicnotice']::regclass[]) AS tabel;
SELECT audit.volg_toegevoegd(tabel) FROM unnest(ARRAY['letters_grant', 'optout_optout']::regclass[]) AS tabel;
