-- Households to write letters to: two children each, a third of them onzeker. Invented, for measuring only.
INSERT INTO outreach_handover (id, peildatum, handed_over_at) VALUES (1, '2026-03-01', now());
INSERT INTO outreach_household (id, handover_id, street, house_number, house_letter, house_suffix, postcode, city,
    address_function, buurt_code, confidential, institution)
SELECT md5('h' || n)::uuid, 1, 'Lange Kievitstraat', 1 + n %% 400, '', CASE n %% 4 WHEN 0 THEN 'hs' ELSE '' END,
    (1000 + n %% 9000)::text || 'AB', 'Waterveen', 'W', 'BU03630001', false, false
FROM generate_series(1, %(count)s) AS n;
INSERT INTO outreach_person (id, given_names, prefix, family_name, name_usage, partner_prefix,
    partner_family_name, sex, birth_date, no_contact, no_contact_for)
SELECT md5('p' || n || '-' || k)::uuid,
    (ARRAY['Fatima', 'Łukasz', 'Zoë', 'Jan Willem', 'Çelik', 'Nguyễn Thị', 'Sanne', 'Ḥusayn'])[1 + (n + k) %% 8],
    (ARRAY['', 'de', 'van der', ''])[1 + n %% 4],
    (ARRAY['Vries', 'Jansen', 'Đorđević', 'O’Neill', 'Şahin', 'Bakker', 'Yılmaz'])[1 + n %% 7],
    'E', '', '', (ARRAY['M', 'V'])[1 + n %% 2], CASE WHEN k = 0 THEN '19800310' ELSE '20140611' END, false, '{}'
FROM generate_series(1, %(count)s) AS n, generate_series(0, 2) AS k;
INSERT INTO outreach_householdmember (household_id, person_id, adult, addressee)
SELECT md5('h' || n)::uuid, md5('p' || n || '-' || k)::uuid, k = 0, k = 0
FROM generate_series(1, %(count)s) AS n, generate_series(0, 2) AS k;
INSERT INTO outreach_candidacy (household_id, regeling_id, klasse, mode)
SELECT md5('h' || n)::uuid, 'scholierenvergoeding', CASE WHEN n %% 3 = 0 THEN 'onzeker' ELSE 'zeker' END, 'formulier'
FROM generate_series(1, %(count)s) AS n;
INSERT INTO outreach_candidacy_persons (candidacy_id, person_id)
SELECT c.id, md5('p' || n || '-' || k)::uuid
FROM generate_series(1, %(count)s) AS n
JOIN outreach_candidacy c ON c.household_id = md5('h' || n)::uuid, generate_series(1, 2) AS k;
ANALYZE;
