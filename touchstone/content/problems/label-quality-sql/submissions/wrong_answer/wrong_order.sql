WITH latest AS (
    SELECT item_id, annotator, label,
           ROW_NUMBER() OVER (PARTITION BY item_id, annotator ORDER BY submitted_at DESC) AS place
    FROM annotations
)
SELECT latest.annotator,
       COUNT(*) AS n,
       ROUND(AVG(latest.label = gold.label), 4) AS accuracy
FROM latest
JOIN gold ON gold.item_id = latest.item_id
WHERE latest.place = 1
GROUP BY latest.annotator
HAVING COUNT(*) >= 5
ORDER BY latest.annotator;
