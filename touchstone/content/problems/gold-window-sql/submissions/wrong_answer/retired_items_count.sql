-- Judges by withdrawn gold items as well.
WITH counted AS (
    SELECT a.annotator, a.submitted_at, a.id, a.label = g.label AS passed
    FROM answers a
    JOIN gold g ON g.item_id = a.item_id
    WHERE a.label IS NOT NULL
),
moving AS (
    SELECT annotator, submitted_at,
           ROW_NUMBER() OVER (PARTITION BY annotator ORDER BY submitted_at, id) AS place,
           ROW_NUMBER() OVER (PARTITION BY annotator ORDER BY submitted_at DESC, id DESC) AS from_end,
           SUM(passed) OVER (
               PARTITION BY annotator ORDER BY submitted_at, id
               ROWS BETWEEN 9 PRECEDING AND CURRENT ROW
           ) / 10.0 AS rate
    FROM counted
)
SELECT annotator,
       COUNT(*) AS windows,
       MIN(rate) AS lowest,
       MIN(CASE WHEN rate < 0.8 THEN submitted_at END) AS first_low_at,
       MAX(CASE WHEN from_end = 1 THEN rate END) AS latest
FROM moving
WHERE place >= 10
GROUP BY annotator
ORDER BY lowest, annotator;
