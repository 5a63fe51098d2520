-- What examples/northshire asks of its people, as SQL for DuckDB: one statement for each file, a
-- cube of the finest groups first, rolled up to the groups asked for.

-- name: people
WITH one AS (
    SELECT neighbourhood, place, (imd_decile + 1) // 2 AS quintile, least(age // 5, 18) AS band, sex,
           ethnicity, imd_decile, acute_cost, community_cost, age >= 18 AS adult, age >= 65 AS older,
           age >= 65 AND frailty IN ('moderate', 'severe') AS frail,
           age >= 65 AND dementia = 1 AS older_dementia, age >= 18 AND smi = 1 AS adult_smi,
           age >= 14 AND learning_disability = 1 AS ld, age >= 18 AND smoker = 1 AS smokes,
           age >= 18 AND carer = 1 AS cares, hypertension = 1 AS pressure, diabetes = 1 AS sugar,
           copd = 1 AS lung, annual_review_done, dementia_diagnosed, bp_controlled,
           diabetes_review_done, flu_vaccinated, health_check_done, carer_assessed
    FROM residents JOIN places USING (neighbourhood)),
cube AS (
    SELECT neighbourhood, place, quintile, band, sex, ethnicity,
           count(*) AS people, count_if(adult) AS adults, count_if(older) AS older,
           count_if(imd_decile <= 2) AS deprived,
           count_if(frail) AS frail, count_if(frail AND annual_review_done = 1) AS reviewed,
           sum(if(frail, acute_cost, 0)) AS acute,
           sum(if(frail, acute_cost::hugeint * acute_cost, 0)) AS acute2,
           sum(if(frail, community_cost, 0)) AS community,
           sum(if(frail, community_cost::hugeint * community_cost, 0)) AS community2,
           count_if(older_dementia) AS dementia,
           count_if(older_dementia AND dementia_diagnosed = 1) AS diagnosed,
           count_if(pressure) AS pressure, count_if(pressure AND bp_controlled = 1) AS controlled,
           count_if(sugar) AS sugar, count_if(sugar AND diabetes_review_done = 1) AS sugar_reviewed,
           count_if(lung) AS lung, count_if(lung AND flu_vaccinated = 1) AS vaccinated,
           count_if(adult_smi) AS smi, count_if(adult_smi AND health_check_done = 1) AS smi_checked,
           count_if(ld) AS ld, count_if(ld AND health_check_done = 1) AS ld_checked,
           count_if(smokes) AS smokers,
           count_if(cares) AS carers, count_if(cares AND carer_assessed = 1) AS assessed
    FROM one GROUP BY ALL)
SELECT grouping(neighbourhood, place, quintile, band, sex, ethnicity) AS g,
       neighbourhood, place, quintile, band, sex, ethnicity,
       sum(COLUMNS(* EXCLUDE (neighbourhood, place, quintile, band, sex, ethnicity)))
FROM cube
GROUP BY GROUPING SETS ((), (neighbourhood), (place), (quintile), (ethnicity), (sex), (place, quintile),
                        (place, sex), (band), (place, band), (quintile, band), (band, sex),
                        (place, band, sex), (quintile, band, sex))

-- name: admissions
WITH each AS (
    SELECT person_id, count(*) AS n, count_if(ambulatory = 1) AS avoidable,
           count_if(stay >= 21) AS long, sum(stay) AS days, sum(cost) AS cost
    FROM admissions GROUP BY person_id)
SELECT grouping(place, quintile, band, sex) AS g, place, (imd_decile + 1) // 2 AS quintile,
       least(age // 5, 18) AS band, sex, sum(n) AS n, sum(n * n) AS n2, count(*) AS people,
       sum(avoidable) AS avoidable, sum(long) AS long, sum(days) AS days, sum(cost) AS cost
FROM each JOIN residents USING (person_id) JOIN places USING (neighbourhood)
GROUP BY GROUPING SETS ((), (place), (quintile), (band, sex), (place, band, sex), (quintile, band, sex))

-- name: falls
WITH each AS (
    SELECT person_id, count(*) AS n, sum(stay) AS days, sum(stay * stay) AS days2
    FROM falls GROUP BY person_id)
SELECT grouping(place, quintile, band) AS g, place, (imd_decile + 1) // 2 AS quintile,
       least(age // 5, 18) AS band, sum(n) AS n, sum(n * n) AS n2, count(*) AS people,
       sum(days) AS days, sum(days2) AS days2
FROM each JOIN residents USING (person_id) JOIN places USING (neighbourhood)
WHERE age >= 65 GROUP BY GROUPING SETS ((), (band), (place, band), (quintile, band))

-- name: attendances
WITH each AS (SELECT person_id, count(*) AS n FROM ed_attendances GROUP BY person_id)
SELECT grouping(place, quintile) AS g, place, (imd_decile + 1) // 2 AS quintile, sum(n) AS n,
       count(*) AS people
FROM each JOIN residents USING (person_id) JOIN places USING (neighbourhood)
GROUP BY GROUPING SETS ((), (place), (quintile))
