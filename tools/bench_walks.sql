-- Households to walk past: one adult and one child, forty houses to a street. Invented, for measuring only.
INSERT INTO outreach_handover (id, peildatum, handed_over_at) VALUES (%(handover)s, '2026-03-01', now());
INSERT INTO outreach_household (id, handover_id, street, house_number, house_letter, house_suffix, postcode, city,
    address_function, buurt_code, confidential, institution)
SELECT md5(%(buurt)s || 'h' || n)::uuid, %(handover)s, 'Kievitstraat ' || n / 40, 1 + n %% 40, '', '',
    (1000 + n %% 9000)::text || 'AB', 'Waterveen', 'W', %(buurt)s, false, false
FROM generate_series(1, %(count)s) AS n;
INSERT INTO outreach_person (id, given_names, prefix, family_name, name_usage, partner_prefix,
    partner_family_name, sex, birth_date, no_contact, no_contact_for)
SELECT md5(%(buurt)s || 'p' || n || '-' || k)::uuid, 'Sanne', '',
    (ARRAY['Vries', 'Jansen', 'Bakker', 'Yılmaz'])[1 + n %% 4], 'E', '', '', 'V',
    CASE WHEN k = 0 THEN '19800310' ELSE '20140611' END, n %% 50 = 0 AND k = 0, '{}'
FROM generate_series(1, %(count)s) AS n, generate_series(0, 1) AS k;
INSERT INTO outreach_householdmember (household_id, person_id, adult, addressee)
SELECT md5(%(buurt)s || 'h' || n)::uuid, md5(%(buurt)s || 'p' || n || '-' || k)::uuid, k = 0, k = 0
FROM generate_series(1, %(count)s) AS n, generate_series(0, 1) AS k;
INSERT INTO outreach_candidacy (household_id, regeling_id, klasse, mode)
SELECT md5(%(buurt)s || 'h' || n)::uuid, regeling, 'onzeker', 'formulier'
FROM generate_series(1, %(count)s) AS n, unnest(ARRAY['scholierenvergoeding', 'stadspas']) AS regeling;
