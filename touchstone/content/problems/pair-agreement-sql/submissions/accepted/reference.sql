WITH both_labelled AS (
    SELECT x.annotator AS a, y.annotator AS b, x.label AS p, y.label AS q
    FROM labels x
    JOIN labels y ON y.item_id = x.item_id AND y.annotator > x.annotator
    WHERE x.label IS NOT NULL AND y.label IS NOT NULL
),
pairs AS (
    SELECT a, b, COUNT(*) AS n, SUM(p = q) AS same
    FROM both_labelled GROUP BY a, b HAVING COUNT(*) >= 8
),
first_counts AS (SELECT a, b, p AS label, COUNT(*) AS times FROM both_labelled GROUP BY a, b, p),
second_counts AS (SELECT a, b, q AS label, COUNT(*) AS times FROM both_labelled GROUP BY a, b, q),
chance AS (
    SELECT f.a, f.b, SUM(f.times * s.times) AS products
    FROM first_counts f JOIN second_counts s ON s.a = f.a AND s.b = f.b AND s.label = f.label
    GROUP BY f.a, f.b
),
rates AS (
    SELECT pairs.a, pairs.b, n, 1.0 * same / n AS agreement,
           1.0 * COALESCE(products, 0) / (n * n) AS expected
    FROM pairs LEFT JOIN chance ON chance.a = pairs.a AND chance.b = pairs.b
)
SELECT a, b, n, agreement,
       CASE WHEN expected < 1 THEN (agreement - expected) / (1 - expected) END AS kappa
FROM rates
ORDER BY agreement, a, b;
