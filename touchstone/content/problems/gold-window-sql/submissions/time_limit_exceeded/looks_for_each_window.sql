-- Finds every window anew by going through all answers.
WITH counted AS MATERIALIZED (
    SELECT a.annotator, a.submitted_at, a.id, a.label = g.label AS passed
    FROM answers a
    JOIN gold g ON g.item_id = a.item_id
    WHERE g.retired = 0 AND a.label IS NOT NULL
),
moving AS MATERIALIZED (
    SELECT c.annotator, c.submitted_at, c.id,
           (SELECT COUNT(*) FROM counted p
            WHERE p.annotator || '' = c.annotator
              AND (p.submitted_at, p.id) <= (c.submitted_at, c.id)) AS place,
           (SELECT SUM(passed) FROM (
               SELECT p.passed FROM counted p
               WHERE p.annotator || '' = c.annotator
                 AND (p.submitted_at, p.id) <= (c.submitted_at, c.id)
               ORDER BY p.submitted_at DESC, p.id DESC LIMIT 10)) / 10.0 AS rate
    FROM counted c
)
SELECT m.annotator,
       COUNT(*) AS windows,
       MIN(m.rate) AS lowest,
       MIN(CASE WHEN m.rate < 0.8 THEN m.submitted_at END) AS first_low_at,
       (SELECT l.rate FROM moving l WHERE l.annotator = m.annotator
        ORDER BY l.place DESC LIMIT 1) AS latest
FROM moving m
WHERE m.place >= 10
GROUP BY m.annotator
ORDER BY lowest, m.annotator;
