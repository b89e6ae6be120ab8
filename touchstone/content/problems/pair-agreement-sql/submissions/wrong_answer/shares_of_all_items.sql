-- Takes the shares for chance from all items of a person, not from the common ones.
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
shares AS (
    SELECT annotator, label, 1.0 * COUNT(*) / SUM(COUNT(*)) OVER (PARTITION BY annotator) AS share
    FROM labels WHERE label IS NOT NULL GROUP BY annotator, label
),
chance AS (
    SELECT f.annotator AS a, s.annotator AS b, SUM(f.share * s.share) AS products
    FROM shares f JOIN shares s ON s.annotator > f.annotator AND s.label = f.label
    GROUP BY f.annotator, s.annotator
),
rates AS (
    SELECT pairs.a, pairs.b, n, 1.0 * same / n AS agreement,
           COALESCE(products, 0) AS expected
    FROM pairs LEFT JOIN chance ON chance.a = pairs.a AND chance.b = pairs.b
)
SELECT a, b, n, agreement,
       CASE WHEN expected < 1 THEN (agreement - expected) / (1 - expected) END AS kappa
FROM rates
ORDER BY agreement, a, b;
